"""Nodes at the start of a line: `let`, `with`, `if`, and what continues there as elsewhere."""

from __future__ import annotations

from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    Expression,
    If,
    IndentedString,
    Let,
    List,
    Node,
    Parentheses,
    With,
)
from nixgen.nix.printing.direct.base import Direct, Place, block_of, has_comment
from nixgen.nix.printing.direct.bodies import below, ends_in_absorbing, with_lines
from nixgen.nix.printing.direct.continued import continued, has_comments
from nixgen.nix.printing.direct.entries import entries
from nixgen.nix.printing.one_line.operators import if_start


@block_of(AttributeSet, List, IndentedString, Apply)
def _continued_block(d: Direct, node: Node, pad: str, end: str) -> bool:
    return continued(d, node, Place("", "", pad, end))


@block_of(Parentheses)
def _parentheses_block(d: Direct, node: Parentheses, pad: str, end: str) -> bool:
    """`(f {`, `(x: {`, `({`: what is inside begins on the line of the parenthesis."""
    if has_comments(node) or has_comment(node.expression):
        return False
    return continued(d, node.expression, Place("", "(", pad, ")" + end))


@block_of(Let)
def _let_block(d: Direct, node: Let, pad: str, end: str) -> bool:
    if node.let.leading or node.in_.trailing is not None:
        return False
    trailing = node.let.trailing
    d.out.append("let" if trailing is None else f"let # {trailing.text.strip()}")
    line_break = entries(d, node.entries, node.in_.leading, pad + d.step)
    below(d, node.body, f"{line_break}{pad}in", pad, end)
    return True


@block_of(With)
def _with_block(d: Direct, node: With, pad: str, end: str) -> bool:
    return not ends_in_absorbing(d, node) and with_lines(d, node, pad, end)


@block_of(If)
def _if_block(d: Direct, node: If, pad: str, end: str) -> bool:
    starts = _if_starts(d, node)
    if starts is None:
        return False
    current: Expression = node
    inner = pad + d.step
    for text in starts:
        assert isinstance(current, If)
        d.out.append(f"{text}\n{inner}")
        d.line(current.consequence, inner, "")
        current = current.alternative
        d.out.append(f"\n{pad}else ")
    d.out[-1] = f"\n{pad}else\n{inner}"
    d.line(current, inner, end)
    return True


def _if_starts(d: Direct, node: If) -> list[str] | None:
    """`if a then` for each of a chain, where all of them fit and have no comments."""
    starts: list[str] = []
    current: Expression = node
    while isinstance(current, If):
        text = if_start(current, d.levels)
        if text is None or len(text) + len("else ") > d.width or has_comment(current.consequence):
            return None
        starts.append(text)
        current = current.alternative
    return None if has_comment(current) else starts
