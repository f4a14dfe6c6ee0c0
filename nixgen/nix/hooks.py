"""The cattrs converter that turns Python values of any type into Nix; see `nixgen.nix.convert`."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any

import attrs
from cattrs import Converter

from nixgen.nix import nodes
from nixgen.nix.convert import (
    attrs_class_node,
    boolean_node,
    enum_node,
    float_node,
    integer_node,
    list_node,
    mapping_node,
    null_node,
    path_node,
    refuse,
    string_node,
)
from nixgen.nix.nodes import Expression


def make_converter() -> Converter:
    """A converter of one's own, to add hooks to without changing the shared one."""
    made = Converter()
    made.register_unstructure_hook_func(lambda _: True, refuse)
    made.register_unstructure_hook_func(attrs.has, attrs_class_node)
    hooks: dict[type, Callable[[Any], Expression]] = {
        type(None): null_node,
        bool: boolean_node,
        int: integer_node,
        float: float_node,
        str: string_node,
        bytes: refuse,
        PurePath: path_node,
        Path: path_node,  # cattrs has one of its own, which makes it a text
        list: list_node,
        tuple: list_node,
        dict: mapping_node,
        Mapping: mapping_node,
        enum.Enum: enum_node,
        nodes.Node: lambda node: node,
    }
    for kind, hook in hooks.items():
        made.register_unstructure_hook(kind, hook)
    # cattrs has exact entries of its own for these, which would go first.
    made.register_unstructure_hook_func(_kind_of(enum.Enum), enum_node)
    made.register_unstructure_hook_func(_kind_of(PurePath), path_node)
    made.register_unstructure_hook_func(_kind_of(nodes.Node), lambda node: node)
    return made


def _kind_of(kind: type) -> Callable[[Any], bool]:
    return lambda cls: isinstance(cls, type) and issubclass(cls, kind)


converter = make_converter()
"""The converter of `from_python`; hooks registered here hold for the whole process."""
