"""`nixgen init`: a starting repository."""

from __future__ import annotations

import shlex

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import with_output_flags
from nixgen.cli.wording import listed


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
    and a pre-commit hook. No file is overwritten: a repository with files keeps its README.md,
    Makefile, .gitignore and .pre-commit-config.yaml.
    """
    from pathlib import Path

    from nixgen.project.initialize import initialize

    started = initialize(Path(folder))
    if session.json:
        session.answer(
            {"folder": folder, "created": list(started.created), "kept": list(started.kept)}
        )
        return
    created = [("created", "green", str(Path(folder) / path)) for path in started.created]
    kept = [("kept", "yellow", str(Path(folder) / path)) for path in started.kept]
    listed(session, created + kept)
    enter = "" if folder == "." else f"cd {shlex.quote(folder)} && "
    build = "nixgen build" if "Makefile" in started.kept else "make build test"
    session.summarize(f"next: {enter}{build}")
