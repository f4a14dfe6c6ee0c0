"""Repositories of the forge, with the workflows that nixgen writes for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from attrs import frozen

from nixgen.diagnostic import Diagnostic, Related
from nixgen.model import values
from nixgen.model.accept import AcceptedRisk, accepted_risks
from nixgen.model.base import ModelObject, checked
from nixgen.model.scope import repository_name
from nixgen.model.workflow import LABEL, WORKFLOW_FILE, Workflow, to_labels

WORKFLOWS = ".forgejo/workflows"
"""Where Forgejo looks first; it reads `.github/workflows` only where this folder is not there."""


BUILD_SYSTEM = (
    "nix build --no-link --print-build-logs "
    '".#nixosConfigurations.$HOST.config.system.build.toplevel"'
)
"""The script that builds the host that HOST names."""


@frozen(kw_only=True)
class FleetBuild(ModelObject):
    """A workflow that builds the system of every host, so that the cache has it before they do.

    It runs on pushes to the repository's default branch, as a matrix of the hosts' names. A newer
    push ends the run of an older one, whose finished builds stay in the store.

    - `runs_on`: a runner with one label, or labels by their names.
    - `hosts`: names in the flake's `nixosConfigurations`; None is every host of the fleet.
    - `timeout_minutes`: for each host.
    """

    file: str = checked(WORKFLOW_FILE, default="build-hosts.yaml")
    runs_on: Sequence[str] = checked(values.each(LABEL), converter=to_labels)
    hosts: Sequence[str] | None = checked(
        values.optional(values.each(values.host_name)),
        default=None,
        converter=lambda value: None if value is None else values.to_tuple(value),
    )
    timeout_minutes: int = checked(values.between(1, 43200, " minutes"), default=360)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )

    def names(self, fleet: Collection[str]) -> tuple[str, ...]:
        """The hosts that are built, of a fleet with these names."""
        return tuple(fleet if self.hosts is None else self.hosts)


def _folder(value: Any) -> str | None:
    if value == ".":
        return None
    return values.matching(
        r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*",
        'a path below the output folder, or "." for that folder itself',
    )(value)


@frozen(kw_only=True)
class Repository(ModelObject):
    """A repository of the forge.

    - `name`: `owner/name`.
    - `folder`: where its files are, below the output folder; None is `repositories/<owner>/<name>`,
      and `"."` is for the repository that the output folder is the top of.
    - `default_branch`: whose pushes build the fleet; `main` is what Forgejo makes.
    - `workflows`: `Workflow` objects, and `FleetBuild`.
    - `accepted`: risks of the audit that are taken, `accept(...)`.
    """

    stands_alone: ClassVar[bool] = True
    name: str = checked(repository_name)
    folder: str | None = checked(values.optional(_folder), default=None)
    default_branch: str = checked(
        values.matching(r"[A-Za-z0-9][A-Za-z0-9._/-]*", "the name of a branch"), default="main"
    )
    workflows: Sequence[Workflow | FleetBuild] = checked(
        values.each(values.instance_of(Workflow, FleetBuild)),
        default=(),
        converter=values.to_tuple,
    )
    accepted: Sequence[AcceptedRisk] = accepted_risks()

    def faults(self) -> Iterable[Diagnostic]:
        """Each workflow has a file of its own."""
        files = [workflow.file.lower() for workflow in self.workflows]
        for workflow in self.workflows:
            if workflow.sound and files.count(workflow.file.lower()) > 1:
                yield workflow.fault(
                    f"repository {self.name!r} has two workflows in {workflow.file!r}",
                    "file",
                    advice="give each a file of its own",
                )

    def path(self, workflow: Workflow | FleetBuild) -> str:
        """The path of a workflow's file, below the output folder."""
        folder = f"repositories/{self.name}" if self.folder is None else self.folder
        inside = f"{WORKFLOWS}/{workflow.file}"
        return inside if folder == "." else f"{folder}/{inside}"


def repository_faults(repositories: Iterable[Repository]) -> Iterator[Diagnostic]:
    """Repositories have names and files of their own."""
    names: dict[str, Repository] = {}
    paths: dict[str, Repository] = {}
    for repository in (each for each in repositories if each.sound):
        first = names.setdefault(repository.name.lower(), repository)
        if first is not repository:
            yield _twice(
                repository,
                first,
                f"two repositories are named {repository.name!r}",
                "describe it once, with all of its workflows",
            )
            continue
        for path in map(repository.path, repository.workflows):
            other = paths.setdefault(path.lower(), repository)
            if other is not repository:
                yield _twice(
                    repository,
                    other,
                    f"two repositories have the file {path!r}",
                    "give one of them another folder=...",
                )


def _twice(repository: Repository, other: Repository, summary: str, advice: str) -> Diagnostic:
    return Diagnostic(
        summary=summary,
        location=repository.origin.location(),
        related=(Related(other.origin.location(), "the other one is here"),),
        help=advice,
    )
