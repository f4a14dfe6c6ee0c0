"""Pauses Python's cycle collector while many objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No collection of cycles in this block; afterwards all is as it was.

    Models and trees hold no cycles, but as they grow the collector would look through all of them
    again and again: for a Nix file of 5 MB that is more than half of the time. Reference counts go
    on as ever.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
