"""How much a change matters for security."""

from __future__ import annotations

import enum


class Weight(enum.IntEnum):
    """WIDER gives somebody more than before, CHECK asks for a look."""

    NONE = 0
    CHECK = 1
    WIDER = 2


Found = tuple[str | None, Weight]
"""Why a change matters, and how much; (None, NONE) where it does not."""
