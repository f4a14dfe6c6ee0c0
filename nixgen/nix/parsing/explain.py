"""Messages for text that is not Nix: what was expected, what was found, and the usual slips.

Each slip is a function that either recognises it and returns the message, or returns None. They are
asked in order; where none knows the mistake, the message says what the grammar expected.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.parsing.explain_names import NAME_SLIPS
from nixgen.nix.parsing.explain_operators import OPERATOR_SLIPS
from nixgen.nix.parsing.explain_sets import SET_SLIPS
from nixgen.nix.parsing.lexer import ERROR, FILE_END
from nixgen.nix.parsing.machine import Parser, SyntaxStop
from nixgen.nix.parsing.mistake import Mistake
from nixgen.nix.parsing.unclosed import misindented_closer, runaway_string
from nixgen.nix.source import short

Slip = Callable[[Mistake], Diagnostic | None]

_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}


def explain(p: Parser, stop: SyntaxStop) -> Diagnostic:
    """The message for a token that cannot stand."""
    if p.kinds[stop.index] == ERROR:
        fault: Diagnostic = p.values[stop.index]
        return runaway_string(Mistake(p, stop), fault)
    mistake = Mistake(p, stop)
    for slip in _SLIPS:
        diagnostic = slip(mistake)
        if diagnostic is not None:
            break
    else:
        diagnostic = _expected(mistake)
    return runaway_string(mistake, diagnostic)


def _expected(mistake: Mistake) -> Diagnostic:
    return mistake.diagnostic(
        f"expected {mistake.expected}, found {mistake.found}", related=mistake.opened()
    )


def _wrong_closer(mistake: Mistake) -> Diagnostic | None:
    """A closer is missing, and another one stands in for it."""
    return misindented_closer(mistake) if mistake.kind() == FILE_END else None


def _file_ends_early(mistake: Mistake) -> Diagnostic | None:
    """The file ends inside something."""
    if mistake.kind() != FILE_END:
        return None
    if mistake.index == 0:
        return mistake.diagnostic("the file holds no expression", help="an empty set is `{ }`")
    return mistake.diagnostic(
        f"expected {mistake.expected}, but the file ends here", related=mistake.opened()
    )


def _closes_nothing(mistake: Mistake) -> Diagnostic | None:
    """A closer after the whole expression, or one of another kind than the opener's."""
    closer = mistake.kind()
    if closer not in _CLOSERS:
        return None
    if mistake.expected == "the end of the file":
        return mistake.diagnostic(
            f"this `{closer}` closes nothing",
            help=f"remove it, or write the missing `{_CLOSERS[closer]}`",
        )
    opener = mistake.opening.text if mistake.opening else ""
    if opener in _CLOSERS.values() and _CLOSERS[closer] != opener:
        return mistake.diagnostic(
            f"expected {mistake.expected}, found `{closer}`", related=mistake.opened()
        )
    return None


def _bindings_at_top(mistake: Mistake) -> Diagnostic | None:
    """`a = 1;` as a whole file."""
    if mistake.expected != "the end of the file" or mistake.kind() not in {"=", ";", ","}:
        return None
    help_ = {
        "=": "put bindings into a set: `{ name = value; }`",
        ";": "remove it: a file holds one expression",
        ",": "items of a list stand in `[ ]`, without commas",
    }
    return mistake.diagnostic(
        f"unexpected `{mistake.kind()}` after the file's expression", help=help_[mistake.kind()]
    )


def _missing_expression(mistake: Mistake) -> Diagnostic | None:
    """Nothing where a value should be: `a = ;`, `( )`, `${}`, `if then`."""
    if mistake.expected not in {"an expression", "an operand", "a value"}:
        return None
    if mistake.kind() not in {";", ")", "]", "}", ",", "then", "else", "in", "} of ${"}:
        return None
    before = mistake.kind(-1)
    if before == "=":
        summary = "the value after `=` is missing"
    elif before == "(" and mistake.kind() == ")":
        summary = "these parentheses hold no expression"
    elif before == "${":
        summary = "this interpolation holds no expression"
    else:
        return mistake.diagnostic(
            f"expected {mistake.expected} after `{short(before)}`, found {mistake.found}"
            if mistake.index
            else f"expected {mistake.expected}, found {mistake.found}"
        )
    related: tuple[Related, ...] = ()
    return mistake.diagnostic(summary, related=related)


_SLIPS: Final[tuple[Slip, ...]] = (
    _wrong_closer,
    *NAME_SLIPS,
    *SET_SLIPS,
    *OPERATOR_SLIPS,
    _missing_expression,
    _closes_nothing,
    _bindings_at_top,
    _file_ends_early,
)
