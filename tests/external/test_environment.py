"""The programs that nixgen starts see the user's environment, and none of the user's secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from nixgen import ExternalError
from nixgen.external.git import text_files_at, unignored_files
from nixgen.external.nixfmt import format_files
from nixgen.live.forge_connection import TOKENS

VALUE = "hunter2-9f3b1c77"
NAMES = (*TOKENS, "VAULT_TOKEN", "BAO_TOKEN", "TF_VAR_runner_token")


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The environment that the real program is started with, which then does its work."""
    for name in NAMES:
        monkeypatch.setenv(name, VALUE)
    monkeypatch.setenv("NIXGEN_TEST", "kept")
    record = tmp_path / "environment"

    def wrap(program: str) -> Path:
        wrapper = tmp_path / "bin" / Path(program).name
        wrapper.parent.mkdir(exist_ok=True)
        wrapper.write_text(f'#!/bin/sh\nenv > {record}\nexec {program} "$@"\n')
        wrapper.chmod(0o755)
        monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
        return record

    return wrap


def test_git(seen, tmp_path: Path) -> None:
    """What a repository has git run, such as filters, is a child of git and gets no token."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    found = shutil.which("git")
    assert found is not None
    record = seen(found)
    (tmp_path / "a.nix").write_text("{ }\n")
    assert unignored_files(tmp_path, ".nix") == [tmp_path / "a.nix"]
    assert "NIXGEN_TEST=kept" in record.read_text()
    assert VALUE not in record.read_text()
    record.unlink()
    with pytest.raises(ExternalError, match="does not know the revision"):
        text_files_at("main", tmp_path, ".nix")
    assert VALUE not in record.read_text()


def test_nixfmt(seen, nixfmt: Path) -> None:
    """The formatter lays texts out as ever."""
    record = seen(str(nixfmt))
    assert format_files({"a.nix": "{a=1;}"}, program="nixfmt") == {"a.nix": "{ a = 1; }\n"}
    assert "NIXGEN_TEST=kept" in record.read_text()
    assert VALUE not in record.read_text()
