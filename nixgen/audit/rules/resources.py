"""What jobs may use of the machine, and what becomes of them when it changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nixgen.audit.container_options import container_options
from nixgen.audit.rule import Evidence, found, host_rule
from nixgen.audit.view import HostView, runner_value
from nixgen.diagnostic import Severity
from nixgen.model.limits import ResourceLimits
from nixgen.model.machine import overloads
from nixgen.model.runner import Runner
from nixgen.model.values import Duration

_LIMITS = ("MemoryHigh", "MemoryMax", "CPUQuota", "TasksMax")


def is_limited(view: HostView, unit: str) -> bool:
    """Whether options limit a unit: `infinity` is none."""
    settings = [view.unit_setting(unit, name) for name in _LIMITS]
    return any(each is not None and each.value not in ("infinity", "") for each in settings)


def bounds(limits: ResourceLimits | None) -> bool:
    """Whether limits bound what is used, as a share of the disk's time alone does not."""
    return limits is not None and any(
        each is not None
        for each in (limits.memory_high, limits.memory_max, limits.cpu_quota, limits.tasks_max)
    )


@host_rule(
    "NG501",
    Severity.WARNING,
    "Host jobs can use all of the machine",
    why="One job that takes all memory makes the kernel end processes of others, and one that "
    "starts processes without end stops the machine. Capacity bounds how many jobs there are, not "
    "what each takes.",
    advice='give the runner limits=ResourceLimits(memory_high="8G", cpu_quota="400%", '
    "tasks_max=4096)",
    source="systemd.resource-control(5): MemoryHigh=, CPUQuota=, TasksMax=",
)
def unlimited_jobs(view: HostView) -> Iterator[Evidence]:
    """A host runner without limits, in the model or in its unit's options."""
    for runner in view.host_runners:
        if not bounds(runner.limits) and not is_limited(view, runner.unit.text):
            yield found(
                runner,
                "capacity" if runner.capacity else "name",
                f"jobs of runner {runner.name!r} have no limit of memory, CPU or processes",
            )


# What lets builds take all of the machine; max-jobs 0 lets none of them run here.
_NO_LIMIT = {"max-jobs": ("None", "auto"), "cores": ("None", "0")}


@host_rule(
    "NG502",
    Severity.WARNING,
    "Builds that jobs start have no limit",
    why="nix build hands the work to nix-daemon, so limits of the runner's unit hold for the steps "
    "alone. Four jobs with as many builds as there are cores, each on all cores, leave nothing "
    "for what else the machine serves.",
    advice="give the host nix_daemon=NixDaemon(max_jobs=4, cores=2, limits=ResourceLimits(...))",
    source="Nix manual, multi-user mode: builds run under the daemon; nix.conf(5): max-jobs, cores",
)
def unlimited_builds(view: HostView) -> Iterator[Evidence]:
    """Host jobs, and no limit of nix-daemon in the model or in options."""
    daemon = view.host.nix_daemon
    settings = [(name, view.setting(f"nix.settings.{name}")) for name in _NO_LIMIT]
    given = [
        (name, "unknown" if each.value is None else each.value) for name, each in settings if each
    ]
    if daemon is not None:
        given += [("max-jobs", daemon.max_jobs), ("cores", daemon.cores)]
    limited = (
        (daemon is not None and bounds(daemon.limits))
        or is_limited(view, "nix-daemon")
        or any(str(value) not in _NO_LIMIT[name] for name, value in given)
    )
    if view.host_runners and not limited:
        names = " and ".join(repr(runner.name) for runner in view.host_runners)
        yield found(
            view.host,
            "name",
            f"builds that jobs of runner {names} start can use all of the machine",
        )


@host_rule(
    "NG503",
    Severity.WARNING,
    "More is meant for the machine than it has",
    why="A limit above what there is limits nothing, and more jobs than cores, or builds on all "
    "cores at once, make everything slow, the cache that the machine serves too.",
    advice="lower the capacity or the limits, or correct Host.machine",
    source="systemd.resource-control(5); nix.conf(5): max-jobs, cores",
)
def overloaded(view: HostView) -> Iterator[Evidence]:
    """What `nixgen.model.machine` says, where the host says what its machine is."""
    for overload in overloads(view.host):
        if overload.location is not None:
            yield Evidence(
                subject=view.host,
                summary=overload.summary,
                location=overload.location,
                advice=overload.help,
            )


@host_rule(
    "NG504",
    Severity.WARNING,
    "A new configuration ends the jobs that run",
    why="When the runner's unit changes, NixOS restarts it. systemd waits for TimeoutStopSec, 90 "
    "seconds where nothing is said, then kills what is left; the runner itself would wait for "
    "shutdown_timeout. What a job was doing, a deployment for instance, is left half done.",
    advice="give the unit a serviceConfig.TimeoutStopSec at least as long as shutdown_timeout",
    source="systemd.service(5): TimeoutStopSec=; systemd-system.conf(5): DefaultTimeoutStopSec=; "
    "forgejo-runner, config.example.yaml: runner.shutdown_timeout",
)
def killed_jobs(view: HostView) -> Iterator[Evidence]:
    """A unit that is killed before the runner's own time is over."""
    for runner in view.runners:
        patience = _seconds(runner_value(runner, "runner", "shutdown_timeout"))
        limit = _stop_timeout(view, runner.unit.text)
        if patience and limit is not None and limit < patience:
            yield found(
                runner,
                "settings",
                f"runner {runner.name!r} waits {Duration(patience)} for its jobs, and systemd "
                f"kills it after {Duration(limit)}",
            )


_DEFAULT_STOP_TIMEOUT = 90


def _stop_timeout(view: HostView, unit: str) -> int | None:
    """Seconds until a unit is killed; None for never, or where it is not known."""
    setting = view.unit_setting(unit, "TimeoutStopSec") or view.unit_setting(unit, "TimeoutSec")
    return _DEFAULT_STOP_TIMEOUT if setting is None else _seconds(setting.value)


def _seconds(value: Any) -> int | None:
    """A duration as systemd and Go write it; None for none, `infinity`, and what is unknown."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value or None
    if isinstance(value, str):
        try:
            text = value.replace(" ", "").replace("min", "m")
            return int(text) if text.isdigit() else Duration.parse(text).seconds
        except ValueError:
            return None
    return None


def limits_containers(runner: Runner) -> bool:
    """Whether the options of a runner's containers bound their memory."""
    memory = container_options(runner).get("memory", ["0"])[-1]
    return re.search("[1-9]", memory) is not None  # 0 is no limit


@host_rule(
    "NG505",
    Severity.NOTE,
    "Container jobs can use all of the machine",
    why="The runtime starts containers without limits where none are given. Jobs of any repository "
    "in the scope can take all memory.",
    advice='write settings={"container": {"options": "--memory=4g --cpus=2 --pids-limit=2048"}}',
    source="forgejo-runner, config.example.yaml: container.options; docker run --memory, --cpus",
)
def unlimited_containers(view: HostView) -> Iterator[Evidence]:
    """Container options without a limit of memory."""
    for runner in view.container_runners:
        if not limits_containers(runner) and not runner.existing:
            yield found(
                runner,
                "settings" if runner.settings else "name",
                f"containers of runner {runner.name!r} have no limit of memory",
            )
