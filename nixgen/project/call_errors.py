"""What Python says of a function's arguments, in the words that the model has for its classes."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from typing import Any

from nixgen.exports import HOME_OF
from nixgen.model.base import close_match

_MISSING = re.compile(
    r"(\S+)\(\) missing \d+ required (?:keyword-only|positional) arguments?: (.*)"
)
_UNKNOWN = re.compile(r"(\S+)\(\) got an unexpected keyword argument '(\w+)'")
_TOO_MANY = re.compile(r"(\S+)\(\) takes .* positional arguments? but \d+ .*were given")


def call_error(text: str, names: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a call that a TypeError tells of, and what to do; None for other errors.

    `names` are those of the user's file: the function is looked up there and among nixgen's own.
    """
    if (found := _MISSING.match(text)) is not None:
        missing = re.findall(r"'(\w+)'", found[2])
        plural = "s" if len(missing) > 1 else ""
        summary = f"{found[1]}() needs the argument{plural} {', '.join(map(repr, missing))}"
        return summary, f"add {', '.join(f'{name}=...' for name in missing)} to the call"
    if (found := _UNKNOWN.match(text)) is not None:
        taken = _parameters(found[1], names)
        summary = f"{found[1]}() has no argument {found[2]!r}"
        return summary, _lines(close_match(found[2], taken), _takes(found[1], taken))
    if (found := _TOO_MANY.match(text)) is not None:
        taken = _parameters(found[1], names)
        summary = f"{found[1]}() is given more values than it takes without a name"
        return summary, _lines("give them by their names: name=...", _takes(found[1], taken))
    return None


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))


def _takes(function: str, parameters: list[str]) -> str:
    return f"{function}() has {', '.join(parameters)}" if parameters else ""


def _parameters(function: str, names: Mapping[str, Any]) -> list[str]:
    """The names of a function's arguments; none where it is not known."""
    found = names.get(function)
    if found is None and function in HOME_OF:
        found = getattr(importlib.import_module(HOME_OF[function]), function)
    return list(inspect.signature(found).parameters) if inspect.isroutine(found) else []
