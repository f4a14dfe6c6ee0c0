"""Resource limits as settings of systemd units, and those of Nix's own builds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from nixgen.emit.contribution import given, whole
from nixgen.emit.settings import Setting, service_config, settings_at
from nixgen.model.host import Host
from nixgen.model.limits import NixDaemon, ResourceLimits
from nixgen.model.values import Percentage
from nixgen.nix import nodes

UNIT = "nix-daemon"
_OOM_POLICIES = {
    "continue": "One that is killed for its memory does not end the others.",
    "stop": "One that is killed for its memory stops the unit.",
    "kill": "One that is killed for its memory takes all of the unit with it.",
}


def _cores(quota: Percentage) -> str:
    """`400%` in words."""
    cores, rest = divmod(quota.number, 100)
    number = f"{cores}.{rest:02}".rstrip("0") if rest else f"{cores}"
    return f"The time of {number} core{'' if number == '1' else 's'}."


_SETTINGS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "memory_high": (
        "MemoryHigh",
        lambda _: "Above this they are slowed down and memory is taken back.",
    ),
    "memory_max": ("MemoryMax", lambda _: "The last resort: above this they are killed."),
    "oom_policy": ("OOMPolicy", _OOM_POLICIES.__getitem__),
    "cpu_quota": ("CPUQuota", _cores),
    "tasks_max": ("TasksMax", lambda _: "Processes and threads."),
    "io_weight": ("IOWeight", lambda _: "The share of the disk's time; other units have 100."),
}
"""The setting of each field, and what its value does."""

LIMIT_NAMES = {name: field for field, (name, _) in _SETTINGS.items()}
"""Fields of `ResourceLimits` by the names that systemd has for them."""


def limit_settings(limits: ResourceLimits) -> Iterator[Setting]:
    """The limits that are given, each with what it does as a comment."""
    for field, (name, about) in _SETTINGS.items():
        value = getattr(limits, field)
        if value is None or (field == "oom_policy" and limits.memory_max is None):
            continue
        printed = value if isinstance(value, int) else str(value)
        yield Setting(name, printed, given(limits, field), (about(value),))


def entries(host: Host, *, nested: bool = True) -> Iterator[nodes.Binding]:
    """The limits of nix-daemon's unit, and `nix.settings` of builds."""
    daemon = host.nix_daemon
    if daemon is None:
        return
    if daemon.limits is not None:
        about = "Of all builds together, those that jobs start too: they run in nix-daemon."
        limits = limit_settings(daemon.limits)
        yield from service_config(UNIT, limits, whole(daemon), nested=nested, notes=(about,))
    settings = _build_settings(daemon)
    yield from settings_at(("nix", "settings"), settings, whole(daemon), nested=nested)


def _build_settings(daemon: NixDaemon) -> Iterator[Setting]:
    if daemon.max_jobs is not None:
        cause = given(daemon, "max_jobs")
        yield Setting("max-jobs", daemon.max_jobs, cause, ("Builds at once.",))
    if daemon.cores is not None:
        note = "Cores that each build may use" + ("; 0 is all." if daemon.cores == 0 else ".")
        yield Setting("cores", daemon.cores, given(daemon, "cores"), (note,))
