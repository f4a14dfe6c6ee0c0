"""Pipes and devices that people name as files are written into, or refused; never replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def pipe(project: Path) -> Iterator[Path]:
    """A named pipe that ends as a Nix, Python and values file would, with somebody who writes."""
    pipe = project / "pipe.tfvars"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["sh", "-c", 'echo "{ a=1; }" > pipe.tfvars'], cwd=project)
    yield pipe
    writer.kill()
    writer.wait()
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [each.name for each in project.iterdir() if "nixgen-" in each.name] == []


@pytest.mark.parametrize(
    ("verb", "end"), [(["report"], "</html>"), (["graph", "--format", "svg"], "</svg>")]
)
def test_an_answer_goes_into_a_pipe(nixgen, project: Path, verb: list[str], end: str) -> None:
    """Who reads the pipe gets all of the answer, by a link to it, too; the pipe stays one."""
    os.mkfifo(project / "pipe")
    (project / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        reader = subprocess.Popen(["cat", "pipe"], cwd=project, stdout=subprocess.PIPE, text=True)
        run = nixgen(*verb, "--to", name)
        try:
            said, _ = reader.communicate(timeout=20)
        finally:
            reader.kill()
        assert (run.status, run.out, run.err) == (0, "", "")
        assert said.startswith("<")
        assert said.rstrip().endswith(end)
    assert stat.S_ISFIFO((project / "pipe").stat().st_mode)
    assert (project / "link").is_symlink()


def test_an_answer_follows_a_link(nixgen, project: Path) -> None:
    """The file that the link names is replaced, with its mode; the link stays."""
    (project / "pages").mkdir()
    page = project / "pages/page.html"
    page.write_text("old")
    page.chmod(0o600)
    (project / "link.html").symlink_to("pages/page.html")
    assert nixgen("report", "--to", "link.html").status == 0
    assert (project / "link.html").is_symlink()
    assert page.read_text().startswith("<!doctype html>")
    assert page.stat().st_mode & 0o777 == 0o600
    assert list((project / "pages").iterdir()) == [page]


def test_standard_output_by_a_path(project: Path) -> None:
    """A link like /dev/stdout is what the shell made of it: a pipe, or a file that is kept."""
    (project / "stdout").symlink_to("/proc/self/fd/1")  # one of ours: /dev's would be lost
    draw = [sys.executable, "-m", "nixgen", "graph", "--format", "dot", "--to", "stdout"]
    run = subprocess.run(draw, cwd=project, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("digraph")
    with (project / "log").open("a") as log:
        print("before", file=log, flush=True)
        subprocess.run(draw, cwd=project, stdout=log, check=True)
        print("after", file=log, flush=True)
    assert (project / "log").read_text() == f"before\n{run.stdout}after\n"
    assert (project / "stdout").is_symlink()


def test_changes_are_made_in_files(nixgen, pipe: Path) -> None:
    """A pipe cannot be read and then be replaced: the error says what stands for one."""
    for verb in (["set", pipe.name, "a", "2"], ["rm", pipe.name, "a"], ["fmt", pipe.name]):
        run = nixgen(*verb)
        assert run.status == (1 if verb[0] == "fmt" else 2)
        assert run.err.startswith("error: pipe.tfvars is no regular file\n")
        assert "- is standard input" in run.err or "- stands for standard input" in run.err


def test_a_token_goes_into_a_file(nixgen, pipe: Path) -> None:
    """A pipe is refused before the forge is asked for a token."""
    run = nixgen("token", "actions-native", "--tfvars", pipe.name)
    assert run.status == 2
    assert run.err.startswith("error: pipe.tfvars is no regular file\n")


def test_adopt_replaces_no_link(nixgen, project: Path) -> None:
    """A link in the place of the host is kept, and without --force what it names, too."""
    (project / "a.nix").write_text("{ }\n")
    (project / "hosts/linked.py").symlink_to("../elsewhere.py")
    adopt = ("adopt", "a.nix", "--host", "linked", "--release", "25.11")
    run = nixgen(*adopt)
    assert run.status == 2
    assert "linked.py exists already" in run.err
    assert nixgen(*adopt, "--force").status == 0
    assert (project / "hosts/linked.py").is_symlink()
    assert 'name="linked"' in (project / "elsewhere.py").read_text()
