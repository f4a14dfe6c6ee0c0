"""`nixgen hosts`: the list of hosts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session, is_terminal
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
    lines = list(columns(rows))
    if is_terminal(sys.stdout) and max(map(len, lines[1:]), default=0) > _terminal_width():
        lines = list(_blocks(hosts))
    for line in lines:
        session.say(line)


def _terminal_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def _blocks(hosts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The list where the table is too wide: a few lines for each host, what it has beside them."""
    left = [
        [host["name"], f"  {host['release']} {host['system']}", f"  {host['file']}"]
        for host in hosts
    ]
    width = max(len(line) for lines in left for line in lines)
    yield click.style(f"{'HOST'.ljust(width)}  RUNNERS, SECRETS", bold=True)
    for lines, host in zip(left, hosts, strict=True):
        names = (f"{kind} {name}" for kind in ("runner", "secret") for name in host[f"{kind}s"])
        for line, name in zip_longest(lines, names, fillvalue=""):
            yield f"{line.ljust(width)}  {name}".rstrip()


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
