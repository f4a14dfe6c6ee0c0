"""What values are, for people, and the error for one of a kind that is not taken."""

from __future__ import annotations

from typing import Any

from nixgen.errors import ConversionFault


class WrongKindError(ConversionFault, TypeError):
    """What makes nodes is given something that it does not take; `takes` says what it does."""

    def __init__(self, takes: str, value: Any) -> None:
        super().__init__(f"{takes}, and not {kind_of(value)}")

    def __str__(self) -> str:
        return self.message


def kind_of(value: Any) -> str:
    """The name of a value's class, with `a` or `an`."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
