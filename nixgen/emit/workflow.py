"""Workflows as YAML files of their repositories."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from nixgen.emit.contribution import Cause, derived, given, whole
from nixgen.emit.header import header
from nixgen.emit.yaml_text import Entry, Item, print_yaml
from nixgen.model.base import ModelObject
from nixgen.model.origin import Origin
from nixgen.model.repository import BUILD_SYSTEM, FleetBuild, Repository
from nixgen.model.workflow import CHECKOUT, Concurrency, Job, Step, Workflow


@frozen
class WorkflowFile:
    """A file of a repository; `ranges` are the causes of its lines, `origin` where it was made."""

    path: str
    text: str
    ranges: Sequence[tuple[int, int, Cause]]
    origin: Origin


def workflow_files(
    repository: Repository, fleet: Collection[str], source: str
) -> Iterator[WorkflowFile]:
    """The files of a repository; `fleet` is the names of all hosts, `source` is for the header."""
    for workflow in repository.workflows:
        if isinstance(workflow, FleetBuild):
            entries = tuple(_fleet_build(workflow, repository, fleet))
        else:
            entries = tuple(_workflow(workflow))
        comments = [f"# {line}".rstrip() for line in header(source, tuple(workflow.notes))]
        text, ranges = print_yaml(entries, above=len(comments))
        whole_text = "\n".join([*comments, text])
        yield WorkflowFile(repository.path(workflow), whole_text, ranges, workflow.origin)


def _workflow(workflow: Workflow) -> Iterator[Entry]:
    yield from _some(workflow, ("name", "name"))
    yield Entry("on", _events(workflow), given(workflow, "on"))
    if workflow.concurrency is not None:
        entries = tuple(_concurrency(workflow.concurrency))
        yield Entry("concurrency", entries, given(workflow, "concurrency"))
    yield from _texts(workflow, "env")
    jobs = tuple(Entry(job.name, tuple(_job(job)), whole(job)) for job in workflow.jobs)
    yield Entry("jobs", jobs, given(workflow, "jobs"))


def _events(workflow: Workflow) -> Any:
    """A list of events where none has filters, as people write it."""
    if not any(workflow.on.values()):
        return list(workflow.on)
    return _plain(workflow.on, given(workflow, "on"))


def _concurrency(concurrency: Concurrency) -> Iterator[Entry]:
    yield Entry("group", concurrency.group, given(concurrency, "group"))
    if concurrency.cancel_in_progress:
        yield Entry("cancel-in-progress", True, given(concurrency, "cancel_in_progress"))


def _job(job: Job) -> Iterator[Entry]:
    yield Entry("runs-on", _one_or_list(job.runs_on), given(job, "runs_on"))
    if job.needs:
        yield Entry("needs", _one_or_list(job.needs), given(job, "needs"))
    yield from _some(job, ("if", "condition"), ("timeout-minutes", "timeout_minutes"))
    if job.matrix:
        yield Entry("strategy", tuple(_strategy(job)), given(job, "matrix"))
    yield from _texts(job, "env")
    steps = [Item(tuple(_step(step)), whole(step)) for step in job.steps]
    yield Entry("steps", steps, given(job, "steps"))


def _strategy(job: Job) -> Iterator[Entry]:
    if not job.fail_fast:
        yield Entry("fail-fast", False, given(job, "fail_fast"))
    yield Entry("matrix", _plain(job.matrix, given(job, "matrix")), given(job, "matrix"))


def _step(step: Step) -> Iterator[Entry]:
    yield from _some(step, ("name", "name"), ("if", "condition"), ("uses", "uses"))
    yield from _texts(step, "inputs", "with")
    yield from _texts(step, "env")
    yield from _some(step, ("run", "run"))


def _fleet_build(
    build: FleetBuild, repository: Repository, fleet: Collection[str]
) -> Iterator[Entry]:
    """A matrix of hosts, each built by a job of its own."""
    cause = whole(build)
    branch = given(repository, "default_branch")
    push = (Entry("branches", [repository.default_branch], branch),)
    yield Entry("name", "Build hosts", cause)
    yield Entry("on", (Entry("push", push, branch),), branch)
    group = (Entry("group", "build-hosts", cause), Entry("cancel-in-progress", True, cause))
    yield Entry("concurrency", group, cause)
    job = tuple(_host_job(build, fleet))
    yield Entry("jobs", (Entry("build", job, cause),), cause)


def _host_job(build: FleetBuild, fleet: Collection[str]) -> Iterator[Entry]:
    cause = whole(build)
    hosts = given(build, "hosts")
    if build.hosts is None:
        hosts = derived(build, "hosts", "every host of the fleet")
    yield Entry("runs-on", _one_or_list(build.runs_on), given(build, "runs_on"))
    yield Entry("timeout-minutes", build.timeout_minutes, given(build, "timeout_minutes"))
    names = (Entry("host", list(build.names(fleet)), hosts),)
    yield Entry(
        "strategy", (Entry("fail-fast", False, cause), Entry("matrix", names, hosts)), cause
    )
    # The name comes as a variable: what an expression stands for is no part of a script.
    host = (Entry("HOST", "${{ matrix.host }}", hosts),)
    steps = [
        Item((Entry("uses", f"{CHECKOUT}@v4", cause),), cause),
        Item((Entry("env", host, hosts), Entry("run", BUILD_SYSTEM, cause)), cause),
    ]
    yield Entry("steps", steps, cause)


def _some(made: ModelObject, *fields: tuple[str, str]) -> Iterator[Entry]:
    """The keys whose fields are given."""
    for key, field in fields:
        value = getattr(made, field)
        if value is not None:
            yield Entry(key, value, given(made, field))


def _texts(made: ModelObject, field: str, key: str | None = None) -> Iterator[Entry]:
    """A mapping of names to texts, where it has any."""
    texts = getattr(made, field)
    if texts:
        entries = tuple(
            Entry(
                name, text, Cause(f"{type(made).__name__}.{field}", (made.origin.at(field, name),))
            )
            for name, text in texts.items()
        )
        yield Entry(key or field, entries, given(made, field))


def _one_or_list(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else list(values)


def _plain(value: Any, cause: Cause) -> Any:
    """Plain data, its entries with the cause of the whole."""
    if isinstance(value, Mapping):
        return tuple(Entry(key, _plain(item, cause), cause) for key, item in value.items())
    return [_plain(item, cause) for item in value] if isinstance(value, (list, tuple)) else value
