"""A progress bar for those who wait longer than a second at a terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nixgen.cli.session import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0  # seconds without a bar
_PAUSE = 0.1  # seconds between two looks of the bar


@contextlib.contextmanager
def progress_bar(*, wanted: bool = True) -> Iterator[Callable[[str], None] | None]:
    """While active, long tasks show a bar on standard error, if that is a terminal.

    Gives what is to be called for each file that is written; None where there is no bar.
    """
    from nixgen.project.progress import watched_by

    if not wanted or not is_terminal(sys.stderr):
        yield None
        return
    bar = _Bar()
    try:
        with watched_by(bar.watch):
            yield bar.wrote
    finally:
        bar.close()


class _Bar:
    """One line that shows the task at hand, from `PATIENCE` seconds after the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._written = 0
        self._drawn = 0.0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def watch(self, items: Collection[Any], doing: str) -> Iterable[Any]:
        for count, item in enumerate(items):
            self._show(count, len(items), doing)
            yield item

    def wrote(self, _: str) -> None:
        self._written += 1
        self._show(self._written, None, "writing")

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _show(self, count: int, total: int | None, doing: str) -> None:
        now = time.monotonic()
        if self._progress is None:
            if now - self._start < PATIENCE:
                return
            self._progress = _started()
            self._task = self._progress.add_task(doing, total=total)
        assert self._task is not None
        self._progress.update(self._task, completed=count, total=total, description=doing)
        if now - self._drawn > _PAUSE:
            self._drawn = now
            self._progress.refresh()


def _started() -> Progress:
    """The bar of rich, which is imported once somebody has waited: it takes a while itself."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # No thread draws it: a process with threads does not fork, and printing would not be shared.
    console = Console(stderr=True)
    progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
    progress.start()
    return progress
