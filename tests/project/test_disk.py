"""What is private on the disk is private from the first moment on."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from nixgen.project import disk
from nixgen.project.secrets.tfvars_file import TfvarsVariable


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[int]]:
    """The modes of the test's files at the moment they are made; the umask takes nothing."""
    modes: list[int] = []
    really_open = os.open

    def recorded(path, flags: int, *arguments, **named) -> int:
        descriptor = really_open(path, flags, *arguments, **named)
        if flags & os.O_CREAT and str(path).startswith(str(tmp_path)):
            modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    monkeypatch.setattr(os, "open", recorded)
    umask = os.umask(0)
    yield modes
    os.umask(umask)


def test_values_are_private_at_once(made: list[int], tmp_path: Path) -> None:
    """No moment, and no kill, leaves the values of terraform.tfvars readable by everybody."""
    file = tmp_path / "terraform.tfvars"
    file.write_text('other = "x"\n')
    TfvarsVariable(file, "runner_token").write("TOKEN=abc")
    assert made == [0o600]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_private_file_stays_so_at_each_moment(made: list[int], tmp_path: Path) -> None:
    """A file that is written anew has at no moment more bits than it had, and all of them after."""
    for mode in (0o600, 0o640, 0o755, 0o444):
        file = tmp_path / f"{mode:o}"
        file.write_text("old")
        file.chmod(mode)
        disk.put(str(file), b"new")
        assert made.pop() & ~mode == 0
        assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", mode)
