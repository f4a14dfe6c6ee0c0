"""`nixgen runbook`: the steps by which a host goes live."""

from __future__ import annotations

import click

from nixgen.cli.hosts_argument import HOST
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags


@with_flags
@click.command("runbook")
@HOST
@click.pass_obj
def command(session: Session, host: str) -> None:
    """Print the steps by which a host goes live, as Markdown.

    \b
      nixgen runbook web1 > web1.md
      nixgen runbook web1 --json | jq -r .markdown

    From the branch to the merge, with the host's own names: the runner's token, its variable,
    "tofu apply", the AppRole's credentials, the build, the deployment; each step with its command
    and what to expect of it, then how to roll back.
    """
    from pathlib import PurePath

    from nixgen.emit.runbook import runbook

    configuration = session.configuration()
    found = session.fleet([host]).host(host)

    def seen_from_root(path: PurePath) -> str:
        root = configuration.root
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()

    source = seen_from_root(PurePath(found.origin.places[-1].file))
    text = runbook(found, source, seen_from_root(configuration.output))
    if session.json:
        session.answer({"host": host, "markdown": text})
    else:
        session.say(text.removesuffix("\n"))
