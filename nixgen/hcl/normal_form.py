"""The form that `tofu fmt` gives to a tree, blanks aside, and the blank lines that we add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import evolve

from nixgen.hcl import nodes
from nixgen.hcl.nodes import BodyItem, Expression

_NO_BLANK_LINE_AFTER = frozenset({None, type(None), nodes.BlankLine, nodes.Comment})
_NO_BLANK_LINE_BEFORE = frozenset({None, nodes.BlankLine})


def needs_blank_line(
    previous: BodyItem | nodes.ObjectItem | None, item: BodyItem | nodes.ObjectItem
) -> bool:
    """Whether a blank line is added between two items: around blocks, if none is there."""
    before = previous.last if isinstance(previous, nodes.Printed) else type(previous)
    after = item.first if isinstance(item, nodes.Printed) else type(item)
    if before in _NO_BLANK_LINE_AFTER or after in _NO_BLANK_LINE_BEFORE:
        return False
    return before is nodes.Block or after is nodes.Block


def ends(items: Sequence[BodyItem | nodes.ObjectItem]) -> tuple[type | None, type | None]:
    """The classes of the first and the last item."""
    if not items:
        return None, None
    first, last = items[0], items[-1]
    return (
        first.first if isinstance(first, nodes.Printed) else type(first),
        last.last if isinstance(last, nodes.Printed) else type(last),
    )


def key_of(item: nodes.ObjectItem) -> str | None:
    """The text of an item's key, quoted or not; None where it is computed."""
    match item.key:
        case str() as key:
            return key
        case nodes.Template(parts) if all(isinstance(part, str) for part in parts):
            return "".join(map(str, parts))
    return None


def without_quotes(value: Expression) -> Expression:
    """`x` for `"${x}"`, the form that `tofu fmt` gives to the values of attributes."""
    while isinstance(value, nodes.Template) and len(value.parts) == 1:
        part = value.parts[0]
        if not isinstance(part, nodes.Interpolation):
            break
        value = part.expression
    return value


def typed(item: Any) -> Any:
    """An item of a file; the type of a variable as `tofu fmt` writes it, `list(any)` for `list`."""
    if not isinstance(item, nodes.Block) or item.type != "variable":
        return item
    for index, inner in enumerate(item.body):
        if isinstance(inner, nodes.Attribute) and inner.name == "type":
            value = _type(without_quotes(inner.value))
            if value is not inner.value:
                changed = evolve(inner, value=value)
                return evolve(item, body=(*item.body[:index], changed, *item.body[index + 1 :]))
    return item


def _type(value: Expression) -> Expression:
    match value:
        case nodes.Variable("list" | "map" | "set" as name):
            return nodes.FunctionCall(name, (nodes.Variable("any"),))
        case nodes.Template(("string",)):
            return nodes.Variable("string")
        case nodes.Template((str() as name,)) if name in ("list", "map"):
            return nodes.FunctionCall(name, (nodes.Variable("string"),))
    return value


def is_word(expression: Expression) -> bool:
    """Whether it is `null`, `true` or `false`: as a key in `[]`, `tofu fmt` would lose it."""
    if not isinstance(expression, nodes.Literal):
        return False
    return expression.value is None or isinstance(expression.value, bool)


def without_parentheses(value: Expression) -> Expression:
    """The expression inside of any parentheses."""
    while isinstance(value, nodes.Parentheses):
        value = value.expression
    return value
