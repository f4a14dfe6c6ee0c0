"""`nixgen report`: all that is known of the fleet, on one page."""

from __future__ import annotations

import click

from nixgen.cli.hosts_argument import HOSTS, fleet_with
from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_flags


@with_flags
@click.command("report")
@HOSTS
@click.option(
    "--to", metavar="FILE", type=PATH, default="report.html", show_default=True, help="The page."
)
@click.pass_obj
def command(session: Session, hosts: tuple[str, ...], to: str) -> None:
    """Write a page with all that is known of the hosts.

    \b
      nixgen report                    report.html, of all hosts
      nixgen report web1 --to web1.html
      nixgen report --to - | gzip > report.html.gz

    Findings and accepted risks, who can reach what, who reads what as a graph, and the secrets,
    without any value. It is one file of HTML that asks no server for anything, to be opened,
    searched, printed, sent. The day in it is today's, or that of SOURCE_DATE_EPOCH.
    """
    from nixgen.audit import audit
    from nixgen.cli.to_file import write_to
    from nixgen.cli.today import today
    from nixgen.report.page import page

    with progress_bar(wanted=not session.json):
        fleet = fleet_with(session, hosts)
        only = hosts or None
        day = today()
        text = page(fleet, audit(fleet, today=day, only=only), today=day, only=only)
    if session.json and to == "-":
        session.answer({"hosts": list(hosts or fleet.names), "html": text})
        return
    write_to(session, to, text)
    if session.json:
        session.answer({"hosts": list(hosts or fleet.names), "file": to})
