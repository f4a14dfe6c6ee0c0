"""A host's runners: their instances, what their modules want, and the settings of their units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nixgen.emit import forgejo_runner, gitea_actions_runner
from nixgen.emit.contribution import given, whole
from nixgen.emit.nix_daemon import limit_settings
from nixgen.emit.settings import Setting, service_config
from nixgen.model.host import Host
from nixgen.model.runner import ContainerRunner, Runner
from nixgen.model.runner_module import FORGEJO_RUNNER
from nixgen.nix import build, nodes

_ABOUT_LIMITS = "Of the steps of all jobs together; builds run in nix-daemon, not here."
_ABOUT_HARDENING = "What is kept from the steps of jobs; builds run in nix-daemon, not here."
_ABOUT_BOTH = "Limits and hardening of the steps of jobs; builds run in nix-daemon, not here."


def runner_entries(
    runners: Iterable[Runner], host: Host, *, nested: bool = True
) -> Iterator[nodes.Binding]:
    """All that stands in the file of runners for some of a host's; a container runtime once."""
    runtimes = set()
    for runner in runners:
        if isinstance(runner, ContainerRunner) and runner.runtime not in runtimes:
            runtimes.add(runner.runtime)
            yield gitea_actions_runner.container_runtime(runner)
        yield instance(runner)
        yield from unit_settings(runner, host.composition.runners, nested=nested)


def instance(runner: Runner) -> nodes.Binding:
    """`services.<module>.instances.<name> = { ... };`"""
    kind = forgejo_runner if runner.module is FORGEJO_RUNNER else gitea_actions_runner
    return build.bind(
        runner.option_path,
        nodes.AttributeSet(tuple(kind.attributes(runner))),
        comments=runner.notes,
        origin=whole(runner),
    )


def unit_settings(
    runner: Runner, runners: Iterable[Runner] = (), *, nested: bool = True
) -> Iterator[nodes.Binding]:
    """`systemd.services.<unit>.serviceConfig` where the runner has limits or hardening.

    `runners` are all that the host has: what they leave behind is hidden from its jobs.
    """
    limits = [] if runner.limits is None else list(limit_settings(runner.limits))
    hardening = [
        Setting(each.name, each.value, given(runner, "hardening"), (each.reason,))
        for each in runner.hardened(runners)
    ]
    about = [_ABOUT_LIMITS] if limits else [_ABOUT_HARDENING]
    if limits and hardening:
        about = [_ABOUT_BOTH]
    settings = (*limits, *hardening)
    unit = str(runner.unit)
    yield from service_config(unit, settings, whole(runner), nested=nested, notes=about)
