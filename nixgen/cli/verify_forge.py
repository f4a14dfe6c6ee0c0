"""`nixgen verify forge`: compares the hosts' runners with the forge that they connect to."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.hosts_argument import HOSTS
from nixgen.cli.session import Session, is_terminal
from nixgen.cli.verb import with_flags
from nixgen.cli.verdict import conclude
from nixgen.cli.wording import plural

if TYPE_CHECKING:
    from nixgen.live.forge_connection import ForgeConnection
    from nixgen.model.host import Fleet
    from nixgen.model.values import Duration

_FILE = click.Path(exists=True, dir_okay=False)


def _duration(_: click.Context, parameter: click.Parameter, text: str | None) -> Duration | None:
    """An option's text as a span of time."""
    from nixgen.model.values import Duration

    try:
        return None if text is None else Duration.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param=parameter) from None


class _Seconds(click.FloatRange):
    """A time to wait. Of two comparisons with NaN neither holds, so a range alone lets it in."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


with_timeout = click.option(
    "--timeout",
    metavar="SECONDS",
    type=_Seconds(min=0, min_open=True, max=3600),
    default=10.0,
    help="How long to wait for each answer (default: 10).",
)


def with_forge_flags(command: click.Command) -> click.Command:
    """Gives a command the options that say how a forge is asked."""
    options = (
        click.option(
            "--token-file", metavar="FILE", type=_FILE, help="File with the forge's API token."
        ),
        click.option(
            "--ca-file", metavar="FILE", type=_FILE, help="File of the CA of its certificate."
        ),
        with_timeout,
    )
    for option in options:
        command = option(command)
    return command


def forge_connection(
    address: str, token_file: str | None, ca_file: str | None, timeout: float
) -> ForgeConnection:
    """The connection that options and environment describe. Raises ConfigurationError."""
    import os
    from pathlib import Path

    from nixgen.live.forge_connection import read_forge_connection

    return read_forge_connection(
        os.environ,
        address,
        token_file=None if token_file is None else Path(token_file),
        ca_file=None if ca_file is None else Path(ca_file),
        timeout=timeout,
    )


@with_flags
@with_forge_flags
@click.command("forge")
@HOSTS
@click.option("--forge", "address", metavar="URL", help="Which one, where runners have several.")
@click.option(
    "--wait",
    metavar="DURATION",
    callback=_duration,
    help="Wait so long for all runners to be online, such as 90s or 5m.",
)
@click.pass_obj
def forge(
    session: Session,
    /,
    *,
    hosts: tuple[str, ...],
    address: str | None,
    wait: Duration | None,
    token_file: str | None,
    ca_file: str | None,
    timeout: float,
) -> int:
    """Compare runners and repositories with a Forgejo or Gitea server.

    \b
      nixgen verify forge                   all hosts
      nixgen verify forge web1 --wait 5m    once the host is deployed

    Each runner has to be registered in its scope and online, with its labels; each trusted
    repository has to be there, with Actions on, in the scope of its runner. Where no host is named,
    runners are told of that no host has.

    FORGEJO_TOKEN or GITEA_TOKEN holds an API token with the scopes read:user and read:repository;
    runners of an organization need read:organization, those of the whole forge read:admin. Forgejo
    lists runners since version 15, Gitea since 1.24.

    Exit status 0 where all is as described, 1 where something differs, 2 where the server, or some
    of it, could not be asked.
    """
    from nixgen.cli.failures import tell_findings
    from nixgen.live.forge import verify_forge, wait_online
    from nixgen.live.forge_api import ForgeApi
    from nixgen.live.forge_server import forge_server

    fleet = session.fleet(hosts)
    connection = forge_connection(_address(fleet, address), token_file, ca_file, timeout)
    with forge_server(connection) as server:
        api = ForgeApi(server)
        if wait is not None:
            with _waiting(session) as watch:
                wait_online(fleet.hosts, api, seconds=wait.seconds, watch=watch)
        report = verify_forge(fleet.hosts, api, strangers=not hosts)
    compared = {"runners": report.runners, "repositories": report.repositories}
    found = [finding.diagnostic for finding in report.findings]
    tell_findings(found, session, compared=compared, forge=str(api.release))
    repositories = f"{report.repositories:,} repositor{'y' if report.repositories == 1 else 'ies'}"
    what = f"{plural(report.runners, 'runner')} and {repositories}"
    place = f"{api.release} at {connection.address}"
    return conclude(session, report.findings, f"{what} with {place}")


def _address(fleet: Fleet, chosen: str | None) -> str:
    """The forge that is asked. Its token goes to no other, so there is just one at a time."""
    from nixgen.diagnostic import Diagnostic
    from nixgen.errors import ConfigurationError
    from nixgen.live.forge import forges

    known = forges(fleet.hosts)
    if chosen is not None:
        chosen = chosen.rstrip("/")
        if chosen in known:
            return chosen
        summary = f"no runner connects to {chosen}"
    elif len(known) == 1:
        return known[0]
    elif known:
        summary = f"the runners connect to {len(known)} forges, each of which has tokens of its own"
    else:
        summary = "these hosts have no runners"
    advice = f"--forge chooses one of {', '.join(known)}" if known else None
    raise ConfigurationError(Diagnostic(summary=summary, help=advice))


@contextlib.contextmanager
def _waiting(session: Session) -> Iterator[Callable[[int, int], None]]:
    """While active, shows a person how many runners are online, and how long they have waited."""
    if session.json or not is_terminal(sys.stderr):
        yield lambda _online, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("waiting for runners", total=None)
        yield lambda online, total: progress.update(task, completed=online, total=total)
