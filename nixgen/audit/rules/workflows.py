"""Workflows of the forge's repositories: which runner gets their jobs, and what these let in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nixgen.audit.jobs import is_dynamic
from nixgen.audit.rule import Evidence, beside, fleet_rule, found
from nixgen.audit.view import FleetView
from nixgen.audit.workflow_jobs import is_known, offers, on_host, workflow_jobs
from nixgen.diagnostic import Severity
from nixgen.model.base import close_match
from nixgen.model.scope import RepositoryScope


@fleet_rule(
    "NG305",
    Severity.WARNING,
    "No runner takes a workflow's job",
    why="The forge gives a job to a runner that has all of its labels and whose scope covers the "
    "repository. Where there is none the job waits, for days, and nobody is told.",
    advice="correct runs_on, give a runner the label, or widen its scope; accept it where a runner "
    "that the model does not know has it",
    source="Forgejo documentation, Actions reference: jobs.<job_id>.runs-on",
)
def not_offered(view: FleetView) -> Iterator[Evidence]:
    """Labels that no runner in whose scope the repository is has together."""
    in_scope = {label.name for _, runner in view.runners for label in runner.labels}
    for job in workflow_jobs(view):
        if is_known(job) and not any(True for _ in offers(view, job)):
            labels = " and ".join(map(repr, job.labels))
            near = [close_match(label, in_scope) for label in job.labels if label not in in_scope]
            yield found(
                job.repository,
                "runs_on",
                f"{job} runs on {labels}, which no runner offers to that repository",
                part=job.made,
                advice=next(filter(None, near), None),
            )


@fleet_rule(
    "NG306",
    Severity.NOTE,
    "A label that no workflow uses",
    why="Nobody needs the runner for it, or the workflow that does names it wrong.",
    advice="take the label out, or describe the repository that uses it",
    source="least privilege: what is not used need not be offered",
)
def not_used(view: FleetView) -> Iterator[Evidence]:
    """A label that no workflow names of the repositories that a runner is for, all of them known:
    that of its scope, or those that it trusts.
    """
    jobs = list(workflow_jobs(view))
    described = {job.repository.name.lower() for job in jobs}
    for host, runner in view.runners:
        meant = runner.trusted_repositories
        if isinstance(runner.scope, RepositoryScope):
            meant = (runner.scope.repository,)
        own = [job for job in jobs if runner.scope.covers(job.repository.name)]
        used = {label for job in own for label in job.labels}
        if not meant or not described.issuperset(name.lower() for name in meant):
            continue
        if not all(map(is_known, own)):
            continue
        for label in runner.labels:
            if label.name not in used:
                yield found(
                    runner,
                    "labels",
                    f"no workflow uses the label {label.name!r} of runner {runner.name!r}",
                    hosts=(host.name,),
                )


_FROM_OUTSIDE = ("pull_request", "pull_request_target", "pull_request_comment", "issue_comment")


@fleet_rule(
    "NG307",
    Severity.WARNING,
    "A host runner takes jobs that people from outside can start",
    why="Whoever may open a pull request, on a public forge anybody, can have their code run on "
    "the machine. Forgejo asks for approval where the author has read access alone; somebody has "
    "to look each time, and with one `Approve always` the author is trusted from then on.",
    advice="run these jobs in containers, and on the host only what is pushed to branches",
    source="Forgejo documentation, Security of pull requests: trust management",
)
def from_outside(view: FleetView) -> Iterator[Evidence]:
    """Such an event, and a label that runs on a host."""
    for job in workflow_jobs(view):
        events = [event for event in _FROM_OUTSIDE if event in job.events]
        for host, runner in on_host(view, job) if events else ():
            yield found(
                job.repository,
                "runs_on",
                f"{job} runs on the host for {events[0]}, by runner {runner.name!r}",
                part=job.made,
                related=[beside(runner, "labels", "the runner is here")],
                hosts=(host.name,),
            )


_UNTRUSTED = re.compile(
    r"\$\{\{[^}]*\b(?:github|forge|forgejo|gitea)\.(?:head_ref|event\.[a-z_.*\[\]0-9]*"
    r"(?:title|body|message|name|email|label|ref|page_name))\b[^}]*\}\}"
)


@fleet_rule(
    "NG308",
    Severity.WARNING,
    "A script has text in it that outsiders write",
    why="The expression is put into the script before the shell reads it. A title or a branch that "
    "is named `$(curl ...)` is a command then, with all that the job can reach.",
    advice='hand it over as a variable: env={"TITLE": "${{ ... }}"}, and write "$TITLE" in the '
    "script",
    source="GitHub documentation, security hardening for Actions: script injections",
)
def injection(view: FleetView) -> Iterator[Evidence]:
    """An expression of an event's free text in a step's script."""
    for job in workflow_jobs(view):
        for step in job.steps:
            text = _UNTRUSTED.search(step.run or "")
            if text is not None:
                yield found(
                    job.repository,
                    "run",
                    f"a script of {job} has {text[0]} in it",
                    part=step,
                )


_MOVING = frozenset(["main", "master", "latest", "HEAD", "develop"])


@fleet_rule(
    "NG309",
    Severity.NOTE,
    "An action is used at a branch",
    why="Whoever can push to the branch decides what jobs run from then on.",
    advice="name a version, or the commit",
    source="GitHub documentation, security hardening for Actions: third-party actions",
)
def moving_action(view: FleetView) -> Iterator[Evidence]:
    """A `uses` whose version is the name of a branch."""
    for job in workflow_jobs(view):
        for step in job.steps:
            action, _, version = (step.uses or "").rpartition("@")
            if version in _MOVING:
                yield found(
                    job.repository, "uses", f"{job} uses {action} at {version!r}", part=step
                )


_CHECKOUT = re.compile(r"https?://[^@]+/actions/checkout@v?([0-9]+)(\..*)?")
_LAST_THAT_WORKS = 5


@fleet_rule(
    "NG310",
    Severity.WARNING,
    "Version 6 of checkout, and newer ones, fail on host runners",
    why="From 6 on the action finds its credentials by a path, and the state folder of a unit with "
    "DynamicUser= is a link: git does not have them, and fetches nothing.",
    advice="write checkout(), which is version 4",
    source="systemd.exec(5): StateDirectory= with DynamicUser= is a link into /var/lib/private; "
    "actions/checkout, notes of version 6",
)
def new_checkout(view: FleetView) -> Iterator[Evidence]:
    """Such a version in a job that runs on a host."""
    for job in workflow_jobs(view):
        for step in job.steps:
            version = _CHECKOUT.fullmatch(step.uses or "")
            if version is None or int(version[1]) <= _LAST_THAT_WORKS:
                continue
            for host, runner in on_host(view, job):
                if not is_dynamic(host, runner):
                    continue
                yield found(
                    job.repository,
                    "uses",
                    f"{job} uses checkout {version[1]} on the host, by runner {runner.name!r}",
                    part=step,
                    hosts=(host.name,),
                )
