"""Carrying out a plan: all of it, or nothing.

    1  intent   what will be written and removed, so that after a kill it is known to be nixgen's
    2  staging  every new file, beside its place under a temporary name
    3  sync     one, for all of them
    4  commit   renames, the manifest's last; undone if one fails
    5  the end  old files and emptied folders removed, caches written, the intent removed

A kill before 4 leaves the old tree, one during 4 leaves each file old or new, and the next build
knows both for its own, clears what is left over and finishes the work. A new output folder needs no
intent: it is written beside its place, and one rename puts it there.

The sync keeps a power cut from leaving files that have their new name but not yet their content: it
makes sure of the order, not of the last second's work. Up to `FEW` files are synced one by one;
beyond that it is cheaper to sync the disk once, though that waits for other programs' data too.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from attrs import asdict, define, field, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.external.workers import parallel
from nixgen.project import disk
from nixgen.project.disk import Signature
from nixgen.project.manifest import INTENT, MANIFEST
from nixgen.project.origins import write_origins
from nixgen.project.paths import STATE_FOLDER
from nixgen.project.tree import Tree
from nixgen.project.writing.commit import Commit
from nixgen.project.writing.leftovers import clear_leftovers, prune, was_killed
from nixgen.project.writing.lock import WAIT, Lock, locked
from nixgen.project.writing.plan import Change, Kind, Plan, encoded, plan_build
from nixgen.project.writing.staging import Staging

FEW = 64
# What of the state folder belongs into git, and that a merge keeps the lines of both sides.
_STATE_FILES = {
    f"{STATE_FOLDER}/.gitignore": b"*\n!.gitignore\n!.gitattributes\n!manifest.json\n",
    f"{STATE_FOLDER}/.gitattributes": b"manifest.json merge=union linguist-generated\n",
}

Progress = Callable[[str], object]
"""Called with the path of each file as soon as it is written beside its place."""


@frozen
class Result:
    """What a build did: the paths of each kind, sorted; `notices` are those of the plan."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    adopted: tuple[str, ...]
    unchanged: tuple[str, ...]
    notices: tuple[Diagnostic, ...] = ()

    @classmethod
    def of(cls, plan: Plan) -> Result:
        """The result of a plan that was carried out."""
        paths: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        for change in plan.changes:
            paths[change.kind].append(change.path)
        return cls(**{str(kind): tuple(paths[kind]) for kind in Kind}, notices=plan.notices)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        paths = asdict(self, filter=lambda field, _: field.name != "notices")
        return {**paths, "notices": [each.as_dict() for each in self.notices]}


def write_tree(
    tree: Tree,
    output: Path,
    *,
    hosts: Collection[str] | None = None,
    force: bool = False,
    wait: float = WAIT,
    progress: Progress | None = None,
) -> Result:
    """Makes an output folder what a tree says; the arguments are those of `plan_build`, `apply` and
    `locked`. Raises `ConflictError`, `LockedError` or another `WriteError`; then nothing was done.
    """
    with locked(output, wait=wait) as lock:
        return apply(plan_build(tree, output, hosts=hosts, force=force), lock, progress=progress)


def apply(plan: Plan, lock: Lock, *, progress: Progress | None = None) -> Result:
    """Carries out a plan that was made under the lock of its output folder.

    Raises `ConflictError` if the plan has conflicts or a file changed since it was made, and
    `WriteError` where the disk is full, read-only or otherwise unwilling; then nothing was done.
    """
    if os.path.realpath(plan.output) != lock.output:
        raise ValueError(f"the plan is for {plan.output}, the lock for {lock.output}")
    plan.raise_conflicts()
    _Build(plan, lock, progress).run()
    return Result.of(plan)


