"""`nixgen get`, `set` and `rm` change files that people wrote, for people and scripts."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

TEXT = """\
{ config, ... }:
{
  # the name
  networking.hostName = "web1";

  services.openssh = {
    enable = true;
    ports = [ 22 ];
  };
}
"""


@pytest.fixture
def file(project: Path) -> Path:
    """A file in the working directory."""
    path = project / "a.nix"
    path.write_text(TEXT)
    return path


def test_get(nixgen, file: Path) -> None:
    """The value as the file has it; nothing and status 1 where it has none."""
    run = nixgen("get", "a.nix", "services.openssh.ports")
    assert (run.status, run.out, run.err) == (0, "[ 22 ]\n", "")
    run = nixgen("get", "a.nix", "services.nginx")
    assert (run.status, run.out, run.err) == (1, "", "")


def test_get_as_json(nixgen, file: Path) -> None:
    """A program gets the Nix, and the data where there is nothing to evaluate."""
    run = nixgen("get", "a.nix", "services.openssh", "--json")
    assert run.data["value"] == {"enable": True, "ports": [22]}
    run = nixgen("get", "a.nix", "services.nginx", "--json")
    assert (run.status, run.data["nix"]) == (1, None)


def test_set(nixgen, file: Path) -> None:
    """One line changes; nothing is printed where nobody looks on."""
    run = nixgen("set", "a.nix", "services.openssh.enable", "false")
    assert (run.status, run.out, run.err) == (0, "", "")
    assert file.read_text() == TEXT.replace("true", "false")
    assert nixgen("set", "a.nix", "services.openssh.enable", "false", "--json").data == {
        "file": "a.nix",
        "path": "services.openssh.enable",
        "changed": False,
    }


def test_set_a_string_and_an_item(nixgen, file: Path) -> None:
    """A shell needs no quotes inside quotes; a list can get one item more."""
    nixgen("set", "a.nix", "networking.hostName", "--string", "web${2}")
    nixgen("set", "a.nix", "services.openssh.ports", "--append", "2222")
    assert nixgen("get", "a.nix", "networking.hostName").out == '"web\\${2}"\n'
    assert nixgen("get", "a.nix", "services.openssh.ports").out == "[\n  22\n  2222\n]\n"


def test_rm(nixgen, file: Path) -> None:
    """The attribute goes with its comment; doing it again does nothing."""
    assert nixgen("rm", "a.nix", "networking").status == 0
    after = file.read_text()
    assert after == TEXT.replace('  # the name\n  networking.hostName = "web1";\n\n', "")
    assert nixgen("rm", "a.nix", "networking", "--json").data["changed"] is False
    nixgen("rm", "a.nix", "services.openssh.ports", "--item", "22")
    assert nixgen("get", "a.nix", "services.openssh.ports").out == "[ ]\n"


def test_mode_and_links_stay(nixgen, file: Path, project: Path) -> None:
    """A file is replaced at once, with its mode, and a link to it stays a link."""
    file.chmod(0o640)
    link = project / "link.nix"
    link.symlink_to(file)
    nixgen("set", "link.nix", "a", "1")
    assert link.is_symlink()
    assert "a = 1;" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in project.iterdir() if "tmp" in path.name) == []


def test_standard_input(nixgen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script can use it as a filter."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{ }\n")))
    assert nixgen("set", "-", "a.b", "1").out == "{\n  a.b = 1;\n}\n"


def test_what_is_not_safe_is_an_error(nixgen, file: Path) -> None:
    """The place is shown, the status is 2, and the file stays as it was."""
    text = TEXT.replace("{\n    enable", "make {\n    enable")
    file.write_text(text)
    run = nixgen("set", "a.nix", "services.openssh.enable", "false")
    assert run.status == 2
    assert "a.nix:6:22" in run.err
    assert "`services.openssh` is the result of a function" in run.err
    assert file.read_text() == text
    assert nixgen("rm", "a.nix", "services.openssh.enable", "--json").data["diagnostics"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), (b"{ a = ", "a.nix:1"), (b"\xff", "not UTF-8")],
)
def test_a_file_that_cannot_be_read(
    nixgen, file: Path, content: bytes | None, message: str
) -> None:
    """One clear error, whatever is wrong with the file."""
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    run = nixgen("set", "a.nix", "a", "1")
    assert run.status == 2
    assert message in run.err


def test_what_a_killed_run_left_is_no_hindrance(nixgen, file: Path) -> None:
    """The next run does its work and leaves nothing behind."""
    (file.parent / ".a.nix.nixgen-tmp").write_text("")
    assert nixgen("set", "a.nix", "a", "1").status == 0
    assert not (file.parent / ".a.nix.nixgen-tmp").exists()
