"""The argument HOST, with completion in shells that have it set up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from nixgen.cli.session import Session

if TYPE_CHECKING:
    from nixgen.model.host import Fleet


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


def fleet_with(session: Session, hosts: Sequence[str]) -> Fleet:
    """The whole fleet, for a verb that compares hosts; LoadError where it lacks one of `hosts`."""
    fleet = session.fleet()
    for name in hosts:
        if name not in fleet.names:
            session.fleet([name])  # says that there is no such host
    return fleet
