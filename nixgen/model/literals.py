"""Literal secrets have no place in the model: finds the attributes that would hold one."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from nixgen.model.base import SECRET_NAMES, Withheld
from nixgen.model.expressions import Path, fixed_path, without_override
from nixgen.nix import nodes
from nixgen.nix.data import NotDataError, to_python

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # of API_TOKEN, smtpPassword, client-secret
_SECRET_WORDS = {"token", "password", "passwd", "passphrase", "secret", "apikey", "psk"}
_SECRET_KEYS = {"api", "private", "secret", "shared", "preshared", "encryption"}  # `privateKey`
# In `{ name = "a"; value = "b"; }` the other attribute tells what the text is.
_VAGUE = {"value", "data"}
_NAMES = SECRET_NAMES - _VAGUE
_TELLING = {"name", "key"}
# Where the value is, instead of the value: a file, a variable of the environment, a template; and
# as Grafana, NixOS' wireless networks (of old and now) and Home Assistant write it.
_ELSEWHERE = re.compile(
    r"""/(etc|home|mnt|nix|persist|root|run|srv|var)/.* | \$\w+ | \$\{\w+\} | .*\{\{.*
    | \$__(file|env|vault)\{[^{}]+\} | @\w+@ | ext:\w+ | !secret[ ]\w+""",
    re.DOTALL | re.VERBOSE,
)
_TEXTS = (str, nodes.String, nodes.IndentedString)
_SCALARS = frozenset([bool, int, float, type(None)])


def literal_secret(value: Any, path: Path = ()) -> str | None:
    """What is wrong where nested data, Python's or Nix', gives text to an option that takes a
    secret; or None.
    """
    pending: list[tuple[Path, Any]] = [(path, value)]
    seen: set[int] = set()  # what holds itself is another check's concern
    while pending:
        here, each = pending.pop()
        if type(each) in _SCALARS or id(each) in seen:
            continue
        inside = _inside(each)
        if not isinstance(inside, str):
            seen.add(id(each))
            pending += [((*here, *names), item) for names, item in reversed(inside)]
        elif here and inside and _takes_secret(here[-1]) and _is_literal(inside):
            return Withheld(
                f"{'.'.join(here)} holds a literal secret (its value is not shown); allowed is a "
                "path to a file, or an expression\n"
                "describe it as a VaultSecret, and give the option that takes a file its path"
            )
    return None


def _inside(value: Any) -> str | list[tuple[Path, Any]]:
    """The text that a value is, or what is in it with the names that lead there."""
    match value:
        case dict() | Mapping():
            return _told([(tuple(str(key).split(".")), item) for key, item in value.items()])
        case str() | nodes.String() | nodes.IndentedString():
            return _text(value)
        case list() | tuple():
            return [((), item) for item in value if not isinstance(item, _TEXTS)]
        case nodes.Apply() | nodes.Parentheses():
            plain = without_override(value)
            return [((), plain)] if plain is not value else []
        case nodes.List(items):
            return [((), item) for item in items if not isinstance(item, _TEXTS)]
        case nodes.AttributeSet(entries):
            bindings = [entry for entry in entries if isinstance(entry, nodes.Binding)]
            return _told([(fixed_path(entry) or (), entry.value) for entry in bindings])
        case _:
            return []


def _told(items: list[tuple[Path, Any]]) -> list[tuple[Path, Any]]:
    """The items of a set, its `value` under the name that its `name` says."""
    names = (item for path, item in items if path[-1:] and path[-1] in _TELLING)
    name = next((_text(item) for item in names if isinstance(item, _TEXTS)), None)
    if name is None:
        return items
    return [
        ((*path[:-1], name) if path[-1:] and path[-1] in _VAGUE else path, item)
        for path, item in items
    ]


def _text(value: str | nodes.String | nodes.IndentedString) -> str:
    try:
        return value if isinstance(value, str) else str(to_python(value))
    except NotDataError:
        return ""  # with an interpolation in it


@functools.lru_cache(maxsize=4096)
def _takes_secret(name: str) -> bool:
    """Whether an attribute of this name holds a secret, and not its hash or where it is."""
    name = name.strip('"')
    if name.lower() in _NAMES:
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    last = words[-1:]
    of_key = words[-2:-1] if last == ["key"] else []
    is_key = bool(_SECRET_KEYS.intersection(of_key)) or (of_key == ["access"] and "secret" in words)
    return "hashed" not in words and (is_key or bool(_SECRET_WORDS.intersection(last)))


def _is_literal(text: str) -> bool:
    return _ELSEWHERE.fullmatch(text) is None
