"""Entries of the map of hosts, `local.generated_host_policies`: what each may read, how it logs in.

Vault's KV version 2 keeps the data of `hosts/a/b` in the mount `secret` at `secret/data/hosts/a/b`;
policies name that path.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nixgen import hcl
from nixgen.emit.contribution import Cause, SharedEntry, given
from nixgen.emit.shared import HOSTS_FILE
from nixgen.model.access import covered_secrets, policy_paths
from nixgen.model.host import Host
from nixgen.model.values import Duration
from nixgen.model.vault import APPROLE


def role(host: Host) -> SharedEntry:
    """`"web1" = { paths = [...] }`, and in a standalone folder how the host logs in."""
    cause = _paths_cause(host)
    items = [hcl.ObjectItem("paths", hcl.from_python(policy_paths(host)), origin=cause)]
    if host.vault.standalone:
        items += [
            hcl.ObjectItem(name, hcl.from_python(value), origin=_field(host, field))
            for name, value, field in _login(host)
        ]
    item = hcl.ObjectItem(hcl.string(host.name), hcl.Object(tuple(items)), origin=cause)
    return SharedEntry(HOSTS_FILE, "policies", host.name, item)


def _paths_cause(host: Host) -> Cause:
    if host.approle.reads is not None:
        return given(host.approle, "reads")
    origins = tuple(secret.origin for secret in covered_secrets(host))
    return Cause("derived from the secrets that the host has", origins)


def _field(host: Host, field: str) -> Cause:
    if host.approle is APPROLE:
        return Cause(f"the default of AppRole.{field}", (host.origin,))
    return given(host.approle, field)


def _login(host: Host) -> Iterator[tuple[str, Any, str]]:
    """Name, value and field; durations in seconds, as the AppRole's API has them."""
    how = host.approle
    yield "token_ttl", _seconds(how.token_ttl), "token_ttl"
    yield "token_max_ttl", _seconds(how.token_max_ttl), "token_max_ttl"
    yield "bound_cidrs", how.bound_cidrs, "bound_cidrs"
    yield "secret_id", how.secret_id, "secret_id"
    yield "secret_id_ttl", _seconds(how.secret_id_ttl), "secret_id_ttl"
    yield "secret_id_uses", how.secret_id_uses, "secret_id_uses"
    wrapping = _seconds(how.wrapping_ttl)
    yield "wrapping_ttl", f"{wrapping}s" if wrapping else None, "wrapping_ttl"


def _seconds(duration: Duration | str | None) -> int:
    return duration.seconds if isinstance(duration, Duration) else 0
