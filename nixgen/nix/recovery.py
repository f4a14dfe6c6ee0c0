"""Going on after a mistake, where that is safe: at the next entry of a set.

What is broken is left out up to the next `;` on the set's own level, or up to the set's end. Other
constructs have no such fixed points; guesses there would report what is not wrong.
"""

from __future__ import annotations

from typing import Any, Final

from nixgen.nix.grammar_bindings import entries
from nixgen.nix.lexer import ERROR, FILE_END, INTERPOLATION, INTERPOLATION_END
from nixgen.nix.machine import SET, Parser, SyntaxStop

MOST_MISTAKES: Final = 20
"""After so many mistakes a text is no Nix at all."""

_OPENERS: Final = frozenset(("(", "[", "{", INTERPOLATION, "let"))
_CLOSERS: Final = frozenset((")", "]", "}", INTERPOLATION_END, "in"))


def recover(p: Parser, stop: SyntaxStop) -> Any:
    """The state to go on with after a token that could not stand, or None."""
    index = stop.index
    opening = stop.opening.text if stop.opening else ""
    if p.kinds[index] in {"}", "in"} and opening in {"(", "["}:
        return None  # either closer may be the wrong one
    sets = [depth for depth, frame in enumerate(p.stack) if frame[1] == SET]
    level = 0
    while sets:
        kind = p.kinds[index]
        if kind in {FILE_END, ERROR}:
            return None
        # A semicolon inside a list or parentheses is the mistake itself, not the entry's end.
        if level == 0 and kind == ";" and p.kinds[index + 1] not in {")", "]"}:
            return _go_on(p, sets[-1], index + 1)
        if level == 0 and kind in {"}", "in"}:
            # A set whose own closer is missing ends with the one around it.
            while sets and p.stack[sets[-1]][3] != kind:
                if kind == "in":
                    break
                sets.pop()
            if sets and p.stack[sets[-1]][3] == kind:
                return _go_on(p, sets[-1], index)
        elif kind in _OPENERS:
            level += 1
        elif kind in _CLOSERS:
            level = max(0, level - 1)
        index += 1
    return None


def _go_on(p: Parser, depth: int, index: int) -> Any:
    del p.stack[depth + 1 :]
    p.index = index
    return entries
