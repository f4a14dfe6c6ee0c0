"""Resource limits print as systemd reads them, and refuse what it would refuse or ignore."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    ContainerRunner,
    GlobalScope,
    Host,
    ModelError,
    NixDaemon,
    ResourceLimits,
    TokenFile,
)
from nixgen.model.values import Bytes, Percentage


def message(kind: type, **fields: Any) -> str:
    """What the error says when an object is made with these fields, the help included."""
    with pytest.raises(ModelError) as caught:
        kind(**fields)
    return "\n".join(f"{each.summary}\n{each.help}" for each in caught.value.diagnostics)


def test_values_print_as_systemd_reads_them() -> None:
    """Sizes keep the largest unit that divides them, percentages their sign."""
    limits = ResourceLimits(
        memory_high="1536M", memory_max="2G", cpu_quota="400%", tasks_max="10%", io_weight=50
    )
    assert (str(limits.memory_high), str(limits.memory_max)) == ("1536M", "2G")
    assert str(limits.cpu_quota) == "400%"
    assert limits.memory_max == Bytes(2**31)
    assert limits.tasks_max == Percentage(10)
    assert str(ResourceLimits(memory_high="80%").memory_high) == "80%"


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"memory_high": "8GB"}, "'8GB' is no size; allowed are digits and K, M, G or T"),
        ({"memory_high": 8}, '8 is an int; allowed is a size, such as "8G"'),
        ({"memory_max": "120%"}, "120% is not allowed; allowed is more than nothing and at most"),
        ({"memory_max": "0"}, "0 is not allowed"),
        ({"memory_max": True}, "True is a bool"),
        ({"cpu_quota": "four"}, "'four' is no percentage; allowed are forms such as 80%"),
        ({"cpu_quota": 4}, 'of one core\'s time: "400%" is four cores'),
        ({"cpu_quota": "0%"}, "0% is not allowed; allowed is 1% and more"),
        ({"tasks_max": 0}, 'from 1 to 4194304 tasks, or a percentage, such as "10%"'),
        ({"tasks_max": "200%"}, 'or a percentage, such as "10%"'),
        ({"io_weight": 10001}, "from 1 to 10000"),
        ({"memory_max": "1G", "oom_policy": "restart"}, "allowed is continue, stop, kill"),
        ({}, "ResourceLimits limits nothing"),
    ],
)
def test_what_systemd_would_refuse_is_refused(fields: dict[str, Any], wanted: str) -> None:
    """A setting that systemd cannot parse is ignored, and the unit runs without the limit."""
    assert wanted in message(ResourceLimits, **fields)


@pytest.mark.parametrize(("high", "last"), [("8G", "8G"), ("8G", "4G"), ("80%", "50%")])
def test_a_working_limit_above_the_last_resort_is_refused(high: str, last: str) -> None:
    """MemoryHigh would never act: what uses that much is killed already."""
    assert "killed before they are slowed down" in message(
        ResourceLimits, memory_high=high, memory_max=last
    )


def test_sizes_and_parts_of_the_memory_go_together() -> None:
    """Which of `8G` and `80%` is more depends on the machine, so both orders are allowed."""
    assert ResourceLimits(memory_high="8G", memory_max="80%")
    assert ResourceLimits(memory_high="80%", memory_max="64G")


def test_limits_of_a_container_runner_are_refused() -> None:
    """Its jobs are no processes of its unit, so the limit would look right and do nothing."""
    text = message(
        ContainerRunner,
        name="c",
        url="https://forge.example",
        token=TokenFile(path="/run/token"),
        labels=["nix:docker://nixos/nix:latest"],
        scope=GlobalScope(),
        limits=ResourceLimits(memory_high="8G"),
    )
    assert "in which no job runs: podman starts the containers" in text
    assert "--memory=4g --cpus=2" in text


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"max_jobs": "all"}, 'from 0 to 1024 builds, or "auto"'),
        ({"max_jobs": True}, "True is not allowed"),
        ({"cores": -1}, "from 0 to 1024 cores"),
        ({"limits": "8G"}, "allowed is ResourceLimits or None"),
        ({}, "NixDaemon limits nothing"),
    ],
)
def test_settings_of_builds_that_nix_would_refuse_are_refused(
    fields: dict[str, Any], wanted: str
) -> None:
    """nix.conf with another value stops every Nix command on the host."""
    assert wanted in message(NixDaemon, **fields)


def test_a_host_without_limits_is_what_it_was() -> None:
    """No limit is made up."""
    assert Host(name="web1", release="25.11").nix_daemon is None
