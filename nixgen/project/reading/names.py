"""All that has a name in a Nix file: options, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from nixgen.model.expressions import fixed_name, without_override
from nixgen.model.module import innermost
from nixgen.nix import nodes
from nixgen.nix.walk import children

Names: TypeAlias = tuple[str, ...]


def named(file: nodes.File) -> Iterator[tuple[Names, nodes.Node, nodes.Expression, bool]]:
    """All that has a name: its path, the node, the value, and whether the model takes it for an
    option. A name that has to be evaluated is `*`.
    """
    options = innermost(file.expression)
    pending: list[tuple[nodes.Node, Names, bool]] = [(file, (), False)]
    while pending:
        node, above, is_option = pending.pop()
        is_option = is_option or node is options
        match node:
            case nodes.Binding(path, value):
                above = (*above, *(fixed_name(name) or "*" for name in path.names))
                yield above, node, value, is_option
            case nodes.FormalArgument(name, nodes.Node() as value):
                yield (name.name,), node, value, False
            case nodes.Apply() | nodes.Parentheses() if without_override(node) is not node:
                pending.append((without_override(node), above, is_option))
                continue
            case nodes.AttributeSet() | nodes.List():
                pass
            case _:
                is_option = False
        pending += [(child, above, is_option) for child in reversed(children(node))]
