"""Operators and keywords on one line."""

from __future__ import annotations

from nixgen.nix.nodes import (
    Assert,
    AttributeSet,
    BinaryOperation,
    HasAttribute,
    If,
    LegacyLet,
    Let,
    Node,
    UnaryOperation,
    With,
)
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.base import line_of, one_line, refuse_comments
from nixgen.nix.printing.one_line.sets import attribute_path

_PIPES = frozenset({"|>", "<|"})


@line_of(BinaryOperation)
def _operation(node: BinaryOperation, levels: int) -> str | None:
    refuse_comments(node.token)
    if node.operator in _PIPES:
        raise Unknown
    left = one_line(node.left, levels)
    if left is None:
        return None
    right = one_line(node.right, levels)
    return None if right is None else f"{left} {node.operator} {right}"


@line_of(UnaryOperation)
def _unary(node: UnaryOperation, levels: int) -> str | None:
    refuse_comments(node.token)
    operand = one_line(node.operand, levels)
    return None if operand is None else node.operator + operand


@line_of(HasAttribute)
def _has_attribute(node: HasAttribute, levels: int) -> str | None:
    refuse_comments(node.question)
    target = one_line(node.target, levels)
    path = attribute_path(node.path, levels)
    return None if target is None or path is None else f"{target} ? {path}"


def with_start(node: With, levels: int) -> str | None:
    """`with scope;`."""
    refuse_comments(node.with_, node.semicolon)
    scope = one_line(node.scope, levels)
    return None if scope is None else f"with {scope};"


@line_of(With)
def _with(node: With, levels: int) -> str | None:
    if type(node.body) is AttributeSet and len(node.body.entries) == 1:
        raise Unknown  # some places expand it
    start = with_start(node, levels)
    body = one_line(node.body, levels)
    return None if start is None or body is None else f"{start} {body}"


def if_start(node: If, levels: int) -> str | None:
    """`if condition then`."""
    refuse_comments(node.if_, node.then, node.else_)
    condition = one_line(node.condition, levels)
    return None if condition is None else f"if {condition} then"


@line_of(If)
def _if(node: If, levels: int) -> str | None:
    if type(node.alternative) is If:
        return None
    start = if_start(node, levels)
    one = one_line(node.consequence, levels)
    other = one_line(node.alternative, levels)
    if start is None or one is None or other is None:
        return None
    return f"{start} {one} else {other}"


@line_of(Let, Assert)
def _never(_: Node, __: int) -> str | None:
    """They have lines of their own, always."""
    return None


@line_of(LegacyLet)
def _unknown(_: Node, __: int) -> str | None:
    raise Unknown
