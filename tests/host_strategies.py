"""Random objects around a host: what bounds units, what keeps and serves a cache."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from nixgen import (
    GarbageCollection,
    Hardening,
    Harmonia,
    Machine,
    NixDaemon,
    ResourceLimits,
    VaultSecret,
)
from nixgen.model.hardening import NAMES

UUID = "c9e50be9-a7c3-4aee-ba35-624c4ff8c519"
releases = st.sampled_from(["25.05", "25.11", "26.05", "26.11", "unstable"])


def uuid_for(release: str) -> str | None:
    """A runner's uuid where the release's module wants one."""
    return UUID if release >= "26.11" else None


limits = st.builds(
    ResourceLimits,
    memory_high=st.sampled_from(["512M", "40%", "3G"]),
    memory_max=st.sampled_from([None, "64G", "80%", "1T"]),
    oom_policy=st.sampled_from([None, "continue", "stop", "kill"]),
    cpu_quota=st.sampled_from([None, "1%", "150%", "400%"]),
    tasks_max=st.one_of(st.none(), st.integers(1, 9999), st.just("10%")),
    io_weight=st.one_of(st.none(), st.integers(1, 10000)),
)
hardenings = st.builds(
    Hardening,
    hidden=st.lists(st.sampled_from(["/run/secrets", "/srv", "/home/a b"]), unique=True),
    without=st.lists(st.sampled_from(NAMES), unique=True),
)
daemons = st.builds(
    NixDaemon,
    limits=st.one_of(st.none(), limits),
    max_jobs=st.one_of(st.just("auto"), st.integers(0, 64)),
    cores=st.one_of(st.none(), st.integers(0, 64)),
)
collections = st.builds(
    GarbageCollection,
    flake=st.sampled_from([".", "git+https://forge.example/a/b?ref=x%20y", "/etc/nixos"]),
    hosts=st.sampled_from([None, ["web1"], ["web1", "cache"]]),
    systems=st.integers(1, 9),
    older_than_days=st.one_of(st.none(), st.integers(1, 99)),
    keep_outputs=st.booleans(),
)
machines = st.builds(
    Machine, cores=st.integers(1, 64), memory=st.sampled_from(["512M", "16G", "1T"])
)


def harmonias(key: VaultSecret, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Harmonia]:
    """A binary cache that signs with a key, with settings of any kind."""
    return st.builds(
        Harmonia,
        keys=st.sampled_from([[], [key]]),
        bind=st.sampled_from([None, "[::]:5000", "unix:/run/harmonia/socket"]),
        priority=st.one_of(st.none(), st.integers(0, 99)),
        settings=st.dictionaries(st.sampled_from(["xa", "xb", "x c"]), values, max_size=2),
    )
