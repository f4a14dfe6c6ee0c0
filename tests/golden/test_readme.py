"""Every example in the README and in docs/ is what really happens."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import gitea as forge
import openbao as bao
import programs
import pytest

# How wide lines are, and the day on which accepted risks are looked at.
SETTING = {"COLUMNS": "100", "SOURCE_DATE_EPOCH": "1795478400"}
BLOCK = re.compile(r"<!-- ([a-z]+)(?:: (\S+))? -->\n```[a-z]*\n(.*?)```\n", re.DOTALL)


DOCS = sorted(f"docs/{page.name}" for page in (programs.ROOT / "docs").glob("*.md"))


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    """The text of the README."""
    return (root / "README.md").read_text()


@pytest.fixture(scope="module")
def project(readme: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the README's host in it."""
    folder = tmp_path_factory.mktemp("readme")
    for kind, name, text in BLOCK.findall(readme):
        if kind == "file" and name.startswith("hosts/"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
    (folder / "nixgen.toml").write_text('formatter = "builtin"\n')
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python command in a folder."""
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | SETTING
    )


def replaced(readme: str, kind: str, name: str, text: str) -> str:
    """The README with another text in one of its blocks."""
    marker = f"<!-- {kind}: {name} -->" if name else f"<!-- {kind} -->"
    start = readme.index("\n", readme.index("```", readme.index(marker))) + 1
    return readme[:start] + text + readme[readme.index("```\n", start) :]


@pytest.fixture(scope="module")
def mistake(project: Path) -> str:
    """What a build says of the README's host with two slips in it."""
    wrong = (project / "hosts/web1.py").read_text()
    wrong = wrong.replace("native-nix:host", "native-nix:hots").replace("capacity=4", "capcity=4")
    broken = project / "broken" / "hosts"
    broken.mkdir(parents=True)
    (broken / "web1.py").write_text(wrong)
    error = run(broken.parent, "-m", "nixgen", "--hosts", "hosts", "build")
    assert error.returncode == 2
    return error.stderr


@pytest.mark.parametrize("page", ["README.md", *DOCS])
def test_a_page_shows_what_happens(
    page: str, project: Path, mistake: str, tmp_path: Path, file_regression
) -> None:
    """The files, the error and the outputs of scripts on a page are real."""
    made = run(project, "-m", "nixgen", "build")
    assert made.returncode == 0, made.stderr
    script = tmp_path / "script"
    script.mkdir()
    (script / "hosts").symlink_to(project / "hosts")
    new = (programs.ROOT / page).read_text()
    for kind, name, text in BLOCK.findall(new):
        if kind == "file" and name.startswith("build/"):
            new = replaced(new, kind, name, (project / name).read_text())
        elif kind == "error":
            new = replaced(new, kind, name, mistake)
        elif kind == "script":
            (script / "example.py").write_text(text)
        elif kind == "output":
            done = run(script, "example.py")
            assert done.returncode == 0, done.stderr
            new = replaced(new, kind, name, done.stdout)
        elif kind in {"audit", "access", "graph"}:
            done = run(programs.ROOT, "-m", "nixgen", kind, *name.split("/"))
            assert done.stderr == ""
            new = replaced(new, kind, name, done.stdout)
    file_regression.check(new, fullpath=programs.ROOT / page, encoding="utf-8")


def test_each_page_can_be_found(readme: str) -> None:
    """A reader of the README is led to every page."""
    assert sorted(set(re.findall(r"\]\((docs/[^)]*)\)", readme))) == DOCS


@pytest.mark.parametrize("page", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *DOCS])
def test_links_lead_somewhere(page: str, root: Path) -> None:
    """A link to a file or a page works where the page is read."""
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", (root / page).read_text())
    files = [target for target in targets if "://" not in target]
    assert not [target for target in files if not ((root / page).parent / target).exists()]


def test_every_verb_is_listed(readme: str, root: Path) -> None:
    """The table has each verb of the command, and no other."""
    table = readme.partition("| verb | |\n")[2].partition("\n\n")[0]
    listed = re.findall(r"^\| `([a-z]+)", table, re.MULTILINE)
    shown = run(root, "-m", "nixgen", "--help").stdout
    commands = re.findall(r"^  ([a-z]+) ", shown[shown.index("Commands:") :], re.MULTILINE)
    assert sorted(listed) == sorted(commands)


MARK = "-- next --"