@define
class _Build:
    """The carrying out of a plan.

    `at` is the path it is at, for errors; `recovering` says that the last build was killed.
    """

    plan: Plan
    lock: Lock
    progress: Progress | None
    writes: list[Change] = field(init=False)
    removals: list[Change] = field(init=False)
    recovering: bool = field(init=False)
    staging: Staging = field(init=False)
    commit: Commit = field(init=False)
    at: str = ""

    def __attrs_post_init__(self) -> None:
        changes = self.plan.changes
        self.writes = [each for each in changes if each.kind in {Kind.CREATED, Kind.CHANGED}]
        self.removals = [each for each in changes if each.kind is Kind.REMOVED]
        self.recovering = was_killed(self.lock.root)
        self.staging = Staging(self.lock, sync=len(self.writes) <= FEW)
        self.commit = Commit(self.lock.root, self.plan.output)

    def run(self) -> None:
        if self.lock.is_new:
            self._all_or_nothing(self._make_output)
        elif self.recovering or self.writes or self.removals or self._manifest_changes():
            self._all_or_nothing(self._change_output)
            self._finish()
        else:
            self._write_caches()

    def _all_or_nothing(self, action: Callable[[], None]) -> None:
        try:
            action()
        except BaseException as error:
            complete = self._take_back()
            # Ctrl-C can hit between a rename and the note of it: the intent is kept then.
            if complete and not self.recovering and isinstance(error, Exception):
                self._remove_intent()
            if isinstance(error, OSError):
                place = self.plan.output / self.at
                raise disk.failure(error, place, detail=_DONE[complete]) from error
            raise

    def _make_output(self) -> None:
        """A new output folder, with one rename."""
        self.lock.clear()
        self._stage()
        self._write_caches()
        self._sync()
        self.lock.put_in_place()

    def _change_output(self) -> None:
        """Changes in an output folder that is there."""
        if self.recovering:
            clear_leftovers(self.lock.root, self.plan.before.records)
        self._write_intent()
        self._stage()
        self._sync()
        self._put_in_place()

    def _finish(self) -> None:
        """What is left when the tree is right; the next build does what cannot be done now."""
        complete = self.commit.finish()
        complete = prune(self.lock.root, self._gone()) and complete
        self._note_written()
        self._write_caches()
        if complete:
            self._remove_intent()

    def _take_back(self) -> bool:
        """Makes everything as it was; false if something could not be."""
        complete = self.commit.undo()
        self.staging.discard()
        return complete

    def _real(self, path: str) -> str:
        return f"{self.lock.root}/{path}"

    def _write_intent(self) -> None:
        """The records of all that may be found after a kill.

        Those of before are needed where something is removed, or was left by a killed build.
        """
        touched = {each.path for each in (*self.writes, *self.removals)}
        before, after = self.plan.before.only(touched), self.plan.after.only(touched)
        intent = (self.plan.before if self.recovering else before).joined(after)
        self.at = INTENT
        disk.replace(self._real(INTENT), intent.text().encode(), sync=self.staging.sync)

    def _remove_intent(self) -> None:
        with contextlib.suppress(OSError):
            disk.remove(self._real(INTENT))

    def _stage(self) -> None:
        places = [self.staging.place(change.path) for change in self.writes]
        with parallel(self._stage_file, list(zip(self.writes, places, strict=True))) as signatures:
            for change, signature in zip(self.writes, signatures, strict=True):
                if self.lock.is_new:
                    self.plan.stats.note(change.path, signature, change.digest)
                if self.progress is not None:
                    self.progress(change.path)
        for name, data in _STATE_FILES.items():
            if disk.look(self._real(name)) is None:
                self.staging.write(self.staging.place(name), data)
        self.at = MANIFEST
        self.staging.write(self.staging.place(MANIFEST), self.plan.after.text().encode())

    def _stage_file(self, staged: tuple[Change, str]) -> Signature:
        """Writes the new content of a file; some other process may do it."""
        change, place = staged
        data = encoded(self.plan.tree[change.path], self.plan.output)
        old = change.seen
        mode = stat.S_IMODE(old.st_mode) if old and stat.S_ISREG(old.st_mode) else None
        try:
            return self.staging.write(place, data, mode=mode)
        except OSError as error:
            raise disk.failure(error, self.plan.output / change.path, detail=_DONE[True]) from error

    def _sync(self) -> None:
        self.at = ""
        if not self.staging.sync:
            os.sync()

    def _put_in_place(self) -> None:
        seen = {change.path: change.seen for change in self.plan.changes}
        seen[MANIFEST] = disk.look(self._real(MANIFEST))
        for change in self.removals:
            self.at = change.path
            self.commit.remove(change.path, change.seen)
        for place, staged in self.staging.units.items():
            self.at = place
            self.commit.place(place, staged, seen.get(place))

    def _gone(self) -> list[str]:
        """The paths that a build, perhaps a killed one, has removed."""
        return [path for path in self.plan.before.records if path not in self.plan.after.records]

    def _note_written(self) -> None:
        """Has the stat cache know the files that were written, as they are after the rename."""
        for change in self.writes:
            found = disk.look(self._real(change.path))
            if found is not None:
                self.plan.stats.note(change.path, disk.signature(found), change.digest)

    def _write_caches(self) -> None:
        """The stat cache and the origins: a disk that takes no more of them does no harm."""
        plan = self.plan
        with contextlib.suppress(OSError):
            plan.stats.keep(plan.after.records)
            plan.stats.write(self.lock.root)
            files = [(plan.tree[each.path], each.digest) for each in plan.changes if each.digest]
            write_origins(self.lock.root, files, whole=plan.whole)

    def _manifest_changes(self) -> bool:
        """Whether the manifest, or a file beside it, is not as it should be."""
        missing = any(disk.look(self._real(name)) is None for name in _STATE_FILES)
        return missing or self.plan.before != self.plan.after


_DONE = {
    True: "Nothing was changed.",
    False: "Some files are new already; the next build finishes the work.",
}
