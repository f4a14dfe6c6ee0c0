"""Nix to Python values: what `nixgen.nix.convert` does, the other way.

to_python(parse_expression('{ a.b = [ 1 true "x" ]; }'))     {"a": {"b": [1, True, "x"]}}
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import InputError
from nixgen.nix import nodes
from nixgen.nix.names import is_static, static_name
from nixgen.nix.nodes import File, Node
from nixgen.nix.source import Source
from nixgen.nix.spans import node_span
from nixgen.nix.string_text import text_of

_NAMES: Final = {"true": True, "false": False, "null": None}
_KINDS: Final[dict[type[Node], str]] = {
    nodes.Identifier: "a variable",
    nodes.Select: "a selection",
    nodes.HasAttribute: "a test for an attribute",
    nodes.Lambda: "a function",
    nodes.Apply: "a function call",
    nodes.Let: "a let expression",
    nodes.LegacyLet: "a let expression",
    nodes.With: "a with expression",
    nodes.Assert: "an assertion",
    nodes.If: "a condition",
    nodes.BinaryOperation: "an operation",
    nodes.UnaryOperation: "an operation",
    nodes.SearchPath: "a search path",
    nodes.Inherit: "an inherited name",
    nodes.Interpolation: "a name that has to be evaluated",
    nodes.AttributeSet: "a recursive set",
}
_NO_DATA: Final = (
    "Data are strings without interpolation, numbers, true, false, null, paths, and lists and "
    "sets of them."
)


class NotDataError(InputError, ValueError):
    """A Nix expression whose value is not known before it is evaluated."""


def to_python(node: Node, *, file: File | None = None) -> Any:
    """The Python value of literal data: None, bool, int, float, str, `PurePosixPath`, list, dict.

    A path that Nix merges from several bindings (`a.b = 1; a.c = 2;`) is merged here too. `file`
    is the one that the node is from, for the error to show the place; a File knows itself.

    Raises NotDataError where a part is no literal data.
    """
    if isinstance(node, File):
        return to_python(node.expression, file=node)
    return _Reader(file).read(node)


class _Reader:
    def __init__(self, file: File | None) -> None:
        text = None if file is None else file.text
        self._source = None if file is None or text is None else Source(text, file.name)

    def read(self, root: Node) -> Any:
        """The value of a tree, from its leaves up."""
        order: list[Node] = []
        pending = [root]
        while pending:
            order.append(pending.pop())
            pending += self._parts(order[-1])
        values: dict[int, Any] = {}
        for node in reversed(order):
            values[id(node)] = self._value(node, values)
        return values[id(root)]

    def _parts(self, node: Node) -> list[Any]:
        """The nodes that a value consists of; refuses what is no data."""
        match node:
            case nodes.Parentheses(expression):
                return [expression]
            case nodes.List(items):
                return list(items)
            case nodes.AttributeSet(entries, recursive=False):
                return [self._binding(entry).value for entry in entries]
            case nodes.UnaryOperation("-", nodes.Integer() | nodes.Float() as number):
                return [number]
            case nodes.BinaryOperation(nodes.UnaryOperation() as low, "-", nodes.Integer() as one):
                return [low, one]  # how the lowest integer has to be written
            case nodes.Identifier(name) if name in _NAMES:
                return []
            case nodes.String(parts) | nodes.IndentedString(parts) | nodes.Path(parts):
                for part in parts:
                    if isinstance(part, nodes.Interpolation):
                        raise self._fault(part, "an interpolation")
                return []
            case nodes.Integer() | nodes.Float() | nodes.Uri():
                return []
        raise self._fault(node, _KINDS.get(type(node), "no value"))

    def _binding(self, entry: nodes.Entry) -> nodes.Binding:
        if isinstance(entry, nodes.Inherit):
            raise self._fault(entry, "an inherited name")
        for name in entry.path.names:
            if not is_static(name):
                raise self._fault(name, "a name that has to be evaluated")
        return entry

    def _value(self, node: Node, values: dict[int, Any]) -> Any:
        match node:
            case nodes.Parentheses(expression):
                return values[id(expression)]
            case nodes.List(items):
                return [values[id(item)] for item in items]
            case nodes.AttributeSet(entries):
                return self._set(entries, values)
            case nodes.UnaryOperation(_, number):
                return -values[id(number)]
            case nodes.BinaryOperation(low, _, one):
                return values[id(low)] - values[id(one)]
            case nodes.Identifier(name):
                return _NAMES[name]
            case nodes.String() | nodes.IndentedString():
                return text_of(node)
            case nodes.Integer(text):
                return int(text)
            case nodes.Float(text):
                return float(text)
            case nodes.Uri(text):
                return text
            case nodes.Path(parts):
                return PurePosixPath("".join(part for part in parts if isinstance(part, str)))
        raise AssertionError(node)

    def _set(self, entries: tuple[nodes.Entry, ...], values: dict[int, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for entry in entries:
            binding = self._binding(entry)
            *outer, last = [static_name(name) for name in binding.path.names]
            inner: Any = made
            for name in outer:
                inner = inner.setdefault(name, {})
                if not isinstance(inner, dict):
                    raise self._fault(binding.path, "an attribute that is defined twice")
            if not _merge(inner, last, values[id(binding.value)]):
                raise self._fault(binding.path, "an attribute that is defined twice")
        return made

    def _fault(self, node: Node, kind: str) -> NotDataError:
        location: Location | None = None
        if self._source is not None:
            span = node_span(node)
            location = self._source.location(span.start, span.end - span.start)
        return NotDataError(
            Diagnostic(summary=f"{kind} is no literal data", location=location, detail=_NO_DATA)
        )


def _merge(into: dict[str, Any], name: str, value: Any) -> bool:
    """Puts an attribute into a set as Nix does: two sets become one; False where it clashes."""
    pending = [(into, name, value)]
    while pending:
        target, key, new = pending.pop()
        if key not in target:
            target[key] = new
        elif isinstance(target[key], dict) and isinstance(new, dict):
            pending += [(target[key], inner, item) for inner, item in reversed(new.items())]
        else:
            return False
    return True
