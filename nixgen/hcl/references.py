"""What expressions refer to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from nixgen.hcl import nodes


def references(node: Any) -> Iterator[tuple[str, str]]:
    """The first two names of each reference: `("local", "secrets")` of `local.secrets["a"]`."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, tuple | list):
            pending += reversed(each)
        elif attrs.has(type(each)):
            if isinstance(each, nodes.GetAttribute) and isinstance(each.source, nodes.Variable):
                yield each.source.name, each.name
            fields = [field.name for field in attrs.fields(type(each))]
            skipped = {"span", "origin", "comments", "trailing"}
            pending += [getattr(each, name) for name in reversed(fields) if name not in skipped]
