"""Layout of values after `=` and `?`: RFC 166, section "Bindings"."""

from __future__ import annotations

from nixgen.layout.document import HARD_SPACE, PRIORITY, SPACE, TRANSPARENT
from nixgen.nix import nodes
from nixgen.nix.nodes import (
    AttributeSet,
    BinaryOperation,
    Expression,
    IndentedString,
    Inherit,
    LegacyLet,
    Node,
    Parentheses,
    String,
    With,
)
from nixgen.nix.outer_tokens import has_trivia
from nixgen.nix.printing.blocks import with_body_absorbed
from nixgen.nix.printing.builder import Builder
from nixgen.nix.printing.calls import application
from nixgen.nix.printing.operators import operation, right_associated
from nixgen.nix.printing.sets import in_parentheses, term
from nixgen.nix.printing.shape import (
    TERMS,
    as_call,
    is_absorbable,
    is_absorbable_expression,
    starts_without_trivia,
)

_JOINING = ("//", "++", "+")
_STARTS_LINE = (*TERMS, With)


def absorbed(b: Builder, node: Node, wide: bool) -> None:
    """An expression that may begin on the current line (nixfmt: `absorbExpr`)."""
    if isinstance(node, TERMS) and is_absorbable(b, node):
        term(b, node, wide)
    elif isinstance(node, With) and isinstance(node.body, TERMS) and is_absorbable(b, node.body):
        with_body_absorbed(b, node)
    else:
        b.node(node)


def absorb_value(b: Builder, expression: Expression) -> None:
    """The value of a binding or a default, with the space before it (nixfmt: `absorbRHS`)."""
    value = as_call(expression)
    b.depth += 1
    if _has_only_inherit(value):
        _attached(b, value, wide=False)
    elif is_absorbable_expression(b, value):
        _attached(b, value, wide=True)
    elif isinstance(value, Parentheses):
        b.out.append(HARD_SPACE)
        in_parentheses(b, value)
    elif isinstance(value, String | IndentedString | nodes.Path | nodes.Uri):
        b.out.append(HARD_SPACE)
        b.grouped(value)
    elif isinstance(value, _STARTS_LINE):
        outer = b.open()
        b.out.append(SPACE)
        b.node(value)
        b.close(outer)
    elif isinstance(value, nodes.Apply):
        application(b, value, before=SPACE)
    elif isinstance(value, BinaryOperation) and value.operator in _JOINING:
        _joined_value(b, right_associated(value))
    else:
        b.out.append(SPACE)
        b.grouped(value)
    b.depth -= 1


def _attached(b: Builder, value: Node, wide: bool) -> None:
    b.out.append(HARD_SPACE)
    outer = b.open()
    absorbed(b, value, wide)
    b.close(outer)


def _has_only_inherit(value: Node) -> bool:
    """A set of one `inherit` and no comments is not forced open."""
    if not isinstance(value, AttributeSet | LegacyLet) or len(value.entries) != 1:
        return False
    entry = value.entries[0]
    return isinstance(entry, Inherit) and not entry.inherit.leading and not value.close.leading


def _joined_value(b: Builder, value: BinaryOperation) -> None:
    """`//`, `++` and `+` absorb a set or list at either end of them."""
    left, right = value.left, value.right
    if isinstance(left, TERMS) and is_absorbable(b, left) and starts_without_trivia(left):
        b.depth -= 1
        b.out.append(HARD_SPACE)
        operation(b, value, first_wide=True)
        b.depth += 1
    elif isinstance(right, TERMS) and is_absorbable(b, right) and not has_trivia(value.token):
        outer = b.open()
        b.out.append(SPACE)
        b.node(left)
        b.out.append(SPACE)
        middle = b.open()
        b.add(value.operator)
        b.out.append(HARD_SPACE)
        inner = b.open()
        term(b, right, wide=True)
        b.close(inner, PRIORITY)
        b.close(middle, TRANSPARENT)
        b.close(outer)
    else:
        b.out.append(SPACE)
        b.grouped(value)
