"""Arguments that a new value needs, added to the function of a module."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from nixgen.nix import nodes
from nixgen.nix.edit import faults
from nixgen.nix.edit.entries import Target
from nixgen.nix.edit.places import Holder
from nixgen.nix.edit.text import Edit, gap, margin
from nixgen.nix.nodes import Expression, SetPattern, Token
from nixgen.nix.scope import MODULE_ARGUMENTS, free_names
from nixgen.nix.spans import first_token, last_token, node_span

ARGUMENTS = MODULE_ARGUMENTS | {"inputs", "self"}
"""Names that a module can ask for: those of NixOS, and what flakes usually hand to it."""

# The order that nixpkgs' own modules have; others follow.
_ORDER = ("config", "lib", "pkgs")


def missing(
    target: Target, holder: Holder, value: Expression, allowed: Collection[str] = ARGUMENTS
) -> list[str]:
    """The names that the value takes from outside and that nothing binds at its place.

    Raises EditError for a name that no module can ask for.
    """
    scope = holder.scope
    names = free_names(value) - scope.names
    strangers = sorted(names - set(allowed))
    if strangers and not scope.inside_with:
        raise faults.EditError(faults.unknown_names(target.source, holder.set, strangers, value))
    return sorted(names & set(allowed), key=_rank)


def added(target: Target, holder: Holder, names: Sequence[str]) -> Iterator[Edit]:
    """The file's function with further arguments; a file that is no function becomes one."""
    if not names:
        return
    function = holder.scope.function
    listed = ", ".join(names)
    if function is None:
        start = first_token(target.file.expression).start
        yield Edit(start, start, f"{{ {listed}, ... }}:\n")
        return
    parameter = function.parameter
    if isinstance(parameter, nodes.Identifier):
        span = node_span(parameter)
        used = parameter.name != "_" or "_" in free_names(function.body)
        name = f"{parameter.name}@" if used else ""
        yield Edit(span.start, span.end, f"{name}{{ {listed}, ... }}")
        return
    yield from _in_pattern(target.text, parameter, names)


def _in_pattern(text: str, pattern: SetPattern, names: Sequence[str]) -> Iterator[Edit]:
    arguments = pattern.arguments
    if not arguments:
        listed = ", ".join(names)
        if pattern.ellipsis:
            yield Edit(pattern.dots.start, pattern.dots.start, f"{listed}, ")
        else:
            yield Edit(pattern.open.start + 1, pattern.close.start, f" {listed} ")
        return
    for place in sorted({_place(pattern, name) for name in names}):
        here = [name for name in names if _place(pattern, name) == place]
        if place < len(arguments):
            yield _before(text, pattern, place, here)
        else:
            yield _at_end(text, pattern, here)


def _before(text: str, pattern: SetPattern, place: int, names: Sequence[str]) -> Edit:
    """New arguments before the one at `place`, above the comments that belong to it."""
    argument = pattern.arguments[place]
    between = gap(text, _token_before(pattern, place), first_token(argument))
    separator = _separator(text, pattern)
    return Edit(between.own, between.own, "".join(f"{name}{separator}" for name in names))


def _at_end(text: str, pattern: SetPattern, names: Sequence[str]) -> Edit:
    separator = _separator(text, pattern)
    if pattern.ellipsis:
        before = pattern.arguments[-1].comma
        assert before is not None
        between = gap(text, before, pattern.dots)
        return Edit(between.own, between.own, "".join(f"{name}{separator}" for name in names))
    last = pattern.final_comma or last_token(pattern.arguments[-1])
    end = last.start + len(last.text)
    if pattern.final_comma is None:
        return Edit(
            end, end, "".join(f"{separator.rstrip(' ')}{_blank(separator)}{name}" for name in names)
        )
    end = gap(text, last, pattern.close).trail
    lead = separator[1:]
    return Edit(end, end, "".join(f"{lead}{name}," for name in names))


def _blank(separator: str) -> str:
    return " " if separator.endswith(" ") and separator.strip() == "," else ""


def _separator(text: str, pattern: SetPattern) -> str:
    """What stands between two arguments: a comma, and a line end where each has its own line."""
    if pattern.open.line == pattern.close.line:
        return ", "
    second: Token | None = None
    if len(pattern.arguments) > 1:
        second = first_token(pattern.arguments[1])
    elif pattern.ellipsis:
        second = pattern.dots
    comma = pattern.arguments[0].comma
    if comma is not None and second is not None and comma.line == second.line:
        if first_token(pattern.arguments[0]).line == comma.line:
            return ", "
        return f"\n{margin(text, comma.start)}, "
    return f",\n{margin(text, first_token(pattern.arguments[0]).start)}"


def _token_before(pattern: SetPattern, place: int) -> Token:
    if place == 0:
        return pattern.open
    comma = pattern.arguments[place - 1].comma
    assert comma is not None
    return comma


def _place(pattern: SetPattern, name: str) -> int:
    """Before which argument a new one goes; the number of all for the end."""
    if name not in _ORDER:
        return len(pattern.arguments)
    for index, argument in enumerate(pattern.arguments):
        other = argument.name.name
        if other in _ORDER and _rank(other) > _rank(name):
            return index
    return len(pattern.arguments)


def _rank(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)
