"""All that has a name in a Nix file: options, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from nixgen.model.expressions import fixed_name, without_override
from nixgen.nix import nodes
from nixgen.nix.walk import children

Names: TypeAlias = tuple[str, ...]


def named(file: nodes.File) -> Iterator[tuple[Names, nodes.Node, nodes.Expression]]:
    """All that has a name: its path, the node and the value.

    A name that has to be evaluated is `*`.
    """
    pending: list[tuple[nodes.Node, Names]] = [(file, ())]
    while pending:
        node, above = pending.pop()
        match node:
            case nodes.Binding(path, value):
                above = (*above, *(fixed_name(name) or "*" for name in path.names))
                yield above, node, value
            case nodes.FormalArgument(name, nodes.Node() as value):
                yield (name.name,), node, value
            case nodes.Apply() | nodes.Parentheses() if without_override(node) is not node:
                pending.append((without_override(node), above))
                continue
        pending += [(child, above) for child in reversed(children(node))]
