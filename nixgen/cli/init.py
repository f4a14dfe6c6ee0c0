"""`nixgen init`: a starting repository."""

from __future__ import annotations

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import with_output_flags


@with_output_flags
@click.command("init")
@click.argument("folder", default=".", metavar="[FOLDER]")
@click.pass_obj
def command(session: Session, folder: str) -> None:
    """Make a starting repository."""
