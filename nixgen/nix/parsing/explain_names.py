"""Slips in names, attribute paths and interpolations."""

from __future__ import annotations

from typing import Final

from nixgen.diagnostic import Diagnostic
from nixgen.nix.parsing.grammar_bindings import STATIC_NAME
from nixgen.nix.parsing.lexer import FILE_END, INTERPOLATION, KEYWORDS, LITERAL
from nixgen.nix.parsing.mistake import Mistake

_AFTER_NAMES: Final = frozenset(("=", ".", ",", "?", "}"))
_NAMES: Final = ("an attribute name", "a name", "an argument name")


def _reserved_word(mistake: Mistake) -> Diagnostic | None:
    """A keyword where a name should be."""
    word = mistake.kind()
    if word not in KEYWORDS or not mistake.expected.startswith(_NAMES):
        return None
    follows = mistake.kind(1)
    is_argument = mistake.expected.startswith(("an argument name", "a name"))
    if not is_argument and mistake.kind(-1) != "." and follows not in _AFTER_NAMES:
        return None
    help_ = (
        "choose another name for the argument" if is_argument else f'write it quoted: `"{word}"`'
    )
    return mistake.diagnostic(f"`{word}` is a reserved word, no name", help=help_)


def _dynamic_inherit(mistake: Mistake) -> Diagnostic | None:
    """`inherit ${name};`."""
    if mistake.expected != STATIC_NAME:
        return None
    return mistake.diagnostic(
        "an inherited name must be known without evaluation",
        related=mistake.opened(),
        help="write a binding: `${name} = set.${name};`",
    )


def _missing_dot(mistake: Mistake) -> Diagnostic | None:
    """`a${b}`."""
    if mistake.kind() != INTERPOLATION or mistake.expected.startswith("an attribute name"):
        return None
    apart = mistake.index == 0 or mistake.span(-1).end < mistake.span().start
    if apart or mistake.expected in {"an expression", "an operand", "a value"}:
        return mistake.diagnostic(
            "an interpolation stands only in strings, paths and attribute names",
            help='leave out `${` and `}`, or put quotes around the whole: `"${name}"`',
        )
    return mistake.diagnostic(
        "missing `.` before `${`",
        help='an attribute is selected by `set.${name}`; text is joined in a string: `"a${b}"`',
    )


def _selected_with_parentheses(mistake: Mistake) -> Diagnostic | None:
    """`a.(b)`, `a.[b]`, `a.1`."""
    if mistake.kind(-1) != "." or not mistake.expected.startswith("an attribute name"):
        return None
    if mistake.kind() == FILE_END:
        return None
    help_ = None
    if mistake.kind() in {"(", "["}:
        help_ = "a computed name is written `set.${name}`"
    elif mistake.kind() == LITERAL:
        help_ = "an item of a list is `builtins.elemAt list 1`; other names are quoted"
    return mistake.diagnostic(
        f"expected an attribute name after `.`, found {mistake.found}", help=help_
    )


NAME_SLIPS: Final = (
    _reserved_word,
    _dynamic_inherit,
    _missing_dot,
    _selected_with_parentheses,
)
