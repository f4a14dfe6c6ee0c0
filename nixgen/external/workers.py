"""Runs a function on many items in several processes, copies of this one.

    with parallel(render_host, fleet.hosts) as rendered:
        for each in rendered:
            ...

The results come in the order of the items, whoever made them, so nothing depends on how many
processes there are. They are forked, so that the items need not be sent; results are pickled.
Processors are used where that pays and is safe: not for few items, and not where threads run, whose
locks a fork would copy. NIXGEN_JOBS sets their number; 1 keeps all in this process.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ExternalError, InputError

T = TypeVar("T")
R = TypeVar("R")

JOBS = "NIXGEN_JOBS"
FEW = 256  # items that are done before a second process would be under way
_BATCH = 64  # results that are handed over at once


@contextlib.contextmanager
def parallel(function: Callable[[T], R], items: Sequence[T]) -> Iterator[Iterator[R]]:
    """`map(function, items)`; when the block is left, no other process works any more.

    An error of the function is raised where its result would come. Raises ExternalError where a
    process is killed, and InputError where NIXGEN_JOBS is no number.
    """
    count = worker_count(len(items))
    if count == 1:
        yield map(function, items)
        return
    workers: list[_Worker] = []
    try:
        for number in range(count):
            workers.append(_Worker(_Share(function, items, number, count), workers))
        yield _results(workers, len(items))
    finally:
        for worker in workers:
            worker.end()


def worker_count(items: int) -> int:
    """How many processes to use for so many items."""
    wanted = os.environ.get(JOBS, "")
    if wanted and not (wanted.isascii() and wanted.isdigit() and int(wanted) > 0):
        raise InputError(
            Diagnostic(summary=f"{JOBS} is {wanted!r}; allowed is a number of processes from 1")
        )
    can_fork = hasattr(os, "fork") and sys.platform != "darwin"  # whose libraries do not bear it
    if items < FEW or not can_fork or threading.active_count() > 1:
        return 1
    if wanted:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _results(workers: Sequence[_Worker], count: int) -> Iterator[Any]:
    for batch in range(-(-count // _BATCH)):
        yield from workers[batch % len(workers)].receive()


class _Share(NamedTuple):
    """What worker `number` of `of` does: every so manieth batch of the items."""

    function: Callable[[Any], Any]
    items: Sequence[Any]
    number: int
    of: int

    def results(self) -> Iterator[tuple[list[Any], Exception | None]]:
        """The results of each batch; an error comes instead of a batch, and is the last."""
        for start in range(self.number * _BATCH, len(self.items), self.of * _BATCH):
            try:
                yield [self.function(item) for item in self.items[start : start + _BATCH]], None
            except Exception as error:  # raised again where it is received
                yield [], error
                return


class _Worker:
    """A process that does its share, and the pipe from it."""

    def __init__(self, share: _Share, others: Sequence[_Worker]) -> None:
        reading, writing = os.pipe()
        self.pipe = os.fdopen(reading, "rb")
        self.process = os.fork()
        if self.process == 0:
            for other in others:  # else they would not notice that this process has ended
                other.pipe.close()
            self.pipe.close()
            _work(share, writing)
        os.close(writing)

    def receive(self) -> list[Any]:
        """The results of its next batch."""
        try:
            results, error = pickle.load(self.pipe)  # noqa: S301 - from a copy of this process
        except (EOFError, pickle.UnpicklingError):
            raise ExternalError(
                Diagnostic(
                    summary="a process that nixgen works with ended before its work was done",
                    help=f"perhaps it was killed for want of memory; {JOBS}=1 does without it",
                )
            ) from None
        if error is not None:
            raise error
        return results  # type: ignore[no-any-return]  # a list, as `_work` sends it

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self.pipe.close()
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


def _work(share: _Share, writing: int) -> NoReturn:
    """What a worker does, and nothing of what the process has begun that it is a copy of."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other one decides what Ctrl-C ends
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with os.fdopen(writing, "wb") as pipe:
            for results in share.results():
                pickle.dump(results, pipe, pickle.HIGHEST_PROTOCOL)
                pipe.flush()
    finally:
        os._exit(0)
