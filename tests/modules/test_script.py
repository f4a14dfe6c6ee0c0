"""The fetch script as NixOS builds it: a fault of style there stops a user's whole system."""

from __future__ import annotations

import subprocess
from pathlib import Path

import programs
from fetching import PREAMBLE, SCRIPT


def test_shellcheck_is_content(tmp_path: Path) -> None:
    """`writeShellApplication` of many releases builds no script that shellcheck has a word on."""
    script = tmp_path / "fetch-secret"
    script.write_text(PREAMBLE + SCRIPT.read_text())
    shellcheck = programs.real_program("shellcheck")
    done = subprocess.run([shellcheck, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
