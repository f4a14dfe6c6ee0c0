"""Whether a script gives the public functions what they take: told at its own line if not."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from typing import Any

from nixgen.diagnostic import Diagnostic
from nixgen.errors import InputError
from nixgen.model.host import Fleet, Host
from nixgen.model.origin import capture
from nixgen.model.values import said

_TAKEN = {
    "fleet": "a Fleet",
    "folder": "the path of a folder",
    "output": "the path of a folder",
    "only": "names of hosts in a list, or None",
}


def check_arguments(function: str, **given: Any) -> None:
    """Raises InputError for the first argument of the function that is of another kind."""
    for name, value in given.items():
        if not _is_right(name, value):
            raise InputError(
                Diagnostic(
                    summary=f"{function}() takes {_TAKEN[name]} as {name!r}; {said(value)}",
                    location=capture().location(),
                    help=_advice(function, name, value),
                )
            )


def _is_right(name: str, value: Any) -> bool:
    if name == "fleet":
        return isinstance(value, Fleet)
    if name == "only":
        several = isinstance(value, Collection) and not isinstance(value, (str, bytes))
        return value is None or (several and all(isinstance(each, str) for each in value))
    return isinstance(value, (str, PathLike))


def _advice(function: str, name: str, value: Any) -> str | None:
    if name == "fleet" and isinstance(value, Host):
        return f"write {function}(Fleet(hosts=[host]))"
    if name == "fleet" and isinstance(value, (list, tuple)):
        return f"write {function}(Fleet(hosts=hosts))"
    if name == "fleet":
        return f'load_fleet("hosts") is the Fleet of a folder: {function}(load_fleet("hosts"))'
    if name == "only" and isinstance(value, str):
        return f"write only=[{value!r}]"
    return None
