"""How far a long task is: told where the work is done, shown by whoever wants to.

    for host in track(fleet.hosts, "printing"):
        ...

costs nothing and says nothing, unless a watcher is set, as the command does for a person who waits.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Watcher: TypeAlias = Callable[[Collection[Any], str], Iterable[Any]]
"""Hands on the items one by one; the text says what is done with each (`printing`)."""

_watcher: contextvars.ContextVar[Watcher | None] = contextvars.ContextVar(
    "nixgen_watcher", default=None
)


@contextlib.contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """While active, the watcher sees all items of all tasks."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def track(items: Collection[T], doing: str) -> Iterable[T]:
    """The items, for a loop that does something long with each of them."""
    watcher = _watcher.get()
    return items if watcher is None else watcher(items, doing)
