"""One run of the command: its flags, and how it answers.

Answers go to standard output, all else (errors, progress, summaries) to standard error. People, who
look at a terminal, get colour and summaries; a pipe gets plain lines or JSON. NO_COLOR turns colour
off, FORCE_COLOR on (https://no-color.org, https://force-color.org).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from nixgen.model.host import Fleet
    from nixgen.project.configuration import Configuration


class Session:
    """The flags as given, None where they are not; see `nixgen.cli.verb` for what they mean."""

    # No attrs class: it would take longer to import than all of the command.
    def __init__(self, *, json: bool = False, debug: bool = False) -> None:
        self.json = json
        self.debug = debug
        self.hosts_folder: str | None = None
        self.output: str | None = None
        self.formatter: str | None = None
        self.config: str | None = None

    def configuration(self) -> Configuration:
        """The settings: flags over file over defaults. Raises ConfigurationError."""
        from pathlib import Path

        from nixgen.project.configuration import read_configuration

        return read_configuration(
            file=Path(self.config) if self.config is not None else None,
            hosts=self.hosts_folder,
            output=self.output,
            formatter=self.formatter,
        )

    def fleet(self, only: Collection[str] = ()) -> Fleet:
        """The hosts that the flags name a folder of; `only` some, where any are named."""
        from nixgen.project.load import load_fleet

        # What a file in hosts/ prints is no part of the answer.
        with contextlib.redirect_stdout(sys.stderr):
            return load_fleet(self.configuration().hosts, only=only or None)

    def say(self, text: str = "") -> None:
        """A line of the answer."""
        with self._writing():
            click.echo(text, color=_colour())

    def answer(self, data: Any) -> None:
        """The answer as JSON."""
        import json

        self.say(json.dumps(data, indent=2, ensure_ascii=False))

    def flush(self) -> None:
        """Writes what is still buffered of the answer. Raises WriteError where that fails."""
        if sys.stdout is not None:
            with self._writing():
                sys.stdout.flush()

    def drop_output(self) -> None:
        """Forgets what is buffered: Python would try again, and complain, when it ends."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            from nixgen.diagnostic import Diagnostic
            from nixgen.errors import WriteError

            self.drop_output()
            summary = f"cannot write to standard output: {error.strerror}"
            raise WriteError(Diagnostic(summary=summary)) from None

    def tell(self, text: str) -> None:
        """A line that is no answer, for people and logs."""
        click.echo(text, err=True, color=_colour())

    def summarize(self, text: str) -> None:
        """A line for the person who looks on, if there is one."""
        if is_terminal(sys.stderr) and not self.json:
            self.tell(text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads it; a stream that was closed is None."""
    return stream is not None and stream.isatty()


def _colour() -> bool | None:
    """Whether to colour; None where that depends on the stream: a terminal is coloured."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None
