"""`nixgen fmt` formats files for people, editors, hooks and continuous integration."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UGLY = "{a=1;# why\n  b.c=[1 2];}\n"
NEAT = """\
{
  a = 1; # why
  b.c = [
    1
    2
  ];
}
"""
BROKEN = "{ a = \n"


@pytest.fixture
def folder(project: Path) -> Path:
    """A folder in the working directory with files of every kind."""
    for name, text in {
        "nix/neat.nix": NEAT,
        "nix/ugly.nix": UGLY,
        "nix/deep/er/ugly.nix": UGLY,
        "nix/broken.nix": BROKEN,
        "nix/ugly.txt": UGLY,
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    return project / "nix"


def give(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Puts a text on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def test_files_and_folders(nixgen, folder: Path) -> None:
    """One bad file does not stop the rest, and stays as it was; only Nix files are touched."""
    (folder / "ugly.nix").chmod(0o640)
    neat = (folder / "neat.nix").stat()
    before = (neat.st_ino, neat.st_mtime_ns)
    run = nixgen("fmt", "nix")
    assert (run.status, run.out) == (1, "")
    assert "nix/broken.nix:1:" in run.err
    assert (folder / "ugly.nix").read_text() == NEAT
    assert (folder / "deep/er/ugly.nix").read_text() == NEAT
    assert (folder / "broken.nix").read_text() == BROKEN
    assert (folder / "ugly.txt").read_text() == UGLY
    assert (folder / "ugly.nix").stat().st_mode & 0o777 == 0o640
    neat = (folder / "neat.nix").stat()
    assert (neat.st_ino, neat.st_mtime_ns) == before
    assert sorted(path.name for path in folder.iterdir()) == [
        *("broken.nix", "deep", "neat.nix", "ugly.nix", "ugly.txt")
    ]
    (folder / "broken.nix").unlink()
    assert nixgen("fmt", "nix").status == 0


def test_a_named_file_of_any_name_through_a_link(nixgen, folder: Path) -> None:
    """A file that is named is formatted whatever its ending; a link to it stays a link."""
    link = folder / "link"
    link.symlink_to("ugly.txt")
    assert nixgen("fmt", "nix/link").status == 0
    assert link.is_symlink()
    assert (folder / "ugly.txt").read_text() == NEAT


def test_check(nixgen, folder: Path) -> None:
    """What is not formatted is listed, nothing is written."""
    run = nixgen("fmt", "--check", "nix", "nix/ugly.nix", "missing.nix")
    assert run.status == 1
    assert run.out == "nix/deep/er/ugly.nix: not formatted\nnix/ugly.nix: not formatted\n"
    assert "missing.nix does not exist" in run.err
    assert (folder / "ugly.nix").read_text() == UGLY
    run = nixgen("fmt", "--check", "nix/neat.nix")
    assert (run.status, run.out, run.err) == (0, "", "")


def test_diff_can_be_applied(nixgen, folder: Path) -> None:
    """The patch that `--diff` prints makes the formatted file."""
    run = nixgen("fmt", "--diff", "nix/ugly.nix")
    assert run.status == 1
    assert (folder / "ugly.nix").read_text() == UGLY
    patch = ["git", "apply", "-p0", "-"]
    subprocess.run(patch, input=run.out, text=True, cwd=folder.parent, check=True)
    assert (folder / "ugly.nix").read_text() == NEAT


def test_options(nixgen, folder: Path) -> None:
    """Width and step are the user's to choose; strict does not look at the author's lines."""
    (folder / "ugly.nix").write_text("{ a = [\n  1 ]; b = f { c = 1; } { d = 2; };}\n")
    run = nixgen("fmt", "--indent", "4", "--width", "10", "nix/ugly.nix")
    assert run.status == 0
    narrow = (folder / "ugly.nix").read_text()
    assert "    a = [\n        1\n    ];\n" in narrow
    assert nixgen("fmt", "--strict", "nix/ugly.nix").status == 0
    assert "  a = [ 1 ];\n" in (folder / "ugly.nix").read_text()


def test_standard_input(nixgen, folder: Path, monkeypatch) -> None:
    """Editors pipe the buffer through, and show messages at the file's own name."""
    give(monkeypatch, UGLY.encode())
    run = nixgen("fmt", "-")
    assert (run.status, run.out, run.err) == (0, NEAT, "")
    give(monkeypatch, NEAT.encode())
    assert nixgen("fmt", "-").out == NEAT
    give(monkeypatch, BROKEN.encode())
    run = nixgen("fmt", "-", "--filename", "hosts/a.nix")
    assert (run.status, run.out) == (1, "")
    assert "hosts/a.nix:1:" in run.err
    give(monkeypatch, b"\xff{ }")
    assert "is not UTF-8" in nixgen("fmt", "-").err
    give(monkeypatch, UGLY.encode())
    assert nixgen("fmt", "--check", "-").status == 1
    assert nixgen("fmt", "-", "nix").status == 2


