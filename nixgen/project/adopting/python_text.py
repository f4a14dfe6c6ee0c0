"""Python code as text, laid out as ruff lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from attrs import frozen

WIDTH = 100
_STEP = "    "


@frozen
class Group:
    """`open`, items with commas between them, `close`: a call, a list or a dict.

    An item may have a label before it: `name=` or `"key": `.
    """

    open: str
    items: Sequence[tuple[str, Code]]
    close: str


Code: TypeAlias = str | Group


def statement(name: str, value: Code) -> str:
    """`name = value`, over several lines where it needs them."""
    return _printed(f"{name} = ", value, "", "")


def _printed(label: str, code: Code, indent: str, end: str) -> str:
    flat = f"{indent}{label}{_flat(code)}{end}"
    if isinstance(code, str) or not code.items or ("\n" not in flat and len(flat) <= WIDTH):
        return flat
    if len(code.items) == 1 and "\n" in flat and isinstance(code.items[0][1], str):
        return flat  # a call that holds one text of several lines
    inner = indent + _STEP
    lines = [_printed(each, item, inner, ",") for each, item in code.items]
    return "\n".join([f"{indent}{label}{code.open}", *lines, f"{indent}{code.close}{end}"])


def _flat(code: Code) -> str:
    if isinstance(code, str):
        return code
    return code.open + ", ".join(label + _flat(item) for label, item in code.items) + code.close


def called(code: Code) -> set[str]:
    """The names of the functions that a code calls; of `nix.raw` it is `nix`."""
    found: set[str] = set()
    pending = [code]
    while pending:
        each = pending.pop()
        if isinstance(each, Group):
            found.add(each.open.removesuffix("(").partition(".")[0])
            pending += [item for _, item in each.items]
    return found - {"[", "{"}


def imported(names: Iterable[str]) -> str:
    """`from nixgen import ...`, classes first, over several lines where it needs them."""
    ordered = sorted(names)
    flat = f"from nixgen import {', '.join(ordered)}"
    if len(flat) <= WIDTH:
        return flat
    return "\n".join(["from nixgen import (", *(f"{_STEP}{each}," for each in ordered), ")"])


def call(function: str, *arguments: Code, **fields: Code | None) -> Group:
    """A call; fields that are None are left out."""
    items = [("", each) for each in arguments]
    items += [(f"{name}=", code) for name, code in fields.items() if code is not None]
    return Group(f"{function}(", items, ")")


def listed(items: Sequence[Code]) -> Group:
    """A list."""
    return Group("[", [("", each) for each in items], "]")


def mapping(items: Sequence[tuple[str, Code]]) -> Group:
    """A dict from texts."""
    return Group("{", [(f"{quoted(key)}: ", code) for key, code in items], "}")


def texts(items: Sequence[str]) -> Group | None:
    """A list of texts; None for none."""
    return listed([quoted(each) for each in items]) if items else None


def quoted(text: str) -> str:
    """A string literal in the quotes that ruff prefers."""
    body = repr(text)[1:-1].replace("\\'", "'")
    if text.count('"') > text.count("'"):
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def lines_of(text: str) -> str:
    """A string literal over several lines, where the text has them."""
    if "\n" not in text or "\r" in text or not text.replace("\n", "").isprintable():
        return quoted(text)
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = escaped[:-1] + '\\"'
    return f'"""{escaped}"""'


def literal(value: object) -> Code:
    """Plain data."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return listed([literal(item) for item in value])
    if isinstance(value, dict):
        return mapping([(key, literal(item)) for key, item in value.items()])
    return repr(value)
