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

PLAIN = 100
"""How strongly a definition holds that says nothing of it; the lowest number wins."""

PRIORITIES = {
    "mkVMOverride": 10,
    "mkForce": 50,
    "mkImageMediaOverride": 60,
    "mkDefault": 1000,
    "mkOptionDefault": 1500,
}
"""What nixpkgs' functions stand for (`lib/modules.nix`); `mkOverride` takes the number."""


def object_fault(value: Any) -> str | None:
    """What is wrong where an object of the model stands in a value; or None."""
    pending, seen = [value], set()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, ModelObject):
            return each.__nix_fault__()
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
    except RecursionError:
        return "it is nested too deeply, or holds itself"
    return None


def leaves(value: nodes.Expression, path: Path = ()) -> Iterator[tuple[Path, nodes.Expression]]:
    """The values inside nested plain sets with their paths; an empty set is a value.

    So `a = { b = 1; }` and `a.b = 1` are the same option. A set with `inherit`, `rec` or a computed
    name is not looked into.
    """
    if isinstance(value, nodes.AttributeSet) and value.entries and not value.recursive:
        inside = [(fixed_path(entry), entry) for entry in value.entries]
        if all(names is not None for names, _ in inside):
            for names, entry in inside:
                assert names is not None
                assert isinstance(entry, nodes.Binding)
                yield from leaves(entry.value, (*path, *names))
            return
    yield path, value


def fixed_path(entry: nodes.Entry) -> Path | None:
    """The path of a binding, or None where it has a computed name, or is inherited."""
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


def without_override(value: nodes.Expression) -> nodes.Expression:
    """The value inside `lib.mkForce`, `lib.mkDefault`, `lib.mkOverride` and their like."""
    while True:
        if isinstance(value, nodes.Parentheses):
            value = value.expression
        elif (inside := override(value)) is not None:
            value = inside[0]
        else:
            return value


def override(value: nodes.Expression) -> tuple[nodes.Expression, int] | None:
    """What `lib.mkForce` and its like are given, and with which priority; None for all else.

    A priority that is no number in the text counts as `PLAIN`.
    """
    match value:
        case nodes.Apply(nodes.Apply(function, number), inner) if (
            function_name(function) == "mkOverride"
        ):
            return inner, int(number.text) if isinstance(number, nodes.Integer) else PLAIN
        case nodes.Apply(function, inner) if (name := function_name(function)) in PRIORITIES:
            return inner, PRIORITIES[str(name)]
    return None


def function_name(function: nodes.Expression) -> str | None:
    """The last name of a function, as in `lib.mkForce`; None where it is no name."""
    match function:
        case nodes.Identifier(name):
            return name
        case nodes.Select(_, path) if isinstance(path.names[-1], nodes.Identifier):
            return path.names[-1].name
    return None
