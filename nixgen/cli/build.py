"""`nixgen build`: writes the files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from nixgen.cli.hosts_argument import HOSTS
from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags
from nixgen.cli.wording import counted, listed

if TYPE_CHECKING:
    from nixgen.project.writing.write import Result

_KINDS = {"created": "green", "changed": "yellow", "removed": "red", "adopted": "cyan"}


@with_flags
@click.command("build")
@HOSTS
@click.option(
    "--force",
    is_flag=True,
    help="Overwrite and remove files that were edited by hand or that nixgen did not write.",
)
@click.pass_obj
def command(session: Session, hosts: tuple[str, ...], force: bool) -> None:
    """Write the files of all hosts, or of some.

    \b
      nixgen build              all hosts; what no host needs any more is removed
      nixgen build web1 web2    these two; the other hosts' files and entries stay

    A file whose bytes stay the same is not touched. A file that was edited by hand, or that nixgen
    did not write, is neither overwritten nor removed without --force. Either all is written or
    nothing. Renamed secrets and hosts are told, and what `tofu apply` will destroy.
    """
    from nixgen.cli.failures import tell_notices
    from nixgen.project import api

    start = time.perf_counter()
    configuration = session.configuration()
    with progress_bar(wanted=not session.json) as wrote:
        result = api.build(
            session.fleet(hosts),
            configuration.output,
            only=hosts or None,
            formatter=configuration.formatter,
            force=force,
            progress=wrote,
        )
    seconds = time.perf_counter() - start
    if session.json:
        session.answer({**result.as_dict(), "seconds": round(seconds, 3)})
    else:
        _say(session, result, seconds)
        tell_notices(result.notices, session)


def _say(session: Session, result: Result, seconds: float) -> None:
    paths = [(kind, path) for kind in _KINDS for path in getattr(result, kind)]
    listed(session, [(kind, _KINDS[kind], path) for kind, path in paths])
    counts = {kind: len(getattr(result, kind)) for kind in (*_KINDS, "unchanged")}
    session.summarize(f"{counted(counts) or 'no files'} in {seconds:.2f} s")
