"""Going through a tree: `walk`, `Visitor` and `Transformer`. Trees of any depth will do.

for node in walk(file):
    if isinstance(node, Path): ...

class Upgrade(Transformer):
    def transform_identifier(self, node):
        return evolve(node, name="new") if node.name == "old" else node

file = Upgrade().transform(file)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, TypeVar

from attrs import evolve

from nixgen.nix.nodes import Node
from nixgen.nix.spans import elements

AnyNode = TypeVar("AnyNode", bound=Node)


def children(node: Node) -> list[Node]:
    """The nodes right below a node, in the order of the text."""
    return [element for element in elements(node) if isinstance(element, Node)]


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it: each before its children, in the order of the text."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending += reversed(children(node))


SKIP: Final = object()
"""What a visitor's `enter_` method returns to leave out what is below the node."""


class Visitor:
    """Calls a method for each node: `enter_binding(node)` before what is below it, then
    `leave_binding(node)`; the part after the underscore is the class's name in lower case with
    underscores (`enter_attribute_set`). A subclass defines the methods that it needs.
    """

    def visit(self, root: Node) -> None:
        """Goes through a tree in the order of the text."""
        pending: list[tuple[Node, bool]] = [(root, False)]
        while pending:
            node, leaving = pending.pop()
            if leaving:
                self._method("leave", node)(node)
            elif self._method("enter", node)(node) is not SKIP:
                pending.append((node, True))
                pending += [(child, False) for child in reversed(children(node))]

    def _method(self, verb: str, node: Node) -> Callable[[Any], object]:
        found: Callable[[Any], object] = getattr(
            self, f"{verb}_{_snake_case(type(node).__name__)}", _ignore
        )
        return found


class Transformer:
    """Makes a changed tree: `transform_binding(node)` returns what is to stand in a node's place.

    The node it gets has its children changed already. None removes an entry of a set, an item of a
    list or a part of a string. What no method changes stays the same object, tokens included; a
    node that takes the place of another brings its own tokens (`evolve` keeps the old ones).
    """

    def transform(self, root: AnyNode) -> AnyNode:
        """The changed tree.

        Raises ValueError where a node is removed that others cannot do without.
        """
        results: dict[int, Node | None] = {}
        for node in reversed(list(walk(root))):
            if id(node) not in results:
                changed = _with_children(node, results)
                method = getattr(self, f"transform_{_snake_case(type(node).__name__)}", None)
                results[id(node)] = changed if method is None else method(changed)
        made = results[id(root)]
        if made is None:
            raise ValueError("the root of a tree cannot be removed")
        return made  # type: ignore[return-value]  # a method may return another kind of node


def _with_children(node: AnyNode, results: dict[int, Node | None]) -> AnyNode:
    """The node with its children replaced, or itself where they stay the same."""
    changes: dict[str, Any] = {}
    for name in node.__match_args__:
        value = getattr(node, name)
        if isinstance(value, Node):
            made: Any = results[id(value)]
            if made is None:
                raise ValueError(f"the {name} of a {type(node).__name__} cannot be removed")
        elif isinstance(value, tuple):
            made = _replaced(value, results)
        else:
            continue
        if made is not value:
            changes[name] = made
    changed: AnyNode = evolve(node, **changes) if changes else node  # type: ignore[misc]  # every node is of attrs
    return changed


def _replaced(values: tuple[Any, ...], results: dict[int, Node | None]) -> tuple[Any, ...]:
    made = [results[id(value)] if isinstance(value, Node) else value for value in values]
    if all(new is old for new, old in zip(made, values, strict=True)):
        return values
    return tuple(value for value in made if value is not None)


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _ignore(_: Node) -> None:
    """What a visitor does with a node that it has no method for."""
