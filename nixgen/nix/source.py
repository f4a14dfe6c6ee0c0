"""A text with a name, and places in it as people count them."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Final

from nixgen.diagnostic import Location

MOST_MISTAKES: Final = 20
"""How many mistakes of a text are told: with more of them it is no Nix at all."""

_LONGEST: Final = 30
_BLANKS = re.compile(r"[ \t]*+")


class Source:
    """The text of a file: turns offsets into lines and columns."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self._indentations: dict[int, int] = {}

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        position = self.text.find("\n") + 1
        while position:
            starts.append(position)
            position = self.text.find("\n", position) + 1
        return starts

    def line_start(self, position: int) -> int:
        """Where the line of an offset begins."""
        starts = self._line_starts
        return starts[bisect_right(starts, position) - 1]

    def indentation(self, position: int) -> int:
        """How many blanks the line of an offset begins with."""
        start = self.line_start(position)
        if start not in self._indentations:
            blanks = _BLANKS.match(self.text, start)
            self._indentations[start] = blanks.end() - start if blanks else 0
        return self._indentations[start]

    def location(self, start: int, length: int = 1) -> Location:
        """The place of `length` characters from an offset on, with the line's text."""
        starts = self._line_starts
        line = bisect_right(starts, start)
        line_start = starts[line - 1]
        line_end = starts[line] if line < len(starts) else len(self.text)
        source = self.text[line_start:line_end].rstrip("\r\n").replace("\ufeff", " ")
        return Location(self.name, line, start - line_start + 1, length, source)


def short(text: str) -> str:
    """A text that fits into a message."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
