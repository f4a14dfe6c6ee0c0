"""`nixgen init`: a starting repository."""

from __future__ import annotations

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import with_output_flags


@with_output_flags
@click.command("init")
@click.argument("folder", metavar="[FOLDER]", default=".", type=click.Path(file_okay=False))
@click.pass_obj
def command(session: Session, folder: str) -> None:
    """Make a starting repository, here or in a folder.

    \b
      nixgen init machines
      cd machines
      make build test

    It has a host with a runner and a secret, a part that hosts share, settings, a Makefile, tests,
    and a pre-commit hook. A file that exists is never overwritten.
    """
    from pathlib import Path

    from nixgen.project.initialize import initialize

    paths = initialize(Path(folder))
    if session.json:
        session.answer({"folder": folder, "created": list(paths)})
        return
    for path in paths:
        session.say(f"{click.style('created', fg='green')}  {Path(folder) / path}")
    enter = "" if folder == "." else f"cd {folder} && "
    session.summarize(f"next: {enter}make build test")
