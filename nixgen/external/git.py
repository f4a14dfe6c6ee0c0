"""git as a subprocess: which files of a folder belong to its repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_TIME_LIMIT = 60.0  # seconds


def unignored_files(folder: Path, ending: str) -> list[Path] | None:
    """The files below a folder whose names end so, without those that git ignores; in no order.

    All rules of git hold: nested .gitignore files, negation, the user's own excludes; a file that
    is tracked is never ignored. None where git is missing or the folder is in no repository.
    """
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    try:
        done = subprocess.run(
            [*command, f":(glob)**/*{ending}"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    names = {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
    return [folder / name for name in names]