def test_json(nixgen, folder: Path) -> None:
    """A program learns what became of each file."""
    run = nixgen("fmt", "--json", "nix")
    assert run.status == 1
    states = {each["file"]: each["state"] for each in run.data["files"]}
    assert states == {
        "nix/broken.nix": "refused",
        "nix/deep/er/ugly.nix": "different",
        "nix/neat.nix": "unchanged",
        "nix/ugly.nix": "different",
    }
    assert run.data["files"][0]["diagnostics"][0]["location"]["line"] == 1


def test_ignored_files(nixgen, folder: Path) -> None:
    """In a repository, git's own rules say what is left out: nested ones and negation too."""
    (folder / ".gitignore").write_text("generated\n*.gen.nix\n!kept.gen.nix\n")
    (folder / "deep/.gitignore").write_text("er/\n")
    for name in ("generated/a.nix", "a.gen.nix", "kept.gen.nix"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(UGLY)
    subprocess.run(["git", "init", "-q", folder.parent], check=True)
    run = nixgen("fmt", "--check", ".")
    assert run.out == "nix/kept.gen.nix: not formatted\nnix/ugly.nix: not formatted\n"
    assert nixgen("fmt", "--check", "nix/a.gen.nix").out == "nix/a.gen.nix: not formatted\n"


def test_a_folder_of_repositories(nixgen, folder: Path) -> None:
    """Each has its own rules of what is ignored, and branches named like Nix files stay."""
    git = ["git", "-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
    for name in ("one", "deep/two"):
        repository = folder / name
        repository.mkdir(parents=True)
        subprocess.run(["git", "init", "-q", repository], check=True)
        (repository / ".gitignore").write_text("ignored.nix\n")
        for file in ("kept.nix", "ignored.nix"):
            (repository / file).write_text(UGLY)
        commit = ["commit", "-q", "--allow-empty", "-m", "Begin"]
        subprocess.run([*git, *commit], cwd=repository, check=True)
        # a hash that is a name in Nix, with a layout that is not nixfmt's
        (repository / ".git/refs/heads/topic.nix").write_text("  f1f1f1\n")
    subprocess.run(["git", "init", "-q", "--bare", folder / "bare.git"], check=True)
    for store in ("bare.git/refs/heads", ".hg/store", ".jj", ".svn", "one/.jj"):
        (folder / store).mkdir(parents=True, exist_ok=True)
        (folder / store / "topic.nix").write_text(UGLY)
    run = nixgen("fmt", "--check", "nix")
    assert run.out.splitlines() == [
        f"nix/{name}: not formatted"
        for name in ("deep/er/ugly.nix", "deep/two/kept.nix", "one/kept.nix", "ugly.nix")
    ]
    assert nixgen("fmt", "--check", "nix/one/.git", "nix/one/.git/refs").out == ""
    assert nixgen("fmt", "nix/one", "nix/deep").status == 0
    assert (folder / "one/.git/refs/heads/topic.nix").read_text() == "  f1f1f1\n"


def test_a_file_that_cannot_be_written(nixgen, folder: Path, monkeypatch) -> None:
    """A full disk leaves the file as it was and no other beside it."""
    (folder / "broken.nix").unlink()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        run = nixgen("fmt", "nix/ugly.nix")
    assert run.status == 1
    assert "No space left on device" in run.err
    assert (folder / "ugly.nix").read_text() == UGLY
    assert sorted(path.name for path in folder.iterdir()) == [
        *("deep", "neat.nix", "ugly.nix", "ugly.txt")
    ]


def test_many_files(nixgen, folder: Path) -> None:
    """A folder of a thousand files is done by all processors, with the same result and order."""
    for number in range(1000):
        (folder / f"{number:04}.nix").write_text(UGLY)
    run = nixgen("fmt", "--json", "nix")
    names = [each["file"] for each in run.data["files"]]
    assert names == sorted(names)
    assert len(names) == 1004
    assert all((folder / f"{number:04}.nix").read_text() == NEAT for number in range(1000))


def test_stages(nixgen, monkeypatch) -> None:
    """Who reports a wrong layout can show where it begins: the tree, then the document."""
    give(monkeypatch, UGLY.encode())
    tree = nixgen("fmt", "--ast", "-").out
    assert "        - Integer('2')\n" in tree
    assert "semicolon: ';', before LineComment(text=' why')\n" in tree
    give(monkeypatch, UGLY.encode())
    document = nixgen("fmt", "--ir", "-").out
    assert "comment '# why'" in document
    assert "group\n" in document
    give(monkeypatch, UGLY.encode())
    assert nixgen("fmt", "--ast", "--ir", "-").status == 2


def test_same_as_nixfmt(nixgen, folder: Path, nixfmt: Path, tmp_path: Path) -> None:
    """It stands in nixfmt's place: the same bytes, and the same statuses for the same arguments."""
    other = tmp_path / "other"
    shutil.copytree(folder, other / "nix")
    cases = [
        ["--check", "nix/neat.nix"],
        ["--check", "nix/ugly.nix"],
        ["--check", "nix/broken.nix"],
        ["--check", "nix"],
        ["missing.nix"],
        ["nix/ugly.nix", "nix/broken.nix", "nix/deep/er/ugly.nix"],
        ["nix"],
        ["nix/neat.nix"],
        ["--check", "nix/ugly.nix"],
    ]
    theirs = [
        subprocess.run([nixfmt, *case], cwd=other, capture_output=True, check=False).returncode
        for case in cases
    ]
    assert [nixgen("fmt", *case).status for case in cases] == theirs

    def contents(root: Path) -> dict[str, bytes]:
        files = (path for path in root.rglob("*") if path.is_file())
        return {str(path.relative_to(root)): path.read_bytes() for path in files}

    assert contents(folder) == contents(other / "nix")


def test_values_are_not_printed(nixgen, folder: Path) -> None:
    """A diff of terraform.tfvars would bring the values of secrets into a log."""
    (folder / "terraform.tfvars").write_text('a="hunter2"\n')
    for flags in (["--diff"], ["--diff", "--json"]):
        run = nixgen("fmt", *flags, "nix/terraform.tfvars")
        assert run.status == 2
        assert "use --check" in run.out + run.err
        assert "hunter2" not in run.out + run.err
    assert nixgen("fmt", "--check", "nix/terraform.tfvars").status == 1


def test_terraform_files(nixgen, folder: Path, monkeypatch, tofu: Path) -> None:
    """A file of Terraform that is named is formatted as OpenTofu does; folders are Nix alone."""
    ugly = 'variable  "a" {\n type=string\n    sensitive = true\n}\n'
    for name in ("a.tf", "b.tfvars"):
        (folder / name).write_text(ugly if name == "a.tf" else "a=1\nlonger = 2\n")
    assert nixgen("fmt", "nix/neat.nix", "nix/a.tf", "nix/b.tfvars").status == 0
    assert (folder / "b.tfvars").read_text() == "a      = 1\nlonger = 2\n"
    subprocess.run([tofu, "fmt", "-check", folder], check=True, capture_output=True)
    give(monkeypatch, ugly.encode())
    run = nixgen("fmt", "-", "--filename", "main.tf")
    assert (run.status, run.out) == (0, (folder / "a.tf").read_text())
    (folder / "a.tf").write_text('variable "a" {')
    run = nixgen("fmt", "nix/a.tf")
    assert run.status == 1
    assert "nix/a.tf:1:" in run.err
    (folder / "a.tf").write_text(ugly)
    nixgen("fmt", "nix")
    assert (folder / "a.tf").read_text() == ugly
    assert "--ast is for Nix files" in nixgen("fmt", "--ast", "nix/a.tf").err


@pytest.mark.parametrize(
    "text",
    [
        'a = "hunter2',
        "a = b hunter2",
        'a = "x${b hunter2}"',
        'a = "hunter2"\na = "hunter2"',
    ],
)
def test_values_of_variables_are_not_shown(nixgen, folder: Path, monkeypatch, text: str) -> None:
    """A file of values that does not parse is told by its line, whose text may be a secret."""
    for name in ("b.tfvars", "B.TFVARS", "b.tfvars.backup", "b.tfvars.json"):
        (folder / name).write_text(f"{text}\n")
        give(monkeypatch, text.encode())
        for arguments in ([f"nix/{name}"], ["--json", f"nix/{name}"], ["-", f"--filename={name}"]):
            run = nixgen("fmt", *arguments)
            assert run.status == 1
            assert name in run.out + run.err
            assert "hunter2" not in run.out + run.err


def test_json_is_not_formatted(nixgen, folder: Path) -> None:
    """Where it is Nix, too, nixfmt's layout is not what its readers expect."""
    (folder / "a.json").write_text("[ 1   2 ]")
    run = nixgen("fmt", "nix/a.json")
    assert (run.status, (folder / "a.json").read_text()) == (1, "[ 1   2 ]")
    assert "nix/a.json is no Nix or HCL: its name says JSON" in run.err
