"""One run of the command: its flags, and how it answers.

Answers go to standard output, all else (errors, progress, summaries) to standard error. People, who
look at a terminal, get colour and summaries; a pipe gets plain lines or JSON. NO_COLOR turns colour
off, FORCE_COLOR on (https://no-color.org, https://force-color.org).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

        return load_fleet(self.configuration().hosts, only=only or None)

    def say(self, text: str = "") -> None:
        """A line of the answer."""
        click.echo(text, color=_colour())

    def answer(self, data: Any) -> None:
        """The answer as JSON."""
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))

    def tell(self, text: str) -> None:
        """A line that is no answer, for people and logs."""
        click.echo(text, err=True, color=_colour())

    def summarize(self, text: str) -> None:
        """A line for the person who looks on, if there is one."""
        if sys.stderr.isatty() and not self.json:
            self.tell(text)


def _colour() -> bool | None:
    """Whether to colour; None where that depends on the stream: a terminal is coloured."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None
