"""What a list has that it did not have; a single value is a list of itself, None has nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def added(old: Any, new: Any) -> list[str]:
    """The members that only the new value has, as texts, sorted."""
    return sorted({*members(new)} - {*members(old)})


def members(value: Any) -> list[str]:
    """The members of a value, as texts."""
    if value is None:
        return []
    if isinstance(value, Iterable) and not isinstance(value, str | Mapping):
        return [str(each) for each in value]
    return [str(value)]
