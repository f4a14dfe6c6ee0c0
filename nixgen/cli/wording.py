"""Lists and counts, as several verbs word them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from nixgen.cli.session import Session, is_terminal

SHOWN_TO_PEOPLE = 50
"""How many lines of one kind a terminal shows; a pipe gets all."""


def plural(count: int, noun: str) -> str:
    """`1 file`, `1,200 files`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def counted(counts: Mapping[str, int]) -> str:
    """`2 created, 1 changed`, without what there is none of."""
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def listed(session: Session, lines: Sequence[tuple[str, str, str]]) -> None:
    """Says lines of a word, its colour and a path."""
    width = max((len(word) for word, _, _ in lines), default=0)
    end = SHOWN_TO_PEOPLE if is_terminal(sys.stdout) else len(lines)
    for word, colour, path in lines[:end]:
        session.say(f"{click.style(word.ljust(width), fg=colour)}  {path}")
    if lines[end:]:
        session.say(f"... and {plural(len(lines[end:]), 'more')}".removesuffix("s"))


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows of cells as lines, each column as wide as it has to be; the first row is a header."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield click.style(line.rstrip(), bold=True) if number == 0 else line.rstrip()
