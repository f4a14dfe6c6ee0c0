"""Runs recursive functions on input of any depth."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_DEEP = 10_000_000  # frames; input that needs more would not fit into memory


def at_any_depth(function: Callable[[], T]) -> T:
    """What a function returns, whose recursion is bounded by its input alone.

    Calls between Python functions take memory, not the stack of the C program, so Python's limit
    can be lifted for input that needs it. The limit is the whole process's: other threads may nest
    deeper as long as this lasts.
    """
    try:
        return function()
    except RecursionError:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(max(before, _DEEP))
        try:
            return function()
        finally:
            sys.setrecursionlimit(before)
