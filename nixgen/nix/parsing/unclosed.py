"""Where a missing closer really is: brackets closed by the wrong partner, runaway strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.nodes import Token
from nixgen.nix.parsing.lexer import INTERPOLATION, INTERPOLATION_END, PLAIN_STRING
from nixgen.nix.parsing.mistake import Mistake
from nixgen.nix.source import Source

_PAIRS: Final = {"(": ")", "[": "]", "{": "}", INTERPOLATION: INTERPOLATION_END}
_CODE = re.compile(r"[^\n]*[;,\[\](){}][ \t\r]*\n\s*(?:[\w.-]+\s*=|inherit\b|in\b|[}\])]|\Z)")


def misindented_closer(mistake: Mistake) -> Diagnostic | None:
    """The message for a missing closer, where the indentation tells which opener lacks it.

    Each closer after the missing one closes the opener before its own. So the first opener whose
    closer is indented unlike the opener's line is the one that was not closed.
    """
    lexer = mistake.lexer
    kinds, values = lexer.kinds, lexer.values
    openers: list[int] = []
    wrong: tuple[Token, Token] | None = None
    for index in range(mistake.index):
        kind = kinds[index]
        if kind in _PAIRS:
            openers.append(index)
        elif openers and kind == _PAIRS[kinds[openers[-1]]]:
            opener, closer = values[openers.pop()], values[index]
            if wrong is None and _is_outdented(lexer.source, opener, closer):
                wrong = opener, closer
    if wrong is None or not openers:
        return None
    opener, closer = wrong
    text = f"this `{closer.text}` closes it, but is indented like an outer one"
    return mistake.diagnostic(
        f"this `{opener.text}` is not closed",
        at=lexer.source.location(opener.start),
        related=(Related(lexer.source.location(closer.start), text),),
    )


def _is_outdented(source: Source, opener: Token, closer: Token) -> bool:
    """Whether a closer begins a line that is indented less than the line of its opener."""
    if opener.line == closer.line:
        return False
    column = source.indentation(closer.start)
    begins_line = source.line_start(closer.start) + column == closer.start
    return begins_line and column < source.indentation(opener.start)


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
