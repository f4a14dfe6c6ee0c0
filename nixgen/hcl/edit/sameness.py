"""Whether two expressions mean the same, however they are written."""

from __future__ import annotations

from nixgen.hcl import nodes
from nixgen.hcl.nodes import Expression
from nixgen.hcl.normal_form import without_parentheses, without_quotes


def same(one: Expression, other: Expression) -> bool:
    """Whether two values mean the same: comments, parentheses and the order of keys aside."""
    one, other = _bare(one), _bare(other)
    match one, other:
        case nodes.Object(), nodes.Object():
            return _same_items(one, other)
        case nodes.Tuple(), nodes.Tuple():
            return _all_same(one.elements, other.elements)
        case nodes.FunctionCall(), nodes.FunctionCall():
            heads = (one.name, one.expand) == (other.name, other.expand)
            return heads and _all_same(one.arguments, other.arguments)
        case (nodes.Heredoc() | nodes.Template(), nodes.Heredoc() | nodes.Template()):
            return one.parts == other.parts
    return one == other


def _bare(value: Expression) -> Expression:
    return without_quotes(without_parentheses(value))


def _all_same(some: tuple[Expression, ...], others: tuple[Expression, ...]) -> bool:
    return len(some) == len(others) and all(map(same, some, others))


def keys_of(value: nodes.Object) -> dict[str, nodes.ObjectItem] | None:
    """The items of an object by key; None where a key is computed or there twice."""
    found: dict[str, nodes.ObjectItem] = {}
    for item in value.items:
        if isinstance(item, nodes.Printed) or not isinstance(item.key, str) or item.key in found:
            return None
        found[item.key] = item
    return found


def _same_items(one: nodes.Object, other: nodes.Object) -> bool:
    some, others = keys_of(one), keys_of(other)
    if some is None or others is None:
        return one == other
    return some.keys() == others.keys() and all(
        same(item.value, others[key].value) for key, item in some.items()
    )
