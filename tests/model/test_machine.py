"""The size of a machine, and the audit's question: is more meant for it than there is?"""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    GlobalScope,
    Host,
    Machine,
    ModelError,
    NativeRunner,
    NixDaemon,
    ResourceLimits,
    TokenFile,
)
from nixgen.model.machine import overloads


def runner(name: str, **fields: Any) -> NativeRunner:
    """A native runner."""
    return NativeRunner(
        name=name,
        url="https://forge.example",
        token=TokenFile(path="/run/token"),
        labels=["native:host"],
        scope=GlobalScope(),
        **fields,
    )


def found(
    *runners: NativeRunner, machine: Machine | None = None, daemon: NixDaemon | None = None
) -> list[str]:
    """What does not fit on a machine of four cores and 16G."""
    size = machine or Machine(cores=4, memory="16G")
    host = Host(name="web1", release="25.11", machine=size, runners=runners, nix_daemon=daemon)
    reasons = list(overloads(host))
    assert all(each.help for each in reasons)
    return [each.summary for each in reasons]


def limits(**fields: Any) -> NativeRunner:
    """A runner with limits."""
    return runner("r", limits=ResourceLimits(**fields))


def test_what_fits_is_not_spoken_of() -> None:
    """As many jobs as cores, limits below the size, builds that share the cores."""
    daemon = NixDaemon(limits=ResourceLimits(memory_max="8G"), max_jobs=4, cores=2)
    own = ResourceLimits(memory_high="6G", memory_max="50%", cpu_quota="400%")
    assert found(runner("r", capacity=3, limits=own), runner("s"), daemon=daemon) == []


def test_capacities_are_added_up() -> None:
    """Capacity of each runner counts, one where nothing is said, none of a disabled one."""
    assert found(runner("r", capacity=4), runner("s", enable=False)) == []
    assert found(runner("r", settings={"runner": {"capacity": 4}}), runner("s")) == [
        "the runners of 'web1' run 5 jobs at once (r 4, s 1), on 4 cores"
    ]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"memory_high": "17G"}, "memory_high of runner 'r' is 17G, more than the machine's 16G"),
        ({"memory_max": "1T"}, "memory_max of runner 'r' is 1T, more than the machine's 16G"),
        ({"cpu_quota": "401%"}, "cpu_quota of runner 'r' is 401%, on 4 cores"),
    ],
)
def test_limits_beyond_the_machine(fields: dict[str, Any], wanted: str) -> None:
    """A limit that is never reached looks like one and bounds nothing."""
    assert found(limits(**fields)) == [wanted]


def test_builds_beyond_the_machine() -> None:
    """Each build takes its cores, so both settings count together."""
    many = "nix-daemon runs 4 builds on 4 cores each, on 4 cores"
    assert found(daemon=NixDaemon(max_jobs="auto", cores=0)) == [many]
    assert found(daemon=NixDaemon(max_jobs=4, cores=2)) == []
    assert found(daemon=NixDaemon(max_jobs=64)) == []


def test_memory_that_is_promised_twice() -> None:
    """Two units with 60% each get into the kernel's hands before either limit acts."""
    daemon = NixDaemon(limits=ResourceLimits(memory_max="60%"))
    (reason,) = found(limits(memory_max="60%"), daemon=daemon)
    assert reason == "the units of 'web1' may take 19.2G together before one is stopped, of 16G"


def test_nothing_is_said_without_a_size() -> None:
    """A host whose machine is not described is compared with nothing."""
    host = Host(name="web1", release="25.11", runners=[runner("r", capacity=99)])
    assert list(overloads(host)) == []


def test_sizes_are_checked() -> None:
    """Cores and memory are whole and more than nothing."""
    for fields in ({"cores": 0, "memory": "1G"}, {"cores": 1, "memory": 4}, {"cores": 1}):
        with pytest.raises(ModelError):
            Machine(**fields)
