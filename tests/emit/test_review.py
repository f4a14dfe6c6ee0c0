"""The workflow and the hooks that hold a user's repository to its hosts do what they say."""

from __future__ import annotations

import functools
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gitea as forge
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


def test_what_the_steps_need_is_told() -> None:
    """Without an input of that name, `nix run` looks for one in the flake registry, in vain."""
    made = review_workflow(runs_on="nix")
    assert made.jobs[0].steps[2].run == "nix run --inputs-from . nixgen -- check"
    told = (programs.ROOT / "docs/machines.md").read_text().replace("\n", " ")
    assert "flake has to have an input that is named `nixgen`" in told


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


def run(folder: Path, script: str, **environment: str) -> tuple[int, str]:
    """The exit status of a step's script, run as a runner does, and what the job's log has."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def status(folder: Path, script: str) -> int:
    """The exit status alone."""
    return run(folder, script)[0]


JOB = """\
on: [pull_request]
jobs: {check: {runs-on: nix, steps: [{run: "true"}]}}
"""
COMMENT = workflow()["jobs"]["check"]["steps"][1]


class PullRequest:
    """A pull request on a real server, and the job that the server gives to a runner for it."""

    def __init__(
        self, owner: forge.Account, runner: forge.Runner, author: forge.Account | None = None
    ) -> None:
        """An `author` makes it from a fork; their jobs need no approval."""
        self.owner = owner
        self.repository = owner.repository()
        owner.add_file(self.repository, ".gitea/workflows/x.yaml", JOB)
        source, head = self.repository, "change"
        if author is None:
            author = owner
        else:
            member = f"repos/{self.repository}/collaborators/{author.name}"
            self.owner.granted("PUT", member, {"permission": "write"})
            source = author.granted("POST", f"repos/{self.repository}/forks", {})["full_name"]
            head = f"{author.name}:change"
        author.add_file(source, "new.txt", "new", "change")
        pull = {"head": head, "base": "main", "title": "x"}
        number = author.granted("POST", f"repos/{self.repository}/pulls", pull)["number"]
        self.path = f"repos/{self.repository}/issues/{number}/comments"
        self.job = runner.take_job()

    def review(self, folder: Path, **changes: str) -> tuple[int, str]:
        """The exit status and the log of the step, run in a checkout with the job's context."""
        environment = {
            name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: self._value(found[1]), text)
            for name, text in COMMENT["env"].items()
        }
        base = git(folder, "rev-parse", "main").strip()
        return run(folder, COMMENT["run"], **environment | {"BASE": base} | changes)

    def _value(self, expression: str) -> str:
        """What `github.event.x` is: the server's own context of the job."""
        value: Any = {"github": self.job}
        for name in expression.split("."):
            value = value[name]
        return str(value)

    def comments(self) -> list[dict[str, Any]]:
        """All that was said on it."""
        return list(self.owner.granted("GET", self.path))


def test_when_it_runs() -> None:
    """On pushes to the default branch and on pull requests, with all of the history; what changes
    is told before a check can fail.
    """
    made = workflow()
    assert made["on"] == {"push": {"branches": ["main"]}, "pull_request": None}
    first, *_ = made["jobs"]["check"]["steps"]
    assert first["with"] == {"fetch-depth": 0}
    names = [step.get("name") for step in made["jobs"]["check"]["steps"]]
    assert names == [None, "Say what changes", "Files are what hosts/ says", "Audit"]


def test_nixgen_of_the_repositorys_flake() -> None:
    """Without a command it is the nixgen that the repository's flake has as an input."""
    made = review_workflow(runs_on="nix")
    assert made.jobs[0].steps[2].run == "nix run --inputs-from . nixgen -- check"


def test_files_that_are_not_built_fail(repository: Path) -> None:
    """A change in hosts/ without the files that follow from it does not pass."""
    _, _, check, audit = workflow()["jobs"]["check"]["steps"]
    assert status(repository, check["run"]) == 0
    assert status(repository, audit["run"]) == 0
    write(repository, value=False)
    assert status(repository, check["run"]) == 1


Opener = Callable[..., PullRequest]


