"""Attributes that are defined twice, which Nix refuses when it parses.

The rules are those of `ParserState::addAttr`: `a.b = 1; a.c = 2;` and `a = { b = 1; }; a.c = 2;`
make one set, since both sides are sets as they stand; any other second definition is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.nix.names import is_static, static_name
from nixgen.nix.nodes import AttributeSet, Entry, Inherit, Node, Parentheses
from nixgen.nix.source import Source
from nixgen.nix.spans import node_span

_Names: TypeAlias = tuple[Node, ...]


class _Attribute:
    """An attribute: where it is first defined, and what is in it if it is a set."""

    __slots__ = ("_literal", "_table", "place")

    def __init__(self, place: _Names, literal: AttributeSet | None, is_set: bool) -> None:
        self.place = place
        self._literal = literal
        self._table: dict[str, _Attribute] | None = {} if is_set and literal is None else None

    @property
    def table(self) -> dict[str, _Attribute] | None:
        """The attributes of a set, or None where the value is no set as it stands."""
        if self._literal is not None:
            literal, self._literal = self._literal, None
            self._table = {}
            for names, value in _definitions(literal.entries):
                _define(self._table, names, value)
        return self._table


def duplicates(source: Source, entries: Sequence[Entry]) -> list[Diagnostic]:
    """The attributes that one set or `let` defines twice; not those of sets inside of it."""
    if not _may_clash(entries):
        return []
    table: dict[str, _Attribute] = {}
    found = []
    for names, value in _definitions(entries):
        found += [_message(source, *clash) for clash in _define(table, names, value)]
    return found


def _may_clash(entries: Sequence[Entry]) -> bool:
    """Whether two definitions begin with the same name: most sets have no such pair."""
    firsts = [static_name(names[0]) for names, _ in _definitions(entries) if is_static(names[0])]
    return len(set(firsts)) < len(firsts)


def _definitions(entries: Sequence[Entry]) -> Iterator[tuple[Any, Node | None]]:
    """The paths of a set's entries with their values; inherited names have none."""
    for entry in entries:
        if isinstance(entry, Inherit):
            for name in entry.names:
                yield (name,), None
        else:
            yield entry.path.names, entry.value


def _define(
    table: dict[str, _Attribute], names: Any, value: Node | None
) -> list[tuple[_Names, _Names]]:
    """Adds a definition; returns the pairs of places that clash, the later one first."""
    clashes = []
    pending = [(table, names, value)]
    while pending:
        into, path, new = pending.pop()
        target = _inner(into, path)
        if isinstance(target, _Attribute):
            clashes.append((path, target.place))
        if not isinstance(target, dict) or not is_static(path[-1]):
            continue
        name = static_name(path[-1])
        literal = _set_literal(new)
        old = target.get(name)
        if old is None:
            target[name] = _Attribute(path, literal, literal is not None)
            continue
        inside = old.table
        if literal is None or inside is None:
            clashes.append((path, old.place))
        else:
            pending += [(inside, *each) for each in _definitions(literal.entries)]
    return clashes


def _inner(table: dict[str, _Attribute], path: Any) -> dict[str, _Attribute] | _Attribute | None:
    """The table that a path's last name goes into, or the attribute in the way.

    None after a dynamic name: what it is in is a set of its own.
    """
    for index, name in enumerate(path[:-1]):
        if not is_static(name):
            return None
        attribute = table.setdefault(
            static_name(name), _Attribute(path[: index + 1], None, is_set=True)
        )
        inside = attribute.table
        if inside is None:
            return attribute
        table = inside
    return table


def _set_literal(value: Node | None) -> AttributeSet | None:
    while isinstance(value, Parentheses):
        value = value.expression
    return value if isinstance(value, AttributeSet) else None


def _message(source: Source, path: _Names, first: _Names) -> Diagnostic:
    text = source.text[node_span(path[0]).start : node_span(path[-1]).end]
    return Diagnostic(
        summary=f"the attribute `{text}` is defined twice",
        location=_place(source, path),
        related=(Related(_place(source, first), "it is first defined here"),),
        help="remove one of the two definitions",
    )


def _place(source: Source, path: _Names) -> Location:
    start, end = node_span(path[0]).start, node_span(path[-1]).end
    return source.location(start, end - start)
