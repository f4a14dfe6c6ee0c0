"""Compares the AppRole of a host with the server's: its settings, and what its policies allow.

Settings are those of the AppRole API (Vault's and OpenBao's documentation, "AppRole auth method").
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nixgen.diagnostic import Location
from nixgen.live.finding import Finding, Kind, finding
from nixgen.live.policy import ROOT, Policy, exceeding, joined, lacking, parse_policy
from nixgen.live.server import Answer, No, Server
from nixgen.model.access import policy_name, policy_paths
from nixgen.model.host import Host
from nixgen.model.values import Duration
from nixgen.model.vault import APPROLE

APPLY = "`tofu apply` in terraform/vault makes it so"


def compare_approle(host: Host, server: Server) -> Iterator[Finding]:
    """The host's role is there, with the model's settings and policies."""
    place = f"auth/{host.vault.approle_mount}/role/{host.name}"
    answer = server.get(place)
    if answer.no is None:
        yield from _settings(host, answer.data)
        names = [name for name in answer.data.get("token_policies") or () if name != "default"]
    elif answer.no is No.FORBIDDEN:
        yield finding(
            Kind.UNSEEN,
            f"the AppRole of host {host.name!r} cannot be seen: reading {place} is forbidden",
            host.origin.location(),
        )
        names = [policy_name(host.name)] if host.vault.standalone else []
    else:
        yield finding(
            Kind.DIFFERENT,
            f"host {host.name!r} has no AppRole: there is nothing at {place}",
            host.origin.location(),
            advice=APPLY if host.vault.standalone else None,
        )
        return
    if names or answer.no is None:
        yield from _policies(host, names, server)


def _policies(host: Host, names: Sequence[str], server: Server) -> Iterator[Finding]:
    """What the role's policies allow together is what the model says."""
    policies: list[Policy] = []
    for name in names:
        if name.lower() == "root":
            policies = [ROOT]  # over which no denial stands
            break
        answer = server.get(f"sys/policies/acl/{name}")
        wrong = _no_policy(answer, name, host)
        if wrong is None:
            try:
                policies.append(parse_policy(answer.data.get("policy") or ""))
            except ValueError:
                summary = (
                    f"the policy {name!r} of host {host.name!r} is in no form that can be read"
                )
                wrong = finding(Kind.UNSEEN, summary, host.origin.location())
        if wrong is not None:
            yield wrong
            if wrong.kind is Kind.UNSEEN:
                return
    policy, wanted = joined(policies), policy_paths(host)
    location = _origin_of_paths(host)
    if less := lacking(wanted, policy):
        yield finding(
            Kind.DIFFERENT,
            f"the AppRole of host {host.name!r} may not do what the model says",
            location,
            detail="\n".join(f"lacking: {line}" for line in less),
            advice=APPLY if host.vault.standalone else None,
        )
    if more := exceeding(wanted, policy):
        yield finding(
            Kind.DIFFERENT if host.vault.standalone else Kind.REMARK,
            f"the AppRole of host {host.name!r} may do more than the model says",
            location,
            detail="\n".join(f"more: {line}" for line in more),
            advice=APPLY if host.vault.standalone else None,
        )


def _no_policy(answer: Answer, name: str, host: Host) -> Finding | None:
    if answer.no is None:
        return None
    if answer.no is No.FORBIDDEN:
        summary = (
            f"the policy {name!r} of host {host.name!r} cannot be seen: reading it is forbidden"
        )
        return finding(Kind.UNSEEN, summary, host.origin.location())
    summary = f"the policy {name!r}, which the AppRole of host {host.name!r} has, does not exist"
    return finding(Kind.DIFFERENT, summary, host.origin.location())


def _origin_of_paths(host: Host) -> Location:
    given = host.approle.reads is not None
    return host.approle.origin.at("reads").location() if given else host.origin.location()


def _settings(host: Host, role: Mapping[str, Any]) -> Iterator[Finding]:
    """The settings that nixgen writes, or that the user gave, are those of the role."""
    if not host.vault.standalone and host.approle is APPROLE:
        return
    for name, (wanted, found) in _compared(host, role).items():
        if wanted != found:
            given = name in _GIVEN and host.approle is not APPROLE
            yield finding(
                Kind.DIFFERENT,
                f"the AppRole of host {host.name!r} has {name} {_shown(found)}; the model says "
                f"{_shown(wanted)}",
                (host.approle.origin.at(_GIVEN[name]) if given else host.origin).location(),
                advice=APPLY if host.vault.standalone else None,
            )


# The role's settings, and the fields of `AppRole` that say them.
_GIVEN = {
    "token_ttl": "token_ttl",
    "token_max_ttl": "token_max_ttl",
    "token_bound_cidrs": "bound_cidrs",
    "secret_id_bound_cidrs": "bound_cidrs",
    "secret_id_ttl": "secret_id_ttl",
    "secret_id_num_uses": "secret_id_uses",
}


def _compared(host: Host, role: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings of a role: as the model says, and as the server has them."""
    approle = host.approle
    cidrs = _networks(approle.bound_cidrs)
    pairs: dict[str, tuple[Any, Any]] = {
        name: (_seconds(getattr(approle, name)), _seconds(role.get(name)))
        for name in ("token_ttl", "token_max_ttl", "secret_id_ttl")
    }
    pairs |= {
        name: (cidrs, _networks(role.get(name) or ()))
        for name in ("token_bound_cidrs", "secret_id_bound_cidrs")
    }
    pairs["secret_id_num_uses"] = (approle.secret_id_uses, role.get("secret_id_num_uses"))
    pairs["bind_secret_id"] = (True, role.get("bind_secret_id"))
    if host.vault.standalone:
        policies = tuple(sorted(role.get("token_policies") or ()))
        pairs["token_policies"] = ((policy_name(host.name),), policies)
        pairs |= _unwritten(role)
    return pairs


def _unwritten(role: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Settings that the generated resource leaves out, so that they are the server's defaults."""
    for name in ("token_period", "token_explicit_max_ttl"):
        yield name, (_seconds(0), _seconds(role.get(name)))
    yield "token_num_uses", (0, role.get("token_num_uses") or 0)
    yield "token_no_default_policy", (False, bool(role.get("token_no_default_policy")))
    kind = role.get("token_type") or "default"
    yield "token_type", ("default", "default" if kind == "service" else kind)  # which is the same


def _seconds(value: Any) -> Duration:
    """A duration of the model or the API, where none is 0: the server's own, or without end."""
    return value if isinstance(value, Duration) else Duration(int(value or 0))


def _networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Networks in one form and order: the server writes 10.0.0.1/32 as 10.0.0.1."""
    return tuple(sorted(map(_network, texts)))


def _network(text: str) -> str:
    """The server takes bits behind the prefix, which say nothing, and sockets, which are as is."""
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return text


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
