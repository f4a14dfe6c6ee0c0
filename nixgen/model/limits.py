"""Limits of systemd units and of Nix's builds: memory, CPU, tasks, disk.

A native runner's unit holds the steps of its jobs only. `nix build` in a step hands the build to
nix-daemon, so builds have limits of their own: those of nix-daemon's unit, and how many of them run
at once on how many cores.

Settings, their values and what they do: systemd.resource-control(5); `OOMPolicy`:
systemd.service(5); `max-jobs` and `cores`:
nix.conf(5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.values import Bytes, Percentage


def _memory(value: Any) -> str | None:
    match value:
        case Bytes(count) if count > 0:
            return None
        case Percentage(number) if 0 < number <= 100:
            return None
        case Bytes() | Percentage():
            return f"{value} is not allowed; allowed is more than nothing and at most 100%"
    return (
        f"{values.shown(value)} is {values.kind_of(value)}; allowed is a size, such as "
        '"8G", or a part of the machine\'s memory, such as "80%"'
    )


def _cpu_quota(value: Any) -> str | None:
    if isinstance(value, Percentage):
        return None if value.number > 0 else "0% is not allowed; allowed is 1% and more"
    return (
        f"{values.shown(value)} is {values.kind_of(value)}; allowed is a percentage of one core's "
        'time: "400%" is four cores'
    )


def _tasks(value: Any) -> str | None:
    if isinstance(value, Percentage) and 0 < value.number <= 100:
        return None
    wrong = values.between(1, 2**22, " tasks")(value)
    return wrong and f'{wrong}, or a percentage, such as "10%"'


def _to_size(value: Any) -> Any:
    """Bytes from `8G`, a percentage from `80%`."""
    if isinstance(value, str):
        return Percentage.parse(value) if value.endswith("%") else Bytes.parse(value)
    return value


_to_percentage: Callable[[Any], Any] = values.parsed(Percentage.parse, Percentage)


@model_class
class ResourceLimits(ModelObject):
    """What the processes of a systemd unit may use together; None sets no limit.

    - `memory_high`: above it the kernel slows them down and takes memory back: the working limit.
    - `memory_max`: above it they are killed: the last resort, higher than `memory_high`.
      Both are sizes (`"8G"`, powers of 1024) or parts of the machine's memory (`"80%"`).
    - `cpu_quota`: of one core's time: `"400%"` is four cores.
    - `oom_policy`: what systemd does where one of them was killed for want of memory: `"continue"`
      lets the others run, `"stop"` and `"kill"` end the unit; None is systemd's own default. It is
      said where `memory_max` is.
    - `tasks_max`: processes and threads, a number or a part of the system's maximum (`"10%"`).
    - `io_weight`: the share of the disk's time where others want it too, 1 to 10000; units have 100
      where nothing is said.
    """

    memory_high: Bytes | Percentage | None = checked(
        values.optional(_memory), default=None, converter=_to_size
    )
    memory_max: Bytes | Percentage | None = checked(
        values.optional(_memory), default=None, converter=_to_size
    )
    oom_policy: str | None = checked(
        values.optional(values.one_of("continue", "stop", "kill")), default="continue"
    )
    cpu_quota: Percentage | None = checked(
        values.optional(_cpu_quota), default=None, converter=_to_percentage
    )
    tasks_max: int | Percentage | None = checked(
        values.optional(_tasks), default=None, converter=_to_percentage
    )
    io_weight: int | None = checked(values.optional(values.between(1, 10000)), default=None)

    def faults(self) -> Iterable[Diagnostic]:
        """The last resort lies above the working limit; an object without a limit says nothing."""
        high, last = self.memory_high, self.memory_max
        if isinstance(high, Bytes) and isinstance(last, Bytes):
            contradicts = high.count >= last.count
        elif isinstance(high, Percentage) and isinstance(last, Percentage):
            contradicts = high.number >= last.number
        else:
            contradicts = False
        if contradicts:
            yield self.fault(
                f"ResourceLimits.memory_high: {high} is not below memory_max, {last}: processes "
                "are killed before they are slowed down",
                "memory_high",
                advice="give memory_high a smaller size, or leave memory_max out",
            )
        given = (high, last, self.cpu_quota, self.tasks_max, self.io_weight)
        if all(each is None for each in given):
            yield self.fault(
                "ResourceLimits limits nothing",
                advice='give a limit, such as memory_high="8G", or leave the object out',
            )


def _max_jobs(value: Any) -> str | None:
    if value == "auto":
        return None
    wrong = values.between(0, 1024, " builds")(value)
    return wrong and f'{wrong}, or "auto"'


@model_class
class NixDaemon(ModelObject):
    """How much of the machine Nix's builds may use: those of jobs, of upgrades and of people.

    - `limits`: of nix-daemon's unit, in which all builds run.
    - `max_jobs`: builds at once; `"auto"` is one for each core, 0 builds on other machines only.
    - `cores`: that each build may use; 0 is all of them.
    """

    limits: ResourceLimits | None = checked(
        values.instance_of(ResourceLimits, type(None)), default=None
    )
    max_jobs: int | str | None = checked(values.optional(_max_jobs), default=None)
    cores: int | None = checked(values.optional(values.between(0, 1024, " cores")), default=None)

    def faults(self) -> Iterable[Diagnostic]:
        """An object without a limit says nothing."""
        if self.limits is None and self.max_jobs is None and self.cores is None:
            yield self.fault(
                "NixDaemon limits nothing",
                advice="give it limits, max_jobs or cores, or leave the object out",
            )
