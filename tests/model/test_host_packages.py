"""What steps call against what the runner has: no job fails for a program that nobody gave."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    ContainerRunner,
    FleetBuild,
    Job,
    NativeRunner,
    Repository,
    RepositoryScope,
    Step,
    TokenFile,
    Workflow,
    checkout,
    nix,
)
from nixgen.model.host_packages import missing_programs, package_names, takes

COMMON: dict[str, Any] = {
    "name": "r",
    "url": "https://forge.example",
    "token": TokenFile(path="/run/t"),
    "scope": RepositoryScope(repository="alice/site"),
}


def runner(*packages: Any, **fields: Any) -> NativeRunner:
    """A native runner with packages."""
    return NativeRunner(labels=["native:host"], host_packages=packages, **COMMON, **fields)


def missing(script: str, *packages: Any, **fields: Any) -> list[tuple[str, str]]:
    """What a script misses on a runner with packages: programs, and the packages that have them."""
    job = Job(name="a", runs_on="native", steps=[Step(run=script)])
    workflow = Workflow(file="a.yaml", on=["push"], jobs=[job])
    found = missing_programs(workflow, runner(*packages, **fields))
    return [(each.program, each.package) for each in found]


@pytest.mark.parametrize(
    ("script", "packages", "wanted"),
    [
        ("nix build", ("nix",), []),
        ("nix build", ("git",), [("nix", "nix")]),
        ("nix-store --gc; jq . x", ("bash", "nix"), [("jq", "jq")]),
        ("tar xf a | gzip", ("bash",), [("tar", "gnutar"), ("gzip", "gzip")]),
        ("ls | grep a | sed b | find . ; systemctl", ("nix",), []),
        ("git log", ("gitFull",), []),
        ("python x", ("python3",), []),
        ("cachix push a", ("cachix",), []),
        ("black .", ("python3Packages.black",), []),
        ("nixfmt .", ("nixfmt-rfc-style",), []),
        ("ssh a", (nix.ref("config.programs.ssh.package"),), []),
        ("nix build; jq", (nix.ref("config.nix.package"),), [("jq", "jq")]),
        ("jq", (nix.call("pkgs.callPackage", nix.ref("x")),), []),
    ],
)
def test_missing(script: str, packages: tuple[Any, ...], wanted: list[tuple[str, str]]) -> None:
    """The package to add is named; what an expression may bring is not asked for."""
    assert missing(script, *packages) == wanted


def test_packages_of_the_module_where_none_are_given() -> None:
    """The module's own list, and git always on the newer one."""
    assert missing("git log; node x; curl; wget; awk; nix build") == [("nix", "nix")]
    assert missing("git log", "bash") == [("git", "git")]
    assert missing("git log", "bash", nixos_module="forgejo-runner") == []
    assert "gitMinimal" in (package_names(runner()) or ())


def test_actions_need_programs_too() -> None:
    """The action checkout is JavaScript and calls git; both have to be there."""
    job = Job(name="a", runs_on="native", steps=[checkout()])
    workflow = Workflow(file="a.yaml", on=["push"], jobs=[job])
    found = missing_programs(workflow, runner("nix"))
    assert [each.package for each in found] == ["nodejs", "git"]
    assert all(each.step is job.steps[0] and each.job == "a" for each in found)


def test_the_build_of_the_fleet_needs_nix() -> None:
    """The workflow that nixgen writes is held to the same."""
    build = FleetBuild(runs_on="native")
    assert [each.program for each in missing_programs(build, runner("bash", "git", "nodejs"))] == [
        "nix"
    ]


def test_jobs_for_others_are_not_asked_about() -> None:
    """Another label, and containers, which bring programs of their own."""
    job = Job(name="a", runs_on="other", steps=[Step(run="jq")])
    workflow = Workflow(file="a.yaml", on=["push"], jobs=[job])
    assert list(missing_programs(workflow, runner("nix"))) == []
    container = ContainerRunner(labels=["other:docker://alpine"], **COMMON)
    assert list(missing_programs(workflow, container)) == []


def test_which_runner_takes_a_job() -> None:
    """It has all labels of the job, its scope covers the repository, and it is not disabled."""
    site, other = Repository(name="alice/site"), Repository(name="bob/x")
    assert takes(runner(), ["native"], site)
    assert not takes(runner(), ["native"], other)
    assert not takes(runner(), ["native", "big"], site)
    assert not takes(runner(enable=False), ["native"], site)
