"""A text with a name, and places in it as people count them."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from nixgen.diagnostic import Location


class Source:
    """The text of a file: turns offsets into lines and columns."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name

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

    def location(self, start: int, length: int = 1) -> Location:
        """The place of `length` characters from an offset on, with the line's text."""
        starts = self._line_starts
        line = bisect_right(starts, start)
        line_start = starts[line - 1]
        line_end = starts[line] if line < len(starts) else len(self.text)
        source = self.text[line_start:line_end].rstrip("\r\n").replace("\ufeff", " ")
        shown = source.encode(errors="replace").decode()  # a surrogate could not be printed
        return Location(self.name, line, start - line_start + 1, length, shown)
