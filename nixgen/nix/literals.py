"""Strings, names and paths as nodes: the leaves that other nodes are made with."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

from nixgen.nix import nodes
from nixgen.nix.kinds import WrongKindError
from nixgen.nix.nodes import (
    AttributeName,
    AttributePath,
    Expression,
    Identifier,
    Parentheses,
    String,
)
from nixgen.nix.strings import escape_string, is_identifier, unescape_string

_SELF_CONTAINED = (
    nodes.Identifier,
    nodes.Integer,
    nodes.Float,
    nodes.String,
    nodes.IndentedString,
    nodes.Path,
    nodes.SearchPath,
    nodes.Uri,
    nodes.AttributeSet,
    nodes.List,
    nodes.Select,
    nodes.Parentheses,
    nodes.LegacyLet,
)


NO_EXPRESSIONS = (
    nodes.Binding,
    nodes.Inherit,
    nodes.File,
    nodes.AttributePath,
    nodes.Interpolation,
    nodes.FormalArgument,
    nodes.SetPattern,
)
"""Nodes that are parts of expressions, or have some, and are none."""


def checked_text(takes: str, value: str) -> str:
    """The text. Raises WrongKindError for all else, with what the function takes."""
    if isinstance(value, str):
        return value
    raise WrongKindError(takes, value)


def checked_expression(takes: str, value: Any) -> Expression:
    """The expression. Raises WrongKindError for all else, with what the function takes."""
    if isinstance(value, nodes.Node) and not isinstance(value, NO_EXPRESSIONS):
        return value  # type: ignore[return-value]  # all other nodes are expressions
    raise WrongKindError(takes, value)


def operand(expression: Expression) -> Expression:
    """The expression as an argument or a list item: in parentheses where it needs them."""
    if isinstance(expression, _SELF_CONTAINED):
        return expression
    return Parentheses(
        checked_expression(
            "nix.operand takes an expression, such as nix.string(...) or nix.from_python(...)",
            expression,
        )
    )


@functools.lru_cache(maxsize=4096)
def name(text: str) -> AttributeName:
    """An attribute name, quoted only where Nix needs it."""
    checked_text('the name of an attribute is a text, such as "enable"', text)
    text = str.__str__(text)  # an enum of texts is found in the cache by the same text later
    return Identifier(text) if is_identifier(text) else String((escape_string(text),))


def path(names: str | Iterable[str]) -> AttributePath:
    """An attribute path from names, or from one dotted string (`services."a.b".enable`)."""
    try:
        return _path(split_path(names) if isinstance(names, str) else tuple(names))
    except TypeError:
        takes = 'an attribute path is a text such as "services.nginx.enable", or a list of names'
        raise WrongKindError(takes, names) from None


@functools.lru_cache(maxsize=4096)
def _path(names: tuple[str, ...]) -> AttributePath:
    return AttributePath(tuple([name(each) for each in names]))


def split_path(dotted: str) -> tuple[str, ...]:
    """The names of a dotted path; quotes hold a name together: `a."b.c"` is `("a", "b.c")`.

    Raises ValueError for an empty name, a blank outside of quotes, an open quote, an interpolation
    or a stray quote.
    """
    checked_text('an attribute path is a text, such as "services.nginx.enable"', dotted)
    is_plain = dotted.isprintable() and " " not in dotted and '"' not in dotted
    if is_plain and dotted and "${" not in dotted:
        names = dotted.split(".")
        if all(names):
            return tuple(names)
    return _split_quoted(dotted)


def _split_quoted(dotted: str) -> tuple[str, ...]:
    if "${" in dotted.replace("\\${", ""):
        raise ValueError(f"{dotted!r} is no attribute path: an interpolation has no fixed name")
    names: list[str] = []
    has_blanks = False
    position = 0
    while True:
        if dotted.startswith('"', position):
            end = _closing_quote(dotted, position)
            names.append(unescape_string(dotted[position + 1 : end]))
            position = end + 1
        else:
            end = dotted.find(".", position)
            end = len(dotted) if end < 0 else end
            names.append(dotted[position:end])
            position = end
            if not names[-1] or '"' in names[-1]:
                raise ValueError(f"{dotted!r} is no attribute path: a name in it is empty or odd")
            has_blanks |= names[-1].split() != names[-1:]
        if position == len(dotted):
            break
        if dotted[position] != ".":
            raise ValueError(f"{dotted!r} is no attribute path: a dot must follow a quoted name")
        position += 1
    if has_blanks:
        meant = join_path(each.strip() for each in names)
        raise ValueError(f"{dotted!r} is no attribute path, but {meant!r} is: blanks need quotes")
    return tuple(names)


def _closing_quote(dotted: str, start: int) -> int:
    position = start + 1
    while position < len(dotted):
        if dotted[position] == "\\":
            position += 1
        elif dotted[position] == '"':
            return position
        position += 1
    raise ValueError(f"{dotted!r} is no attribute path: a quote is not closed")


def join_path(names: Iterable[str]) -> str:
    """The dotted form of a path, quoted where Nix needs it; the inverse of `split_path`."""
    return ".".join(each if is_identifier(each) else f'"{escape_string(each)}"' for each in names)


def string(value: str) -> String:
    """`"value"` with everything escaped that Nix would read as something else."""
    checked_text("nix.string takes a text", value)
    return String((escape_string(value),) if value else ())


def file_path(posix: str) -> Expression:
    """A path literal: relative ones get their `./`.

    What a path literal cannot hold (blanks, quotes) stands in a string added to it.
    """
    checked_text('nix.file_path takes a text, such as "./module.nix"', posix)
    rooted = posix if posix.startswith("/") else f"./{posix}"
    plain = re.fullmatch(r"[a-zA-Z0-9._/+-]+", rooted) and not rooted.endswith("/")
    if plain and "//" not in rooted:
        return nodes.Path((rooted,))
    base = "/." if rooted.startswith("/") else "./."
    added = "/" + posix.removeprefix("./").removeprefix("/")
    return nodes.BinaryOperation(nodes.Path((base,)), "+", string(added))