def at_console(block: str, folder: Path, environment: dict[str, str]) -> str:
    """A block of commands with what each of them prints, in one shell that begins in a folder."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    marked = [f"echo '{MARK}'\n{command}" for command in commands]
    nixgen = f'nixgen() {{ {shlex.quote(sys.executable)} -m nixgen "$@"; }}'
    script = "\n".join(["exec 2>&1", nixgen, *marked, "true"])
    printed = programs.run(["bash"], text=script, cwd=folder, environment=environment)
    shown = printed.split(f"{MARK}\n")[1:]
    return "".join(f"$ {each}\n{out}" for each, out in zip(commands, shown, strict=True))


def test_the_way_through_vault_is_as_shown(
    root: Path, tmp_path: Path, vault: bao.Client, tofu_with_provider: Path, file_regression
) -> None:
    """A user who copies README's section, and then the page that goes on, gets what they show."""
    path = os.pathsep.join([str(programs.TOOLS), os.environ.get("PATH", "")])
    environment = programs.tofu_environment() | vault.environment()
    environment |= {"PATH": path, "TF_CLI_ARGS": "-no-color", "HOME": str(tmp_path)}
    (tmp_path / "nixgen.toml").write_text('formatter = "builtin"\n')
    pages = {root / page: (root / page).read_text() for page in ("README.md", "docs/vault.md")}
    assert "$ tofu apply" in pages[root / "README.md"]
    for page, text in pages.items():
        new = text
        for kind, name, block in BLOCK.findall(text):
            if kind == "vault":
                (tmp_path / name).parent.mkdir(exist_ok=True)
                (tmp_path / name).write_text(block)
            elif kind == "console":
                new = replaced(new, kind, name, at_console(block, tmp_path, environment))
        file_regression.check(new, fullpath=page, encoding="utf-8")


def test_the_first_steps_are_as_shown(root: Path, tmp_path: Path, file_regression) -> None:
    """A new user who begins a repository sees what README shows."""
    page = root / "README.md"
    new = page.read_text()
    environment = os.environ | SETTING | {"PATH": os.defpath}
    for kind, name, block in BLOCK.findall(new):
        if kind == "start":
            new = replaced(new, kind, name, at_console(block, tmp_path, environment))
    assert "$ nixgen init" in new
    file_regression.check(new, fullpath=page, encoding="utf-8")


def test_adopting_is_as_shown(root: Path, tmp_path: Path, file_regression) -> None:
    """A user who adopts the file gets the Python and the diff that are shown."""
    page = root / "docs/existing-files.md"
    (tmp_path / "nixgen.toml").write_text('formatter = "builtin"\noutput = "nix"\n')
    new = page.read_text()
    for kind, name, text in BLOCK.findall(new):
        if kind == "found":
            (tmp_path / name).parent.mkdir(parents=True)
            (tmp_path / name).write_text(text)
        elif kind == "adopt":
            new = replaced(new, kind, name, at_console(text, tmp_path, dict(os.environ)))
    assert new.count("$ nixgen adopt") == 1
    file_regression.check(new, fullpath=page, encoding="utf-8")


def test_the_forge_is_asked_as_shown(
    root: Path, tmp_path: Path, gitea: forge.Server, file_regression
) -> None:
    """A user who follows the page sees what it shows, of a real forge at another address."""
    page = root / "docs/forge.md"
    new = page.read_text()
    user = gitea.account("alice")
    user.granted("POST", "user/repos", {"name": "tools"})
    user.granted("POST", "user/repos", {"name": "website"})
    user.granted("PATCH", "repos/alice/website", {"has_actions": False})
    environment = os.environ | SETTING | {"FORGEJO_TOKEN": user.token}
    (tmp_path / "nixgen.toml").write_text('formatter = "builtin"\n')
    for kind, name, block in BLOCK.findall(new):
        if kind == "forge":
            (tmp_path / name).parent.mkdir()
            (tmp_path / name).write_text(block.replace("https://forge.example", gitea.address))
            assert run(tmp_path, "-m", "nixgen", "build").returncode == 0
        elif kind == "console":
            if name == "after":
                tfvars = (tmp_path / "build/terraform/vault/terraform.tfvars").read_text()
                token = re.findall("TOKEN=([A-Za-z0-9]+)", tfvars)[0]
                gitea.register(token, "ci-native", ["native"]).go_online()
                gitea.register(token, "laptop", ["native-nix"])
            shown = at_console(block, tmp_path, environment)
            shown = re.sub(r"\(id \d+,", "(id 2,", shown)  # other tests register runners, too
            new = replaced(new, kind, name, shown.replace(gitea.address, "https://forge.example"))
    file_regression.check(new, fullpath=page, encoding="utf-8")
