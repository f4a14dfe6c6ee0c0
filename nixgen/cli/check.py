"""`nixgen check`: compares the files with the hosts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from nixgen.cli.hosts_argument import HOSTS
from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags
from nixgen.cli.wording import counted, listed, plural

if TYPE_CHECKING:
    from nixgen.project.writing.plan import Plan

DIFFERENT = 1

# The state of a path, as nixgen.project.writing.plan names it: how it is told, and in which colour.
_STATES = {
    "missing": ("missing", "red"),
    "changed": ("changed", "yellow"),
    "edited": ("edited by hand", "magenta"),
    "orphaned": ("orphaned", "cyan"),
    "foreign": ("foreign", "magenta"),
}


@with_flags
@click.command("check")
@HOSTS
@click.pass_obj
def command(session: Session, hosts: tuple[str, ...]) -> int:
    """Compare the files on disk with what the hosts describe.

    \b
      missing           to be written
      changed           as nixgen wrote it, but the hosts have changed since
      edited by hand    changed since nixgen wrote it
      orphaned          of a host that is gone
      foreign           nixgen did not write it, and it is in the way

    \b
      nixgen check         all files
      nixgen check web1    only those of this host

    Exit status 0 where nothing differs, 1 where something does, 2 for errors. Nothing is written.
    """
    plan = compared(session, hosts)
    if session.json:
        session.answer(_data(plan))
    else:
        _say(session, plan)
    return DIFFERENT if plan.differences else 0


def compared(session: Session, hosts: tuple[str, ...]) -> Plan:
    """The files of some hosts, or of all where none is named, compared with the disk."""
    from nixgen.project import api

    configuration = session.configuration()
    with progress_bar(wanted=not session.json):
        return api.check(
            session.fleet(hosts),
            configuration.output,
            only=hosts or None,
            formatter=configuration.formatter,
        )


def _data(plan: Plan) -> dict[str, object]:
    paths: dict[str, list[str]] = {state: [] for state in _STATES}
    for change in plan.differences:
        paths[change.state].append(change.path)
    return {**paths, "current": len(plan.changes) - len(plan.differences)}


def _say(session: Session, plan: Plan) -> None:
    listed(session, [(*_STATES[change.state], change.path) for change in plan.differences])
    if not plan.differences:
        session.summarize(f"{plural(len(plan.changes), 'file')} as described")
        return
    found = Counter(_STATES[change.state][0] for change in plan.differences)
    refused = any(change.state in {"edited", "foreign"} for change in plan.differences)
    writes = "only `nixgen build --force` overwrites" if refused else "`nixgen build` writes"
    session.summarize(f"{counted(found)}; `nixgen diff` shows how, {writes} them")
