"""Node, Nix and git run under the hardening of host runners; and what it leaves out, they need.

systemd itself has to be process 1 to harden a unit, so a process does it to itself here.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hardened
import programs
import pytest

from nixgen import Hardening

HARDENED = [sys.executable, hardened.__file__]
SCRIPT = """
let sum = 0;
for (let i = 0; i < 2e7; i++) sum += i % 7;
const http = require("http");
const server = http.createServer((_, answer) => answer.end("served"));
server.listen(0, "localhost", async () => {
  const answer = await fetch(`http://localhost:${server.address().port}/`);
  console.log(await answer.text(), sum > 0);
  server.close();
});
"""

Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="the filter of system calls is written for Linux on x86-64",
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command hardened, in a folder of its own."""

    def run(*command: str, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "HOME": str(tmp_path),
            "NIX_CONF_DIR": str(tmp_path),
            "NIX_STORE_DIR": f"{tmp_path}/store",
            "NIX_STATE_DIR": f"{tmp_path}/state",
            "NIX_LOG_DIR": f"{tmp_path}/log",
            "NIX_CONFIG": "sandbox = false\nbuild-users-group =\nsubstitute = false",
        }
        whole = [*HARDENED, *flags, *command]
        return subprocess.run(
            whole, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return run


def node() -> str:
    """The path of node; the test is skipped without it: only host jobs need it."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not on PATH")
    return found


def test_the_families_are_the_profiles() -> None:
    """What is tried here is what a unit is given."""
    settings = {each.name: each.value for each in Hardening().settings()}
    assert settings["RestrictAddressFamilies"] == tuple(each.name for each in hardened.FAMILIES)
    assert (settings["CapabilityBoundingSet"], settings["NoNewPrivileges"]) == ("", True)


def test_node_compiles_and_serves(run: Run) -> None:
    """An action in JavaScript: compiled code, the lookup of a name, a server and a request."""
    done = run(node(), "-e", SCRIPT)
    assert done.stdout == "served true\n", done.stderr


def test_node_needs_executable_memory(run: Run) -> None:
    """With MemoryDenyWriteExecute= it ends as soon as it compiles: so the profile has it not."""
    done = run(node(), "-e", SCRIPT, flags=("--no-executable-memory",))
    if "prctl" in done.stderr:
        pytest.skip("the kernel cannot deny executable memory (Linux 6.3)")
    assert done.returncode != 0
    assert "served" not in done.stdout


def test_nix_evaluates_and_builds(run: Run) -> None:
    """A derivation is evaluated, built and read back."""
    program = str(programs.real_program("nix-build"))
    expression = (
        'derivation { name = "x"; system = builtins.currentSystem; builder = "/bin/sh"; '
        'args = [ "-c" "echo built > $out" ]; }'
    )
    done = run(program, "--no-out-link", "-E", expression)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).read_text() == "built\n"


def test_git_clones(run: Run, tmp_path: Path) -> None:
    """The action checkout does the same."""
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = run("git", "init", "--quiet", "one")
    done = run("git", *settings, "-C", "one", "commit", "--quiet", "--allow-empty", "-m", "x")
    done = run("git", "clone", "--quiet", f"file://{tmp_path}/one", "two")
    assert done.returncode == 0, done.stderr


def test_what_is_taken_is_gone(run: Run) -> None:
    """Raw sockets, capabilities, and programs that make their caller root."""
    code = (
        "import socket\n"
        "try:\n    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n"
        "except OSError as error:\n    print(error.strerror)\n"
        "print(*[line.split()[1] for line in open('/proc/self/status') "
        "if line.startswith(('CapEff', 'CapBnd', 'NoNewPrivs'))])\n"
    )
    done = run(sys.executable, "-c", code)
    first, second = done.stdout.splitlines()
    assert first == os.strerror(97)
    assert socket.AF_PACKET not in hardened.FAMILIES
    effective, bounding, no_new = second.split()
    assert int(effective, 16) == 0
    assert no_new == "1"
    if os.geteuid() == 0:
        assert int(bounding, 16) == 0
