"""The real programs that `make tools` installs are the ones that nixgen is tested against."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import programs
import pytest


def test_nixfmt_version(nixfmt: Path) -> None:
    """The layout that golden files hold is that of one known nixfmt."""
    assert "0.5.3" in programs.run([nixfmt, "--version"])


def test_tofu_version(tofu: Path) -> None:
    """`tofu fmt` and `tofu console` are those of one known OpenTofu."""
    assert programs.run_tofu("version").startswith("OpenTofu v1.12.6\n")


def test_tofu_version_is_pinned_once(root: Path) -> None:
    """The installer builds the version that toolchain/tofu/go.mod requires."""
    required = re.search(
        r"opentofu/opentofu v(\S+)$", (root / "toolchain/tofu/go.mod").read_text(), re.MULTILINE
    )
    pinned = re.search(r'TOFU_VERSION = "(\S+)"', (root / "toolchain/install.py").read_text())
    assert required is not None
    assert pinned is not None
    assert required[1] == pinned[1]


def test_formatters(nixfmt: Path, tofu: Path) -> None:
    """The helpers give the formatters' own text."""
    assert programs.nixfmt_text("{a=1;}") == "{ a = 1; }\n"
    assert programs.tofu_fmt_text("a=1\nlong=2\n") == "a    = 1\nlong = 2\n"


def test_nix_evaluates(eval_nix: Callable[[str], Any]) -> None:
    """Nix values come back as Python values, with no daemon and no writable store."""
    expression = '[ (1 + 1) { a.b = "\\${x}"; } null 1.5 (map (x: x * 2) [ 1 2 ]) ]'
    assert eval_nix(expression) == [2, {"a": {"b": "${x}"}}, None, 1.5, [2, 4]]
    assert programs.parses_as_nix("x: x") == "(x: x)\n"


def test_tofu_evaluates(tofu: Path, tmp_path: Path) -> None:
    """Terraform values come back as Python values, with no provider and no user's settings."""
    (tmp_path / "variables.tf").write_text(
        'variable "x" {\n  default = "a\\nb $${c} %%{d} \\u007f \U000e0001"\n}\n'
    )
    expression = "{ x = var.x, list = [1, 2.5, null, true] }"
    value = {"x": "a\nb ${c} %{d} \x7f \U000e0001", "list": [1, 2.5, None, True]}
    assert programs.eval_tofu(expression, tmp_path) == value


def test_missing_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is not there skips a test on a user's machine and fails it in CI."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="make tools"):
        programs.real_program("no-such-program")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="make tools"):
        programs.real_program("no-such-program")


def test_install_again_is_quick(
    root: Path, nixfmt: Path, tofu_with_provider: Path, nix_instantiate: Path
) -> None:
    """`make tools` with all in place starts no compiler and prints nothing."""
    programs.real_program("bao")
    done = subprocess.run(
        [sys.executable, root / "toolchain/install.py"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_install_names_what_is_missing(root: Path, tmp_path: Path) -> None:
    """On a machine with no compiler the installer says what to install, and fails only in CI."""
    toolchain = tmp_path / "toolchain"
    toolchain.mkdir()
    script = toolchain / "install.py"
    script.write_text((root / "toolchain/install.py").read_text())
    for ci, status in (("false", 0), ("true", 1)):
        done = subprocess.run(
            [sys.executable, script],
            env={"PATH": str(tmp_path), "CI": ci},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status
        assert "cargo is not on PATH" in done.stderr
        assert "go is not on PATH" in done.stderr
        assert "install nix-bin, so that nix-instantiate is on PATH" in done.stderr
