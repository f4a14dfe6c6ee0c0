"""Attributes that are defined twice, which Nix refuses when it parses.

The rules are those of `ParserState::addAttr`: `a.b = 1; a.c = 2;` and `a = { b = 1; }; a.c = 2;`
make one set, since both sides are sets as they stand; any other second definition is a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.nix.names import is_static, static_name
from nixgen.nix.nodes import AttributeName, AttributeSet, Entry, Inherit, Node, Parentheses, Span
from nixgen.nix.source import Source, short
from nixgen.nix.spans import node_span

Place: TypeAlias = tuple[Sequence[AttributeName], int]
"""A path, and how many of its names lead to the attribute that is meant."""


class _Attribute:
    """An attribute: where it is first defined, and what is in it if it is a set."""

    __slots__ = ("_literal", "_table", "place")

    def __init__(self, place: Place, literal: AttributeSet | None, *, is_set: bool) -> None:
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


def duplicates(entries: Sequence[Entry]) -> list[tuple[Place, Place]]:
    """The attributes that one set or `let` defines twice, each with its first definition.

    Those of the sets inside of it are not looked for, where Nix does not merge them into it.
    """
    if not _may_clash(entries):
        return []
    table: dict[str, _Attribute] = {}
    found = []
    for names, value in _definitions(entries):
        found += _define(table, names, value)
    return found


def _may_clash(entries: Sequence[Entry]) -> bool:
    """Whether two definitions begin with the same name: most sets have no such pair."""
    firsts = [static_name(names[0]) for names, _ in _definitions(entries) if is_static(names[0])]
    return len(set(firsts)) < len(firsts)


def _definitions(
    entries: Sequence[Entry],
) -> Iterator[tuple[Sequence[AttributeName], Node | None]]:
    """The paths of a set's entries with their values; inherited names have none."""
    for entry in entries:
        if isinstance(entry, Inherit):
            for name in entry.names:
                yield (name,), None
        else:
            yield entry.path.names, entry.value


def _define(
    table: dict[str, _Attribute], names: Sequence[AttributeName], value: Node | None
) -> list[tuple[Place, Place]]:
    """Adds a definition; returns the pairs of places that clash, the later one first."""
    clashes = []
    pending = [(table, names, value)]
    while pending:
        into, path, new = pending.pop()
        target = _inner(into, path)
        if isinstance(target, _Attribute):
            clashes.append(((path, len(path)), target.place))
        if not isinstance(target, dict) or not is_static(path[-1]):
            continue
        name = static_name(path[-1])
        literal = _set_literal(new)
        old = target.get(name)
        if old is None:
            place = (path, len(path))
            target[name] = _Attribute(place, literal, is_set=literal is not None)
            continue
        inside = old.table
        if literal is None or inside is None:
            clashes.append(((path, len(path)), old.place))
        else:
            pending += [(inside, *each) for each in _definitions(literal.entries)]
    return clashes


def _inner(
    table: dict[str, _Attribute], path: Sequence[AttributeName]
) -> dict[str, _Attribute] | _Attribute | None:
    """The table that a path's last name goes into, or the attribute in the way.

    None after a dynamic name: what it is in is a set of its own.
    """
    for index, name in enumerate(path[:-1]):
        if not is_static(name):
            return None
        made = _Attribute((path, index + 1), None, is_set=True)
        attribute = table.setdefault(static_name(name), made)
        inside = attribute.table
        if inside is None:
            return attribute
        table = inside
    return table


def _set_literal(value: Node | None) -> AttributeSet | None:
    while isinstance(value, Parentheses):
        value = value.expression
    return value if isinstance(value, AttributeSet) else None


def duplicate_attribute(source: Source, place: Place, first: Place) -> Diagnostic:
    """An attribute that is defined twice."""
    location = _location(source, place)
    span = _span(place)
    return Diagnostic(
        summary=f"the attribute `{short(source.text[span.start : span.end])}` is defined twice",
        location=location,
        related=(Related(_location(source, first), "it is first defined here"),),
        help="remove one of the two definitions",
    )


def _location(source: Source, place: Place) -> Location:
    span = _span(place)
    return source.location(span.start, span.end - span.start)


def _span(place: Place) -> Span:
    names, count = place
    return Span(node_span(names[0]).start, node_span(names[count - 1]).end)
