"""What a build leaves behind: temporary files of one that was killed, and emptied folders."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable

from nixgen.project import disk
from nixgen.project.manifest import INTENT
from nixgen.project.paths import STATE_FOLDER, Folders, Standing, aside, parents, temporary
from nixgen.project.writing.staging import beside

_SUFFIXES = (".tmp", ".old")


def was_killed(root: str) -> bool:
    """Whether the last build left its intent, or something of the kind, in the state folder."""
    try:
        names = os.listdir(f"{root}/{STATE_FOLDER}")
    except FileNotFoundError:
        return False
    return any(f"{STATE_FOLDER}/{name}" == INTENT or name.endswith(_SUFFIXES) for name in names)


def clear_leftovers(root: str, paths: Iterable[str]) -> None:
    """Removes the temporary and old files that a killed build may have left for these paths."""
    folders = Folders(root)
    places = {place for path in paths for place in (path, *parents(path))}
    for place in places:
        if folders.way_to(place).standing is Standing.FOLDER:
            disk.remove(f"{root}/{beside(place, temporary)}")
            disk.remove(f"{root}/{beside(place, aside)}")
    for name in os.listdir(f"{root}/{STATE_FOLDER}"):
        if name.endswith(_SUFFIXES):
            disk.remove(f"{root}/{STATE_FOLDER}/{name}")


def prune(root: str, paths: Iterable[str]) -> bool:
    """Removes the folders that these files were in, as far as they are empty now.

    False if that failed where it should not.
    """
    folders = Folders(root)
    clear = {Standing.FOLDER, Standing.MISSING}
    complete = True
    for path in paths:
        if folders.way_to(path).standing in clear:
            complete = _prune(root, path) and complete
    return complete


def _prune(root: str, path: str) -> bool:
    for folder in parents(path):
        try:
            os.rmdir(f"{root}/{folder}")
        except FileNotFoundError:
            continue
        except OSError as error:
            return error.errno in {errno.ENOTEMPTY, errno.EEXIST}
    return True
