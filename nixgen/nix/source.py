"""A text with a name, and places in it as people count them."""

from __future__ import annotations

import re
from typing import Final

from nixgen import source

MOST_MISTAKES: Final = 20
"""How many mistakes of a text are told: with more of them it is no Nix at all."""

_LONGEST: Final = 30
_BLANKS = re.compile(r"[ \t]*+")


class Source(source.Source):
    """The text of a Nix file; it knows how far its lines are indented, too."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text, name)
        self._indentations: dict[int, int] = {}

    def indentation(self, position: int) -> int:
        """How many blanks the line of an offset begins with."""
        start = self.line_start(position)
        if start not in self._indentations:
            blanks = _BLANKS.match(self.text, start)
            self._indentations[start] = blanks.end() - start if blanks else 0
        return self._indentations[start]


def short(text: str) -> str:
    """A text that fits into a message."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
