"""Where a missing closer really is: brackets closed by the wrong partner, runaway strings."""

from __future__ import annotations

import re
from typing import Any, Final

from attrs import evolve

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.lexer import INTERPOLATION, INTERPOLATION_END, LITERAL, PLAIN_STRING
from nixgen.nix.mistake import Mistake, span_of
from nixgen.nix.nodes import IndentedString

_PAIRS: Final = {"(": ")", "[": "]", "{": "}", INTERPOLATION: INTERPOLATION_END}
_NEAR: Final = 100  # tokens
_CODE = re.compile(r"\s*(?:[\w.-]+\s*=|inherit\b|in\b|[}\])])")


def misindented_closer(mistake: Mistake) -> Diagnostic | None:
    """The message for a missing closer, where the indentation tells which opener lacks it.

    Each closer after the missing one closes the opener before its own. So the first opener whose
    closer is indented unlike the opener's line is the one that was not closed.
    """
    source, kinds = mistake.lexer.source, mistake.lexer.kinds
    openers: list[int] = []
    wrong: tuple[int, int] | None = None
    for index, kind in enumerate(kinds[: mistake.index]):
        if kind in _PAIRS:
            openers.append(index)
        elif openers and kind == _PAIRS[kinds[openers[-1]]]:
            opener = openers.pop()
            if wrong is None and _unlike(mistake, opener, index):
                wrong = (opener, index)
    if wrong is None or not openers:
        return None
    opener_text, closer_text = kinds[wrong[0]], kinds[wrong[1]]
    note = Related(
        source.location(span_of(mistake.lexer, wrong[1]).start),
        f"this `{closer_text}` closes it, but is indented like an outer one",
    )
    place = source.location(span_of(mistake.lexer, wrong[0]).start)
    return mistake.diagnostic(f"this `{opener_text}` is not closed", at=place, related=(note,))


def _unlike(mistake: Mistake, opener: int, closer: int) -> bool:
    """Whether a closer begins a line that is indented less than the line of its opener."""
    text = mistake.lexer.source.text
    start, end = span_of(mistake.lexer, opener).start, span_of(mistake.lexer, closer).start
    line = text[text.rfind("\n", 0, end) + 1 : end]
    if line.strip() or "\n" not in text[start:end]:
        return False
    return len(line) < _indentation(text, start)


def _indentation(text: str, position: int) -> int:
    start = text.rfind("\n", 0, position) + 1
    line = text[start:position]
    return len(line) - len(line.lstrip(" \t"))


def runaway_string(mistake: Mistake, diagnostic: Diagnostic) -> Diagnostic:
    """The message with a note where the last string before the mistake looks unclosed.

    A string without its closing quote ends where the next one begins, and the mistake shows there.
    """
    for index in range(mistake.index, max(-1, mistake.index - _NEAR), -1):
        value = mistake.lexer.values[index]
        if mistake.lexer.kinds[index] in {PLAIN_STRING, LITERAL} and _looks_like_code(value):
            quote = value.open.text
            place = mistake.lexer.source.location(value.open.start, len(quote))
            note = Related(place, f"a string begins here: is its closing `{quote}` missing?")
            return evolve(diagnostic, related=(*diagnostic.related, note))
    return diagnostic


def _looks_like_code(value: Any) -> bool:
    parts = getattr(value, "parts", ())
    if isinstance(value, IndentedString) or not parts or "\n" not in parts[0]:
        return False
    line = parts[0].split("\n", 2)[1]
    return _CODE.match(line) is not None
