"""New files, beside their place under temporary names, until all of them are there.

The unit of a later rename is a file, or the topmost folder of its path that does not exist yet: a
new host's folder is written plainly and put in place at once, with all that is in it. If the output
folder itself is new, it is the one unit, and the lock knows its temporary name.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from attrs import define, field

from nixgen.project import disk
from nixgen.project.disk import Signature
from nixgen.project.paths import Folders, Standing, parents, temporary
from nixgen.project.writing.lock import Lock


def beside(path: str, name: Callable[[str], str]) -> str:
    """The temporary or old name of a path (`paths.temporary`, `paths.aside`), in its folder."""
    folder = path.rpartition("/")[0]
    return f"{folder}/{name(path)}" if folder else name(path)


@define
class Staging:
    """The new files of one build; `sync` waits for the disk after each.

    `units` leads from the place of each unit to its temporary name, both relative to the output
    folder, in the order of staging; it is empty for a new output folder.
    """

    lock: Lock
    sync: bool
    units: dict[str, str] = field(factory=dict)
    _folders: Folders = field(init=False)
    _made: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self._folders = Folders(self.lock.root)

    def place(self, path: str) -> str:
        """Where the new content of a path is to be staged, as part of which unit."""
        if self.lock.is_new:
            return path
        way = self._folders.way_to(path)
        unit = path if way.standing is Standing.FOLDER else way.at
        self.units[unit] = beside(unit, temporary)
        return self.units[unit] + path[len(unit) :]

    def write(self, staged: str, data: bytes, *, mode: int | None = None) -> Signature:
        """Writes what is staged there; `mode` as in `disk.write_new`.

        It changes nothing but the disk, so any copy of this process may do it.
        """
        self._make_folders(staged)
        return disk.write_new(f"{self.lock.root}/{staged}", data, mode=mode, sync=self.sync)

    def discard(self) -> None:
        """Removes what was staged and not put in place."""
        for name in self.units.values():
            with contextlib.suppress(OSError):
                disk.remove(f"{self.lock.root}/{name}")

    def _make_folders(self, staged: str) -> None:
        missing = []
        for folder in parents(staged):
            if folder in self._made:
                break
            missing.append(folder)
        for folder in reversed(missing):
            with contextlib.suppress(FileExistsError):
                os.mkdir(f"{self.lock.root}/{folder}")
            self._made.add(folder)
