"""git as a subprocess: which files of a folder belong to its repository, and what they were."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ExternalError
from nixgen.external.environment import without_secrets

_TIME_LIMIT = 60.0  # seconds


def unignored_files(folder: Path, ending: str) -> list[Path] | None:
    """The files below a folder whose names end so, without those that git ignores; in no order.

    All rules of git hold: nested .gitignore files, negation, the user's own excludes; a file that
    is tracked is never ignored. None where git is missing or the folder is in no repository.
    """
    command = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    listed = _git(folder, *command, f":(glob)**/*{ending}")
    if listed is None:
        return None
    names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
    return [folder / name for name in names]


def text_files_at(revision: str, folder: Path, ending: str) -> dict[str, str]:
    """The texts of a folder's own files at a revision, by their names; empty where it had none.

    Raises ExternalError where git is missing, the folder is in no repository, git does not know the
    revision, or a text is not in UTF-8.
    """
    name = f"{revision}^{{commit}}"
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if commit is None:
        raise ExternalError(
            Diagnostic(
                summary=f"git does not know the revision {revision!r} here",
                location=Location(str(folder)),
                help="name a commit, a branch or a tag of the repository that the folder is in",
            )
        )
    archive = _git(folder, "archive", "--format=tar", commit.decode().strip(), "--", ".")
    if archive is None:  # which is what git says of a folder that was not there
        return {}
    texts = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            content = files.extractfile(member) if member.name.endswith(ending) else None
            if content is not None and "/" not in member.name:
                texts[member.name] = _text(content.read(), member.name, revision)
    return texts


def _text(data: bytes, name: str, revision: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        summary = f"{name} is not in UTF-8 at {revision!r}"
        raise ExternalError(Diagnostic(summary=summary)) from None


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints, run in a folder; None where it is missing, fails or takes too long."""
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=without_secrets(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIME_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
