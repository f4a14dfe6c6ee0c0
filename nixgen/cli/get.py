"""`nixgen get`: one attribute of a Nix file."""

from __future__ import annotations

from typing import Any

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_output_flags

ABSENT = 1


@with_output_flags
@click.command("get")
@click.argument("file", metavar="FILE", type=PATH)
@click.argument("path", metavar="PATH")
@click.pass_obj
def command(session: Session, file: str, path: str) -> int:
    """Print the value that a Nix file has at an attribute path.

    \b
      nixgen get configuration.nix networking.hostName
      nixgen get configuration.nix 'services.nginx.virtualHosts."a.example"'
      nixgen get - services.openssh < configuration.nix

    The value is Nix text, as it stands in the file; --json adds what it is as JSON where it is
    plain data. The path is found whichever way the file spells it. Exit status 1 where the file
    does not set it.
    """
    from nixgen.cli.nix_file import read_document

    text = read_document(file).get(path)
    if session.json:
        session.answer({"file": file, "path": path, "nix": text, **_value(text)})
    elif text is not None:
        session.say(text)
    return 0 if text is not None else ABSENT


def _value(text: str | None) -> dict[str, Any]:
    """The value of literal data; nothing for an expression that has to be evaluated."""
    from pathlib import PurePath

    from nixgen.nix.data import NotDataError, to_python
    from nixgen.nix.parsing.parser import parse

    def plain(value: Any) -> Any:
        if isinstance(value, PurePath):
            return str(value)
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items()}
        return value

    if text is None:
        return {}
    try:
        return {"value": plain(to_python(parse(text)))}
    except NotDataError:
        return {}
