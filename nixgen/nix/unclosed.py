"""Where a missing closer really is: brackets closed by the wrong partner, runaway strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.lexer import INTERPOLATION, INTERPOLATION_END, PLAIN_STRING
from nixgen.nix.mistake import Mistake, span_of

_PAIRS: Final = {"(": ")", "[": "]", "{": "}", INTERPOLATION: INTERPOLATION_END}
_CODE = re.compile(r"[^\n]*[;,\[\](){}][ \t\r]*\n\s*(?:[\w.-]+\s*=|inherit\b|in\b|[}\])]|\Z)")


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
    """The message with a note where a string before the mistake looks unclosed.

    A string without its closing quote ends where the next one begins, and from there on all that
    was text is code and the other way round. So it is the first such string that counts.
    """
    kinds, values = mistake.lexer.kinds, mistake.lexer.values
    for index in range(mistake.index):
        if kinds[index] == PLAIN_STRING and _looks_like_code(values[index].parts):
            place = mistake.lexer.source.location(values[index].open.start)
            note = Related(place, 'a string begins here: is its closing `"` missing?')
            return evolve(diagnostic, related=(*diagnostic.related, note))
    return diagnostic


def _looks_like_code(parts: Sequence[Any]) -> bool:
    """Whether a string goes on over a line's end as only code does."""
    return bool(parts) and "\n" in parts[0] and _CODE.match(parts[0]) is not None
