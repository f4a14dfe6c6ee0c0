"""The files around the code agree with each other and with the promises of README."""

from __future__ import annotations

import glob
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

# A requirement of the lock file: its pin, then one or more hashes.
PIN = re.compile(
    r"^([a-z0-9._-]+)==\S+ \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", re.MULTILINE
)


def project(root: Path) -> dict[str, object]:
    """The project table of pyproject.toml."""
    table = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert isinstance(table, dict)
    return table


def requirement_name(requirement: str) -> str:
    """The name in a requirement such as `attrs>=24.2`."""
    return re.split(r"[<>=! ]", requirement)[0]


def test_lock_file_pins_every_dependency(root: Path) -> None:
    """Everyone installs the same, checked, versions: users of the clone and CI."""
    lock = (root / "requirements-dev.lock").read_text()
    pinned = set(PIN.findall(lock))
    table = tomllib.loads((root / "pyproject.toml").read_text())
    requirements = [
        *table["build-system"]["requires"],
        *table["project"]["dependencies"],
        *table["project"]["optional-dependencies"]["dev"],
    ]
    assert {requirement_name(each) for each in requirements} <= pinned
    assert len(pinned) == lock.count("==")


def test_lock_files_hold_no_address(root: Path) -> None:
    """A mirror or a proxy serves as well: no lock file says where a package comes from."""
    locks = [root / "requirements-dev.lock", root / "toolchain/openbao.txt"]
    locks += sorted(root.glob("toolchain/*/go.sum"))
    assert len(locks) > 2
    for lock in locks:
        assert "://" not in lock.read_text(), lock


def test_version_is_stated_once(root: Path) -> None:
    """`nixgen --version`, the manifest and the package agree."""
    stated = re.search(r'VERSION = "(.*)"', (root / "nixgen/version.py").read_text())
    assert stated is not None
    assert stated[1] == project(root)["version"]


def test_make_help_lists_every_target(root: Path) -> None:
    """`make help` is the whole list of what one can do."""
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not on PATH")
    makefile = (root / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    shown = subprocess.run(
        [make, "--no-print-directory", "help"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert sorted(line.split()[1] for line in shown.splitlines()) == sorted(phony[1].split())


def test_every_ignored_rule_has_its_reason(root: Path) -> None:
    """A contributor can tell why a lint rule is off, and turn it on when the reason is gone."""
    text = (root / "pyproject.toml").read_text()
    ignored = text[text.index("ignore = [") : text.index("[tool.ruff.lint.mccabe]")]
    silent = [
        line
        for line in ignored.splitlines()
        if re.match(r'\s+"[A-Z]+\d*",', line) and "#" not in line
    ]
    assert not silent


def test_the_package_has_every_file_it_reads(root: Path) -> None:
    """An installed nixgen has its templates, modules and pages, as a checkout has."""
    table = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = table["package-data"]["*"]
    folder = root / "nixgen"
    data = {
        path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    packed = {
        init.parent / name
        for init in folder.rglob("__init__.py")
        for each in patterns
        for name in glob.glob(each, root_dir=init.parent, recursive=True)  # noqa: PTH207 - as setuptools does
    }
    assert data
    assert data <= packed


def test_patterns_match_alike_in_every_python(root: Path) -> None:
    """Nix is read alike by Debian 12's Python 3.11.2, whose possessive groups are broken.

    Before 3.11.5 `(?:ab)*+` could end in the middle of a failed pass (CPython's issue 106052).
    """
    possessive_group = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+")
    assert possessive_group.search(r"(?:ab)*+")
    found = {
        path.name: match[0]
        for path in (root / "nixgen").rglob("*.py")
        for match in possessive_group.finditer(path.read_text())
    }
    assert found == {}
