"""Renames that put a build in place, and that can be undone as long as it has not succeeded."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from attrs import define, field

from nixgen.errors import ConflictError
from nixgen.project import disk
from nixgen.project.paths import aside
from nixgen.project.writing import obstacles
from nixgen.project.writing.staging import beside


@define
class Commit:
    """The renames of one build in the output folder `root`, shown to people as `output`."""

    root: str
    output: Path
    _undo: list[tuple[Callable[[str, str], None], str, str]] = field(factory=list)
    _old: list[str] = field(factory=list)

    def remove(self, path: str, seen: os.stat_result | None) -> None:
        """Sets a file aside, to be removed by `finish`. `seen`: as the plan saw it."""
        if self._is_untouched(path, seen):
            self._set_aside(path)

    def place(self, path: str, staged: str, seen: os.stat_result | None) -> None:
        """Puts a staged file or folder in its place. `seen`: as the plan saw it.

        An old file stays there until it is replaced, so that a kill leaves one or the other.
        """
        target, new = f"{self.root}/{path}", f"{self.root}/{staged}"
        if not self._is_untouched(path, seen):
            self._rename(new, target)
        elif seen is not None and stat.S_ISDIR(seen.st_mode):
            self._set_aside(path)
            self._rename(new, target)
        else:
            old = f"{self.root}/{beside(path, aside)}"
            with contextlib.suppress(OSError):  # a disk without hard links: this one stays new
                os.link(target, old, follow_symlinks=False)
                self._old.append(old)
                self._undo.append((_restore, old, target))
            os.replace(new, target)

    def finish(self) -> bool:
        """Removes the old files; false if some could not be. From here on, nothing is undone."""
        self._undo.clear()
        complete = True
        for old in self._old:
            try:
                disk.remove(old)
            except OSError:
                complete = False
        return complete

    def undo(self) -> bool:
        """Takes all renames back; false if some could not be."""
        complete = True
        for action, source, target in reversed(self._undo):
            try:
                action(source, target)
            except OSError:
                complete = False
        self._undo.clear()
        return complete

    def _set_aside(self, path: str) -> None:
        old = f"{self.root}/{beside(path, aside)}"
        self._rename(f"{self.root}/{path}", old)
        self._old.append(old)

    def _rename(self, source: str, target: str) -> None:
        os.rename(source, target)
        self._undo.append((os.rename, target, source))

    def _is_untouched(self, path: str, seen: os.stat_result | None) -> bool:
        """Whether what the plan saw is still there; false if nothing is.

        Raises `ConflictError` if it is something else: someone changed it during the build.
        """
        now = disk.look(f"{self.root}/{path}")
        if now is None:
            return False
        if seen is None or not _is_same(now, seen):
            raise ConflictError(obstacles.changed_meanwhile(self.output / path))
        return True


def _is_same(now: os.stat_result, seen: os.stat_result) -> bool:
    """Whether what is there now is what was seen, as far as the build itself leaves it alone.

    A folder's times change with what is removed in it, a file's ctime with a hard link to it that
    a killed build left and this one removed.
    """
    if not os.path.samestat(now, seen):
        return False
    same = (now.st_mtime_ns, now.st_size) == (seen.st_mtime_ns, seen.st_size)
    return same or stat.S_ISDIR(now.st_mode)


def _restore(old: str, target: str) -> None:
    os.replace(old, target)
    disk.remove(old)  # renaming does nothing where both are still the same file
