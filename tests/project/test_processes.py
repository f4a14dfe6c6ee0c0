"""A large fleet is rendered and written by several processes; nobody can tell from the result."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from builds import build, full, interrupted, on_disk, once, state

from bench.fleets import write_project
from nixgen.errors import ExternalError, WriteError
from nixgen.external.workers import FEW
from nixgen.model.host import Fleet
from nixgen.project.api import build as build_fleet
from nixgen.project.api import render_tree
from nixgen.project.load import load_fleet
from nixgen.project.render import join, render_host

COUNT = FEW + 50
MANY = {f"hosts/h{number}/a.nix": f"{number}\n" for number in range(COUNT)}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The threads of a test runner hold no lock that these tests need."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Enough hosts for several processes."""
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, COUNT)
    return load_fleet(folder / "hosts")


def everything(output: Path) -> dict[str, bytes]:
    """All files of an output folder, nixgen's own included, but for what holds times."""
    files = (place for place in output.rglob("*") if place.is_file())
    return {
        place.relative_to(output).as_posix(): place.read_bytes()
        for place in files
        if place.name != "stats.json"
    }


@pytest.mark.parametrize("jobs", ["2", "3"])
def test_the_tree_is_the_same(fleet: Fleet, monkeypatch: pytest.MonkeyPatch, jobs: str) -> None:
    """Text, entries and origins are those that one process gives."""
    monkeypatch.setenv("NIXGEN_JOBS", "1")
    alone = render_tree(fleet)
    monkeypatch.setenv("NIXGEN_JOBS", jobs)
    assert list(render_tree(fleet).items()) == list(alone.items())


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_hosts_can_be_rendered_by_any_executor(fleet: Fleet, kind: str) -> None:
    """A script can spread them over what it has; hosts and their texts can be sent."""
    executor: Executor = (
        ThreadPoolExecutor(3)
        if kind == "threads"
        else ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))
    )
    with executor:
        rendered = list(executor.map(render_host, fleet.hosts, chunksize=50))
    assert rendered == [render_host(host) for host in fleet.hosts]
    assert join(rendered, (), "hosts/") == render_tree(fleet)


def test_the_output_is_the_same(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A new output folder, and one that is there, as one process writes them."""
    found = []
    for jobs in ("1", "3"):
        monkeypatch.setenv("NIXGEN_JOBS", jobs)
        output = tmp_path / jobs
        build_fleet(fleet, output, formatter="builtin")
        new = everything(output)
        for host in fleet.hosts[::2]:
            (output / f"hosts/{host.name}/actions-runner.nix").unlink()
        (output / "hosts" / fleet.hosts[0].name).rmdir()
        build_fleet(fleet, output, formatter="builtin")
        assert everything(output) == new
        found.append(new)
    assert found[0] == found[1]


@pytest.mark.parametrize("case", ["new", "there"])
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_full_disk_leaves_all_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jobs: str, case: str
) -> None:
    """The error names the file, whichever process wrote it, and nothing is left of the others."""
    output = tmp_path / "out"
    if case == "there":
        build({"hosts/h1/a.nix": "old\n"}, output)
    before = on_disk(output)
    monkeypatch.setenv("NIXGEN_JOBS", jobs)
    with pytest.raises(WriteError) as caught, interrupted(150, once(full()), {"mkdir", "write"}):
        build(MANY, output)
    (diagnostic,) = caught.value.diagnostics
    assert "hosts/h" in diagnostic.summary
    assert diagnostic.detail == "Nothing was changed."
    assert on_disk(output) == before
    assert [place.name for place in tmp_path.iterdir()] == (["out"] if case == "there" else [])


@pytest.mark.parametrize("case", ["new", "there"])
def test_a_killed_process_leaves_all_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str
) -> None:
    """As where one is killed for want of memory: an error, and the next build does all."""
    output = tmp_path / "out"
    if case == "there":
        build({"hosts/h1/a.nix": "old\n"}, output)
    before = on_disk(output)
    monkeypatch.setenv("NIXGEN_JOBS", "2")
    parent = os.getpid()

    def die() -> None:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    with (
        pytest.raises(ExternalError, match="ended before"),
        interrupted(100, lambda _: die(), {"mkdir", "write"}),
    ):
        build(MANY, output)
    assert on_disk(output) == before
    build(MANY, output)
    assert on_disk(output) == MANY
    assert "intent.json" not in state(output)
    shutil.rmtree(output)
    assert list(tmp_path.iterdir()) == []
