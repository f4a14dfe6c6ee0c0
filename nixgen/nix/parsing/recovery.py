"""Going on after a mistake, where that is safe: at the next entry of a set.

What is broken is left out up to the next `;` on the set's own level, or up to the set's end. Other
constructs have no such fixed points; guesses there would report what is not wrong.
"""

from __future__ import annotations

from typing import Any, Final

from nixgen.nix.parsing.explain import explain
from nixgen.nix.parsing.grammar_bindings import entries
from nixgen.nix.parsing.lexer import ERROR, FILE_END, INTERPOLATION, INTERPOLATION_END
from nixgen.nix.parsing.machine import SET, Parser, SyntaxStop
from nixgen.nix.parsing.mistake import names_before
from nixgen.nix.source import MOST_MISTAKES

_OPENERS: Final = frozenset(("(", "[", "{", INTERPOLATION, "let"))
_CLOSERS: Final = frozenset((")", "]", "}", INTERPOLATION_END, "in"))


def after_mistake(p: Parser, stop: SyntaxStop) -> Any:
    """Notes a token that could not stand; returns the state to go on with, or None."""
    if not _follows_from_others(p, stop.index):
        p.faults.append(explain(p, stop))
    p.stopped += 1
    return _recover(p, stop) if p.stopped < MOST_MISTAKES else None


def _follows_from_others(p: Parser, index: int) -> bool:
    """Whether a token stops the parser only since a set before it, with mistakes, is a pattern."""
    return p.stopped > 0 and p.kinds[index] in {":", "@"} and p.kinds[index - 1] == "}"


def _recover(p: Parser, stop: SyntaxStop) -> Any:
    kind = p.kinds[stop.index]
    opening = stop.opening.text if stop.opening else ""
    if kind in {"}", "in"} and opening in {"(", "["}:
        return None  # either closer may be the wrong one
    sets = [depth for depth, frame in enumerate(p.stack) if frame[1] == SET]
    if sets and kind == "=" and stop.expected.endswith("`;`"):
        names = names_before(p.kinds, stop.index)
        if names and p.kinds[stop.index - names - 1] != "=":
            return _go_on(p, sets[-1], stop.index - names)  # only a semicolon was missing
    return _next_entry(p, stop.index, sets)


def _next_entry(p: Parser, index: int, sets: list[int]) -> Any:
    level = 0
    while sets:
        kind = p.kinds[index]
        if kind in {FILE_END, ERROR}:
            return None
        if level == 0 and kind == ";" and p.kinds[index + 1] not in {")", "]"}:
            # Before `)` or `]`, the semicolon is the mistake itself and ends no entry.
            return _go_on(p, sets[-1], index + 1)
        if level == 0 and kind in {"}", "in"}:
            if kind == "}":
                # A `let` whose `in` is missing ends with the set around it.
                while sets and p.stack[sets[-1]][3] == "in":
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
