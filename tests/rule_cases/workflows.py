"""Cases of rules about workflows."""

from __future__ import annotations

from typing import Any

from nixgen.model.repository import FleetBuild, Repository
from nixgen.model.workflow import Job, Step, Workflow, checkout
from rule_cases import CONFIG, USER, Case, container, native, runs

NATIVE = native(scope=USER)
BOXED = container(scope=USER)
BUILD = Step(run="nix build")


def repository(*steps: Step, on: Any = ("push",), labels: Any = "native-nix") -> Repository:
    """A repository with one job."""
    job = Job(name="build", runs_on=labels, steps=[*steps] or [BUILD])
    return Repository(name="alice/site", workflows=[Workflow(file="build.yaml", on=on, jobs=[job])])


CASES = [
    Case(
        "NG305",
        "of 'alice/site' runs on",
        bad={
            "no such label": [*runs(NATIVE), repository(labels="native-nixx")],
            "another's scope": [
                *runs(native(scope=type(USER)(user="bob"))),
                repository(),
            ],
            "not together": [
                *runs(NATIVE, BOXED),
                repository(labels=["native-nix", "box"]),
            ],
            "the fleet's build": [
                *runs(NATIVE),
                Repository(name="alice/site", workflows=[FleetBuild(runs_on="big")]),
            ],
        },
        good={
            "offered": [*runs(NATIVE), repository()],
            "by a runner": [*runs(NATIVE), repository(labels=NATIVE)],
            "computed": [*runs(NATIVE), repository(labels="${{ matrix.os }}")],
        },
    ),
    Case(
        "NG306",
        "no workflow uses the label 'box' of runner 'boxed'",
        bad={
            "one of two": [*runs(NATIVE, container()), repository()],
            "trusted": [
                *runs(container(scope=USER, trusted_repositories=["Alice/site"])),
                repository(),
            ],
        },
        good={
            "used": [*runs(NATIVE), repository()],
            "no workflows": runs(NATIVE, container()),
            "others may use it": [*runs(NATIVE, BOXED), repository()],
            "another is trusted, too": [
                *runs(container(scope=USER, trusted_repositories=["alice/site", "alice/app"])),
                repository(),
            ],
            "out of scope": [
                *runs(NATIVE, container(scope=type(USER)(user="bob"))),
                repository(),
            ],
            "computed": [*runs(native()), repository(labels="${{ matrix.os }}")],
        },
    ),
    Case(
        "NG307",
        "runs on the host for pull_request",
        bad={
            "pull request": [*runs(NATIVE), repository(on=["push", "pull_request"])],
            "of the base": [*runs(NATIVE), repository(on=["pull_request_target"])],
        },
        good={
            "push": [*runs(NATIVE), repository()],
            "container": [*runs(BOXED), repository(on=["pull_request"], labels="box")],
        },
    ),
    Case(
        "NG308",
        "has ${{ ",
        bad={
            "title": [
                *runs(NATIVE),
                repository(Step(run="echo ${{ github.event.issue.title }}")),
            ],
            "branch": [
                *runs(NATIVE),
                repository(Step(run="git log '${{ forge.head_ref }}'")),
            ],
        },
        good={
            "variable": [
                *runs(NATIVE),
                repository(Step(run='echo "$T"', env={"T": "${{ github.event.issue.title }}"})),
            ],
            "number": [
                *runs(NATIVE),
                repository(Step(run="echo ${{ github.event.number }} ${{ matrix.host }}")),
            ],
        },
    ),
    Case(
        "NG309",
        "at 'main'",
        bad={"branch": [*runs(NATIVE), repository(Step(uses="https://f.example/a/b@main"))]},
        good={"version": [*runs(NATIVE), repository(checkout())]},
    ),
    Case(
        "NG310",
        "uses checkout 6 on the host",
        bad={"six": [*runs(NATIVE), repository(checkout("v6"))]},
        good={
            "four": [*runs(NATIVE), repository(checkout())],
            "no link": [
                *runs(NATIVE, options={f"{CONFIG}.DynamicUser": False}),
                repository(checkout("v6")),
            ],
            "container": [*runs(BOXED), repository(checkout("v6"), labels="box")],
        },
    ),
]
