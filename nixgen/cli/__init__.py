"""The command `nixgen`: one module for each verb, and the only layer that prints or exits.

`main` is what the console script and `python -m nixgen` run. A verb's module is imported when its
verb runs or its help is shown, and imports what it works with inside its functions, so that
`--help` needs nothing but click.

Exit status: 0, 1 where `check`, `diff --exit-code` or `audit` found something, 2 for errors of the
user's or of a program that nixgen calls, 70 for errors of nixgen's own, 130 after Ctrl-C, 141 where
the reader of the output went away.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import Verbs, with_flags
from nixgen.version import VERSION

INTERNAL_ERROR = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 128 + 2  # as a shell says it: 128 and the number of the signal, here SIGINT
READER_LEFT = 128 + 13  # SIGPIPE


@with_flags
@click.group(
    cls=Verbs,
    subcommand_metavar="VERB [ARGUMENT]...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(VERSION, prog_name="nixgen", message="%(prog)s %(version)s")
def group() -> None:
    """NixOS modules and the Terraform for their Vault secrets, from hosts described in Python.

    \b
      nixgen init         a starting repository
      nixgen build        write the files of all hosts
      nixgen check        say what differs; exit status 1 where something does

    Settings are in nixgen.toml, or in [tool.nixgen] of pyproject.toml; the options below stand over
    them, before or after the verb. "nixgen VERB --help" tells more.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments, or the process's own; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    session = Session(json="--json" in given, debug="--debug" in given)
    if "_NIXGEN_COMPLETE" in os.environ:
        group.main(prog_name="nixgen")
    return _run(given, session)


def _run(arguments: list[str], session: Session) -> int:
    try:
        with group.make_context("nixgen", arguments, obj=session) as context:
            status = group.invoke(context) or 0
            session.flush()
            return status
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        from nixgen.cli import failures

        return failures.usage(error, session)
    except (KeyboardInterrupt, click.Abort):
        session.summarize("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        session.drop_output()
        return READER_LEFT
    except Exception as error:
        from nixgen.cli import failures

        return failures.report(error, session, internal_status=INTERNAL_ERROR)
