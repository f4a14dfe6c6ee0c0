"""Whether two trees say the same although they are laid out in another way."""

from __future__ import annotations

from attrs import evolve

from nixgen.nix.literals import name
from nixgen.nix.names import is_static, static_name
from nixgen.nix.nodes import (
    AttributeName,
    AttributePath,
    AttributeSet,
    Binding,
    Entry,
    Expression,
    Identifier,
    IndentedString,
    Inherit,
    Node,
    Select,
)
from nixgen.nix.string_text import without_indentation
from nixgen.nix.strings import is_identifier
from nixgen.nix.walk import Transformer


def same_values(one: Node, two: Node) -> bool:
    """Whether trees are equal but for the order and the nesting of the attributes in plain sets.

    So `{ a = { b = 1; }; c = 2; }` is the same as `{ c = 2; a.b = 1; }`, and `inherit (x) y;` is
    the same as `y = x.y;`. Recursive sets are compared as they stand, indented strings by their
    text; comments and layout count for nothing. No value is evaluated: `1 + 1` is not `2`.
    """
    flatten = _Flatten()
    return flatten.transform(one) == flatten.transform(two)


class _Flatten(Transformer):
    """Gives each plain set one binding for each value in it, in a fixed order.

    Indented strings lose what their place in the file adds to them, names their needless quotes.
    """

    def transform_attribute_path(self, node: AttributePath) -> AttributePath:
        names = (name(static_name(each)) if is_static(each) else each for each in node.names)
        return AttributePath(tuple(names))

    def transform_indented_string(self, node: IndentedString) -> IndentedString:
        return evolve(node, parts=without_indentation(node))

    def transform_attribute_set(self, node: AttributeSet) -> AttributeSet:
        if node.recursive:
            return node
        flat: list[Entry] = []
        for entry in node.entries:
            flat += _flattened(entry)
        entries = sorted(flat, key=repr) if len(flat) > 1 else flat
        return evolve(node, entries=tuple(entries))


def _flattened(entry: Entry) -> list[Binding]:
    """An entry whose value is flat already, as bindings with whole paths."""
    if isinstance(entry, Inherit):
        return [_inherited(each, entry.source) for each in entry.names]
    value = entry.value
    if not isinstance(value, AttributeSet) or value.recursive or not value.entries:
        return [entry]
    names = entry.path.names
    return [
        Binding(AttributePath((*names, *inner.path.names)), inner.value)
        for inner in value.entries
        if isinstance(inner, Binding)
    ]


def _inherited(inherited: AttributeName, source: Expression | None) -> Binding:
    text = static_name(inherited)
    own = name(text)
    value: Expression
    match source:
        case None if not is_identifier(text):  # nothing else can name such a variable
            value = Select(Identifier("inherited"), AttributePath((own,)))
        case None:
            value = Identifier(text)
        case Select(target, path, None):
            value = Select(target, AttributePath((*path.names, own)))
        case _:
            value = Select(source, AttributePath((own,)))
    return Binding(AttributePath((own,)), value)
