"""Flat paths to nested bindings, as people write them.

A path that shares its first names with no other stays dotted (`runner.capacity = 4;`); names that
several paths share become a set (`cache = { enabled = true; dir = ...; };`), so that no name is
repeated in one set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import evolve, frozen

from nixgen.emit.contribution import Cause
from nixgen.nix import build, nodes

Path: TypeAlias = tuple[str, ...]


@frozen
class Leaf:
    """One value at a path, with the comments above it."""

    path: Path
    value: nodes.Expression
    cause: Cause
    notes: Sequence[str] = ()


def nest(leaves: Iterable[Leaf], depth: int = 0) -> tuple[nodes.Binding, ...]:
    """The bindings for leaves, in the order of first mention; no path begins another one."""
    groups: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        groups.setdefault(leaf.path[depth], []).append(leaf)
    return tuple([_bind(group, depth) for group in groups.values()])


def _bind(group: list[Leaf], depth: int) -> nodes.Binding:
    first = group[0]
    if len(group) == 1:
        return build.bind(first.path[depth:], first.value, comments=first.notes, origin=first.cause)
    origins = tuple(dict.fromkeys([each for leaf in group for each in leaf.cause.origins]))
    notes: Sequence[str] = ()
    if len(origins) == 1:  # one option made all of them: its notes are about the whole
        notes, group = (
            first.notes,
            [evolve(leaf, notes=()) if leaf.notes else leaf for leaf in group],
        )
    end = _common_length([leaf.path for leaf in group])
    value = nodes.AttributeSet(nest(group, end))
    cause = Cause(first.cause.what, origins)
    return build.bind(first.path[depth:end], value, comments=notes, origin=cause)


def _common_length(paths: list[Path]) -> int:
    # No path begins another one, so the least and the greatest part before either ends.
    least, greatest = min(paths), max(paths)
    return next(index for index, name in enumerate(least) if name != greatest[index])
