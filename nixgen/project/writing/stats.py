"""The stat cache: which files need not be read, because nothing about them has changed.

It works as git's index does. A file whose mtime, ctime, size and inode are those of the last time
has the content of the last time, unless it was changed within the same tick of the disk's clock.
So a file is believed only if its ctime is older than the cache itself, and a file that was read is
only remembered once its ctime is `_SETTLED` old (disks with a clock of two seconds exist).

The cache answers one question only: does the file still have this content? A yes needs the hash
itself, so a damaged cache can say no too often, which costs a read, and never a wrong yes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Container
from typing import Any

from attrs import define, field

from nixgen.project import disk
from nixgen.project.disk import Signature
from nixgen.project.paths import STATE_FOLDER

STATS = f"{STATE_FOLDER}/stats.json"
_SETTLED = 2_000_000_000  # nanoseconds


@define
class StatCache:
    """What is remembered of the files of an output folder, and whether it differs from the disk's.

    `written` is the cache's own mtime in nanoseconds.
    """

    _files: dict[str, Any] = field(factory=dict)
    _written: int = 0
    _now: int = field(factory=time.time_ns)
    changed: bool = False

    @classmethod
    def read(cls, root: str) -> StatCache:
        """The cache of an output folder; empty where there is none, or none that can be read."""
        path = f"{root}/{STATS}"
        try:
            found = disk.look(path)
            files = json.loads(disk.read(path)) if found else {}
        except (OSError, ValueError, RecursionError):
            return cls()
        if found is None or not isinstance(files, dict):
            return cls()
        return cls(files, found.st_mtime_ns)

    def has(self, path: str, signature: Signature, digest: str) -> bool:
        """Whether a file that looks like this is known to have the content of this hash."""
        if self._files.get(path) != [*signature, digest]:
            return False
        return signature[1] < self._written

    def learn(self, path: str, signature: Signature, digest: str) -> None:
        """Remembers a file that was read, looked at before reading."""
        if signature[1] < self._now - _SETTLED:
            self.note(path, signature, digest)

    def note(self, path: str, signature: Signature, digest: str) -> None:
        """Remembers a file that this build wrote."""
        self._files[path] = [*signature, digest]
        self.changed = True

    def keep(self, paths: Container[str]) -> None:
        """Forgets all files but these."""
        gone = [path for path in self._files if path not in paths]
        for path in gone:
            del self._files[path]
        self.changed = self.changed or bool(gone)

    def write(self, root: str) -> None:
        """Writes the cache, if it changed."""
        if self.changed:
            disk.replace(f"{root}/{STATS}", json.dumps(self._files).encode())
            self.changed = False
