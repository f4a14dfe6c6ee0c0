"""What the steps of workflows call, and what a host runner has for them."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.rule import Evidence, fleet_rule, found
from nixgen.audit.view import FleetView
from nixgen.diagnostic import Severity
from nixgen.model.host_packages import missing_programs


@fleet_rule(
    "NG319",
    Severity.WARNING,
    "A step calls a program that its runner has not",
    why="A native runner's jobs find its host_packages on PATH, and what every unit of NixOS has; "
    "nothing else of the machine. The step ends with `command not found`.",
    advice="add the package to the runner's host_packages",
    source="nixpkgs, gitea-actions-runner.nix and forgejo-runner.nix: hostPackages; "
    "nixos/lib/systemd-unit-options.nix: enableDefaultPath",
)
def missing_package(view: FleetView) -> Iterator[Evidence]:
    """What a script or an action of a job that the runner takes needs, and does not find."""
    for repository in view.repositories:
        for workflow in repository.workflows:
            for _, runner in view.runners:
                if not runner.scope.covers(repository.name):
                    continue
                for lack in missing_programs(workflow, runner):
                    yield found(
                        runner,
                        "host_packages" if runner.host_packages else "name",
                        f"job {lack.job!r} in {workflow.file} of {repository.name!r} calls "
                        f"{lack.program!r}, which runner {runner.name!r} has not",
                        advice=f'add "{lack.package}" to host_packages of {runner.name!r}',
                    )
