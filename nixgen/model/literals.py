"""Literal secrets have no place in the model: finds the attributes that would hold one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nixgen.model.base import SECRET_NAMES, Withheld

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # of API_TOKEN, smtpPassword, client-secret
_SECRET_WORDS = {"token", "password", "passwd", "passphrase", "secret", "apikey"}
_SECRET_KEYS = {"api", "private", "secret"}
# Where the value is, instead of the value: a file, a variable of the environment, a template.
_ELSEWHERE = re.compile(
    r"/(etc|home|mnt|nix|persist|root|run|srv|var)/.*|\$\w+|\$\{\w+\}|.*\{\{.*", re.DOTALL
)


def literal_secret(value: Any, path: tuple[str, ...] = ()) -> str | None:
    """What is wrong where nested data gives text to an option that takes a secret; or None."""
    if isinstance(value, Mapping):
        items = [((*path, *str(key).split(".")), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple)):
        items = [(path, item) for item in value if isinstance(item, (Mapping, list, tuple))]
    else:
        return None
    for here, item in items:
        if isinstance(item, str) and item and _takes_secret(here[-1]) and _is_literal(item):
            return Withheld(
                f"{'.'.join(here)} holds a literal secret (its value is not shown); allowed is a "
                "path to a file, or an expression\n"
                "describe it as a VaultSecret, and give the option that takes a file its path"
            )
        wrong = literal_secret(item, here)
        if wrong is not None:
            return wrong
    return None


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
