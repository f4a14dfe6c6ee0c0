"""What a build leaves behind: temporary files of one that was killed, and emptied folders."""

from __future__ import annotations

import os
from collections.abc import Iterable

from nixgen.project import disk
from nixgen.project.manifest import INTENT, MANIFEST
from nixgen.project.origins import ORIGINS
from nixgen.project.paths import STATE_FOLDER, Folders, Standing, aside, parents, temporary
from nixgen.project.staging import beside
from nixgen.project.stats import STATS

IGNORED = f"{STATE_FOLDER}/.gitignore"
ATTRIBUTES = f"{STATE_FOLDER}/.gitattributes"


def clear_leftovers(root: str, paths: Iterable[str]) -> None:
    """Removes the temporary and old files that a killed build may have left for these paths."""
    folders = Folders(root)
    places = {MANIFEST, IGNORED, ATTRIBUTES}
    for path in paths:
        places |= {path, *parents(path)}
    for place in places:
        if folders.way_to(place).standing is Standing.FOLDER:
            disk.remove(f"{root}/{beside(place, temporary)}")
            disk.remove(f"{root}/{beside(place, aside)}")
    for name in (INTENT, STATS, ORIGINS):
        disk.remove(f"{root}/{name}.tmp")


def prune(root: str, paths: Iterable[str]) -> None:
    """Removes the folders that these files were in, as far as they are empty now."""
    folders = Folders(root)
    for path in paths:
        if folders.way_to(path).standing in {Standing.FOLDER, Standing.MISSING}:
            _prune(root, path)


def _prune(root: str, path: str) -> None:
    for folder in parents(path):
        try:
            os.rmdir(f"{root}/{folder}")
        except FileNotFoundError:
            continue
        except OSError:
            return
