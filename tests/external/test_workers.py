"""Work that is spread over processes gives what one process gives, and leaves none behind."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import ExternalError, InputError, ModelError
from nixgen.external.workers import FEW, parallel, worker_count

MANY = range(FEW + 100)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of a test runner hold no lock that these tests need."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture(params=["1", "2", "3", "16"])
def jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Numbers of processes."""
    count: str = request.param
    monkeypatch.setenv("NIXGEN_JOBS", count)
    return count


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that a test has forked; servers that other tests share are none of them."""
    processes: list[int] = []
    fork = os.fork

    def noting() -> int:
        process = fork()
        if process:
            processes.append(process)
        return process

    monkeypatch.setattr(os, "fork", noting)
    return processes


def ended(processes: list[int]) -> bool:
    """Whether all processes have ended and were waited for."""
    for process in processes:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
            return False
    return True


@pytest.mark.parametrize("count", [0, 1, FEW - 1, FEW, FEW + 1, 5 * FEW])
def test_results_come_in_the_order_of_the_items(jobs: str, count: int, forked: list[int]) -> None:
    """Whoever makes them, however many there are."""
    with parallel(lambda item: (item, str(item)), range(count)) as results:
        assert list(results) == [(item, str(item)) for item in range(count)]
    assert ended(forked)


def test_several_processes_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are asked for, and none of them is this one."""
    monkeypatch.setenv("NIXGEN_JOBS", "3")
    with parallel(lambda _: os.getpid(), MANY) as results:
        found = set(results)
    assert len(found) == 3
    assert os.getpid() not in found


def test_an_error_comes_where_its_result_would(jobs: str, forked: list[int]) -> None:
    """With all that it says; the results before its batch are there."""
    diagnostic = Diagnostic(summary="no", location=Location("hosts/a.py", 3))

    def refuse(item: int) -> int:
        if item == FEW:
            raise ModelError(diagnostic)
        return item

    done = []
    with pytest.raises(ModelError) as caught, parallel(refuse, MANY) as results:
        done.extend(results)
    assert caught.value.diagnostics == (diagnostic,)
    assert done == list(range(FEW))
    assert ended(forked)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_no_process_works_on_after_the_block(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: type[BaseException], forked: list[int]
) -> None:
    """So what they wrote can be removed."""
    monkeypatch.setenv("NIXGEN_JOBS", "2")

    def slowly(item: int) -> None:
        time.sleep(0.002)
        (tmp_path / str(item)).touch()

    with pytest.raises(error), parallel(slowly, MANY) as results:
        one_and_error(results, error)
    before = sorted(tmp_path.iterdir())
    time.sleep(0.05)
    assert sorted(tmp_path.iterdir()) == before
    assert len(before) < len(MANY)
    assert ended(forked)


def one_and_error(results: Iterator[None], error: type[BaseException]) -> None:
    """What goes wrong in the block while the processes are at work."""
    assert next(results) is None
    raise error


def killed() -> None:
    """Ends this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def not_to_send() -> Callable[[], None]:
    """What pickle refuses."""
    return lambda: None


@pytest.mark.parametrize("end", [killed, not_to_send])
def test_a_process_that_ends_early_is_noticed(
    monkeypatch: pytest.MonkeyPatch, end: Callable[[], object], forked: list[int]
) -> None:
    """No result is missing without a word, as where a process is killed for want of memory."""
    monkeypatch.setenv("NIXGEN_JOBS", "2")
    with (
        pytest.raises(ExternalError, match="ended before"),
        parallel(lambda item: end() if item == FEW else item, MANY) as results,
    ):
        list(results)
    assert ended(forked)


def test_one_process_where_threads_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork would copy locks that the other thread holds, for nobody to release."""
    monkeypatch.setenv("NIXGEN_JOBS", "4")
    assert worker_count(FEW) == 4
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert worker_count(FEW) == 1


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "1.5", "²"])
def test_a_wrong_number_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """The message names the variable and what it holds."""
    monkeypatch.setenv("NIXGEN_JOBS", wrong)
    with (
        pytest.raises(InputError, match=f"NIXGEN_JOBS is '{wrong}'"),
        parallel(str, MANY),
    ):
        pass
