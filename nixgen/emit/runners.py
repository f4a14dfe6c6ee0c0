"""A host's runners: their instances, what their modules want, and the settings of their units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nixgen.emit.contribution import whole
from nixgen.emit.gitea_actions_runner import container_runtime, instance
from nixgen.emit.nix_daemon import limit_settings
from nixgen.emit.settings import Setting, service_config
from nixgen.model.runner import ContainerRunner, Runner
from nixgen.nix import nodes

_ABOUT_LIMITS = "Of the steps of all jobs together; builds run in nix-daemon, not here."


def runner_entries(runners: Sequence[Runner], *, nested: bool = True) -> Iterator[nodes.Binding]:
    """All that stands in the file of runners for them; a container runtime once."""
    runtimes = set()
    for runner in runners:
        if isinstance(runner, ContainerRunner) and runner.runtime not in runtimes:
            runtimes.add(runner.runtime)
            yield container_runtime(runner)
        yield instance(runner)
        yield from unit_settings(runner, nested=nested)


def unit_settings(runner: Runner, *, nested: bool = True) -> Iterator[nodes.Binding]:
    """`systemd.services.<unit>.serviceConfig` where the runner has limits."""
    settings: list[Setting] = []
    if runner.limits is not None:
        settings += limit_settings(runner.limits)
    yield from service_config(
        str(runner.unit), settings, whole(runner), nested=nested, notes=(_ABOUT_LIMITS,)
    )
