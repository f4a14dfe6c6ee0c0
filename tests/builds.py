"""Trees to build in tests, and ways to interrupt a build at any point.

A model is the files of a tree by path, as text: `tree` makes a `Tree` of it. `on_disk` is what an
output folder holds, without nixgen's own state.
"""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from unittest import mock

from nixgen.emit.contribution import Cause
from nixgen.errors import WriteError
from nixgen.model.origin import Origin, Place
from nixgen.project import api, line_origins
from nixgen.project.explain import explain
from nixgen.project.load import load_fleet
from nixgen.project.tree import Entry, RenderedFile, Tree
from nixgen.project.writing.write import write_tree

# What is left in `.nixgen` by a build; the caches only where there was something to remember.
STATE = {".gitattributes", ".gitignore", "manifest.json", "origins.jsonl", "stats.json"}

# The system calls with which a build changes the disk.
CALLS = (
    *("open", "write", "mkdir", "rename", "replace", "unlink", "rmdir", "link"),
    *("fsync", "sync", "fchmod", "ftruncate"),
)
PROCESSES = multiprocessing.get_context("forkserver")
Action = Callable[[Callable[[], None]], None]
TAKING_SPACE = {"open", "write", "mkdir", "link", "fsync"}

BEFORE = {
    "hosts/gone/default.nix": "gone\n",
    "hosts/kept/changed.nix": "old\n",
    "hosts/kept/same.nix": "same\n",
    "hosts/kept/was-file": "file\n",
    "hosts/kept/was-folder/a": "a\n",
    "hosts/kept/was-folder/b/c": "c\n",
    "shared.tf": "gone\nkept\n",
}
AFTER = {
    "hosts/kept/changed.nix": "new\n",
    "hosts/kept/same.nix": "same\n",
    "hosts/kept/was-file/now/in-folder": "folder\n",
    "hosts/kept/was-folder": "now a file\n",
    "hosts/new/default.nix": "new\n",
    "hosts/new/deep/er/file.nix": "deep\n",
    "shared.tf": "kept\nnew\n",
}
"""Two models with everything between them that can happen to a path."""


def tree(model: Mapping[str, str]) -> Tree:
    """A tree: files under `hosts/NAME/` are that host's own, all others are shared.

    Each line of a shared file is the entry of the host that it names.
    """
    return {path: _file(path, text) for path, text in model.items()}


def _file(path: str, text: str) -> RenderedFile:
    lines = range(1, text.count("\n") + 1)
    ranges = [(line, line, Cause("x", (Origin((Place(path, 3 * line),)),))) for line in lines]
    origins = line_origins.joined([(1, line_origins.part(ranges))])
    match path.split("/"):
        case ["hosts", host, _, *_]:
            return RenderedFile(path, text, host, f"hosts/{host}.py", (), origins)
        case _:
            entries = tuple(
                Entry("lines", line, line, number, number)
                for number, line in enumerate(text.removesuffix("\n").split("\n"), 1)
            )
            return RenderedFile(path, text, None, "", entries, origins)


def build(model: Mapping[str, str], output: Path, **options: Any) -> Any:
    """Builds a model."""
    return write_tree(tree(model), output, **options)


def on_disk(output: Path) -> dict[str, str]:
    """All files of an output folder but nixgen's state, with their text; temporary ones too.

    An empty folder is named with a slash at the end.
    """
    found = {}
    for place in sorted(output.rglob("*")) if output.exists() else []:
        path = place.relative_to(output).as_posix()
        if path.split("/")[0] == ".nixgen":
            continue
        if place.is_symlink() or not place.is_dir():
            found[path] = f"-> {place.readlink()}" if place.is_symlink() else place.read_text()
        elif not any(place.iterdir()):
            found[f"{path}/"] = ""
    return found


def state(output: Path) -> set[str]:
    """The names in the state folder."""
    return {place.name for place in (output / ".nixgen").iterdir()}


@contextlib.contextmanager
def interrupted(at: int, action: Action, calls: Collection[str] = CALLS) -> Iterator[list[str]]:
    """In the block, `action` happens before system call number `at` and before all later ones.

    They are counted from 1, among `calls`, without opening what is there. The action is given a
    function that carries out half of the call. Yields the names of the calls so far.
    """
    done: list[str] = []

    def patched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            def half() -> None:
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])

            if name != "open" or arguments[1] & os.O_CREAT:
                done.append(name)
                if len(done) >= at:
                    action(half)
            return real(*arguments, **options)

        return call

    with contextlib.ExitStack() as stack:
        for name in calls:
            stack.enter_context(mock.patch.object(os, name, patched(name, getattr(os, name))))
        yield done


def once(error: BaseException) -> Action:
    """An action that raises an error the first time only: what cleans up after it works."""
    errors = [error]

    def action(half: Callable[[], None]) -> None:
        if errors:
            half()
            raise errors.pop()

    return action


def always(error: BaseException) -> Action:
    """An action that raises an error each time."""

    def action(half: Callable[[], None]) -> None:
        half()
        raise error

    return action


def full() -> OSError:
    """The error of a disk that is full."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def die(half: Callable[[], None]) -> None:
    """An action that ends this process as nothing can prevent."""
    half()
    os.kill(os.getpid(), signal.SIGKILL)


def started(function: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A process of its own that runs a function of this module."""
    with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path))):
        PROCESSES.set_forkserver_preload(["builds"])  # so that each process starts at once
        process = PROCESSES.Process(target=function, args=arguments)
        process.start()
    return process


@contextlib.contextmanager
def without_syncing() -> Iterator[None]:
    """In the block, nothing waits for the disk: a test that is killed still has the kernel."""
    with mock.patch.object(os, "fsync"), mock.patch.object(os, "sync"):
        yield


def build_and_die(model: Mapping[str, str], output: Path, at: int, hosts: list[str] | None) -> None:
    """A build that is killed at a system call; for a process of its own."""
    with without_syncing(), interrupted(at, die):
        build(model, output, hosts=hosts)


def build_hosts_and_die(hosts: Path, output: Path, at: int) -> None:
    """A build of a hosts folder, to its last call; for a process of its own."""
    fleet = load_fleet(hosts)
    with without_syncing(), interrupted(at, die):
        api.build(fleet, output)


def refused(output: Path, reason: str) -> None:
    """A build that must fail for a reason, with one message."""
    try:
        build(AFTER, output)
    except WriteError as error:
        (diagnostic,) = error.diagnostics
        assert reason in diagnostic.summary
    else:
        raise AssertionError("nothing failed")


def explained(file: Path, output: Path, hosts: Path) -> list[tuple[str, int]]:
    """The lines of a file that nixgen knows, each with the line of the Python that it is from."""
    return [
        (text.strip(), found.causes[0].argument.line or 0)
        for _, text, found in explain(file, output=output, hosts=hosts).narrowest()
        if found is not None
    ]


def as_nobody(name: str, *arguments: Any) -> None:
    """Calls a function of this module without root's rights, for a process of its own."""
    os.setgid(65534)
    os.setuid(65534)
    globals()[name](*arguments)
