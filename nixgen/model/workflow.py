"""Workflows of Forgejo Actions: what runs when, on which runner.

The syntax is that of Forgejo's reference ("Forgejo Actions, Reference"), as far as the classes have
it. An action is named by its whole URL: a short one would be looked for at the server's
DEFAULT_ACTIONS_URL, whatever that is.

    Workflow(
        file="build.yaml",
        name="Build",
        on=["push"],
        jobs=[Job(name="build", runs_on=native, steps=[checkout(), Step(run="nix build")])],
    )
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from nixgen.diagnostic import Diagnostic
from nixgen.model import mappings, values
from nixgen.model.base import ModelObject, Withheld, checked
from nixgen.model.label import Label
from nixgen.model.literals import literal_secret
from nixgen.model.runner import Runner

CHECKOUT = "https://data.forgejo.org/actions/checkout"
EVENTS = (
    *("push", "pull_request", "pull_request_target", "workflow_dispatch", "workflow_call"),
    *("schedule", "issues", "issue_comment", "release", "create", "delete", "fork"),
    *("pull_request_comment", "pull_request_review", "workflow_run"),
)

_IDENTIFIER = values.matching(r"[A-Za-z_][A-Za-z0-9_-]*", "letters, digits, _ and -")
LABEL = values.matching(r"[A-Za-z0-9_.-]+|\$\{\{.+\}\}", "a runner's label, without its scheme")
WORKFLOW_FILE = values.matching(r"[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml", "a name that ends in .yaml")
_ACTION = re.compile(r"https?://[^\s@]+/[^\s@]+/[^\s@]+@[^\s@]+")


def _action(value: Any) -> str | None:
    if isinstance(value, str) and _ACTION.fullmatch(value):
        return None
    short = isinstance(value, str) and re.fullmatch(r"[\w.-]+/[\w./-]+@[\w./-]+", value)
    advice = f"\nwrite https://data.forgejo.org/{value}" if short else ""
    return (
        f"{values.shown(value)} is no action; allowed is its URL with @ and a version, such as "
        f"{CHECKOUT}@v4{advice}"
    )


def _scalar(value: Any) -> str | None:
    """A text, a number or a boolean; YAML would read the text of a version as a float."""
    wrong = values.instance_of(str, int, bool)(value)
    if wrong is not None and isinstance(value, float):
        return f'{wrong}\nwrite it in quotes, with the digits that are meant: "1.10"'
    return wrong


def _texts(value: Any) -> str | None:
    """Names to texts, numbers and booleans; what looks like a secret is an expression."""
    for name, text in value.items():
        wrong = values.plain_text(text) if isinstance(text, str) else _scalar(text)
        if wrong is not None:
            return f"{name}: {wrong}"
    plain = {name: text for name, text in value.items() if "${{" not in str(text)}
    for name, text in plain.items():
        if literal_secret({name: text}) is not None:
            return Withheld(
                f"{name} holds a literal secret (its value is not shown); allowed is an "
                "expression\n"
                f'store it in the secrets of the repository, and write "${{{{ secrets.{name} }}}}"'
            )
    return None


# RFC 9110 11.6.2: the header's scheme and credentials; `token` is Forgejo's own scheme.
_CREDENTIALS = re.compile(
    r"authorization: *(token|bearer|basic) +[a-z0-9+/=._~-]{8}", re.IGNORECASE
)


def _script(value: str) -> str | None:
    """A script without credentials in it; a variable's value is no text of it."""
    if _CREDENTIALS.search(value) is None:
        return None
    return Withheld(
        "the script holds a literal secret (it is not shown); allowed is a variable\n"
        'store it in the secrets of the repository, write env={"TOKEN": "${{ secrets.NAME }}"}; '
        "the script has $TOKEN"
    )


def _texts_field() -> Any:
    return checked(_texts, factory=dict, converter=mappings.to_mapping)


@frozen(kw_only=True)
class Step(ModelObject):
    """A step of a job: a script, `run`, or an action, `uses`, with its inputs.

    - `run`: lines for the shell; `uses`: an action's URL, with its version.
    - `inputs`: of the action, its `with`; `env`: environment variables.
    - `condition`: an expression, its `if`; `name`: what the log shows.
    """

    near_secrets = True
    name: str | None = checked(values.optional(values.plain_text), default=None)
    condition: str | None = checked(values.optional(values.plain_text), default=None)
    uses: str | None = checked(values.optional(_action), default=None)
    inputs: dict[str, Any] = _texts_field()
    env: dict[str, Any] = _texts_field()
    run: str | None = checked(values.optional(values.plain_text, _script), default=None)

    def faults(self) -> Iterable[Diagnostic]:
        """A step does one thing."""
        if (self.run is None) == (self.uses is None):
            yield self.fault("a Step runs a script or uses an action: one of run=... and uses=...")
        if self.inputs and self.uses is None:
            yield self.fault(
                "Step.inputs: a script has no inputs",
                "inputs",
                advice="give it environment variables: env={...}",
            )


