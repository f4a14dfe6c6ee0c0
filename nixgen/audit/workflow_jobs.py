"""The jobs of workflows, and the runners that the forge can give each to.

Rules and the graph both ask here, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from nixgen.audit.view import FleetView, HostView
from nixgen.model.base import ModelObject
from nixgen.model.repository import FleetBuild, Repository
from nixgen.model.runner import Runner
from nixgen.model.workflow import Step


@frozen
class Job:
    """A job of a workflow: `made` is the object whose `runs_on` it has."""

    repository: Repository
    file: str
    name: str
    labels: Sequence[str]
    events: frozenset[str]
    steps: Sequence[Step]
    made: ModelObject

    def __str__(self) -> str:
        return f"job {self.name!r} in {self.file} of {self.repository.name!r}"


def workflow_jobs(view: FleetView) -> Iterator[Job]:
    """The jobs of all workflows, in the order in which they are written."""
    for repository in view.repositories:
        for workflow in repository.workflows:
            if isinstance(workflow, FleetBuild):
                events = frozenset(["push"])
                name, labels = "build", workflow.runs_on
                yield Job(repository, workflow.file, name, labels, events, (), workflow)
                continue
            events = frozenset(workflow.on)
            for job in workflow.jobs:
                yield Job(repository, workflow.file, job.name, job.runs_on, events, job.steps, job)


def is_known(job: Job) -> bool:
    """Whether its labels are names, not expressions."""
    return not any("${{" in label for label in job.labels)


def offers(view: FleetView, job: Job) -> Iterator[tuple[HostView, Runner]]:
    """The runners that the forge can give a job to: in scope, and with all of its labels."""
    for host, runner in view.runners:
        names = {label.name for label in runner.labels}
        if runner.scope.covers(job.repository.name) and names.issuperset(job.labels):
            yield host, runner


def on_host(view: FleetView, job: Job) -> Iterator[tuple[HostView, Runner]]:
    """Those of them on which it runs on the machine itself: its first label decides."""
    for host, runner in offers(view, job):
        scheme = {label.name: label.on_host for label in runner.labels}
        if scheme.get(job.labels[0], False):
            yield host, runner
