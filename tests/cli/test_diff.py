from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from terminal import at_terminal


@pytest.fixture
def changed(built, project: Path):
    """A project in which a build would create, change and remove files."""
    web1 = project / "hosts/web1.py"
    web1.write_text(web1.read_text().replace("native:host", "other:host"))
    (project / "hosts/db1.py").unlink()
    options = project / "build/hosts/web1/options.nix"
    options.unlink()
    secrets = project / "build/terraform/vault/secrets.tf"
    secrets.write_text(secrets.read_text().removesuffix("\n"))
    return built


def test_nothing_to_show(built, project: Path) -> None:
    """Where nothing differs, a pipe gets nothing, and a person is told so."""
    run = built("diff", "--exit-code")
    assert (run.status, run.out, run.err) == (0, "", "")
    assert at_terminal("diff", folder=project) == (0, "a build would change no file\n")


def test_what_a_build_would_change(built, project: Path) -> None:
    """Old lines are those on disk, new ones those that a build writes."""
    web1 = project / "hosts/web1.py"
    web1.write_text(web1.read_text().replace("native:host", "other:host"))
    lines = built("diff").out.splitlines()
    assert lines[:2] == [
        "--- a/hosts/web1/actions-runner.nix",
        "+++ b/hosts/web1/actions-runner.nix",
    ]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        '-    labels = [ "native:host" ];',
        '+    labels = [ "other:host" ];',
    ]


def test_exit_status_is_for_those_who_ask(changed) -> None:
    """As with `git diff`: 0, or 1 with --exit-code."""
    assert changed("diff").status == 0
    assert changed("diff", "--exit-code").status == 1


def test_git_applies_it(changed, project: Path) -> None:
    """The diff is a patch: applied to the output folder, it does what a build would do."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not on PATH")
    patch = changed("diff").out
    assert "\\ No newline at end of file" in patch
    subprocess.run([git, "apply", "-"], cwd=project / "build", input=patch, text=True, check=True)
    assert changed("check", "--json").data["current"] == 5
    assert changed("check").status == 0


def test_json(changed) -> None:
    """A program gets the diff of each file, with its state."""
    files = changed("diff", "--json").data["files"]
    assert {file["path"]: file["state"] for file in files} == {
        "hosts/db1/secrets.nix": "orphaned",
        "hosts/web1/actions-runner.nix": "changed",
        "hosts/web1/options.nix": "missing",
        "terraform/vault/hosts-generated.tf": "changed",
        "terraform/vault/secrets.tf": "edited",
    }
    assert "".join(file["diff"] for file in files) == changed("diff").out


def test_people_see_colour(changed, project: Path) -> None:
    """Added and removed lines can be told apart at a glance."""
    _, seen = at_terminal("diff", folder=project)
    assert '\x1b[31m-    labels = [ "native:host" ];' in seen
    assert '\x1b[32m+    labels = [ "other:host" ];' in seen


def test_values_in_peoples_files_are_not_shown(nixgen, project: Path) -> None:
    """A value that somebody wrote into a Terraform file is in no diff of it."""
    file = project / "build/terraform/vault/secrets.tf"
    file.parent.mkdir(parents=True)
    file.write_text(
        'locals {\n  secrets = {\n    "hosts/db1/postgres" = { password = "hunter2" }\n'
        '    "hosts/mail/x" = {\n      data = { x = "hunter3" }\n    }\n  }\n}\n'
    )
    for host in ("db1.py", "web1.py"):
        text = (project / "hosts" / host).read_text()
        text = text.replace("Host(", 'Host(vault=Vault(managed=["secrets.tf"]), ')
        (project / "hosts" / host).write_text(f"from nixgen import Vault\n{text}")
    run = nixgen("diff")
    assert "-(this line is not shown: it may hold a secret)" in run.out
    assert "auto_generate" in run.out
    assert "hunter" not in run.out + nixgen("diff", "--json").out
