"""Values of bindings on further lines."""

from __future__ import annotations

from nixgen.nix.nodes import (
    Apply,
    Assert,
    AttributeSet,
    BinaryOperation,
    HasAttribute,
    If,
    IndentedString,
    Lambda,
    Let,
    List,
    Node,
    Parentheses,
    UnaryOperation,
    With,
)
from nixgen.nix.printing.direct.base import Direct, Place, has_comment, value_of
from nixgen.nix.printing.direct.brackets import absorbed, braces, brackets, quotes
from nixgen.nix.printing.direct.continued import (
    continued,
    ends_in_with,
    function,
    in_parentheses,
    may_be_absorbed,
)
from nixgen.nix.printing.one_line.functions import is_open
from nixgen.nix.printing.strings import string_lines


@value_of(AttributeSet, List, IndentedString)
def _open_value(d: Direct, node: Node, place: Place, short: bool) -> bool:
    if not short:
        return absorbed(d, node, place)
    # After a short name the value begins on the line, whatever its width.
    head = place.start + place.head
    match node:
        case AttributeSet():
            return is_open(node) and braces(d, node, head, place.pad, place.end)
        case List():
            return is_open(node) and brackets(d, node, head, place.pad, place.end)
        case IndentedString():
            return len(string_lines(node)) > 1 and quotes(d, node, head, place.pad, place.end)
    return False


@value_of(Parentheses)
def _parentheses_value(d: Direct, node: Parentheses, place: Place, _: bool) -> bool:
    return in_parentheses(d, node, place)


@value_of(With, Apply)
def _continued_value(d: Direct, node: Node, place: Place, _: bool) -> bool:
    return continued(d, node, place)


@value_of(Lambda)
def _function_value(d: Direct, node: Lambda, place: Place, short: bool) -> bool:
    if may_be_absorbed(d, node) and not ends_in_with(node):
        return function(d, node, place)
    return _value_below(d, node, place, short)


@value_of(BinaryOperation)
def _operation_value(d: Direct, node: BinaryOperation, place: Place, short: bool) -> bool:
    if node.operator in {"//", "++", "+"}:
        return False
    return _value_below(d, node, place, short)


@value_of(Let, If, Assert, UnaryOperation, HasAttribute)
def _value_below(d: Direct, node: Node, place: Place, _: bool) -> bool:
    """A value on the lines below its name, one step further in."""
    if has_comment(node):
        return False
    inner = place.pad + d.step
    d.out.append(f"{place.start}{place.head[:-1]}\n{inner}")
    d.line(node, inner, place.end)
    return True
