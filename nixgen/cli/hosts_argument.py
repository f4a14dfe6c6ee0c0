"""The argument HOST, with completion in shells that have it set up."""

from __future__ import annotations

import click

from nixgen.cli.session import Session


def _complete(context: click.Context, _: click.Parameter, begun: str) -> list[str]:
    """The names of files in the hosts folder: no file is run just to complete a word."""
    from nixgen.errors import NixgenError

    try:
        folder = (context.find_object(Session) or Session()).configuration().hosts
    except NixgenError:
        return []
    names = (file.stem for file in folder.glob("*.py"))
    return sorted(name for name in names if name.startswith(begun) and name[0] != "_")


HOST = click.argument("host", shell_complete=_complete)
HOSTS = click.argument("hosts", metavar="[HOST]...", nargs=-1, shell_complete=_complete)
