"""Builds from Python: whole fleets, single hosts, and what `check` tells apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nixgen import Fleet, Host, VaultSecret, build, check, render
from nixgen.errors import ConfigurationError, ConflictError
from nixgen.project.origins import read_origins


def host(name: str, *keys: str) -> Host:
    """A host with a secret for each key."""
    secrets = [VaultSecret(name=f"{name}-{key}", key="k") for key in keys]
    return Host(name=name, release="25.11", secrets=secrets)


def fleet(*hosts: Host) -> Fleet:
    """A fleet of hosts."""
    return Fleet(hosts=hosts)


def on_disk(output: Path) -> dict[str, str]:
    """The files below an output folder, without nixgen's own."""
    return {
        path.relative_to(output).as_posix(): path.read_text()
        for path in output.rglob("*")
        if path.is_file() and ".nixgen" not in path.parts
    }


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Where to build."""
    return tmp_path / "out"


def test_one_host_of_many(output: Path) -> None:
    """Building one host changes its files and entries, and leaves the others' as they are."""
    a, b, c = host("a", "x"), host("b", "x"), host("c", "x")
    build(fleet(a, b, c), output)
    changed = host("b", "y", "z")
    result = build(fleet(changed), output, only=["b"])
    assert on_disk(output) == render(fleet(a, changed, c))
    assert "hosts/b/secrets.nix" in result.changed
    assert result.removed == ()
    assert not check(fleet(a, changed, c), output).differences


def test_a_formatter_that_does_not_exist(output: Path) -> None:
    """A script is told of a name that means nothing, and nothing is written."""
    with pytest.raises(ConfigurationError, match="'nixfmt-rfc'; allowed are auto, nixfmt, builtin"):
        build(fleet(host("a", "x")), output, formatter="nixfmt-rfc")
    assert not output.exists()


def test_one_host_knows_where_the_others_lines_came_from(output: Path) -> None:
    """`explain` still leads a kept line to its own host's file."""
    a, b = host("a", "x"), host("b", "x")
    build(fleet(a, b), output)
    before = read_origins(output, "terraform/vault/secrets.tf")
    build(fleet(b), output, only=["b"])
    assert read_origins(output, "terraform/vault/secrets.tf") == before
    assert before


def test_one_host_that_lost_its_secrets(output: Path) -> None:
    """Its files and entries go, the others stay."""
    a, b = host("a", "x"), host("b", "x")
    build(fleet(a, b), output)
    result = build(fleet(host("b")), output, only=["b"])
    assert result.removed == ("hosts/b/secrets.nix",)
    assert on_disk(output) == render(fleet(a))


def test_one_host_into_an_empty_folder(output: Path) -> None:
    """There are no others to keep."""
    build(fleet(host("a", "x")), output, only=["a"])
    assert on_disk(output) == render(fleet(host("a", "x")))


def test_one_host_beside_a_shared_file_edited_by_hand(output: Path) -> None:
    """Whose lines are whose can no longer be told: the error says to build all."""
    a, b = host("a", "x"), host("b", "x")
    build(fleet(a, b), output)
    (output / "terraform/vault/secrets.tf").write_text("locals {}\n")
    with pytest.raises(ConflictError) as caught:
        build(fleet(b), output, only=["b"])
    assert "not as nixgen wrote it" in caught.value.diagnostics[0].summary
    assert "nixgen build" in (caught.value.diagnostics[0].help or "")


def test_something_else_in_the_place_of_a_shared_file(output: Path) -> None:
    """A folder, a link or a pipe there is told as at any other path; nothing is read of it."""
    a, b = host("a", "x"), host("b", "x")
    build(fleet(a, b), output)
    place = output / "terraform/vault/secrets.tf"
    for kind, put in {
        "folder": Path.mkdir,
        "symbolic link": lambda path: path.symlink_to("elsewhere.tf"),
        "special file": os.mkfifo,
    }.items():
        place.unlink()
        put(place)
        with pytest.raises(ConflictError, match=f"a {kind} is in the place of a file"):
            build(fleet(a, host("b", "x", "y")), output)
        with pytest.raises(ConflictError, match="not as nixgen wrote it"):
            build(fleet(b), output, only=["b"])
        if kind == "folder":
            place.rmdir()
            place.touch()


def test_pipes_in_the_place_of_state(output: Path) -> None:
    """A build neither waits for a pipe among nixgen's own files nor believes one."""
    files = render(fleet(host("a", "x")))
    build(fleet(host("a", "x")), output)
    for state in sorted((output / ".nixgen").glob("*.json*")):
        state.unlink()
        os.mkfifo(state)
    result = build(fleet(host("a", "x")), output)
    assert sorted(result.adopted) == sorted(files)
    assert (output / ".nixgen/manifest.json").is_file()


def test_check_tells_differences_apart(output: Path) -> None:
    """Missing, changed, edited by hand, orphaned and foreign are different news."""
    hosts = [host(name, "x") for name in ("changed", "edited", "gone", "missing")]
    build(fleet(*hosts), output)
    (output / "hosts/missing/secrets.nix").unlink()
    (output / "hosts/edited/secrets.nix").write_text("{ }\n")
    (output / "hosts/foreign").mkdir()
    (output / "hosts/foreign/secrets.nix").write_text("{ }\n")
    now = fleet(
        host("changed", "y"), host("edited", "x"), host("missing", "x"), host("foreign", "x")
    )
    states = {change.path: str(change.state) for change in check(now, output).differences}
    own = {path: state for path, state in states.items() if path.startswith("hosts/")}
    assert own == {
        "hosts/changed/secrets.nix": "changed",
        "hosts/edited/secrets.nix": "edited",
        "hosts/foreign/secrets.nix": "foreign",
        "hosts/gone/secrets.nix": "orphaned",
        "hosts/missing/secrets.nix": "missing",
    }


def test_progress_is_told_file_by_file(output: Path) -> None:
    """A script can show how far a build is."""
    seen: list[str] = []
    tree = render(fleet(host("a", "x"), host("b", "x")))
    build(fleet(host("a", "x"), host("b", "x")), output, progress=seen.append)
    assert sorted(seen) == sorted(tree)
