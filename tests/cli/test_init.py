from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import programs
import pytest
import yaml

from nixgen.cli import main

FILES = [
    ".gitignore",
    ".pre-commit-config.yaml",
    "Makefile",
    "README.md",
    "hosts/_profiles.py",
    "hosts/builder1.py",
    "nixgen.toml",
    "tests/test_hosts.py",
]


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Path:
    """A starting repository."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", "machines"]) == 0
    capsys.readouterr()
    return tmp_path / "machines"


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Runs a program as a new user would, without the settings of this test run."""
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_files(started: Path, tmp_path: Path, capsys) -> None:
    """What is there is all of it, and is said."""
    found = [path for path in started.rglob("*") if path.is_file()]
    assert sorted(path.relative_to(started).as_posix() for path in found) == FILES
    assert main(["init", "others", "--json"]) == 0
    import json

    assert json.loads(capsys.readouterr().out) == {
        "folder": "others",
        "created": FILES,
        "kept": [],
    }


def test_it_builds_and_tests_green(started: Path) -> None:
    """The first two commands of a new user work: `make build`, `make test`."""
    if shutil.which("make") is None:
        pytest.skip("make is not on PATH")
    make = ("make", "--no-print-directory", f"PYTHON={sys.executable}")
    assert "created  hosts/builder1/actions-runner.nix" in run(started, *make, "build").stdout
    assert "3 passed" in run(started, *make, "test").stdout
    assert run(started, *make, "check").stdout.splitlines()[1:] == []


def test_its_tests_notice(started: Path, monkeypatch) -> None:
    """The snapshot test fails where the generated files are not up to date."""
    monkeypatch.chdir(started)
    assert main(["build"]) == 0
    file = started / "hosts/builder1.py"
    file.write_text(file.read_text().replace("capacity=2", "capacity=3"))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=started, capture_output=True, text=True, check=False)
    assert "1 failed, 2 passed" in done.stdout


def test_its_tests_leave_secrets_alone(started: Path, monkeypatch) -> None:
    """Values, and what OpenTofu puts beside the files, neither fail its tests nor are shown."""
    monkeypatch.chdir(started)
    assert main(["build"]) == 0
    folder = started / "generated/terraform/vault"
    (folder / "terraform.tfvars").write_text('builder1_runner_token = "hunter2"\n')
    (folder / ".terraform").mkdir()
    (folder / ".terraform/provider").write_bytes(b"\x7fELF\xff")
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "3 passed" in run(started, *command).stdout


def test_pre_commit_hook(started: Path, monkeypatch) -> None:
    """The hook is local, needs no download, and runs a command that exists."""
    text = (started / ".pre-commit-config.yaml").read_text()
    (repository,) = yaml.safe_load(text)["repos"]
    assert repository["repo"] == "local"
    assert "://" not in text
    (hook,) = repository["hooks"]
    # Files can be anywhere below the output folder, such as workflows in .forgejo/.
    assert hook["always_run"]
    monkeypatch.chdir(started)
    program, *arguments = hook["entry"].split()
    assert program == "nixgen"
    assert main(arguments) == 1
    assert main(["build"]) == 0
    assert main(arguments) == 0


def test_readme_tells_the_truth(started: Path, monkeypatch, capsys) -> None:
    """The line that README explains exists, and leads through the shared part."""
    monkeypatch.chdir(started)
    main(["build"])
    text = (started / "README.md").read_text()
    command = text.partition("`nixgen explain ")[2].partition("`")[0]
    capsys.readouterr()
    assert main(["explain", command]) == 0
    assert "hosts/_profiles.py" in capsys.readouterr().out
    assert text.startswith("# machines\n")


def test_its_python_is_formatted(started: Path) -> None:
    """A user who has ruff finds nothing to change."""
    ruff = (sys.executable, "-m", "ruff")
    run(started, *ruff, "format", "--check", "--isolated", ".")
    run(started, *ruff, "check", "--isolated", "--extend-select", "E501", ".")


def test_no_template_is_a_hidden_file() -> None:
    """Packaging leaves hidden files out, and then a starting repository would lack them."""
    import nixgen.project.starter

    templates = Path(nixgen.project.starter.__file__).parent / "templates"
    names = [path.relative_to(templates).as_posix() for path in templates.rglob("*")]
    assert len(names) >= len(FILES)
    assert not [name for name in names if name.startswith(".") or "/." in name]


def test_nothing_is_overwritten(started: Path, monkeypatch, capsys) -> None:
    """A host or a setting of that name stays as it is, is named, and no other file is written."""
    (started / "hosts/builder1.py").write_text("mine\n")
    for path in FILES:
        if path != "hosts/builder1.py":
            (started / path).unlink()
    monkeypatch.chdir(started)
    assert main(["init"]) == 2
    assert "  hosts/builder1.py\n" in capsys.readouterr().err
    assert (started / "hosts/builder1.py").read_text() == "mine\n"
    assert not (started / "README.md").exists()


def test_a_repository_with_files_of_its_own(tmp_path: Path, monkeypatch, capsys) -> None:
    """A repository that people have for years can be a start: its own files stay as they are."""
    own = {
        *("LICENSE", "README.md", "Makefile", ".gitignore", ".pre-commit-config.yaml"),
        *("flake.nix", "hosts/web1/configuration.nix"),
    }
    for path in own:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("mine\n")
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert "kept     Makefile\n" in capsys.readouterr().out
    assert {path for path in own if (tmp_path / path).read_text() == "mine\n"} == own
    assert main(["build"]) == 0
    assert main(["init", "--json"]) == 2


def test_its_host_has_no_known_risk(started: Path, monkeypatch, capsys) -> None:
    """What a new user copies from is right: the audit finds nothing in it."""
    monkeypatch.chdir(started)
    assert main(["audit", "--fail-on", "note"]) == 0
    assert capsys.readouterr().out == "nothing found\n"


def test_its_terraform_is_whole(started: Path, tofu_with_provider: Path, monkeypatch) -> None:
    """`tofu init` and `tofu apply` need no block of the user's own, as README says."""
    monkeypatch.chdir(started)
    assert main(["build"]) == 0
    folder = started / "generated/terraform/vault"
    programs.run_tofu("init", folder=folder)
    assert "valid" in programs.run_tofu("validate", folder=folder)
