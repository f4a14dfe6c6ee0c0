"""Literal secrets have no place in the model: finds the attributes that would hold one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nixgen.model.base import SECRET_NAMES, Withheld


def literal_secret(value: Any, path: tuple[str, ...] = ()) -> str | None:
    """What is wrong where a nested dict gives text to an option that takes a secret; or None."""
    if not isinstance(value, Mapping):
        return None
    for key, item in value.items():
        here = (*path, *str(key).split("."))
        if isinstance(item, str) and item and here[-1].strip('"').lower() in SECRET_NAMES:
            return Withheld(
                f"{'.'.join(here)} holds a literal secret (its value is not shown); allowed is a "
                "path to a file, or an expression\n"
                "describe it as a VaultSecret, and give the option that takes a file its path"
            )
        wrong = literal_secret(item, here)
        if wrong is not None:
            return wrong
    return None
