"""Attribute names that are known without evaluation."""

from __future__ import annotations

from typing import Any

from nixgen.nix.nodes import (
    AttributeName,
    Identifier,
    IndentedString,
    Interpolation,
    Parentheses,
    String,
)
from nixgen.nix.string_text import text_of


def is_static(name: Any) -> bool:
    """Whether an attribute name is known without evaluation: `a`, `"a"`, `${"a"}`."""
    if isinstance(name, Interpolation):
        name = name.expression
        while isinstance(name, Parentheses):
            name = name.expression
        if not isinstance(name, String | IndentedString):
            return False
    return isinstance(name, Identifier) or all(isinstance(part, str) for part in name.parts)


def static_name(name: AttributeName) -> str:
    """The text of an attribute name of which `is_static` is true."""
    node: Any = name
    while isinstance(node, Interpolation | Parentheses):
        node = node.expression
    return node.name if isinstance(node, Identifier) else text_of(node)
