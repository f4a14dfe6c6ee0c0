"""One line for any node: a function for each type, and what these functions share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from nixgen.nix.nodes import Node, Token
from nixgen.nix.printing.fallback import Unknown

Line: TypeAlias = Callable[[Any, int], str | None]
L = TypeVar("L", bound=Line)

LINES: dict[type, Line] = {}


class Commented(Unknown):
    """A comment: between brackets it breaks the line, elsewhere it may belong to what is around."""


def line_of(*kinds: type) -> Callable[[L], L]:
    """Registers the function that has the lines of some types of nodes."""

    def register(function: L) -> L:
        for kind in kinds:
            LINES[kind] = function
        return function

    return register


def one_line(node: Node, levels: int) -> str | None:
    """The text of a node on one line, or None."""
    return LINES[type(node)](node, levels - 1) if levels > 0 else None


def inside(node: Node, levels: int) -> str | None:
    """The text of a node between brackets, where a comment breaks the line."""
    try:
        return one_line(node, levels)
    except Commented:
        return None


def refuse_comments(*tokens: Token | None) -> None:
    """Raise Commented where a token has a comment."""
    for token in tokens:
        if token is not None and (token.leading or token.trailing is not None):
            raise Commented


def on_one_line(first: Token, second: Token | None) -> bool:
    """Whether two tokens stood on one line, or may have."""
    return second is None or first.line == second.line or not first.line or not second.line
