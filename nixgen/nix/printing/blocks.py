"""Layout of `let`, `with`, `assert` and `if`: the RFC 166 sections of these names."""

from __future__ import annotations

from nixgen.layout.document import BREAK, HARD_LINE, HARD_SPACE, PRIORITY, SPACE, Spacing
from nixgen.nix.nodes import Apply, Assert, Expression, Identifier, If, Let, Node, Trivia, With
from nixgen.nix.outer_tokens import (
    change_first_token,
    comment_above,
    trailing_moved_up,
    with_leading,
)
from nixgen.nix.printing.builder import Builder, rule
from nixgen.nix.printing.calls import application
from nixgen.nix.printing.sets import entries, term


@rule(With)
def with_(b: Builder, node: With) -> None:
    """`with scope; body` (nixfmt: `prettyWith`)."""
    outer = b.open()
    _scope(b, node)
    b.close(outer)
    b.out.append(SPACE)
    b.node(node.body)


def _scope(b: Builder, node: With) -> None:
    b.token(node.with_)
    b.out.append(HARD_SPACE)
    b.depth += 1
    b.grouped(node.scope)
    b.depth -= 1
    b.token(node.semicolon)


def with_body_absorbed(b: Builder, node: With) -> None:
    """`with scope; [ ... ]` where the body starts on the same line."""
    outer = b.open()
    b.out.append(BREAK)
    _scope(b, node)
    b.out.append(HARD_SPACE)
    inner = b.open()
    term(b, node.body, wide=True)
    b.close(inner, PRIORITY)
    b.close(outer)


@rule(Let)
def let(b: Builder, node: Let) -> None:
    """`let ... in body`, always expanded; comments at `in` go to the body."""
    outer = b.open()
    b.token(node.let)
    b.out.append(HARD_LINE)
    b.depth += 1
    entries(b, node.entries, node.in_.leading)
    b.depth -= 1
    b.close(outer)
    b.out.append(HARD_LINE)
    outer = b.open()
    b.add("in")
    b.out.append(HARD_LINE)
    trailing = node.in_.trailing
    moved: tuple[Trivia, ...] = () if trailing is None else (comment_above(trailing),)
    b.node(with_leading(node.body, moved))
    b.close(outer)


@rule(Assert)
def assert_(b: Builder, node: Assert) -> None:
    """`assert condition; body`: laid out as if `assert` were a function."""
    outer = b.open()
    keyword = Identifier("assert", token=node.assert_)
    application(b, _called_with(keyword, node.condition), may_be_simple=False)
    b.token(node.semicolon)
    b.out.append(HARD_LINE)
    b.node(node.body)
    b.close(outer)


def _called_with(keyword: Identifier, condition: Expression) -> Apply:
    """`keyword f a b` for the condition `f a b`."""
    arguments: list[Expression] = []
    while isinstance(condition, Apply):
        arguments.append(condition.argument)
        condition = condition.function
    made = Apply(keyword, condition)
    for argument in reversed(arguments):
        made = Apply(made, argument)
    return made


@rule(If)
def if_(b: Builder, node: If) -> None:
    """`if condition then a else b`; a chain of `else if` stands on one level."""
    outer = b.open()
    current: Node = change_first_token(node, trailing_moved_up)
    separator: Spacing = SPACE
    while isinstance(current, If):
        _condition_and_consequence(b, current, separator)
        b.token(trailing_moved_up(current.else_))
        b.out.append(HARD_SPACE)
        current = current.alternative
        separator = HARD_LINE
    b.out.append(SPACE)
    b.depth += 1
    b.grouped(current)
    b.depth -= 1
    b.close(outer)


def _condition_and_consequence(b: Builder, node: If, separator: Spacing) -> None:
    group = b.open()
    b.token(node.if_)
    b.out.append(SPACE)
    b.nested(node.condition)
    b.out.append(SPACE)
    b.token(node.then)
    b.close(group)
    b.out.append(separator)
    b.depth += 1
    b.grouped(node.consequence)
    b.depth -= 1
    b.out.append(separator)
