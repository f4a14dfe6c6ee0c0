"""nixfmt as a subprocess: one process for all files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ExternalError
from nixgen.external.environment import without_secrets

TIME_LIMIT = 120.0  # seconds for one process; nixfmt formats some hundred files a second
_ARGUMENT_BYTES = 500_000  # far below what Linux and macOS let a command line be


def find_nixfmt() -> str | None:
    """The path of nixfmt, or None where it is not on PATH."""
    return shutil.which("nixfmt")


def format_files(
    texts: Mapping[str, str], *, program: str | None = None, time_limit: float = TIME_LIMIT
) -> dict[str, str]:
    """The texts as nixfmt lays them out; keys are relative paths, which its messages name.

    Raises ExternalError where nixfmt is missing, refuses a file, fails or takes too long,
    and where its files cannot be written or read, as on a full disk.
    """
    found = program or find_nixfmt()
    if found is None:
        raise ExternalError(
            Diagnostic(
                summary="nixfmt is not on PATH",
                help='install nixfmt, or set formatter = "auto" or "builtin": nixgen lays Nix out '
                "as nixfmt does",
            )
        )
    try:
        return _formatted(texts, found, time_limit)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "nixfmt wrote what is no text"
        raise ExternalError(
            Diagnostic(
                summary=f"cannot hand files to nixfmt, or read them again: {reason or error}",
                help='formatter = "builtin" does without it; TMPDIR names another folder for the '
                "files",
            )
        ) from error


def _formatted(texts: Mapping[str, str], program: str, time_limit: float) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="nixgen-") as folder:
        for path, text in texts.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        for batch in _batches(texts):
            _run([program, "--", *batch], folder, time_limit)
        return {path: Path(folder, path).read_text(encoding="utf-8") for path in texts}


def _batches(paths: Mapping[str, str]) -> list[list[str]]:
    """The paths in as few command lines as they fit in."""
    batches: list[list[str]] = []
    room = 0
    for path in paths:
        size = len(path.encode()) + 9  # its pointer and its end count too
        if not batches or size > room:
            batches.append([])
            room = _ARGUMENT_BYTES
        batches[-1].append(path)
        room -= size
    return batches


def _run(command: list[str], folder: str, time_limit: float) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=without_secrets(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=time_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ExternalError(
            Diagnostic(
                summary=f"nixfmt took longer than {time_limit:g} s and was ended",
                help='formatter = "builtin" does without it',
            )
        ) from None
    except OSError as error:
        raise ExternalError(
            Diagnostic(summary=f"nixfmt does not start: {error.strerror}", detail=command[0])
        ) from None
    if done.returncode != 0:
        message = done.stderr.decode(errors="replace").replace(f"{folder}/", "").strip()
        raise ExternalError(
            Diagnostic(
                summary=f"nixfmt failed with exit status {done.returncode}",
                detail=message,
                help='formatter = "builtin" does without it',
            )
        )