@pytest.fixture(scope="module")
def opener(gitea: forge.Server) -> Opener:
    """Opens pull requests in new repositories of one account, which has a runner."""
    for program in ("jq", "curl", "git"):
        programs.real_program(program)
    owner = gitea.account()
    runner = gitea.register(owner.registration_token("user"), "box", ["nix"])
    runner.go_online()
    return functools.partial(PullRequest, owner, runner)


def test_one_comment_for_each_pull_request(repository: Path, opener: Opener) -> None:
    """The comment has the semantic diff, is edited by later pushes, and is not made for nothing."""
    assert COMMENT["if"] == "github.event_name == 'pull_request'"
    pull = opener()
    assert pull.review(repository) == (0, "Nothing changes in the model.\n")
    assert pull.comments() == []

    write(repository, value=False)
    assert pull.review(repository)[0] == 0
    (made,) = pull.comments()
    assert "| web1: option services.nginx.enable | `true -> false` |" in made["body"]
    assert made["user"]["login"] == "gitea-actions"

    (repository / "hosts/web2.py").write_text(HOST.replace("web1", "web2").format(value=True))
    write(repository, value=False)
    assert pull.review(repository)[0] == 0
    (edited,) = pull.comments()
    assert edited["id"] == made["id"]
    assert "web2" in edited["body"]

    git(repository, "checkout", "--quiet", "main")
    assert pull.review(repository)[0] == 0
    (last,) = pull.comments()
    assert last["id"] == made["id"]
    assert last["body"].endswith("\nNothing changes in the model.\n")


def test_comments_of_others_are_left_alone(repository: Path, opener: Opener) -> None:
    """Neither many comments nor one that begins as the workflow's own stands in for it."""
    pull = opener()
    mark = COMMENT["env"]["MARKER"]
    texts = [f"{mark}\nAll is well.", *(f"comment {number}" for number in range(60))]
    for text in texts:
        pull.owner.granted("POST", pull.path, {"body": text})
    write(repository, value=False)
    for _ in range(2):
        assert pull.review(repository)[0] == 0
    *others, own = pull.comments()
    assert [each["body"] for each in others] == texts
    assert own["body"].startswith(f"{mark}\n### ")


def test_two_workflows_have_a_comment_each(repository: Path, opener: Opener) -> None:
    """A repository with two folders of hosts has two workflows, each with a comment of its own."""
    pull = opener()
    write(repository, value=False)
    other = review_workflow(runs_on="nix", file="other.yaml").jobs[0].steps[1].env["MARKER"]
    for marker in (COMMENT["env"]["MARKER"], other) * 2:
        assert pull.review(repository, MARKER=marker)[0] == 0
    assert len(pull.comments()) == 2


def test_a_token_that_may_only_read(repository: Path, opener: Opener, gitea: forge.Server) -> None:
    """The token of a pull request from a fork may comment, as everybody may who reads; where the
    discussion is locked the diff is in the log, and the job does not fail.
    """
    pull = opener(gitea.account())
    write(repository, value=False)
    for _ in range(2):
        assert pull.review(repository)[0] == 0
    (made,) = pull.comments()
    pull.owner.granted("DELETE", f"repos/{pull.repository}/issues/comments/{made['id']}")
    pull.owner.granted("PUT", pull.path.replace("comments", "lock"), {})
    ended, log = pull.review(repository)
    assert ended == 0
    assert "| web1: option services.nginx.enable | `true -> false` |" in log
    assert "403" in log
    assert "No comment could be written on the pull request: the log has what it would say." in log
    assert pull.comments() == []


def test_what_ends_the_step(repository: Path, opener: Opener) -> None:
    """A forge that is away does not fail it, an error of nixgen does; no token is in the log."""
    pull = opener()
    write(repository, value=False)
    logs = []
    for address, token in (("http://127.0.0.1:9", "t0ken-of-the-job"), (None, "t0ken-of-the-job")):
        changes = {"TOKEN": token} | ({} if address is None else {"API": address})
        ended, log = pull.review(repository, **changes)
        assert ended == 0
        assert "No comment could be written" in log
        logs.append(log)
    (repository / "hosts/web1.py").write_text("host = \n")
    ended, log = pull.review(repository)
    assert ended not in (0, 1)
    assert "SyntaxError" in log or "syntax" in log
    logs.append(log)
    assert pull.comments() == []
    assert not any(pull.job["token"] in log or "t0ken" in log for log in logs)


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
