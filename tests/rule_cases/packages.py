"""Cases of the rule about programs that steps call."""

from __future__ import annotations

from typing import Any

from nixgen.model.repository import FleetBuild, Repository
from nixgen.model.workflow import Job, Step, Workflow, checkout
from rule_cases import USER, Case, container, native, runs


def has(*packages: str) -> Any:
    """A host runner with packages, for all repositories of alice."""
    return native(scope=USER, host_packages=packages)


def site(*steps: Step, owner: str = "alice", label: str = "native-nix") -> Repository:
    """A repository with one job."""
    job = Job(name="build", runs_on=label, steps=steps)
    workflow = Workflow(file="build.yaml", on=["push"], jobs=[job])
    return Repository(name=f"{owner}/site", workflows=[workflow])


SCRIPT = Step(run="nix build && jq . result")

CASES = [
    Case(
        "NG319",
        "calls 'jq', which runner 'native' has not",
        bad={
            "one of two": [*runs(has("bash", "nix")), site(SCRIPT)],
            "the module's list": [*runs(has()), site(SCRIPT)],
        },
        good={
            "there": [*runs(has("bash", "nix", "jq")), site(SCRIPT)],
            "of every unit": [*runs(has("nix")), site(Step(run="ls | grep a | xargs sed b"))],
            "checkout": [*runs(has("git", "nodejs")), site(checkout())],
            "another label": [*runs(has("nix")), site(SCRIPT, label="other")],
            "out of scope": [*runs(has("nix")), site(SCRIPT, owner="bob")],
            "in a container": [*runs(container(scope=USER)), site(SCRIPT, label="box")],
            "the fleet's build": [
                *runs(has("git", "nodejs", "nix")),
                Repository(name="alice/site", workflows=[FleetBuild(runs_on="native-nix")]),
            ],
        },
    ),
]
