"""Further options of a host, and the modules that it imports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from nixgen.emit.contribution import Cause, given
from nixgen.emit.nesting import Leaf, nest
from nixgen.model.host import Host
from nixgen.nix import build, nodes


def entries(host: Host, *, nested: bool = True) -> Iterator[nodes.Binding]:
    """`imports = [ ... ];` and the options of the host and its parts, each by itself or nested."""
    if host.imports:
        items = tuple(build.operand(_module(each)) for each in host.imports)
        yield build.bind(("imports",), nodes.List(items), origin=given(host, "imports"))
    leaves = [
        Leaf(path, definition.value, Cause("Host.options", (definition.origin,)), definition.notes)
        for path, definition in host.composition.options.items()
    ]
    for group in [leaves] if nested else [[leaf] for leaf in leaves]:
        yield from nest(group)


def _module(imported: Any) -> nodes.Expression:
    """A path literal for a path; an expression as it is."""
    if isinstance(imported, (str, PurePath)):
        text = str(imported)
        rooted = text.startswith(("./", "../", "/"))
        return nodes.Path((text if rooted else f"./{text}",))
    return build.node(imported)
