"""An answer that goes into a file, as `--to FILE` asks, instead of to standard output."""

from __future__ import annotations

import os
from pathlib import Path

from nixgen.cli.session import Session

_STANDARD_OUTPUT = 1


def write_to(session: Session, file: str, text: str) -> None:
    """Writes a file as a whole, or not at all, and says so; `-` is standard output.

    What is no regular file, such as a pipe or a device, is written into. Raises WriteError.
    """
    from nixgen.diagnostic import Diagnostic, Location
    from nixgen.errors import WriteError
    from nixgen.project import disk

    if file == "-" or _is_standard_output(file):
        session.say(text.removesuffix("\n"))
        return
    try:
        disk.put(file, text.encode())
    except OSError as error:
        summary = f"cannot write {file}: {error.strerror}"
        raise WriteError(Diagnostic(summary=summary, location=Location(file))) from error
    session.summarize(f"wrote {file}")


def _is_standard_output(file: str) -> bool:
    """Whether it is named by a path, as /dev/stdout does, or is a file that the shell opened."""
    try:
        return os.path.samestat(Path(file).stat(), os.fstat(_STANDARD_OUTPUT))
    except OSError:
        return False
