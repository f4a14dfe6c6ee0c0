"""How hosts log in to Vault, and what they may read there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from nixgen.audit.rule import Evidence, found, host_rule
from nixgen.audit.view import HostView
from nixgen.diagnostic import Severity
from nixgen.model.secrets_module import SecretsModule
from nixgen.model.vault import APPROLE

LOOPBACK = frozenset(["localhost", "127.0.0.1", "::1"])


@host_rule(
    "NG601",
    Severity.ERROR,
    "Vault is asked over plain HTTP",
    why="Secrets, and the credentials that fetch them, can be read and changed on the way.",
    advice='write address="https://..."',
    source="Vault: hardening, end-to-end TLS",
)
def plain_vault(view: HostView) -> Iterator[Evidence]:
    """An address with http:// that is not the machine itself."""
    vault = view.host.vault
    if vault.address is not None and is_plain(vault.address):
        yield found(view.host, "address", f"Vault's address is {vault.address!r}", part=vault)


def is_plain(url: str) -> bool:
    """Whether a URL goes over the network without TLS."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


@host_rule(
    "NG602",
    Severity.WARNING,
    "A secret id stands in Terraform's state",
    why="Who reads the state can log in as the host and read its secrets, as long as the id lasts.",
    advice='write wrapping_ttl="30m": the state then has a token that unwraps the id once',
    source="Vault: response wrapping; Terraform keeps attributes of resources in its state",
)
def secret_id_in_state(view: HostView) -> Iterator[Evidence]:
    """A secret id that Terraform makes and that is not wrapped."""
    role = view.host.approle
    if role.secret_id and role.wrapping_ttl is None:
        yield found(
            view.host,
            "secret_id",
            "the host's secret id stands in Terraform's state as it is",
            part=role,
        )


@host_rule(
    "NG603",
    Severity.WARNING,
    "A secret id works from anywhere and for ever",
    why="A copy of the file in /var/lib/vault/approle, out of a backup for instance, logs in as "
    "the host from any machine, at any later time.",
    advice='write bound_cidrs=["10.0.0.7/32"] with the host\'s address, or a secret_id_ttl',
    source="Vault: AppRole, token_bound_cidrs, secret_id_bound_cidrs and secret_id_ttl",
)
def unbound_secret_id(view: HostView) -> Iterator[Evidence]:
    """No network and no end, where nixgen writes the role."""
    role = view.host.approle
    written = view.host.vault.standalone and any(not each.existing for each in view.secrets)
    if written and not role.bound_cidrs and role.secret_id_ttl is None:
        own = role is not APPROLE
        yield found(
            view.host,
            "bound_cidrs" if own else None,
            "the host's AppRole takes a secret id from any address, for ever",
            part=role if own else None,
            advice=None if own else 'give the host approle=AppRole(bound_cidrs=["10.0.0.7/32"])',
        )


@host_rule(
    "NG604",
    Severity.ERROR,
    "A host may read secrets of other hosts",
    why="Whoever gets hold of one host's AppRole credentials then has the secrets of others, too.",
    advice="leave reads out: nixgen derives hosts/<host>/* and the paths of the host's own secrets",
    source="least privilege; the policy that nixgen derives",
)
def reads_of_others(view: HostView) -> Iterator[Evidence]:
    """A path in AppRole.reads that goes into another host's tree."""
    role = view.host.approle
    for path in role.reads or ():
        first, _, rest = path.partition("/")
        owner = rest.partition("/")[0]
        all_trees = first in ("*", "+") or path in ("hosts*", "hosts")
        if all_trees or (first == "hosts" and owner != view.name):
            yield found(
                view.host,
                "reads",
                f"host {view.name!r} may read {path!r}, which is the tree of "
                f"{'all hosts' if all_trees or owner in ('*', '+') else repr(owner)}",
                part=role,
            )


@host_rule(
    "NG605",
    Severity.ERROR,
    "Hosts fetch their secrets over plain HTTP",
    why="The AppRole's credentials and every secret can be read on the way, and other values put "
    "in their place.",
    advice="take plain_http out, and give the server a certificate: ca_file=... checks it",
    source="Vault: hardening, end-to-end TLS",
)
def plain_fetch(view: HostView) -> Iterator[Evidence]:
    """The module that nixgen writes, with plain_http, and an address beyond the host."""
    module = view.host.vault.secrets_module
    address = view.host.vault.host_address
    if isinstance(module, SecretsModule) and address is not None and is_plain(address):
        yield found(
            view.host,
            "plain_http",
            f"the host fetches its secrets from {address!r}",
            part=module,
        )