def checkout(version: str = "v4") -> Step:
    """The step that fetches the repository.

    Version 4 runs with what every forgejo-runner has. From 6 on the action finds its credentials by
    a path that a `DynamicUser` has as a link, and fails on host runners.
    """
    return Step(uses=f"{CHECKOUT}@{version}")


def to_labels(value: Any) -> tuple[str, ...]:
    """Labels by their names, from texts, `Label` values and a runner with one label."""
    each = value if isinstance(value, (list, tuple)) else (value,)
    return tuple(_to_label(item) for item in each)


def _to_label(value: Any) -> str:
    if isinstance(value, Runner):
        if len(value.labels) != 1:
            raise ValueError(
                f"runner {value.name!r} has {len(value.labels)} labels; allowed is one of them, "
                "by its name"
            )
        value = value.labels[0]
    if isinstance(value, Label):
        return value.name
    if not isinstance(value, str):
        raise ValueError(
            f"{values.shown(value)} is {values.kind_of(value)}; allowed is a label, or a runner "
            "that has one"
        )
    return value


@frozen(kw_only=True)
class Job(ModelObject):
    """Steps that run after each other on one runner.

    - `name`: its key in the file; other jobs name it in `needs`.
    - `runs_on`: a runner with one label, or labels by their names: the runner has all of them.
    - `matrix`: names to lists; the job runs for each combination, as `${{ matrix.<name> }}`.
    - `fail_fast`: whether one that fails ends the others of the matrix.
    - `timeout_minutes`: after which the job is ended.
    """

    near_secrets = True
    name: str = checked(_IDENTIFIER)
    runs_on: Sequence[str] = checked(values.each(LABEL), converter=to_labels)
    needs: Sequence[str] = checked(values.each(_IDENTIFIER), default=(), converter=values.to_tuple)
    condition: str | None = checked(values.optional(values.plain_text), default=None)
    timeout_minutes: int | None = checked(
        values.optional(values.between(1, 43200, " minutes")), default=None
    )
    matrix: dict[str, Any] = checked(factory=dict, converter=mappings.to_mapping)
    fail_fast: bool = checked(values.instance_of(bool), default=True)
    env: dict[str, Any] = _texts_field()
    steps: Sequence[Step] = checked(
        values.each(values.instance_of(Step)), converter=values.to_tuple
    )

    def faults(self) -> Iterable[Diagnostic]:
        """A job has a label and a step; a matrix has lists with values."""
        for field in ("runs_on", "steps"):
            if not getattr(self, field):
                yield self.fault(f"job {self.name!r} has nothing in {field}", field)
        for name, given in self.matrix.items():
            wrong = _IDENTIFIER(name)
            if wrong is None and not (isinstance(given, (list, tuple)) and given):
                wrong = f"{values.shown(given)} is no list with values"
            wrong = wrong or values.each(_scalar)(given)
            if wrong is not None:
                summary, _, advice = wrong.partition("\n")
                text = type(wrong)(f"Job.matrix: {name}: {summary}")  # a Withheld stays one
                yield self.fault(text, "matrix", key=name, advice=advice or None)


@frozen(kw_only=True)
class Concurrency(ModelObject):
    """At most one run of a group at a time; `cancel_in_progress` ends the older one."""

    group: str = checked(values.plain_text)
    cancel_in_progress: bool = checked(values.instance_of(bool), default=False)


def _to_events(value: Any) -> Any:
    if isinstance(value, Mapping):
        return mappings.to_mapping(value)
    return dict.fromkeys(values.to_tuple(value))


def _events(value: Mapping[str, Any]) -> str | None:
    if not value:
        return "there is no event; allowed is one at the least, such as push"
    return values.each(values.one_of(*EVENTS))(value)


@frozen(kw_only=True)
class Workflow(ModelObject):
    """A file in `.forgejo/workflows`.

    - `on`: events, `["push"]`, or events to their filters, `{"push": {"branches": ["main"]}}`.
    - `concurrency`: which runs do not go side by side; Forgejo has it from 13 on.
    - `notes`: comments at the top of the file.
    """

    near_secrets = True
    file: str = checked(WORKFLOW_FILE)
    name: str | None = checked(values.optional(values.plain_text), default=None)
    on: dict[str, Any] = checked(_events, converter=_to_events)
    concurrency: Concurrency | None = checked(
        values.instance_of(Concurrency, type(None)), default=None
    )
    env: dict[str, Any] = _texts_field()
    jobs: Sequence[Job] = checked(values.each(values.instance_of(Job)), converter=values.to_tuple)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )

    def faults(self) -> Iterable[Diagnostic]:
        """Jobs have names of their own, and need only each other."""
        if not self.jobs:
            yield self.fault(f"workflow {self.file!r} has no job", "jobs")
        names = [job.name for job in self.jobs]
        for job in self.jobs:
            if names.count(job.name) > 1:
                yield job.fault(f"workflow {self.file!r} has two jobs named {job.name!r}", "name")
            for needed in job.needs:
                if needed not in names or needed == job.name:
                    yield job.fault(
                        f"job {job.name!r} needs {needed!r}, which is no other job", "needs"
                    )
