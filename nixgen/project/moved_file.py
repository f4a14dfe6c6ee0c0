"""The file of renames, from what the last build left and what the next one has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from nixgen import hcl
from nixgen.diagnostic import Diagnostic
from nixgen.emit.moved import Renamed, Resource, moved_file
from nixgen.emit.shared import MOVED_FILE
from nixgen.project.manifest import Manifest
from nixgen.project.moved_notices import notices
from nixgen.project.moved_resources import resources_over
from nixgen.project.renames import POLICIES, SECRETS, Move, Sections, changes, is_generated
from nixgen.project.shared_files import (
    FILES,
    documents,
    entries_after,
    entries_before,
    section_address,
)
from nixgen.project.tree import RenderedFile, Tree

_WHAT = {SECRETS: "secret", POLICIES: "host"}

Moves: TypeAlias = Mapping[tuple[str, str], Move]
"""Moves by their section and old key."""


def moved(
    tree: Tree,
    output: Path,
    hosts: Collection[str] | None,
    manifest: Manifest,
    pending: Iterable[tuple[str, str, str]],
) -> tuple[RenderedFile | None, tuple[Diagnostic, ...]]:
    """The file, None where nothing is to be moved, and what to tell of renames and removals.

    `pending` are the moves of earlier builds: section, old key, new key.
    """
    before = {name: entries_before(output, name, manifest) for name in FILES}
    after = {name: entries_after(tree, name) for name in FILES}
    if hosts is not None:
        for name, known in before.items():
            others = {key: each for key, each in known.items() if not each.hosts <= set(hosts)}
            after[name] = {**others, **after[name]}
    found = changes(before, after)
    moves = {each[:2]: Move(*each) for each in pending}
    found.removed = [each for each in found.removed if each not in moves]
    moves |= {each[:2]: each for each in found.moves}
    current = _current(moves, after)
    if not current and not found.removed and not found.variables:
        return None, ()
    resources = _resources(tree, output, manifest)
    told = notices(found, before, after, resources)
    return _file(current, after, resources), told


def _current(moves: Moves, after: Sections) -> list[Move]:
    """The moves that still lead from what is gone to what is there."""
    kept = []
    for move in moves.values():
        section = after.get(move.section, {})
        if move.old == move.new:
            holds = move.new in section
        else:
            holds = move.old not in section and _leads(move, moves, after)
        if holds:
            kept.append(move)
    return sorted(kept)


def _leads(move: Move, moves: Moves, after: Sections) -> bool:
    """Whether a move, with those that follow it, ends at an entry that is there."""
    seen = set()
    at = move.new
    while at not in after.get(move.section, {}):
        following = moves.get((move.section, at))
        if following is None or at in seen:
            return False
        seen.add(at)
        at = following.new
    return True


def _file(
    moves: Collection[Move], after: Sections, resources: Collection[tuple[str, Resource]]
) -> RenderedFile | None:
    renamed = [
        Renamed(
            _WHAT[move.section],
            move.old,
            move.new,
            is_generated(each.item) if (each := after[move.section].get(move.new)) else None,
            [resource for section, resource in resources if section == move.section],
        )
        for move in moves
    ]
    text = hcl.print_file(moved_file(renamed))
    return RenderedFile(MOVED_FILE, text, None, "", moves=tuple(moves)) if text else None


def _resources(tree: Tree, output: Path, manifest: Manifest) -> list[tuple[str, Resource]]:
    """The resources over the maps of secrets and of hosts, with their sections."""
    parsed = list(documents(tree, output, manifest))
    return [
        (section, resource)
        for section in (SECRETS, POLICIES)
        for resource in resources_over(section_address(section)[-1], parsed)
    ]
