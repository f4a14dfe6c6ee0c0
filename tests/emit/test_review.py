"""The workflow and the hooks that hold a user's repository to its hosts do what they say."""

from __future__ import annotations

import http.server
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import programs
import pytest
import yaml

from nixgen import Fleet, Repository, render, review_workflow

NIXGEN = shlex.join([sys.executable, "-m", "nixgen"])
HOST = """\
from nixgen import Host
host = Host(name="web1", release="25.11", options={{"services.nginx.enable": {value}}})
"""


def workflow(command: str = NIXGEN) -> dict[str, Any]:
    """The workflow as Forgejo reads it."""
    made = review_workflow(runs_on="nix", branch="main", command=command)
    tree = render(
        Fleet(hosts=[], repositories=[Repository(name="a/b", folder=".", workflows=[made])])
    )
    read: dict[str, Any] = yaml.safe_load(tree[".forgejo/workflows/nixgen.yaml"])
    return read


def git(folder: Path, *arguments: str) -> str:
    """What git prints, as a user that the machine does not know."""
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    return programs.run(["git", *settings, *arguments], cwd=folder)


def write(folder: Path, *, value: bool) -> None:
    """The host with an option, and a commit of it."""
    (folder / "hosts/web1.py").write_text(HOST.format(value=value))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose files are built and committed on main, with a branch checked out."""
    folder = tmp_path / "repository"
    (folder / "hosts").mkdir(parents=True)
    (folder / "nixgen.toml").write_text('formatter = "builtin"\n')
    (folder / "hosts/web1.py").write_text(HOST.format(value=True))
    assert status(folder, f"{NIXGEN} build") == 0
    git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, value=True)
    git(folder, "checkout", "--quiet", "-b", "change")
    return folder


def status(folder: Path, script: str, **environment: str) -> int:
    """The exit status of a step's script, run as a runner does."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, check=False
    )
    return done.returncode


class Forge(http.server.BaseHTTPRequestHandler):
    """Takes comments as Forgejo's API does, POST with a token and a JSON body."""

    requests: list[tuple[str, str | None, Any]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        self.requests.append((self.path, self.headers["Authorization"], body))
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def forge() -> Iterator[tuple[str, list[Any]]]:
    """The address of such a server of the test's own, and what it was sent."""
    requests: list[Any] = []
    handler = type("OneForge", (Forge,), {"requests": requests})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v1", requests
        server.shutdown()


def test_when_it_runs() -> None:
    """On pushes to the default branch and on pull requests, with all of the history."""
    made = workflow()
    assert made["on"] == {"push": {"branches": ["main"]}, "pull_request": None}
    first, *_ = made["jobs"]["check"]["steps"]
    assert first["with"] == {"fetch-depth": 0}


def test_nixgen_of_the_repositorys_flake() -> None:
    """Without a command it is the nixgen that the repository's flake has as an input."""
    made = review_workflow(runs_on="nix")
    assert made.jobs[0].steps[1].run == "nix run --inputs-from . nixgen -- check"


def test_files_that_are_not_built_fail(repository: Path) -> None:
    """A change in hosts/ without the files that follow from it does not pass."""
    _, check, audit, _ = workflow()["jobs"]["check"]["steps"]
    assert status(repository, check["run"]) == 0
    assert status(repository, audit["run"]) == 0
    write(repository, value=False)
    assert status(repository, check["run"]) == 1


def test_a_pull_request_is_told_what_it_changes(
    repository: Path, forge: tuple[str, list[Any]]
) -> None:
    """The comment has the semantic diff; where nothing changes there is none."""
    for program in ("jq", "curl", "git"):
        programs.real_program(program)
    address, requests = forge
    step = workflow()["jobs"]["check"]["steps"][3]
    assert step["if"] == "github.event_name == 'pull_request'"
    known = {
        "github.event.pull_request.base.sha": git(repository, "rev-parse", "main").strip(),
        "github.api_url": address,
        "github.repository": "alice/servers",
        "github.event.pull_request.number": "7",
        "github.token": "t0ken",
    }
    environment = {
        name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], text)
        for name, text in step["env"].items()
    }
    assert status(repository, step["run"], **environment) == 0
    assert requests == []
    write(repository, value=False)
    assert status(repository, step["run"], **environment) == 0
    ((path, token, body),) = requests
    assert path == "/api/v1/repos/alice/servers/issues/7/comments"
    assert token == "token t0ken"
    assert "services.nginx.enable" in body["body"]


def test_hooks_of_pre_commit(repository: Path, root: Path) -> None:
    """Each hook passes a repository that is right; files that were not built stop a commit."""
    hooks = {
        each["id"]: each for each in yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())
    }
    assert set(hooks) == {"nixgen-check", "nixgen-audit", "nixgen-fmt"}

    def run(name: str, *files: str) -> int:
        words = shlex.split(hooks[name]["entry"])
        assert words[0] == "nixgen"
        return status(repository, shlex.join([*shlex.split(NIXGEN), *words[1:], *files]))

    assert (run("nixgen-check"), run("nixgen-audit")) == (0, 0)
    (repository / "x.nix").write_text("{a=1;}\n")
    assert run("nixgen-fmt", "x.nix") == 0
    assert (repository / "x.nix").read_text() == "{ a = 1; }\n"
    (repository / "hosts/web1.py").write_text(HOST.format(value=False))
    assert run("nixgen-check") == 1
