"""Whether two expressions mean the same, however they are written."""

from __future__ import annotations

from attrs import evolve

from nixgen.hcl import nodes
from nixgen.hcl.edit.address import Item
from nixgen.hcl.nodes import Attribute, Block, BodyItem, Expression, ObjectItem
from nixgen.hcl.normal_form import key_of, without_parentheses, without_quotes
from nixgen.hcl.printing.printer import print_file


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


def canonical(item: Item) -> str:
    """The text of an item, the same for all items that mean the same.

    It has no comments, no needless parentheses, and its attributes and keys in order.
    """
    made: BodyItem
    if isinstance(item, ObjectItem):
        made = Attribute("x", nodes.Object((_plain_item(item),)))
    else:
        made = _plain_body_item(item)
    return print_file(nodes.File((made,)))


def _plain_body_item(item: Attribute | Block) -> Attribute | Block:
    if isinstance(item, Attribute):
        return Attribute(item.name, _plain(item.value))
    attributes = [each for each in item.body if isinstance(each, Attribute)]
    blocks = [each for each in item.body if isinstance(each, Block)]
    attributes.sort(key=lambda each: each.name)
    blocks.sort(key=lambda each: (each.type, each.labels))
    body = (*map(_plain_body_item, attributes), *map(_plain_body_item, blocks))
    return Block(item.type, item.labels, body)


def _plain_item(item: ObjectItem) -> ObjectItem:
    key = key_of(item)
    return ObjectItem(item.key if key is None else key, _plain(item.value))


def _plain(value: Expression) -> Expression:
    value = _bare(value)
    match value:
        case nodes.Object(items):
            plain = [_plain_item(item) for item in items if isinstance(item, ObjectItem)]
            if all(isinstance(item.key, str) for item in plain):
                plain.sort(key=lambda item: str(item.key))
            return nodes.Object(tuple(plain))
        case nodes.Tuple(elements):
            return nodes.Tuple(tuple(map(_plain, elements)))
        case nodes.FunctionCall(_, arguments):
            return evolve(value, arguments=tuple(map(_plain, arguments)))
        case nodes.Heredoc(parts):
            return nodes.Template(parts)
    return value


def _bare(value: Expression) -> Expression:
    return without_quotes(without_parentheses(value))


def _all_same(some: tuple[Expression, ...], others: tuple[Expression, ...]) -> bool:
    return len(some) == len(others) and all(map(same, some, others))


def keys_of(value: nodes.Object) -> dict[str, nodes.ObjectItem] | None:
    """The items of an object by key; None where a key is computed or there twice."""
    found: dict[str, nodes.ObjectItem] = {}
    for item in value.items:
        key = None if isinstance(item, nodes.Printed) else key_of(item)
        if isinstance(item, nodes.Printed) or key is None or key in found:
            return None
        found[key] = item
    return found


def _same_items(one: nodes.Object, other: nodes.Object) -> bool:
    some, others = keys_of(one), keys_of(other)
    if some is None or others is None:
        return one == other
    return some.keys() == others.keys() and all(
        same(item.value, others[key].value) for key, item in some.items()
    )
