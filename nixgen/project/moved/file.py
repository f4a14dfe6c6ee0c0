"""The file of renames, from what the last build left and what the next one has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from nixgen import hcl
from nixgen.diagnostic import Diagnostic, Location
from nixgen.emit.moved import Renamed, Resource, moved_file
from nixgen.emit.shared import MOVED_FILE
from nixgen.errors import InputError
from nixgen.project import line_origins
from nixgen.project.manifest import Manifest
from nixgen.project.moved.chains import chains_of, kept, lengthened, pairs
from nixgen.project.moved.entries import (
    FILES,
    changed_mounts,
    changed_to_write_only,
    documents,
    entries_after,
    entries_before,
    origins_of,
    section_address,
)
from nixgen.project.moved.nix_side import nix_after, nix_before
from nixgen.project.moved.notices import notices
from nixgen.project.moved.renames import (
    POLICIES,
    SECRETS,
    Changes,
    Move,
    Section,
    Sections,
    changes,
    is_generated,
)
from nixgen.project.moved.resources import resources_over
from nixgen.project.tree import RenderedFile, Tree

_WHAT = {SECRETS: "secret", POLICIES: "host"}


def moved(
    tree: Tree,
    output: Path,
    hosts: Collection[str] | None,
    manifest: Manifest,
    pending: Iterable[tuple[str, str, str]],
    *,
    mount: str,
    about: str,
) -> tuple[RenderedFile | None, tuple[Diagnostic, ...]]:
    """The file, None where nothing is to be moved, and what to tell of renames and removals.

    `pending` are the moves of earlier builds: section, old key, new key. Raises InputError where a
    secret has the old name of one that may not have been moved yet.
    """
    before = {name: entries_before(output, name, manifest) for name in FILES}
    after = _after(tree, before, hosts)
    names_before = _hosts_before(manifest)
    names = (
        names_before,
        _hosts_after(tree, after, () if hosts is None else names_before - {*hosts}),
    )
    nix = (nix_before(output, manifest), nix_after(tree))
    found = changes(before, after, nix, names)
    write_only = changed_to_write_only(tree, output)
    if write_only is not None:
        found.remade = [*_stay_generated(before[SECRETS], after[SECRETS])]
        found.values_left = write_only and bool(before[SECRETS])
    found.mounts = changed_mounts(tree, output)
    earlier = [Move(*each) for each in pending if each[0] in FILES]
    current = [*_kinds(earlier, found, after)]
    _refuse_names_in_between(earlier, found, after[SECRETS], origins_of(tree, SECRETS))
    for section in (SECRETS, POLICIES):
        current += _moves(section, earlier, found, after[section])
    if not current and found == Changes():
        return None, ()
    resources = _resources(tree, output, manifest)
    told = notices(found, before, after, resources, mount)
    file = _file(tree, after, resources, moves=current, about=about)
    return file, told


def _after(tree: Tree, before: Sections, hosts: Collection[str] | None) -> dict[str, Section]:
    """The entries of the tree, with those of hosts that are not built."""
    after: dict[str, Section] = {name: entries_after(tree, name) for name in FILES}
    if hosts is not None:
        for name, known in before.items():
            others = {key: each for key, each in known.items() if not each.hosts <= set(hosts)}
            after[name] = {**others, **after[name]}
    return after


def _hosts_before(manifest: Manifest) -> set[str]:
    return {
        host for records in manifest.records.values() for each in records for host in each.hosts
    }


def _hosts_after(tree: Tree, after: Sections, others: Iterable[str]) -> set[str]:
    """The hosts that there are now; `others` are those that are not built."""
    own = {*others, *(file.host for file in tree.values() if file.host is not None)}
    return own.union(*(each.hosts for known in after.values() for each in known.values()))


def _stay_generated(before: Section, after: Section) -> Iterator[str]:
    for key in sorted(before.keys() & after.keys()):
        if is_generated(before[key].item) and is_generated(after[key].item):
            yield key


def _kinds(earlier: Iterable[Move], found: Changes, after: Sections) -> Iterator[Move]:
    """The secrets that another kind of resource holds now."""
    kinds = {each for each in (*earlier, *found.moves) if each.old == each.new}
    yield from sorted(each for each in kinds if each.new in after[each.section])


def _moves(
    section: str, earlier: Iterable[Move], found: Changes, names: Collection[str]
) -> Iterator[Move]:
    """The moves that lead to names in use; notes what came of the other names."""
    known = chains_of(_pairs(section, earlier))
    chains = lengthened(known, _pairs(section, found.moves))
    current = list(kept(chains, names))
    # What a killed build has moved is still known as something that was there.
    given_up = {(section, name) for chain in current for name in chain[:-1]}
    found.removed = [each for each in found.removed if each not in given_up]
    found.earlier_names |= {
        (section, chain[-1]): chain[:-1]
        for chain in chains
        if (section, chain[-1]) in found.removed
    }
    if section == POLICIES:
        found.back = sorted(name for chain in known for name in chain[:-1] if name in names)
    yield from (Move(section, *pair) for pair in pairs(current))


def _refuse_names_in_between(
    earlier: Iterable[Move], found: Changes, secrets: Section, origins: Mapping[str, str]
) -> None:
    """Raises InputError for a name that is in use again before its rename is known to be applied.

    OpenTofu moves nothing to or from it then: the secret would take the value that the state has
    under its name, and the one that was renamed would get a new one. Given values are safe: each is
    written from its variable.
    """
    chains = lengthened(chains_of(_pairs(SECRETS, earlier)), _pairs(SECRETS, found.moves))
    faults = [
        Diagnostic(
            summary=f"{name} is a secret again, and its rename to {last} may not be applied yet",
            location=_place(origins.get(name)),
            help=f"{last} would lose its value to it. Run `tofu apply` first, in the folder as\n"
            "the last build left it; after that, or if nothing of it was ever applied, remove\n"
            f"{MOVED_FILE} and build again",
        )
        for *names, last in chains
        if last in secrets
        for name in names
        if name in secrets and any(is_generated(secrets[each].item) for each in (name, last))
    ]
    if faults:
        raise InputError(*faults)


def _place(origins: str | None) -> Location | None:
    """Where an entry comes from; None for that of a host that is not built."""
    if origins is None:
        return None
    (_, _, _, ((_, _, places), *_)), *_ = line_origins.decoded(line_origins.joined([(1, origins)]))
    return Location(*places[0])


def _pairs(section: str, moves: Iterable[Move]) -> list[tuple[str, str]]:
    return [
        (each.old, each.new) for each in moves if each.section == section and each.old != each.new
    ]


def _file(
    tree: Tree,
    after: Sections,
    resources: Collection[tuple[str, Resource]],
    *,
    moves: Collection[Move],
    about: str,
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
    text, ranges = hcl.print_with_origins(moved_file(renamed, about))
    if not text:
        return None
    known = {_WHAT[section]: origins_of(tree, section) for section in _WHAT}
    parts = [
        (first, line_origins.whole(part, last - first + 1, f"renamed from {each.old}"))
        for first, last, each in ranges
        if (part := known[each.what].get(each.new)) is not None
    ]
    origins = line_origins.joined(parts) if parts else ""
    return RenderedFile(MOVED_FILE, text, None, "", origins=origins, moves=tuple(moves))


def _resources(tree: Tree, output: Path, manifest: Manifest) -> list[tuple[str, Resource]]:
    """The resources over the maps of secrets and of hosts, with their sections."""
    parsed = list(documents(tree, output, manifest))
    return [
        (section, resource)
        for section in (SECRETS, POLICIES)
        for resource in resources_over(section_address(section)[-1], parsed)
    ]
