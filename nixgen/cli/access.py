"""`nixgen access`: who can reach what on a host."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from nixgen.cli.hosts_argument import HOST
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from nixgen.audit.access import Access, RunnerAccess

_STYLES = {"writes": "bold red", "reads": "yellow", "uses": "cyan", "no access": "green"}


@with_flags
@click.command("access")
@HOST
@click.argument("runners", metavar="[RUNNER]...", nargs=-1)
@click.pass_obj
def command(session: Session, host: str, runners: tuple[str, ...]) -> None:
    """Show what each runner's jobs can reach on a host, and why.

    \b
      nixgen access web1
      nixgen access web1 actions-native
      nixgen access web1 --json | jq '.runners[].can[].what'

    It is computed from file modes, owners, groups, the user that jobs run as, the scope and labels
    of the runner, and the options of its unit. Codes name the rule of "nixgen audit" that says
    more.
    """
    from nixgen.audit.access import access

    found = access(session.fleet([host]).host(host))
    names = [each.runner for each in found]
    for name in runners:
        if name not in names:
            known = ", ".join(names) or "none"
            raise click.UsageError(f"{host} has no runner {name!r}; it has {known}.")
    found = tuple(each for each in found if not runners or each.runner in runners)
    if session.json:
        session.answer({"host": host, "runners": [each.as_dict() for each in found]})
    elif found:
        session.say(_drawn(found))
    else:
        session.say(f"{host} has no runner")


def _drawn(runners: Iterable[RunnerAccess]) -> str:
    from rich.text import Text

    from nixgen.cli.audit_text import printed

    parts: list[RenderableType] = []
    for each in runners:
        account = f", as {each.account}" if each.account else ""
        parts.append(Text(f"{each.runner}: jobs {each.where}{account}", style="bold"))
        parts.append(Text(f"of {each.repositories}", style="dim"))
        if each.meant:
            parts.append(Text(f"meant are {', '.join(each.meant)}", style="dim"))
        parts += ["", _table(each.entries), ""]
    return printed(*parts[:-1])


def _table(entries: Iterable[Access]) -> Table:
    """What is reached, then what is not: the thing, why, and what is left as a risk."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in sorted(entries, key=lambda each: not each.reached):
        lines = Text.assemble((each.what, "bold"), f": {each.about}\n", (each.why, "dim"))
        if each.risk:
            code = f" ({each.code})" if each.code else ""
            style = "yellow" if each.reached else "dim"
            lines.append(f"\nrisk: {each.risk}{code}", style=style)
        table.add_row(Text(str(each.reach), style=_STYLES[str(each.reach)]), lines)
    return table
