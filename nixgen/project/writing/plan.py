"""What a build would do: the tree compared with the disk and with what nixgen wrote before.

Nothing is written here, and every reason not to write is found here, all at once. `check` and
`diff` are readers of the same plan.

A file on disk is nixgen's if its content is what the manifest says, or what a killed build was
about to write (its intent). It may be replaced and removed; anything else may not, unless forced. A
file that already is what would be written is taken over, whoever wrote it: a fresh clone, or an
output folder that lost its manifest, needs nothing special.
"""

from __future__ import annotations

import enum
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field, frozen

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ConflictError, WriteError
from nixgen.project import disk
from nixgen.project.manifest import Manifest, Record, read_manifest
from nixgen.project.paths import STATE_FOLDER, Folders, Standing, check_paths, folded, parents
from nixgen.project.tree import RenderedFile, Tree
from nixgen.project.writing import obstacles
from nixgen.project.writing.stats import StatCache
from nixgen.version import VERSION

if TYPE_CHECKING:
    from nixgen.project.managed import Merged


class State(enum.StrEnum):
    """How a path on disk differs from the model: what `check` tells."""

    CURRENT = "current"  # as the model has it
    MISSING = "missing"  # not there
    CHANGED = "changed"  # as nixgen wrote it, and the model has moved on
    EDITED = "edited"  # changed by someone else since nixgen wrote it
    ORPHANED = "orphaned"  # as nixgen wrote it, and the model has it no more
    FOREIGN = "foreign"  # something that nixgen did not write is in the way


