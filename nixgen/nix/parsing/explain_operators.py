"""Slips with operators, arguments and keywords."""

from __future__ import annotations

from typing import Final

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.parsing.grammar_operators import BINARY, CHAINED
from nixgen.nix.parsing.lexer import IDENTIFIER
from nixgen.nix.parsing.machine import EXPRESSIONS, TERMS
from nixgen.nix.parsing.mistake import Mistake

_EXPRESSION: Final = ("an expression", "an operand", "a value")
_AFTER_EXPRESSION: Final = frozenset(("the end of the file", "`)`", "`;`"))
_PARTNERS: Final = {"then": "if", "else": "if", "in": "let"}


def _chained(mistake: Mistake) -> Diagnostic | None:
    """`a == b == c`, `a |> b <| c`."""
    if mistake.expected != CHAINED:
        return None
    first = mistake.stack[-1][4]
    place = mistake.lexer.source.location(first.start, len(first.text))
    pipes = mistake.kind() in {"|>", "<|"}
    both = (
        f"`{first.text}` cannot be chained"
        if first.text == mistake.kind()
        else f"`{first.text}` and `{mistake.kind()}` do not mix without parentheses"
    )
    return mistake.diagnostic(
        both,
        related=(Related(place, "the first one is here"),),
        help="write `(a |> f) <| b` or `a |> (f <| b)`"
        if pipes
        else "compare two values at a time: `a < b && b < c`",
    )


def _needs_parentheses(mistake: Mistake) -> Diagnostic | None:
    """`f if a then b else c`, `1 + let ...`: a whole expression as an operand or argument."""
    kind = mistake.kind()
    if kind not in EXPRESSIONS or mistake.index == 0:
        return None
    is_operand = mistake.expected in {"an operand", "a value"}
    if not is_operand and (kind in TERMS or kind not in {"let", "if", "with", "assert", "rec"}):
        return None
    if mistake.expected in {"`then`", "`else`", "`in`"}:
        return None
    before = mistake.kind(-1)
    where = f"after `{before}`" if before in BINARY or before in {"!", "-"} else "here"
    return mistake.diagnostic(f"`{kind}` {where} needs parentheses", help=f"write `({kind} ...)`")


def _function_as_argument(mistake: Mistake) -> Diagnostic | None:
    """`map x: x + 1 list`."""
    if mistake.kind() not in {":", "@"} or mistake.expected == "`=`":
        return None
    if mistake.kind(-1) not in {IDENTIFIER, "}"}:
        return None
    if mistake.kind(-1) == "}":
        help_ = (
            "an argument pattern lists names: `{ a, b ? 1, ... }: body`;\n"
            "as an argument or operand a function needs parentheses"
        )
    else:
        help_ = "a function as an argument or operand needs parentheses: `map (x: x) list`"
    return mistake.diagnostic(f"unexpected `{mistake.kind()}`", help=help_)


def _equals_for_comparison(mistake: Mistake) -> Diagnostic | None:
    """`if a = b then`."""
    if mistake.kind() != "=" or mistake.expected not in {"`then`", "`)`", "`else`", "an operand"}:
        return None
    return mistake.diagnostic(
        f"expected {mistake.expected}, found `=`", related=mistake.opened(), help="`==` compares"
    )


def _comma(mistake: Mistake) -> Diagnostic | None:
    """`[ a, b ]`, `(a, b)`."""
    if mistake.kind() != ",":
        return None
    help_ = {
        "an item or `]`": "items of a list are separated by blanks: `[ a b ]`",
        "`)`": "arguments are separated by blanks: `f a b`",
    }.get(mistake.expected)
    if help_ is None:
        return None
    return mistake.diagnostic(
        f"expected {mistake.expected}, found `,`", related=mistake.opened(), help=help_
    )


def _operator_in_list(mistake: Mistake) -> Diagnostic | None:
    """`[ a + b ]`, `[ x: x ]`, `[ if a then b else c ]`."""
    if mistake.expected != "an item or `]`":
        return None
    kind = mistake.kind()
    if kind in BINARY or kind in {"?", ":", "@", "!"} or kind in EXPRESSIONS:
        return mistake.diagnostic(
            f"unexpected {mistake.found} in a list",
            related=mistake.opened(),
            help="an item that is more than one value needs parentheses: "
            + ("`[ (x: x) ]`" if kind in {":", "@"} else "`[ (a + b) ]`"),
        )
    if kind in {";", "="}:
        return mistake.diagnostic(
            f"expected an item or `]`, found `{kind}`",
            related=mistake.opened(),
            help="bindings stand in a set, `{ a = 1; }`, not in a list" if kind == "=" else None,
        )
    return None


def _keyword_alone(mistake: Mistake) -> Diagnostic | None:
    """`then`, `else` or `in` without what they belong to; two operators in a row."""
    kind = mistake.kind()
    if kind in _PARTNERS and (mistake.expected in _AFTER_EXPRESSION or mistake.index == 0):
        return mistake.diagnostic(f"`{kind}` without `{_PARTNERS[kind]}`", related=mistake.opened())
    if mistake.expected in _EXPRESSION and (kind in BINARY or kind in {"?", "=", ":", "@"}):
        before = mistake.kind(-1)
        where = f" after `{before}`" if before in BINARY or before in {"=", "(", ":"} else ""
        double = {("=", "="): "`==` compares", ("&&", "&&"): None}.get((before, kind))
        return mistake.diagnostic(
            f"expected {mistake.expected}{where}, found `{kind}`", help=double
        )
    if mistake.expected in _EXPRESSION and kind in {".", "..."}:
        return mistake.diagnostic(
            f"expected {mistake.expected}, found `{kind}`",
            help="a path ends in a name or a dot: `./.` is this folder, `../.` the one above",
        )
    help_ = {
        "or": "`or` gives a default: `set.name or default`",
        "inherit": "`inherit` stands in sets and after `let`",
    }.get(kind)
    if mistake.expected in _EXPRESSION and help_ is not None:
        return mistake.diagnostic(f"expected {mistake.expected}, found `{kind}`", help=help_)
    return None


def _name_and_pattern(mistake: Mistake) -> Diagnostic | None:
    """`a@b: body`."""
    opening = mistake.opening
    if opening is None or opening.text != "@" or mistake.expected not in {"`{`", "a name"}:
        return None
    return mistake.diagnostic(
        f"expected {mistake.expected} after `@`, found {mistake.found}",
        help="`@` joins a name and a pattern: `args@{ a, ... }: body`",
    )


OPERATOR_SLIPS: Final = (
    _chained,
    _name_and_pattern,
    _operator_in_list,
    _needs_parentheses,
    _equals_for_comparison,
    _comma,
    _keyword_alone,
    _function_as_argument,
)
