"""Layout of operators: RFC 166, section "Operators"."""

from __future__ import annotations

from attrs import evolve

from nixgen.layout.document import HARD_LINE, HARD_SPACE, SOFT_SPACE, SPACE
from nixgen.nix.nodes import (
    Apply,
    BinaryOperation,
    HasAttribute,
    Node,
    Token,
    UnaryOperation,
)
from nixgen.nix.outer_tokens import trailing_moved_up
from nixgen.nix.printing.builder import Builder, rule
from nixgen.nix.printing.calls import application
from nixgen.nix.printing.sets import term
from nixgen.nix.printing.shape import TERMS, is_absorbable

_COMPARISONS = frozenset({"<", ">", "<=", ">=", "==", "!="})
_PIPES = frozenset({"|>", "<|"})


@rule(BinaryOperation)
def any_operation(b: Builder, node: BinaryOperation) -> None:
    """An operation; comparisons cannot be chained and break before the operator only if needed."""
    if node.operator in _COMPARISONS:
        b.node(node.left)
        b.out.append(SOFT_SPACE)
        b.token(_operator(node))
        b.out.append(HARD_SPACE)
        b.node(node.right)
    else:
        operation(b, node)


def _operator(node: BinaryOperation) -> Token:
    token = node.token
    if token is None or token.text != node.operator:
        return Token(node.operator)
    return token


def right_associated(node: BinaryOperation) -> BinaryOperation:
    """`a + b + c` as `a + (b + c)`, the tree that the rules look at (nixfmt: `opCombiner`)."""
    left = node.left
    if node.operator != "+" or not isinstance(left, BinaryOperation) or left.operator != "+":
        return node
    first = right_associated(left)
    return evolve(first, right=evolve(node, left=first.right))


def operation(b: Builder, node: BinaryOperation, first_wide: bool = False) -> None:
    """A chain of one operator: each operand begins a line where they do not fit on one.

    RFC 166: the operator stands at the start of the line (nixfmt: `prettyOp`).
    """
    operands = _flattened(node)
    many_pipes = node.operator in _PIPES and len(operands) > 3
    separator = HARD_LINE if many_pipes else SPACE
    outer = b.open()
    first = operands[0][1]
    if first_wide and isinstance(first, TERMS) and is_absorbable(b, first):
        term(b, first, wide=True)
    else:
        b.node(first)
    for token, operand in operands[1:]:
        assert token is not None
        b.out.append(separator)
        b.token(trailing_moved_up(token))
        b.depth += 1
        _absorbed_operand(b, operand)
        b.depth -= 1
    b.close(outer)


def _flattened(node: BinaryOperation) -> list[tuple[Token | None, Node]]:
    """The operands of a chain of one operator, each with the operator before it."""
    found: list[tuple[Token | None, Node]] = []
    stack: list[tuple[Token | None, Node]] = [(None, node)]
    while stack:
        before, operand = stack.pop()
        if isinstance(operand, BinaryOperation) and operand.operator == node.operator:
            stack.append((_operator(operand), operand.right))
            stack.append((before, operand.left))
        else:
            found.append((before, operand))
    return found


def _absorbed_operand(b: Builder, operand: Node) -> None:
    if isinstance(operand, BinaryOperation):
        outer = b.open()
        b.out.append(SPACE)
        b.node(operand)
        b.close(outer)
    elif isinstance(operand, Apply):
        outer = b.open()
        b.out.append(HARD_SPACE)
        application(b, operand, before=SPACE)
        b.close(outer)
    else:
        b.out.append(HARD_SPACE)
        b.node(operand)


@rule(HasAttribute)
def has_attribute(b: Builder, node: HasAttribute) -> None:
    """`target ? path`."""
    b.node(node.target)
    b.out.append(SOFT_SPACE)
    b.token(node.question)
    b.out.append(HARD_SPACE)
    b.node(node.path)


@rule(UnaryOperation)
def unary_operation(b: Builder, node: UnaryOperation) -> None:
    """`-operand`, `!operand`."""
    token = node.token
    b.token(token if token is not None else Token(node.operator))
    b.node(node.operand)
