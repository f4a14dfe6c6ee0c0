"""Everything that nixgen writes is what the languages' own formatters would write."""

from __future__ import annotations

import resource
from pathlib import Path

import programs
import pytest

from nixgen import build, check, load_fleet, render
from nixgen.errors import ExternalError
from nixgen.external.nixfmt import format_files

HOSTS = Path(__file__).parent / "hosts"


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    """Files that use much of what a model can hold."""
    return render(load_fleet(HOSTS))


def test_nix_is_a_fixed_point_of_nixfmt(tree: dict[str, str], nixfmt: Path) -> None:
    """With nixfmt installed or not, the files have the same bytes."""
    modules = {path: text for path, text in tree.items() if path.endswith(".nix")}
    assert sorted(modules) == [
        "hosts/runner/actions-runner.nix",
        "hosts/web0/options.nix",
        "hosts/web1/options.nix",
        "hosts/web1/secrets.nix",
    ]
    assert format_files(modules, program=str(nixfmt)) == modules


def test_hcl_is_a_fixed_point_of_tofu_fmt(tofu: Path, tmp_path: Path) -> None:
    """`tofu fmt -check` in the user's own CI stays green."""
    output = tmp_path / "build"
    build(load_fleet(HOSTS), output)
    programs.run_tofu("fmt", "-check", "-diff", "-recursive", folder=output)


def test_terraform_validates(root: Path, tofu: Path, tmp_path: Path) -> None:
    """OpenTofu accepts the folder, which needs no provider."""
    output = tmp_path / "build"
    build(load_fleet(root / "hosts"), output)
    folder = output / "terraform" / "vault"
    programs.run_tofu("init", "-backend=false", folder=folder)
    assert "valid" in programs.run_tofu("validate", folder=folder)


def test_nix_parses(tree: dict[str, str], nix_instantiate: Path) -> None:
    """Nix itself reads every file."""
    for path, text in tree.items():
        if path.endswith(".nix"):
            assert programs.parses_as_nix(text).startswith("({"), path


def test_a_refusal_names_our_file(nixfmt: Path) -> None:
    """Where nixfmt refuses a text, the message has the file's own path, not that of a copy."""
    with pytest.raises(ExternalError) as caught:
        format_files({"hosts/web1/options.nix": "{ a = ; }"}, program=str(nixfmt))
    (fault,) = caught.value.diagnostics
    assert "hosts/web1/options.nix" in fault.detail
    assert "/tmp" not in fault.detail


def test_a_formatter_that_hangs_is_ended(tmp_path: Path) -> None:
    """A build never waits for ever for a program."""
    slow = tmp_path / "nixfmt"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    with pytest.raises(ExternalError, match="took longer than"):
        format_files({"a.nix": "{ }\n"}, program=str(slow), time_limit=0.2)


@pytest.mark.parametrize("script", ['rm -- "$2"', 'printf "\\377" > "$2"'])
def test_a_formatter_that_leaves_no_text(tmp_path: Path, script: str) -> None:
    """What a broken program in nixfmt's place does to the files is one clear error."""
    broken = tmp_path / "nixfmt"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    with pytest.raises(ExternalError, match="cannot hand files to nixfmt, or read them again"):
        format_files({"a.nix": "{ }\n"}, program=str(broken))


def test_no_room_for_the_formatters_files(nixfmt: Path) -> None:
    """A full folder for temporary files is told, with the ways out."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, unlimited[1]))
    try:
        with pytest.raises(ExternalError, match="File too large") as caught:
            format_files({"a.nix": "{ networking.domain = 1; }\n"}, program=str(nixfmt))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert "TMPDIR" in (caught.value.diagnostics[0].help or "")


def test_a_newer_nixfmt_is_followed(root: Path, tmp_path: Path, monkeypatch) -> None:
    """With formatter "auto" the layout of the nixfmt on PATH is written, and `check` agrees."""
    other = tmp_path / "bin" / "nixfmt"
    other.parent.mkdir()
    other.write_text('#!/bin/sh\nshift\nfor file; do echo "# new style" >> "$file"; done\n')
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{other.parent}:/usr/bin:/bin")
    fleet = load_fleet(root / "hosts")
    build(fleet, tmp_path / "build")
    text = (tmp_path / "build/hosts/nix-cache02/actions-runner.nix").read_text()
    assert text.endswith("}\n# new style\n")
    assert not check(fleet, tmp_path / "build").differences
    assert check(fleet, tmp_path / "build", formatter="builtin").differences
