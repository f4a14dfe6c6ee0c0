"""Mappings as values of the model's fields: checked, copied, and fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from attrs.exceptions import FrozenInstanceError

from nixgen.model import values


def to_mapping(value: Any) -> dict[str, Any]:
    """A mapping with string keys, copied."""
    if not isinstance(value, Mapping):
        text = f"{values.said(value)}; allowed is a dict"
        raise ValueError(values.about(_as_pairs(value), text))
    for key in value:
        if not isinstance(key, str):
            kind = values.kind_of(key)
            raise ValueError(f"the key {values.shown(key)} is {kind}; allowed is a str")
    return dict(value)


def _as_pairs(value: Any) -> Any:
    """What a list of pairs, or of dicts, says as a dict would: it may be a secret."""
    try:
        return dict(value)
    except (TypeError, ValueError):
        return value


class FixedDict(dict[str, Any]):
    """A dict that does not change: what is put into it later would be lost, or go unchecked.

    Raises attrs' FrozenInstanceError, as objects of the model do.
    """

    if not TYPE_CHECKING:

        def _refuse(self, *_: Any, **__: Any) -> NoReturn:
            raise FrozenInstanceError

        __setitem__ = __delitem__ = __ior__ = _refuse
        clear = pop = popitem = setdefault = update = _refuse

        def __hash__(self) -> int:
            raise TypeError("unhashable type: 'dict'")  # as people know it, not as this class

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        """A copy is a dict that can change."""
        return dict, (dict(self),)


def to_fixed_mapping(value: Any) -> FixedDict:
    """A mapping with string keys, copied, that does not change."""
    return FixedDict(to_mapping(value))
