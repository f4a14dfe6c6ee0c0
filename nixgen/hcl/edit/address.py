"""Finds blocks, attributes and maps in a file by their address.

An address is written as a reference, `locals.secrets["hosts/a"]`, or given as the names that it
goes through, `("locals", "secrets", "hosts/a")`. The type of a block is followed by its labels:
`variable.token.default`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NoReturn, TypeAlias, TypeVar

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.hcl import nodes
from nixgen.hcl.build import reference
from nixgen.hcl.edit.error import HclEditError
from nixgen.hcl.nodes import Block, Expression, File, Object, Span
from nixgen.hcl.normal_form import key_of, without_parentheses
from nixgen.hcl.parsing.parser import Document
from nixgen.hcl.strings import escape_quoted, is_identifier
from nixgen.source import Source

Steps: TypeAlias = tuple[str, ...]
Container: TypeAlias = File | Block | Object
Item: TypeAlias = nodes.Attribute | nodes.ObjectItem | Block
AnyItem = TypeVar("AnyItem", bound=nodes.Attribute | nodes.ObjectItem | Block)


def steps_of(address: str | Steps) -> Steps:
    """The names that an address goes through; () for the file itself, which is the empty text.

    Raises ValueError for a text that is no address.
    """
    if isinstance(address, tuple):
        return address
    steps: list[str] = []
    expression = reference(address) if address else None
    while expression is not None:
        match expression:
            case nodes.Variable(name):
                steps.append(name)
                expression = None
            case nodes.GetAttribute(source, name):
                steps.append(name)
                expression = source
            case nodes.Index(collection, nodes.Template(parts)):
                steps.append("".join(part for part in parts if isinstance(part, str)))
                expression = collection
            case _:
                raise ValueError(f"{address!r} is no address: it has names and keys in quotes only")
    return tuple(reversed(steps))


def address_of(steps: Sequence[str]) -> str:
    """The address that goes through names, as people write it."""
    first, *others = steps or ("the file",)
    rest = [f".{step}" if is_identifier(step) else f'["{escape_quoted(step)}"]' for step in others]
    return first + "".join(rest)


class Finder:
    """Finds the containers in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = Source(document.text, document.name)
        self._indexes: dict[int, dict[Steps, list[Item]]] = {}
        self._no_map: tuple[Expression, Steps] | None = None  # what was in the way of an address

    def containers(self, steps: Steps) -> list[Container]:
        """What has the address and holds items: the file, blocks, the object of an attribute.

        Several blocks may have one address. Raises HclEditError where there is none.
        """
        self._no_map = None
        found = list(self._descend(self.document.file, steps, 0))
        if not found:
            self._refuse_no_map()
            self._explain(steps)
        return found

    def find(self, steps: Steps) -> list[tuple[Container, Item]]:
        """The items that have the address, each with what it stands in."""
        self._no_map = None
        found = [
            (container, item)
            for length in range(len(steps))
            for container in self._descend(self.document.file, steps[:length], 0)
            for item in self.items(container, steps[length:])
        ]
        if not found:
            self._refuse_no_map()
        return found

    def only(self, items: Sequence[AnyItem], steps: Steps) -> AnyItem:
        """The one item that has the address; raises HclEditError for several."""
        if len(items) > 1:
            first, second = items[0].span, items[1].span
            diagnostic = Diagnostic(
                summary=f"there are {len(items)} of `{address_of(steps)}`",
                location=self.location(second),
                related=(Related(self.location(first), "the first one"),),
                help="remove the others, or edit by hand",
            )
            raise HclEditError(diagnostic)
        return items[0]

    def _descend(self, container: Container, steps: Steps, at: int) -> Iterator[Container]:
        if at == len(steps):
            yield container
            return
        index = self._index(container)
        for item in index.get(steps[at : at + 1], ()):
            if not isinstance(item, Block):
                yield from self._descend_value(item.value, steps, at + 1)
        if isinstance(container, Object):
            return
        for behind in range(at + 1, len(steps) + 1):
            for item in index.get(steps[at:behind], ()):
                if isinstance(item, Block):
                    yield from self._descend(item, steps, behind)

    def items(self, container: Container, steps: Steps) -> list[Item]:
        """What a container holds by a name, or, for blocks, by a type and labels."""
        return self._index(container).get(steps, [])

    def _index(self, container: Container) -> dict[Steps, list[Item]]:
        """What a container holds, by names."""
        index = self._indexes.get(id(container))
        if index is None:
            index = self._indexes[id(container)] = {}
            for item in items_of(container):
                index.setdefault(name_of(item), []).append(item)
        return index

    def _descend_value(self, value: Expression, steps: Steps, at: int) -> Iterator[Container]:
        found = without_parentheses(value)
        if isinstance(found, Object):
            yield from self._descend(found, steps, at)
        else:
            self._no_map = found, steps[:at]

    # -- errors --------------------------------------------------------------------------------

    def location(self, span: Span | None) -> Location:
        """The place of a node, up to the end of its first line."""
        if span is None:
            return Location(self.document.name)
        first_line = self.source.text[span.start : span.end].split("\n")[0].rstrip()
        return self.source.location(span.start, max(1, len(first_line)))

    def line_of(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return self.source.location(offset).line or 0

    def fail(self, summary: str, span: Span | None, hint: str | None = None) -> NoReturn:
        """Raises the error of an edit that cannot be made here."""
        raise HclEditError(Diagnostic(summary=summary, location=self.location(span), help=hint))

    def _refuse_no_map(self) -> None:
        """Raises the error of an address that goes through what is no map, if it does."""
        if self._no_map is None:
            return
        value, steps = self._no_map
        kind = _KINDS.get(type(value), "an expression")
        if isinstance(value, nodes.FunctionCall):
            kind = f"what `{value.name}` returns"
        hint = "only a map that is written out, `{ key = value }`, can be edited"
        self.fail(f"`{address_of(steps)}` is {kind}, not a map", value.span, hint)

    def _explain(self, steps: Steps) -> NoReturn:
        """Says that the address leads nowhere, how far it goes, and what is near it."""
        file = self.document.file
        reached = max(at for at in range(len(steps)) if [*self._descend(file, steps[:at], 0)])
        container = next(self._descend(file, steps[:reached], 0))
        names = [name_of(item) for item in items_of(container)]
        pairs = {
            address_of((*steps[:reached], *name)): address_of(steps[: reached + len(name)])
            for name in names
        }
        likeness = {
            there: difflib.SequenceMatcher(None, there, wanted).ratio()
            for there, wanted in pairs.items()
        }
        near = max(likeness, key=likeness.__getitem__, default="")
        hint = f"did you mean `{near}`?" if near and likeness[near] > _ALIKE else None
        self.fail(f"there is no `{address_of(steps)}`", span_of([container]), hint)


_ALIKE = 0.6  # how like two addresses are for the one to be meant by the other
_KINDS: dict[type, str] = {
    nodes.ObjectFor: "computed by `for`",
    nodes.TupleFor: "computed by `for`",
    nodes.Tuple: "a list",
    nodes.Template: "a string",
    nodes.Heredoc: "a string",
    nodes.Literal: "a plain value",
    nodes.Variable: "a reference",
    nodes.GetAttribute: "a reference",
    nodes.Index: "a reference",
    nodes.Splat: "a reference",
    nodes.Conditional: "a conditional",
}


def items_of(container: Container) -> list[Item]:
    """The attributes and blocks of a body, the items of an object."""
    items = container.items if isinstance(container, Object) else container.body
    kinds = (nodes.Attribute, nodes.ObjectItem, Block)
    return [item for item in items if isinstance(item, kinds)]


def name_of(item: Item) -> Steps:
    """The name of an attribute, the type and labels of a block, the key of an item; () for none."""
    if isinstance(item, Block):
        return (item.type, *item.labels)
    if isinstance(item, nodes.Attribute):
        return (item.name,)
    key = key_of(item)
    return () if key is None else (key,)


def span_of(containers: Sequence[Container]) -> Span | None:
    """Where the first container is; None for the file."""
    first = containers[0]
    return None if isinstance(first, File) else first.span