class Kind(enum.StrEnum):
    """What a build does with a path, or would do if it were forced."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"
    ADOPTED = "adopted"  # was there as it should be, and is nixgen's from now on
    UNCHANGED = "unchanged"


@frozen
class Change:
    """A path, how it stands, and what a build does with it.

    `digest` is the hash of its new content, empty if it is removed. `seen` is what stood there,
    links not followed, None for nothing: so that a writer notices what happened since.
    """

    path: str
    state: State
    kind: Kind
    digest: str
    seen: os.stat_result | None = field(repr=False)


@frozen
class Plan:
    """The changes that make an output folder what a tree says, and what stands against them.

    `changes` has every file of the tree and every file to remove, by path. `before` and `after` are
    the manifests; `whole` says that the tree is all of the fleet. `managed` are the paths that
    people write: their text in `tree` is what is there, with nixgen's entries in it. `notices` are
    what people should know of the change: renames, and what Terraform will destroy.
    """

    output: Path
    tree: Tree = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    conflicts: tuple[Diagnostic, ...]
    before: Manifest = field(repr=False)
    after: Manifest = field(repr=False)
    stats: StatCache = field(repr=False)
    whole: bool
    managed: Collection[str] = ()
    notices: tuple[Diagnostic, ...] = ()

    @property
    def differences(self) -> tuple[Change, ...]:
        """The paths on disk that are not as the model has them: empty if `check` is content."""
        return tuple(change for change in self.changes if change.state is not State.CURRENT)

    def old_text(self, change: Change) -> str | None:
        """The text on disk, for a diff; None where no file is. Undecodable bytes are replaced."""
        if change.seen is None or not stat.S_ISREG(change.seen.st_mode):
            return None
        place = self.output / change.path
        try:
            return disk.read(os.fspath(place)).decode(errors="replace")
        except OSError as error:
            raise disk.failure(error, place, "read") from error

    def new_text(self, change: Change) -> str | None:
        """The text that a build writes; None if the file is removed."""
        return None if change.kind is Kind.REMOVED else self.tree[change.path].text

    def raise_conflicts(self) -> None:
        """Raises `ConflictError` with all conflicts, if there are any."""
        if self.conflicts:
            raise ConflictError(*self.conflicts)


def plan_build(
    tree: Tree,
    output: Path,
    *,
    hosts: Collection[str] | None = None,
    force: bool = False,
    notices: tuple[Diagnostic, ...] = (),
) -> Plan:
    """The plan for a tree.

    `hosts` None means that the tree is the whole fleet: what nixgen wrote and the tree has not, is
    removed. Otherwise only own files of these hosts are. `force` overwrites and removes files that
    nixgen did not write or that were edited; a folder or a link on the way is never forced.

    Raises `WriteError` for paths that no build may write (`paths.check_paths`) and for what cannot
    be read. Conflicts are in the plan.
    """
    if faults := check_paths(tree):
        raise WriteError(*faults)
    survey = _Survey(output, os.path.realpath(output), hosts, force)
    try:
        return evolve(survey.plan(tree), notices=notices)
    except OSError as error:
        raise disk.failure(error, output / survey.at, "read") from error


@define
class _Survey:
    """The comparison under way. `at` is the path that it looks at, for errors."""

    output: Path
    root: str
    hosts: Collection[str] | None
    force: bool
    at: str = ""
    folders: Folders = field(init=False)
    before: Manifest = field(init=False)
    stats: StatCache = field(init=False)
    orphans: set[str] = field(factory=set)
    respelled: set[str] = field(factory=set)
    conflicts: dict[str, Diagnostic] = field(factory=dict)
    merged: dict[str, Merged] = field(factory=dict)

    def plan(self, tree: Tree) -> Plan:
        self.folders = Folders(self.root)
        self.before = read_manifest(self.output)
        self.stats = StatCache.read(self.root)
        self.orphans = {path for path in self.before.records if path not in tree}
        if self.hosts is not None:
            self.orphans = {path for path in self.orphans if self._is_of_hosts(path)}
        abandoned = {path for path in self.orphans if self.before.is_managed(path)}
        self.orphans -= abandoned
        self.respelled = {folded(path) for path in self.orphans}
        changes = [self._wanted(tree[path]) for path in sorted(tree)]
        after: dict[str, tuple[Record, ...]] = {
            path: records
            for path, records in self.before.records.items()
            if path not in tree and path not in self.orphans and path not in abandoned
        }
        after |= {
            change.path: (Record.of(tree[change.path], change.digest),)
            for change in changes
            if change.path not in self.merged
        }
        changes += self._unwanted()
        changes += self._abandoned(abandoned)
        after |= {
            path: (merged.record,)
            for path, merged in self.merged.items()
            if path in tree or merged.record.parts
        }
        return Plan(
            output=self.output,
            tree={**tree, **{path: merged.file for path, merged in self.merged.items()}},
            changes=tuple(sorted(changes, key=lambda change: change.path)),
            conflicts=tuple(self.conflicts.values()),
            before=self.before,
            after=Manifest(after, VERSION),
            stats=self.stats,
            whole=self.hosts is None,
            managed=self.merged,
        )

    def _is_of_hosts(self, path: str) -> bool:
        hosts = self.hosts or ()
        return any(
            record.host in hosts or (not record.digest and not record.hosts.isdisjoint(hosts))
            for record in self.before.records[path]
        )

    def _wanted(self, file: RenderedFile) -> Change:
        """How a file of the tree stands."""
        if file.managed:
            return self._managed(file)
        path = file.path
        self.at = path
        digest = disk.digest(encoded(file, self.output))
        seen = disk.look(f"{self.root}/{path}")
        found = self._content(path, seen, digest)
        if found == digest and not self._is_respelled(path):
            known = self.before.knows(path, digest)
            kind = Kind.UNCHANGED if known else Kind.ADOPTED
            return Change(path, State.CURRENT, kind, digest, seen)
        if not self._way_is_clear(path):
            return Change(path, State.FOREIGN, Kind.CHANGED, digest, None)
        if seen is None or (stat.S_ISDIR(seen.st_mode) and self._will_be_empty(path)):
            return Change(path, State.MISSING, Kind.CREATED, digest, seen)
        state = State.CHANGED if found == digest else self._state(path, seen, found, wanted=True)
        return Change(path, state, Kind.CHANGED, digest, seen)

    def _managed(self, file: RenderedFile) -> Change:
        """How the entries stand that nixgen keeps, or kept, in a file that people write."""
        from nixgen.project.managed import merge  # only here: few builds have such files

        path = self.at = file.path
        seen = disk.look(f"{self.root}/{path}")
        is_file = seen is not None and stat.S_ISREG(seen.st_mode)
        data = disk.read(f"{self.root}/{path}") if is_file else None
        records = self.before.records.get(path, ())
        merged = merge(
            file, data, records, place=self.output / path, force=self.force, hosts=self.hosts
        )
        self.merged[path] = merged
        for number, conflict in enumerate(merged.conflicts):
            self._conflict(f"{path}:{number}", conflict)
        new = encoded(merged.file, self.output)
        digest = disk.digest(new)
        if new == data:
            kind = Kind.ADOPTED if merged.taken_over(records) else Kind.UNCHANGED
            return Change(path, State(merged.state), kind, digest, seen)
        if not self._way_is_clear(path):
            return Change(path, State.FOREIGN, Kind.CHANGED, digest, None)
        if seen is None:
            return Change(path, State.MISSING, Kind.CREATED, digest, seen)
        state = State(merged.state) if is_file else self._state(path, seen, None, wanted=True)
        return Change(path, state, Kind.CHANGED, digest, seen)

    def _abandoned(self, paths: Collection[str]) -> Iterator[Change]:
        """The files that nixgen keeps nothing in any more: its entries go, the files stay."""
        for path in sorted(paths):
            seen = disk.look(f"{self.root}/{path}")
            if seen is None or not stat.S_ISREG(seen.st_mode):
                continue
            (record, *_) = self.before.records[path]
            change = self._managed(RenderedFile(path, "", record.host, record.origin))
            if change.state is State.CHANGED:
                change = evolve(change, state=State.ORPHANED)
            if change.state is not State.CURRENT:
                yield change

    def _is_respelled(self, path: str) -> bool:
        """Whether a path differs by case alone from one that is removed: where case is ignored,
        removing the one removes the other.
        """
        return bool(self.respelled) and folded(path) in self.respelled

    def _unwanted(self) -> Iterator[Change]:
        """The files that nixgen wrote and that the tree has no more, where they are still there."""
        for path in sorted(self.orphans):
            self.at = path
            if self.folders.way_to(path).standing is not Standing.FOLDER:
                continue  # also where a link leads elsewhere: nothing there is nixgen's
            seen = disk.look(f"{self.root}/{path}")
            if seen is None or stat.S_ISDIR(seen.st_mode):
                continue
            state = self._state(path, seen, self._content(path, seen, ""), wanted=False)
            state = State.ORPHANED if state is State.CHANGED else state
            yield Change(path, state, Kind.REMOVED, "", seen)

    def _way_is_clear(self, path: str) -> bool:
        """Whether only folders are on the way to a file, or nothing, or a file about to go."""
        way = self.folders.way_to(path)
        if way.standing in {Standing.FOLDER, Standing.MISSING}:
            return True
        if way.standing is Standing.OTHER and way.at in self.orphans:
            return True
        self._conflict(way.at, obstacles.on_the_way(self.output / way.at, way.standing.value))
        return False

    def _will_be_empty(self, folder: str) -> bool:
        """Whether a folder where a file belongs holds nothing but files that are removed.

        And what a killed build has left there.
        """
        if not any(folder in parents(orphan) for orphan in self.orphans):
            return False
        for place, folders, files in os.walk(f"{self.root}/{folder}"):
            inside = place[len(self.root) + 1 :]
            folders[:] = [name for name in folders if not name.startswith(STATE_FOLDER)]
            paths = {f"{inside}/{name}" for name in files if not name.startswith(STATE_FOLDER)}
            links = (name for name in folders if os.path.islink(f"{place}/{name}"))
            if not paths <= self.orphans or any(links):
                return False
        return True

    def _content(self, path: str, seen: os.stat_result | None, wanted: str) -> str | None:
        """The hash of what a file holds, without reading it where the cache knows that it is the
        wanted one; None for what is no regular file.
        """
        if seen is None or not stat.S_ISREG(seen.st_mode):
            return None
        signature = disk.signature(seen)
        if self.stats.has(path, signature, wanted):
            return wanted
        found = disk.digest(disk.read(f"{self.root}/{path}"))
        self.stats.learn(path, signature, found)
        return found

    def _state(self, path: str, seen: os.stat_result, found: str | None, *, wanted: bool) -> State:
        """The state of something that is not as it is wanted, or not wanted at all."""
        if found is not None and self.before.knows(path, found):
            return State.CHANGED
        known = path in self.before.records
        place = self.output / path
        if stat.S_ISDIR(seen.st_mode):
            self._conflict(path, obstacles.folder(place))
        elif self.force:
            pass
        elif found is None:
            self._conflict(path, obstacles.special(place, link=stat.S_ISLNK(seen.st_mode)))
        else:
            self._conflict(path, obstacles.file(place, known=known, wanted=wanted))
        return State.EDITED if known else State.FOREIGN

    def _conflict(self, at: str, conflict: Diagnostic) -> None:
        self.conflicts.setdefault(at, conflict)


def encoded(file: RenderedFile, output: Path) -> bytes:
    """The bytes of a file. Raises `WriteError` where its text is no Unicode text."""
    try:
        return file.text.encode()
    except UnicodeEncodeError as error:
        line = file.text.count("\n", 0, error.start) + 1
        raise WriteError(
            Diagnostic(
                summary="the text holds half of a surrogate pair, which no file can hold",
                location=Location(str(output / file.path), line, source=""),
                help="a string in hosts/ holds such a character, written as \\ud800 or the like",
            )
        ) from error
