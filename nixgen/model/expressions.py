"""Values that become Nix: whether they can, and the plain data inside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from nixgen.model.base import ModelObject
from nixgen.nix import build, nodes
from nixgen.nix.convert import ConversionError
from nixgen.nix.strings import unescape_string

Path: TypeAlias = tuple[str, ...]
"""An attribute path as its names, quotes removed."""


def object_fault(value: Any) -> str | None:
    """What is wrong where an object of the model stands in a value; or None."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, ModelObject):
            kind = type(each).__name__
            if kind == "Option":
                return (
                    "an Option stands inside a value\n"
                    'give it a key of its own, with its whole path: "a.b": Option(...)'
                )
            return f"a {kind} has no form in Nix; allowed are Python data and expressions"
        if isinstance(each, Mapping):
            pending += each.values()
        elif isinstance(each, list | tuple):
            pending += each
    return None


def expression_fault(value: Any) -> str | None:
    """What is wrong with a value that has no form in Nix, and where inside it; or None."""
    try:
        build.node(value)
    except ConversionError as error:
        inside = "".join(f"[{step!r}]" for step in error.path)
        return f"{inside}: {error.message}" if inside else error.message
    return None


def leaves(value: nodes.Expression, path: Path = ()) -> Iterator[tuple[Path, nodes.Expression]]:
    """The values inside nested plain sets with their paths; an empty set is a value.

    So `a = { b = 1; }` and `a.b = 1` are the same option. A set with `inherit`, `rec` or a computed
    name is not looked into.
    """
    if isinstance(value, nodes.AttributeSet) and value.entries and not value.recursive:
        inside = [(_fixed_path(entry), entry) for entry in value.entries]
        if all(names is not None for names, _ in inside):
            for names, entry in inside:
                assert names is not None
                assert isinstance(entry, nodes.Binding)
                yield from leaves(entry.value, (*path, *names))
            return
    yield path, value


def _fixed_path(entry: nodes.Entry) -> Path | None:
    if not isinstance(entry, nodes.Binding):
        return None
    names = [fixed_name(name) for name in entry.path.names]
    fixed = tuple(name for name in names if name is not None)
    return fixed if len(fixed) == len(names) else None


def fixed_name(name: nodes.AttributeName) -> str | None:
    """The text of an attribute name, or None where it is computed."""
    match name:
        case nodes.Identifier(text):
            return text
        case nodes.String(()):
            return ""
        case nodes.String((str(source),)):
            return unescape_string(source)
    return None
