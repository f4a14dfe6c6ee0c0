from __future__ import annotations

import re
from pathlib import Path

from terminal import at_terminal

ALL = [
    "hosts/db1/secrets.nix",
    "hosts/web1/actions-runner.nix",
    "hosts/web1/options.nix",
    "terraform/vault/hosts-generated.tf",
    "terraform/vault/secrets.tf",
    "terraform/vault/variables.tf",
]


def change(file: Path, old: str, new: str) -> None:
    """Replaces a text in a file that has it."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_pipe_gets_a_line_for_each_change(nixgen, project: Path) -> None:
    """Scripts and logs see what was done and nothing else: nothing, where nothing was."""
    run = nixgen("build")
    assert run.out == "".join(f"created  {path}\n" for path in ALL)
    assert run.err == ""
    assert nixgen("build").out == ""
    change(project / "hosts/web1.py", "native:host", "other:host")
    (project / "hosts/db1.py").unlink()
    assert nixgen("build").out.splitlines() == [
        "changed  hosts/web1/actions-runner.nix",
        "changed  terraform/vault/hosts-generated.tf",
        "changed  terraform/vault/secrets.tf",
        "removed  hosts/db1/secrets.nix",
    ]


def test_json(nixgen) -> None:
    """A program gets the paths by what was done to them, and the time in seconds."""
    data = nixgen("build", "--json").data
    assert data.pop("seconds") > 0
    assert data.pop("notices") == []
    assert data == {"created": ALL, "changed": [], "removed": [], "adopted": [], "unchanged": []}
    assert nixgen("build", "--json").data["unchanged"] == ALL


def test_people_see_a_summary(project: Path) -> None:
    """A person sees counts, what was left alone too, and the time."""
    _, first = at_terminal("build", folder=project, NO_COLOR="1")
    assert re.fullmatch(r"6 created in \d+\.\d\d s", first.splitlines()[-1])
    change(project / "hosts/web1.py", "native:host", "other:host")
    _, second = at_terminal("build", folder=project, NO_COLOR="1")
    assert re.fullmatch(r"1 changed, 5 unchanged in \d+\.\d\d s", second.splitlines()[-1])


def test_people_see_the_first_of_many_files(project: Path) -> None:
    """A first build of many hosts does not flood the terminal."""
    for number in range(60):
        text = (project / "hosts/db1.py").read_text().replace("db1", f"more{number:02}")
        (project / f"hosts/more{number:02}.py").write_text(text)
    _, seen = at_terminal("build", folder=project, NO_COLOR="1")
    *lines, rest, summary = seen.splitlines()
    assert len(lines) == 50
    assert rest == "... and 16 more"
    assert summary.startswith("66 created in ")


def test_the_bar_is_for_those_who_wait(project: Path) -> None:
    """A build that takes long shows how far it is; a short one shows nothing of the kind."""
    impatient = "import nixgen.cli.progress; nixgen.cli.progress.PATIENCE = 0"
    _, seen = at_terminal("build", folder=project, code=impatient)
    assert "reading" in seen
    assert "0/2" in seen
    assert "\x1b[2K" in seen, "the bar takes itself away"
    _, short = at_terminal("build", folder=project)
    assert "reading" not in short
    _, json = at_terminal("build", "--json", folder=project, code=impatient)
    assert "reading" not in json


def test_one_host_leaves_the_others(built, project: Path) -> None:
    """`build HOST` runs that host's file and keeps the others' files and entries."""
    change(project / "hosts/web1.py", "runner-token", "web1-token")
    (project / "hosts/db1.py").write_text("raise RuntimeError\n")
    run = built("build", "web1")
    assert run.status == 0
    assert "hosts/web1/runner-token -> hosts/web1/web1-token" in run.err
    assert "changed  hosts/web1/actions-runner.nix" in run.out
    secrets = (project / "build/terraform/vault/secrets.tf").read_text()
    assert "hosts/db1/postgres" in secrets
    assert "hosts/web1/web1-token" in secrets
    assert "hosts/web1/runner-token" not in secrets


def test_force_overwrites_what_was_edited(built, project: Path) -> None:
    """An edit by hand is only dropped by whoever says so."""
    file = project / "build/hosts/web1/options.nix"
    text = file.read_text()
    file.write_text("{ }\n")
    assert built("build").status == 2
    assert file.read_text() == "{ }\n"
    assert built("build", "--force").status == 0
    assert file.read_text() == text


def test_files_that_are_right_already_are_adopted(built, project: Path) -> None:
    """An output folder that lost its manifest is taken over, and said to be."""
    (project / "build/.nixgen/manifest.json").unlink()
    assert built("build").out.splitlines() == [f"adopted  {path}" for path in ALL]
