"""A Nix file that a verb reads, and perhaps writes back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import InputError
from nixgen.nix.edit import Document

if TYPE_CHECKING:
    from nixgen.cli.session import Session

STANDARD_INPUT = "-"


def read_document(file: str) -> Document:
    """The file, or what standard input has for `-`.

    Raises InputError where it cannot be read, NixSyntaxError where it is no Nix.
    """
    if file == STANDARD_INPUT:
        return Document(_decoded(sys.stdin.buffer.read(), "standard input"), name="standard input")
    return Document(read_text(file), name=file)


def read_text(file: str) -> str:
    """The text of a file. Raises InputError where it cannot be read."""
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise InputError(
            Diagnostic(summary=f"cannot read {file}: {error.strerror}", location=Location(file))
        ) from None
    return _decoded(data, file)


def changed(session: Session, file: str, change: Callable[[Document], bool]) -> bool:
    """Changes a file, at once or not at all; whether anything changed.

    Standard input is copied, changed, to standard output.
    """
    from nixgen.project import disk

    if file != STANDARD_INPUT:
        disk.refuse_special(file, "FILE - is standard input, copied to standard output")
    document = read_document(file)
    different = change(document)
    if file == STANDARD_INPUT:
        if not session.json:
            session.say(document.text.removesuffix("\n"))
    elif different:
        try:
            disk.put(file, document.text.encode())
        except OSError as error:
            raise disk.failure(error, file) from None
    return different


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            Diagnostic(
                summary=f"{name} is not UTF-8",
                location=Location(name, line),
                help="Nix files are UTF-8; convert it first",
            )
        ) from None
