"""`nixgen hosts`: the list of hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags
from nixgen.cli.wording import columns

if TYPE_CHECKING:
    from nixgen.model.host import Host


@with_flags
@click.command("hosts")
@click.pass_obj
def command(session: Session) -> None:
    """List the hosts, with what is on each and the file of each.

    \b
      nixgen hosts
      nixgen hosts --json | jq '.hosts[].name'
    """
    with progress_bar(wanted=not session.json):
        hosts = [_data(host) for host in session.fleet().hosts]
    if session.json:
        session.answer({"hosts": hosts})
        return
    rows = [["HOST", "SYSTEM", "RELEASE", "RUNNERS", "SECRETS", "FILE"]]
    rows += [list(map(_cell, host.values())) for host in hosts]
    for line in columns(rows):
        session.say(line)


def _data(host: Host) -> dict[str, Any]:
    """What the list has of a host, in the order of its columns."""
    whole = host.composition
    return {
        "name": host.name,
        "system": host.system,
        "release": host.release,
        "runners": [runner.name for runner in whole.runners],
        "secrets": [secret.name for secret in whole.secrets],
        "file": shown_path(host.origin.places[-1].file),
    }


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value) or "-"


def shown_path(file: str) -> str:
    """A path as seen from the working directory where it is below it."""
    from pathlib import Path

    path, here = Path(file), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file
