"""Literal secrets have no place in the model: finds the attributes that would hold one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nixgen.model.base import SECRET_NAMES, Withheld
from nixgen.model.expressions import Path, fixed_path, without_override
from nixgen.nix import nodes
from nixgen.nix.data import NotDataError, to_python

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # of API_TOKEN, smtpPassword, client-secret
_SECRET_WORDS = {"token", "password", "passwd", "passphrase", "secret", "apikey"}
_SECRET_KEYS = {"api", "private", "secret"}
# Where the value is, instead of the value: a file, a variable of the environment, a template.
_ELSEWHERE = re.compile(
    r"/(etc|home|mnt|nix|persist|root|run|srv|var)/.*|\$\w+|\$\{\w+\}|.*\{\{.*", re.DOTALL
)


def literal_secret(value: Any, path: Path = ()) -> str | None:
    """What is wrong where nested data, Python's or Nix', gives text to an option that takes a
    secret; or None.
    """
    pending, seen = [(path, value)], set()
    while pending:
        here, each = pending.pop()
        text = _text(each)
        if text is not None and here and _takes_secret(here[-1]) and _is_literal(text):
            return Withheld(
                f"{'.'.join(here)} holds a literal secret (its value is not shown); allowed is a "
                "path to a file, or an expression\n"
                "describe it as a VaultSecret, and give the option that takes a file its path"
            )
        if id(each) not in seen:
            seen.add(id(each))
            pending += reversed(list(_items(each, here)))
    return None


def _items(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """What is inside a value, with the path of each; texts in lists are no option's value."""
    value = without_override(value)
    match value:
        case Mapping():
            for key, item in value.items():
                yield (*path, *str(key).split(".")), item
        case nodes.AttributeSet(entries):
            for entry in entries:
                names = fixed_path(entry)
                if names is not None and isinstance(entry, nodes.Binding):
                    yield (*path, *names), entry.value
        case list() | tuple() | nodes.List():
            items = value.items if isinstance(value, nodes.List) else value
            yield from ((path, item) for item in items if _text(item) is None)


def _text(value: Any) -> str | None:
    """The text that a value is, or None."""
    value = without_override(value)
    if isinstance(value, nodes.String | nodes.IndentedString):
        try:
            value = to_python(value)
        except NotDataError:
            return None  # with an interpolation in it
    return value if isinstance(value, str) and value else None


def _takes_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret, and not its hash or where it is."""
    name = name.strip('"')
    if name.lower() in SECRET_NAMES:
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    last = words[-1:]
    is_key = last == ["key"] and words[-2:-1] and words[-2] in _SECRET_KEYS
    return "hashed" not in words and bool(is_key or (last and last[0] in _SECRET_WORDS))


def _is_literal(text: str) -> bool:
    return _ELSEWHERE.fullmatch(text) is None
