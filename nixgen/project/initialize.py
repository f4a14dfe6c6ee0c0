"""Making a starting repository: only where nothing is in the way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ConflictError
from nixgen.project import disk
from nixgen.project.starter import starter_files


def initialize(folder: Path) -> tuple[str, ...]:
    """Writes a starting repository into a folder; returns the paths of its files, sorted.

    Raises ConflictError with all files that are in the way, or another WriteError. No file is ever
    overwritten, and after an error none is left behind.
    """
    folder = folder.absolute()
    files = starter_files(folder.resolve().name)
    if in_the_way := [path for path in files if os.path.lexists(folder / path)]:
        raise ConflictError(_conflict(folder, in_the_way))
    written: list[Path] = []
    try:
        for path, text in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            disk.write_new(str(place), text.encode())
            written.append(place)
    except OSError as error:
        for place in written:
            place.unlink()
        raise disk.failure(error, folder) from error
    return tuple(sorted(files))


def _conflict(folder: Path, in_the_way: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        summary="files are in the way, and init overwrites nothing",
        location=Location(str(folder)),
        detail="\n".join(in_the_way),
        help="move them away, or name a new folder: `nixgen init FOLDER`",
    )
