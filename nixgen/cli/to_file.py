"""An answer that goes into a file, as `--to FILE` asks, instead of to standard output."""

from __future__ import annotations

import contextlib
from pathlib import Path

from nixgen.cli.session import Session


def write_to(session: Session, file: str, text: str) -> None:
    """Writes a file as a whole, or not at all, and says so; `-` is standard output.

    Raises WriteError.
    """
    from nixgen.diagnostic import Diagnostic, Location
    from nixgen.errors import WriteError

    if file == "-":
        session.say(text.removesuffix("\n"))
        return
    path = Path(file)
    unfinished = path.with_name(f".{path.name}.nixgen-new")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        summary = f"cannot write {file}: {error.strerror}"
        raise WriteError(Diagnostic(summary=summary, location=Location(file))) from error
    session.summarize(f"wrote {file}")
