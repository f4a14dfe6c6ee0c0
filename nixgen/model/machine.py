"""The size of a machine, and what on it is meant to use more than there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.limits import NixDaemon, ResourceLimits
from nixgen.model.values import Bytes, Percentage

if TYPE_CHECKING:
    from nixgen.model.host import Host
    from nixgen.model.runner import Runner


def _memory(value: Any) -> str | None:
    if isinstance(value, Bytes) and value.count > 0:
        return None
    return f'{values.shown(value)} is no size of a memory; allowed is one such as "32G"'


@model_class
class Machine(ModelObject):
    """What a host has: `cores` are the processors that the kernel sees, `memory` is its RAM."""

    cores: int = checked(values.between(1, 8192, " cores"))
    memory: Bytes = checked(_memory, converter=values.parsed(Bytes.parse, Bytes))

    def share(self, size: Bytes | Percentage) -> int:
        """A size in bytes; a percentage is of the memory, as systemd takes it."""
        if isinstance(size, Percentage):
            return self.memory.count * size.number // 100
        return size.count


def overloads(host: Host) -> Iterator[Diagnostic]:
    """What cannot be on the host's machine, or would slow it down: for the audit.

    Nothing where the host does not say what its machine is.
    """
    machine = host.machine
    if machine is None:
        return
    runners = [runner for runner in host.composition.runners if runner.enable]
    yield from _too_many_jobs(host, machine, runners)
    for limits, whose in _all_limits(host, runners):
        yield from _limits_beyond(limits, whose, machine)
    if host.nix_daemon is not None:
        yield from _too_many_builds(host.nix_daemon, machine)
    yield from _memory_twice(host, machine, runners)


def _too_many_jobs(host: Host, machine: Machine, runners: Iterable[Runner]) -> Iterator[Diagnostic]:
    """Every job wants a core, at the least."""
    runners = list(runners)
    jobs = sum(runner.jobs for runner in runners)
    if jobs <= machine.cores:
        return
    most = max(runners, key=lambda runner: runner.jobs)
    parts = ", ".join(f"{runner.name} {runner.jobs}" for runner in runners)
    yield most.fault(
        f"the runners of {host.name!r} run {jobs} jobs at once ({parts}), on {_cores(machine)}",
        "capacity",
        advice="lower capacity: together no more jobs than there are cores",
    )


def _all_limits(host: Host, runners: Iterable[Runner]) -> Iterator[tuple[ResourceLimits, str]]:
    for runner in runners:
        if runner.limits is not None:
            yield runner.limits, f"runner {runner.name!r}"
    if host.nix_daemon is not None and host.nix_daemon.limits is not None:
        yield host.nix_daemon.limits, "nix-daemon"


def _limits_beyond(limits: ResourceLimits, whose: str, machine: Machine) -> Iterator[Diagnostic]:
    """A limit that the machine reaches first bounds nothing."""
    for field in ("memory_high", "memory_max"):
        size = getattr(limits, field)
        if size is not None and machine.share(size) > machine.memory.count:
            yield limits.fault(
                f"{field} of {whose} is {size}, more than the machine's {machine.memory}",
                field,
                advice="give it less than the memory, with some left for the rest of the host",
            )
    quota = limits.cpu_quota
    if quota is not None and quota.number > 100 * machine.cores:
        yield limits.fault(
            f"cpu_quota of {whose} is {quota}, on {_cores(machine)}",
            "cpu_quota",
            advice=f"allowed is up to {100 * machine.cores}%; less leaves time for other units",
        )


def _too_many_builds(daemon: NixDaemon, machine: Machine) -> Iterator[Diagnostic]:
    """Builds at once, times the cores of each, which `make -j` takes.

    Twice the machine's is fine: a build seldom keeps all its cores busy.
    """
    jobs = machine.cores if daemon.max_jobs == "auto" else daemon.max_jobs
    if not isinstance(jobs, int) or daemon.cores is None:
        return
    each = daemon.cores or machine.cores
    if jobs * each > 2 * machine.cores:
        yield daemon.fault(
            f"nix-daemon runs {jobs} builds on {each} cores each, on {_cores(machine)}",
            "cores",
            advice="let max_jobs times cores be near the number of cores",
        )


def _memory_twice(host: Host, machine: Machine, runners: Iterable[Runner]) -> Iterator[Diagnostic]:
    """The last resorts of all units together: above it the kernel chooses what to kill."""
    bounds = [
        machine.share(limits.memory_max)
        for limits, _ in _all_limits(host, runners)
        if limits.memory_max is not None
    ]
    if len(bounds) > 1 and sum(bounds) > machine.memory.count:
        together = sum(bounds) / 2**30
        yield host.fault(
            f"the units of {host.name!r} may take {together:.1f}G together before one is stopped, "
            f"of {machine.memory}",
            advice="lower memory_max of some, so that they fit side by side",
        )


def _cores(machine: Machine) -> str:
    return f"{machine.cores} core{'' if machine.cores == 1 else 's'}"
