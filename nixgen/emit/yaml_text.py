"""YAML with a cause for each line, by ruamel.yaml.

What is a text stays one for every reader. YAML 1.1 (PyYAML, Ansible) takes `on`, `no`, `1.10` and
`12:30` for something else, YAML 1.2 (ruamel, Go's yaml.v3) takes `1e3`, so such texts are quoted,
the key `on` too. Expressions, `${{ ... }}`, are quoted as well: what they hold is not YAML.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from nixgen.emit.contribution import Cause

if TYPE_CHECKING:
    from ruamel.yaml import YAML

# What YAML 1.1 or 1.2 resolves to something other than a text.
_RESOLVED = re.compile(
    r"|~|null|<<|=|y|n|yes|no|on|off|true|false"
    r"|[-+]?(0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+|[0-9][0-9_]*)"
    r"|[-+]?([0-9][0-9_]*)?\.?[0-9_]*(e[-+]?[0-9]+)?"
    r"|[-+]?\.(inf|nan)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*",
    re.IGNORECASE,
)


@frozen
class Entry:
    """A key and its value: a text, a number, a boolean, a mapping (entries) or a list of these.

    `cause` is why its lines are there; a list's items can be `Item` objects with causes of their
    own.
    """

    key: str
    value: Any
    cause: Cause


@frozen
class Item:
    """An item of a list, with its cause."""

    value: Any
    cause: Cause


Mapping = tuple[Entry, ...]


def print_yaml(entries: Mapping, above: int = 0) -> tuple[str, list[tuple[int, int, Cause]]]:
    """The text of a mapping, and the lines of each entry, counted from 1 after `above` lines."""
    stream = io.StringIO()
    _yaml().dump(_node(entries), stream)
    text = stream.getvalue()
    end = text.count("\n")
    ranges = _ranges(entries, _yaml().load(text), end)
    return text, [(first + above, last + above, cause) for first, last, cause in ranges]


@functools.cache
def _yaml() -> YAML:
    from ruamel.yaml import YAML

    made = YAML()
    made.indent(mapping=2, sequence=4, offset=2)
    made.width = 2**16  # a line is broken where its author breaks it
    return made


def _node(value: Any) -> Any:
    """The value as ruamel dumps it."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    match value:
        case tuple():
            return CommentedMap([(_text(each.key), _node(each.value)) for each in value])
        case list():
            return CommentedSeq([_node(each) for each in value])
        case Item():
            return _node(value.value)
        case str():
            return _text(value)
    return value


def _text(text: str) -> Any:
    from ruamel.yaml.scalarstring import (
        DoubleQuotedScalarString,
        LiteralScalarString,
        SingleQuotedScalarString,
    )

    if "\n" in text and text.strip("\n"):
        return LiteralScalarString(text)
    if "${{" not in text and not _RESOLVED.fullmatch(text):
        return text
    return SingleQuotedScalarString(text) if '"' in text else DoubleQuotedScalarString(text)


def _ranges(value: Any, read: Any, end: int) -> Iterator[tuple[int, int, Cause]]:
    """The lines of the parts of a value, as they were read; `end` is its last one."""
    if isinstance(value, tuple):
        starts = [read.lc.key(each.key)[0] + 1 for each in value]
        parts: Sequence[Any] = value
        inner = [read[each.key] for each in value]
    elif isinstance(value, list):
        starts = [read.lc.item(number)[0] + 1 for number in range(len(value))]
        parts, inner = value, list(read)
    else:
        return
    for number, (part, first) in enumerate(zip(parts, starts, strict=True)):
        last = starts[number + 1] - 1 if number + 1 < len(parts) else end
        if isinstance(part, Entry | Item):
            yield first, last, part.cause
        content = part.value if isinstance(part, Entry | Item) else part
        yield from _ranges(content, inner[number], last)
