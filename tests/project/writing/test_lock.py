"""Two builds at once: the second waits or fails clearly, and the output stays whole."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from builds import AFTER, BEFORE, STATE, build, on_disk, started, state

from nixgen.errors import LockedError, WriteError
from nixgen.project.writing.lock import locked


@pytest.mark.parametrize("exists", [True, False])
def test_the_second_waits(tmp_path: Path, exists: bool) -> None:
    """A build that finds another one at work waits for it and then does its own."""
    output = tmp_path / "out"
    if exists:
        build(BEFORE, output)
    second = threading.Thread(target=build, args=(AFTER, output), kwargs={"wait": 30.0})
    with locked(output):
        second.start()
        time.sleep(0.2)
        assert on_disk(output) == (BEFORE if exists else {})
    second.join()
    assert on_disk(output) == AFTER


@pytest.mark.parametrize("exists", [True, False])
def test_the_second_fails_clearly(tmp_path: Path, exists: bool) -> None:
    """A build that waited long enough says who holds the folder, and does nothing."""
    output = tmp_path / "out"
    if exists:
        build(BEFORE, output)
    with locked(output):
        with pytest.raises(LockedError) as caught:
            build(AFTER, output, wait=0.1)
        assert str(caught.value) == f"another build is writing {output} (process {os.getpid()})"
        assert on_disk(output) == (BEFORE if exists else {})
    build(AFTER, output, wait=0.0)


@pytest.mark.parametrize("exists", [True, False])
def test_a_lock_leaves_nothing_behind(tmp_path: Path, exists: bool) -> None:
    """A build that ends without writing, because of a conflict or a mistake, leaves no trace."""
    output = tmp_path / "deep" / "out"
    if exists:
        output.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with locked(output):
        assert sorted(tmp_path.rglob("*")) != before
    assert sorted(tmp_path.rglob("*")) == before


def test_the_lock_of_a_dead_build_is_free(tmp_path: Path) -> None:
    """A lock file that is left over, because a build was killed, keeps nobody out."""
    build(BEFORE, tmp_path)
    (tmp_path / ".nixgen" / "lock").write_text("1")
    build(AFTER, tmp_path, wait=0.0)
    assert state(tmp_path) == STATE


@pytest.mark.parametrize("exists", [True, False])
def test_many_builds_at_once(tmp_path: Path, exists: bool) -> None:
    """However many builds of different models run: the result is that of the last, whole."""
    output = tmp_path / "out"
    if exists:
        output.mkdir()
    models = [{f"hosts/h{n}/{turn}": f"{turn}\n" for n in range(30)} for turn in range(4)]
    processes = [started(build, model, output) for model in models * 3]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)
    assert on_disk(output) in models
    assert state(output) <= STATE
    assert [place.name for place in tmp_path.iterdir()] == ["out"]


def test_a_lock_that_is_a_link(tmp_path: Path) -> None:
    """Locking writes through no link."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "out/.nixgen").mkdir(parents=True)
    (tmp_path / "out/.nixgen/lock").symlink_to(victim)
    with pytest.raises(WriteError, match="Too many levels of symbolic links"):
        build(BEFORE, tmp_path / "out")
    assert victim.read_text() == "precious"
