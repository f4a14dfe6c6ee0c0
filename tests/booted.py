"""A machine that systemd boots, in namespaces of its own, for tests of units.

It shares the kernel and the network with this machine, and nothing else: its root is an overlay in
memory, see `tests/modules/boot.sh`. Tests that need it skip where it cannot be made, which takes
root, overlays and namespaces.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import programs
import pytest

BOOT = programs.ROOT / "tests" / "modules" / "boot.sh"
NEEDED = ("unshare", "nsenter", "mount", "pivot_root", "systemctl")
UNITS = "etc/systemd/system"


class Booted:
    """The running machine, whose first process has the number `pid` outside of it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def run(self, command: str) -> tuple[int, str]:
        """The exit status of a shell command in the machine, and what it prints."""
        inside = ["nsenter", f"--target={self._pid}", "--mount", "--pid", "--root", "--wd"]
        done = subprocess.run(
            [*inside, "env", "-i", "PATH=/usr/bin:/bin", "bash", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=programs.TIME_LIMIT,
            check=False,
        )
        return done.returncode, done.stdout

    def get(self, command: str) -> str:
        """What a command prints; fails the test where the command fails."""
        status, printed = self.run(command)
        assert status == 0, printed
        return printed

    def wait_for(self, command: str, wanted: str) -> None:
        """Waits until a command prints what is wanted."""
        deadline = time.monotonic() + 60
        while (printed := self.run(command)[1].strip()) != wanted:
            if time.monotonic() > deadline:
                pytest.fail(f"{command}: {printed}, not {wanted}")
            time.sleep(0.1)


@contextlib.contextmanager
def booted(folder: Path) -> Iterator[Booted]:
    """The machine with `folder/root` copied over its root, ended at the end."""
    if os.geteuid() != 0 or not all(map(shutil.which, NEEDED)):
        pytest.skip("only root can boot a machine, with systemd and util-linux")
    (folder / "disk").mkdir()
    log = folder / "boot.log"
    with _cgroup(folder.name) as group, log.open("wb") as output:
        join = f'echo $$ >"{group}/cgroup.procs" && exec unshare --fork --pid "$@"'
        namespaces = ["--mount", "--ipc", "--uts", "--cgroup", "bash", str(BOOT), str(folder)]
        outer = subprocess.Popen(
            ["bash", "-c", join, "bash", *namespaces],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        first = None
        try:
            first = _first_process(outer, log)
            machine = Booted(first)
            _wait_for_systemd(machine, log)
            yield machine
        finally:
            if first is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(first, signal.SIGKILL)  # and with it all of its namespace
            outer.kill()
            outer.wait()


def _first_process(outer: subprocess.Popen[bytes], log: Path) -> int:
    """The number of the process that became systemd; skips the test where none did."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and outer.poll() is None:
        with contextlib.suppress(OSError, IndexError, ValueError):
            children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text()
            child = int(children.split()[0])
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return child
        time.sleep(0.05)
    pytest.skip(f"no machine can be booted here: {log.read_text()[-500:]}")


def _wait_for_systemd(machine: Booted, log: Path) -> None:
    """Waits until it takes orders, whatever its units do; skips the test where it never does."""
    deadline = time.monotonic() + 30
    while machine.run("test -S /run/systemd/private")[0] != 0:
        if time.monotonic() > deadline:
            pytest.skip(f"systemd does not start here: {log.read_text()[-500:]}")
        time.sleep(0.05)


@contextlib.contextmanager
def _cgroup(name: str) -> Iterator[Path]:
    """A control group for the machine, in the unified hierarchy."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    unified = [mount[1] for mount in mounts if mount[2] == "cgroup2"]
    own = Path("/proc/self/cgroup").read_text().splitlines()[-1].partition("::")[2]
    group = Path(unified[0], own.lstrip("/"), f"nixgen-{os.getpid()}-{name}") if unified else None
    try:
        if group is None:
            raise OSError("no unified hierarchy is mounted")
        group.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    try:
        yield group
    finally:
        for each in sorted(group.rglob("*"), reverse=True):
            if each.is_dir():
                _remove(each)
        _remove(group)


def _remove(group: Path) -> None:
    """Removes a control group as soon as its processes are gone."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.05)
