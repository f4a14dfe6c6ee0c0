"""Making a starting repository: only where nothing is in the way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ConflictError
from nixgen.project import disk
from nixgen.project.starter import starter_files

# What a repository of another kind may have as well; it keeps its own.
_ANY_REPOSITORY_HAS = frozenset({".gitignore", ".pre-commit-config.yaml", "Makefile", "README.md"})


@frozen
class Started:
    """The paths of the files that were made, and of those that were there and stayed; sorted."""

    created: tuple[str, ...]
    kept: tuple[str, ...]


def initialize(folder: Path) -> Started:
    """Writes a starting repository into a folder, which may have files of its own.

    Raises ConflictError with all files that are in the way, or another WriteError. No file is ever
    overwritten, and after an error none is left behind.
    """
    folder = folder.absolute()
    files = starter_files(folder.resolve().name)
    there = {path for path in files if os.path.lexists(folder / path)}
    if in_the_way := there - _ANY_REPOSITORY_HAS:
        raise ConflictError(_conflict(folder, sorted(in_the_way)))
    created = sorted(files.keys() - there)
    written: list[Path] = []
    try:
        for path in created:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            disk.write_new(str(place), files[path].encode())
            written.append(place)
    except OSError as error:
        for place in written:
            place.unlink()
        raise disk.failure(error, folder) from error
    return Started(tuple(created), tuple(sorted(there)))


def _conflict(folder: Path, in_the_way: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        summary="files are in the way, and init overwrites nothing",
        location=Location(str(folder)),
        detail="\n".join(in_the_way),
        help="move them away, or name a new folder: `nixgen init FOLDER`",
    )
