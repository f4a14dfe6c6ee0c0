"""Labels and scopes: which jobs come to which runner."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.rule import Evidence, beside, fleet_rule, found, host_rule
from nixgen.audit.scopes import overlap, repositories_text, scope_text
from nixgen.audit.view import FleetView, HostView
from nixgen.diagnostic import Severity
from nixgen.model.runner import Runner
from nixgen.model.scope import RepositoryScope


@fleet_rule(
    "NG301",
    Severity.WARNING,
    "Two runners have one label and run its jobs differently",
    why="The forge gives a job to whichever runner asks first. So the same job runs now on a host, "
    "now in a container, or in different images, and works or fails by chance.",
    advice="give the labels different names, or run the same image behind both",
    source="Forgejo documentation, Choosing labels; runner selection by label within the scopes",
)
def ambiguous_label(view: FleetView) -> Iterator[Evidence]:
    """One name, two environments, and scopes that share a repository."""
    # One runner stands for all that are alike: a pool may have thousands.
    known: dict[tuple[str, str], dict[tuple[str, str], Runner]] = {}
    for _, runner in view.runners:
        for label in runner.labels:
            alike = known.setdefault((runner.url.rstrip("/"), label.name), {})
            own = (str(label), scope_text(runner.scope))
            for (text, _), other in alike.items():
                if text != str(label) and overlap(runner.scope, other.scope):
                    yield found(
                        runner,
                        "labels",
                        f"jobs for {label.name!r} run as {label} on runner {runner.name!r} and as "
                        f"{text} on runner {other.name!r}",
                        related=[beside(other, "labels", "the other runner is here")],
                    )
                    break
            alike.setdefault(own, runner)


@fleet_rule(
    "NG320",
    Severity.NOTE,
    "One label runs jobs on several machines",
    why="The forge gives a job to whichever machine asks first. What a job leaves on the host, "
    "paths in the Nix store for instance, is on one machine and not on the other: a cache is "
    "filled by chance.",
    advice="give each machine's runner a label of its own, where it matters which one it is",
    source="Forgejo documentation, Choosing labels",
)
def several_machines(view: FleetView) -> Iterator[Evidence]:
    """Host labels of one name on several hosts, in scopes that share a repository."""
    known: dict[tuple[str, str], list[tuple[HostView, Runner]]] = {}
    for host, runner in view.runners:
        for label in runner.labels:
            if label.on_host:
                known.setdefault((runner.url.rstrip("/"), label.name), []).append((host, runner))
    for (_, name), places in known.items():
        first, runner = places[0]
        others = [
            (host, other)
            for host, other in places[1:]
            if host is not first and overlap(runner.scope, other.scope)
        ]
        if others:
            names = sorted({first.name, *(host.name for host, _ in others)})
            more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
            yield found(
                runner,
                "labels",
                f"jobs for {name!r} run on any of {len(names)} machines: "
                f"{', '.join(names[:_MOST])}{more}",
                related=[beside(others[0][1], "labels", "another runner is here")],
                hosts=tuple(names),
            )


_MOST = 5


@host_rule(
    "NG302",
    Severity.ERROR,
    "A trusted repository cannot use the runner",
    why="It lies outside of the scope that the runner is registered in: the forge never gives its "
    "jobs to this runner, and they wait for ever.",
    advice="widen the scope, or take the repository out of trusted_repositories",
    source="Forgejo documentation, Actions security: runner selection",
)
def beyond_scope(view: HostView) -> Iterator[Evidence]:
    """A trusted repository that the scope does not cover."""
    for runner in view.runners:
        for repository in runner.trusted_repositories:
            if not runner.scope.covers(repository):
                yield found(
                    runner,
                    "trusted_repositories",
                    f"runner {runner.name!r} is for {scope_text(runner.scope)}, which "
                    f"{repository!r} is not in",
                    related=[beside(runner, "scope", "the scope is here")],
                )


@host_rule(
    "NG303",
    Severity.WARNING,
    "The list of trusted repositories is only a wish",
    why="The forge knows scopes, not lists: every repository in the scope can use the runner, new "
    "ones and public ones too, and with them pull requests to those, once they are approved.",
    advice="register a runner for each repository, RepositoryScope(...), or leave the list out and "
    "trust the whole scope",
    source="Forgejo documentation, Registering a runner: user, organization, repository, instance",
)
def only_a_wish(view: HostView) -> Iterator[Evidence]:
    """Trusted repositories and a scope that holds more than one."""
    for runner in view.host_runners:
        count = len(runner.trusted_repositories)
        if count and not isinstance(runner.scope, RepositoryScope):
            noun = "repository is" if count == 1 else "repositories are"
            yield found(
                runner,
                "trusted_repositories",
                f"{count} {noun} meant to use runner {runner.name!r}, and "
                f"{repositories_text(runner.scope)} can",
                related=[beside(runner, "scope", "the scope decides")],
            )


COMMON_LABELS = frozenset(
    ["ubuntu-latest", "ubuntu-22.04", "ubuntu-24.04", "debian-latest", "docker", "self-hosted"]
)


@host_rule(
    "NG304",
    Severity.WARNING,
    "A host runner has a label that workflows use without thinking of it",
    why="Workflows from elsewhere say runs-on: ubuntu-latest or docker and expect a container that "
    "is thrown away. Here they run on the machine, and may change what they find.",
    advice="give it a name that nobody uses by chance, such as native-nix",
    source="Forgejo documentation, Choosing labels; GitHub's names of hosted runners",
)
def common_label(view: HostView) -> Iterator[Evidence]:
    """Such a name with the scheme host."""
    for runner in view.host_runners:
        for label in runner.labels:
            if label.on_host and label.name.lower() in COMMON_LABELS:
                yield found(
                    runner,
                    "labels",
                    f"jobs for {label.name!r} run on the host, by runner {runner.name!r}",
                )
