from __future__ import annotations

from pathlib import Path

import pytest
from terminal import at_terminal


@pytest.fixture
def different(built, project: Path):
    """A project in which files differ in each way there is."""
    web1 = project / "hosts/web1.py"
    web1.write_text(web1.read_text().replace("native:host", "other:host"))
    (project / "build/hosts/web1/options.nix").write_text("{ }\n")
    (project / "hosts/db1.py").unlink()
    (project / "build/terraform/vault/variables.tf").unlink()
    (project / "hosts/new1.py").write_text(
        'from nixgen import Host\n\nhost = Host(name="new1", release="25.11", options={"a.b": 1})\n'
    )
    (project / "build/hosts/new1").mkdir()
    (project / "build/hosts/new1/options.nix").write_text("mine\n")
    return built


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """All files below a folder, with their bytes and times."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_same(built) -> None:
    """Where nothing differs, the answer is silence and exit status 0."""
    run = built("check")
    assert (run.status, run.out, run.err) == (0, "", "")


def test_differences_are_told_apart(different) -> None:
    """Exit status 1, and for each file in which way it differs: each asks for another answer."""
    run = different("check")
    assert run.status == 1
    assert run.out.splitlines() == [
        "orphaned        hosts/db1/secrets.nix",
        "foreign         hosts/new1/options.nix",
        "changed         hosts/web1/actions-runner.nix",
        "edited by hand  hosts/web1/options.nix",
        "changed         terraform/vault/hosts-generated.tf",
        "changed         terraform/vault/secrets.tf",
        "missing         terraform/vault/variables.tf",
    ]


def test_json(different) -> None:
    """A program gets the paths by their state."""
    run = different("check", "--json")
    assert run.status == 1
    assert run.data == {
        "missing": ["terraform/vault/variables.tf"],
        "changed": [
            "hosts/web1/actions-runner.nix",
            "terraform/vault/hosts-generated.tf",
            "terraform/vault/secrets.tf",
        ],
        "edited": ["hosts/web1/options.nix"],
        "orphaned": ["hosts/db1/secrets.nix"],
        "foreign": ["hosts/new1/options.nix"],
        "current": 0,
    }


def test_nothing_is_written(different, project: Path) -> None:
    """`check` can run anywhere, in a read-only checkout too."""
    before = contents(project)
    different("check")
    assert contents(project) == before


def test_without_an_output_folder_nothing_is_made(nixgen, project: Path) -> None:
    """Before the first build all files are missing, and stay so."""
    run = nixgen("check")
    assert run.status == 1
    assert {line.split()[0] for line in run.out.splitlines()} == {"missing"}
    assert not (project / "build").exists()


def test_some_hosts(built, project: Path) -> None:
    """`check HOST` tells of that host's files and entries alone."""
    (project / "build/hosts/web1/options.nix").write_text("{ }\n")
    (project / "hosts/db1.py").unlink()
    run = built("check", "web1")
    assert (run.status, run.out) == (1, "edited by hand  hosts/web1/options.nix\n")


def test_people_see_what_to_do(different, project: Path) -> None:
    """A person gets counts and the next command."""
    status, seen = at_terminal("check", folder=project, NO_COLOR="1")
    assert status == 1
    assert seen.splitlines()[-1] == (
        "1 orphaned, 1 foreign, 3 changed, 1 edited by hand, 1 missing; "
        "`nixgen diff` shows how, only `nixgen build --force` overwrites them"
    )


def test_people_see_that_a_build_will_do(built, project: Path) -> None:
    """Where nothing of a person's is in the way, no force is spoken of."""
    (project / "build/hosts/web1/options.nix").unlink()
    status, seen = at_terminal("check", folder=project, NO_COLOR="1")
    assert status == 1
    assert seen.splitlines()[-1] == (
        "1 missing; `nixgen diff` shows how, `nixgen build` writes them"
    )


def test_people_see_that_all_is_well(built, project: Path) -> None:
    """Silence is for pipes; a person is told."""
    assert at_terminal("check", folder=project) == (0, "6 files as described\n")


def test_mistakes_are_no_difference(different, project: Path) -> None:
    """CI tells a wrong model (2) from files that are not up to date (1)."""
    (project / "hosts/web1.py").write_text("1 +\n")
    assert different("check").status == 2
