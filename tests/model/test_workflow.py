"""Workflows and repositories: what Forgejo would refuse, or never run, is a mistake here."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    Concurrency,
    Fleet,
    FleetBuild,
    GlobalScope,
    Job,
    Label,
    ModelError,
    NativeRunner,
    Repository,
    Step,
    TokenFile,
    Workflow,
    checkout,
)

STEPS = [Step(run="true")]


def runner(*labels: str) -> NativeRunner:
    """A runner with these labels."""
    return NativeRunner(
        name="r",
        url="https://forge.example",
        token=TokenFile(path="/run/t"),
        labels=labels,
        scope=GlobalScope(),
    )


def job(**fields: Any) -> Job:
    """A job with one step."""
    return Job(**{"name": "a", "runs_on": "native", "steps": STEPS, **fields})


def message(kind: type, **fields: Any) -> str:
    """What is wrong with an object of these fields, the help included."""
    with pytest.raises(ModelError) as caught:
        kind(**fields)
    return "\n".join(f"{each.summary}\n{each.help}" for each in caught.value.diagnostics)


def test_a_job_runs_on_a_runner() -> None:
    """The label follows from the runner, so a renamed one is renamed in its workflows too."""
    assert job(runs_on=runner("native-nix:host")).runs_on == ("native-nix",)
    assert job(runs_on=Label.parse("nix:docker://nixos/nix")).runs_on == ("nix",)
    assert job(runs_on=["a", "b"]).runs_on == ("a", "b")
    assert "has 2 labels" in message(Job, name="a", runs_on=runner("a", "b"), steps=STEPS)


def test_actions_are_named_by_their_whole_url() -> None:
    """A short name would be looked for wherever the server's administrator says."""
    text = message(Step, uses="actions/checkout@v4")
    assert "allowed is its URL with @ and a version" in text
    assert "write https://data.forgejo.org/actions/checkout@v4" in text
    assert checkout().uses == "https://data.forgejo.org/actions/checkout@v4"


@pytest.mark.parametrize(
    ("kind", "fields", "wanted"),
    [
        (Step, {}, "one of run=... and uses=..."),
        (Step, {"run": "a", "uses": checkout().uses}, "one of run=... and uses=..."),
        (Step, {"run": "a", "inputs": {"a": "b"}}, "a script has no inputs"),
        (Step, {"run": "a", "env": {"A": ["b"]}}, "A: ['b'] is a list"),
        (Job, {"name": "a b", "runs_on": "x", "steps": STEPS}, "letters, digits, _ and -"),
        (Job, {"name": "a", "runs_on": "x:host", "steps": STEPS}, "without its scheme"),
        (Job, {"name": "a", "runs_on": [], "steps": STEPS}, "has nothing in runs_on"),
        (Job, {"name": "a", "runs_on": "x", "steps": []}, "has nothing in steps"),
        (
            Job,
            {"name": "a", "runs_on": "x", "steps": STEPS, "matrix": {"host": "web1"}},
            "'web1' is no list with values",
        ),
        (Workflow, {"file": "a.txt", "on": ["push"], "jobs": []}, "ends in .yaml"),
        (Workflow, {"file": "a.yaml", "on": ["pusch"], "jobs": [job()]}, "did you mean 'push'?"),
        (Workflow, {"file": "a.yaml", "on": [], "jobs": [job()]}, "there is no event"),
        (Workflow, {"file": "a.yaml", "on": ["push"], "jobs": []}, "has no job"),
        (
            Workflow,
            {"file": "a.yaml", "on": ["push"], "jobs": [job(), job()]},
            "has two jobs named 'a'",
        ),
        (
            Workflow,
            {"file": "a.yaml", "on": ["push"], "jobs": [job(needs=["b"])]},
            "job 'a' needs 'b', which is no other job",
        ),
        (Concurrency, {}, "needs the field 'group'"),
        (Repository, {"name": "servers"}, "owner/repository"),
        (Repository, {"name": "a/b", "folder": "../c"}, "a path below the output folder"),
        (
            Repository,
            {"name": "a/b", "workflows": [FleetBuild(runs_on="x"), FleetBuild(runs_on="y")]},
            "two workflows in 'build-hosts.yaml'",
        ),
        (
            Fleet,
            {"hosts": [], "repositories": [Repository(name="a/b"), Repository(name="A/b")]},
            "two repositories are named",
        ),
        (
            Fleet,
            {
                "hosts": [],
                "repositories": [
                    Repository(name=name, folder=".", workflows=[FleetBuild(runs_on="x")])
                    for name in ("a/b", "a/c")
                ],
            },
            "have the file '.forgejo/workflows/build-hosts.yaml'",
        ),
    ],
)
def test_mistakes_are_refused(kind: type, fields: dict[str, Any], wanted: str) -> None:
    """The message says what is allowed."""
    assert wanted in message(kind, **fields)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Job, {"name": "a", "runs_on": "x", "steps": STEPS, "matrix": {"go": ["1.9", 1.10]}}),
        (Step, {"run": "a", "env": {"GO": 1.10}}),
        (Step, {"uses": checkout().uses, "inputs": {"go-version": 1.10}}),
    ],
)
def test_a_version_as_a_number(kind: type, fields: dict[str, Any]) -> None:
    """Python reads 1.10 as 1.1, another version: the help says to write it in quotes."""
    with pytest.raises(ModelError) as caught:
        kind(**fields)
    (fault,) = caught.value.diagnostics
    assert "1.1 is a float; allowed is str or int or bool" in fault.summary
    assert fault.help == 'write it in quotes, with the digits that are meant: "1.10"'


def test_no_literal_secrets() -> None:
    """A token in a workflow's environment would be in the repository; an expression is none."""
    text = message(Step, run="a", env={"TOKEN": "hunter2"})
    assert "literal secret" in text
    assert "hunter2" not in text
    assert Step(run="a", env={"TOKEN": "${{ secrets.TOKEN }}"})


@pytest.mark.parametrize("scheme", ["token", "Bearer", "basic"])
def test_no_credentials_in_scripts(scheme: str) -> None:
    """What a script sends is a variable: workflows are files that all can read."""
    line = f'curl --header "Authorization: {scheme} %s" https://forge.example'
    with pytest.raises(ModelError, match="the script holds a literal secret") as caught:
        Step(run=line % "hunter2-9f3b1c77")
    assert "hunter2" not in str(caught.value)
    assert Step(run=line % "$TOKEN").sound
    assert Step(run=line % "${{ secrets.TOKEN }}").sound


def test_where_the_files_are() -> None:
    """A repository beside the fleet's has a folder of its own; that of the fleet is the top."""
    build = FleetBuild(runs_on="x")
    assert Repository(name="a/b").path(build) == (
        "repositories/a/b/.forgejo/workflows/build-hosts.yaml"
    )
    assert Repository(name="a/b", folder=".").path(build) == ".forgejo/workflows/build-hosts.yaml"
    assert Repository(name="a/b", folder="x/y").path(build).startswith("x/y/.forgejo/")
