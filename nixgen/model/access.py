"""What a host may read in Vault, derived from the secrets that it has.

The rules are those of policies (Vault's and OpenBao's documentation, "Policies"): `*` at the end of
a path stands for whatever follows, `+` for any one part; a path without a rule is denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from nixgen.diagnostic import Diagnostic, Related
from nixgen.model.base import ModelObject, fields_of
from nixgen.model.secret import Generated, VaultSecret
from nixgen.model.values import shown
from nixgen.model.vault import APPROLE, AppRole

if TYPE_CHECKING:
    from nixgen.model.host import Host


def policy_name(host: str) -> str:
    """The policy of a host's AppRole, in a standalone folder."""
    return f"host-{host}"


def readable_paths(host: Host) -> tuple[str, ...]:
    """The paths in the mount that the host's AppRole may read, in order; see `Vault`, `AppRole`.

    `hosts/<host>/*` covers the host's own tree, unless policies are exact: no other host has a
    secret there (`fleet_faults`).
    """
    if host.approle.reads is not None:
        return tuple(host.approle.reads)
    tree = own_tree(host)
    used = {secret.vault_path(host.name) for secret in covered_secrets(host)}
    inside = set() if host.vault.exact_policies else {path for path in used if is_below(path, tree)}
    return ((f"{tree}*",) if inside else ()) + tuple(sorted(used - inside))


def policy_paths(host: Host) -> tuple[str, ...]:
    """The same as a policy names them: the data of KV version 2 is below `<mount>/data/`."""
    return tuple(f"{host.vault.mount}/data/{path}" for path in readable_paths(host))


def covered_secrets(host: Host) -> tuple[VaultSecret, ...]:
    """The secrets that the host's policy is made of.

    In a standalone folder these are all: there is no other policy for those declared by hand.
    """
    secrets = host.composition.secrets
    return tuple(each for each in secrets if host.vault.standalone or not each.existing)


def own_tree(host: Host) -> str:
    """Where the host's own secrets are."""
    return f"hosts/{host.name}/"


def is_below(path: str, tree: str) -> bool:
    """Whether a path is in a tree, given with its slash at the end."""
    return path.startswith(tree)


def matches(rule: str, path: str) -> bool:
    """Whether a rule of a policy covers a path.

    >>> matches("hosts/web1/*", "hosts/web1/db"), matches("hosts/+/db", "hosts/web1/db")
    (True, True)
    """
    prefix, star, _ = rule.partition("*")
    parts = ("[^/]+" if part == "+" else re.escape(part) for part in prefix.split("/"))
    return re.fullmatch("/".join(parts) + (".*" if star else ""), path) is not None


# -- faults ------------------------------------------------------------------------------------


def host_faults(host: Host) -> Iterator[Diagnostic]:
    """What Vault, the folder or the AppRole cannot do for one host."""
    if not (host.vault.sound and host.approle.sound):
        return
    secrets = [secret for secret in host.composition.secrets if secret.sound]
    yield from _api_paths(host, secrets)
    yield from _unreadable(host, secrets)
    yield from _one_variable(host, secrets)
    made_here = [secret for secret in secrets if host.vault.standalone and not secret.existing]
    for secret in made_here:
        if isinstance(secret.terraform, Generated) and secret.key is None:
            yield secret.fault(
                f"VaultSecret {secret.name!r} is generated, so it needs a key",
                "terraform",
                advice='name the key that the value is stored under: key="password"',
            )
    yield from _without_effect(host)
    if host.vault.write_only and host.approle.secret_id and host.approle.wrapping_ttl is None:
        yield host.approle.fault(
            f"the secret id of host {host.name!r} would stand in the state, which is to hold no "
            "secrets (Vault.write_only)",
            "secret_id",
            advice='wrap it: wrapping_ttl="24h"; or let a person make it: secret_id=False',
        )


def _without_effect(host: Host) -> Iterator[Diagnostic]:
    """How a host logs in is written by the resources of a standalone folder alone."""
    if host.vault.standalone:
        return
    names = {field.name for field in fields_of(AppRole) if field.eq} - {"reads"}
    for name in sorted(names):
        if getattr(host.approle, name) != getattr(APPROLE, name):
            yield host.approle.fault(
                f"AppRole.{name} of host {host.name!r} has no effect: the folder's own resources "
                "say how hosts log in",
                name,
                advice="write Vault(standalone=True), or say it in those resources and leave "
                f"{name} out",
            )


def _api_paths(host: Host, secrets: Iterable[VaultSecret]) -> Iterator[Diagnostic]:
    """Paths as the API has them, where paths in the mount belong."""
    prefix = f"{host.vault.mount}/data/"
    found: list[tuple[ModelObject, str, str]] = [
        (secret, "path", secret.path) for secret in secrets if secret.path is not None
    ]
    found += [(host.approle, "reads", path) for path in host.approle.reads or ()]
    for made, field, path in found:
        if is_below(path, prefix):
            yield made.fault(
                f"{type(made).__name__}.{field}: {path!r} begins with the mount and the API's "
                "prefix; allowed is the path without mount and data/",
                field,
                advice=f"write {path.removeprefix(prefix)!r}",
            )


def _unreadable(host: Host, secrets: Iterable[VaultSecret]) -> Iterator[Diagnostic]:
    if host.approle.reads is None:
        return
    for secret in secrets:
        path = secret.vault_path(host.name)
        if not any(matches(rule, path) for rule in host.approle.reads):
            allowed = ", ".join(host.approle.reads) or "nothing"
            yield Diagnostic(
                summary=f"host {host.name!r} has the secret {secret.name!r} at {path}, which its "
                f"AppRole cannot read; allowed is {allowed}",
                location=secret.origin.location(),
                related=(Related(host.approle.origin.at("reads").location(), "it reads these"),),
                help=f"add {shown(path)} to AppRole.reads, or remove reads: the paths are derived "
                "from the secrets then",
            )


def _one_variable(host: Host, secrets: Iterable[VaultSecret]) -> Iterator[Diagnostic]:
    """Two secrets get one value where both name the variable, never because names are alike."""
    seen: dict[str, VaultSecret] = {}
    for secret in secrets:
        name = secret.variable_name
        if name is None or secret.existing:
            continue
        first = seen.setdefault(name, secret)
        meant = secret.names_variable and first.names_variable
        if first.name != secret.name and not meant:  # of one name they are a fault by themselves
            yield Diagnostic(
                summary=f"the secrets {first.name!r} and {secret.name!r} of host {host.name!r} "
                f"both want the Terraform variable {name!r}",
                location=secret.origin.location(),
                related=(Related(first.origin.location(), "the other secret is here"),),
                help='give each its own name, TerraformVariable(name="..."), or the same name '
                "where they are to have one value",
            )


def fleet_faults(hosts: Iterable[Host]) -> Iterator[Diagnostic]:
    """All hosts have one server, and no host may read another's secret by its own tree."""
    hosts = list(hosts)
    for host in hosts[1:]:
        first = hosts[0]
        if host.vault is not first.vault and host.vault != first.vault:
            yield Diagnostic(
                summary=f"the hosts {first.name!r} and {host.name!r} have different Vaults; "
                "a fleet has one",
                location=host.origin.at("vault").location(),
                related=(Related(first.origin.at("vault").location(), "the other one is here"),),
                help="describe it once, in a shared part such as hosts/_vault.py, and give that "
                "object to all hosts",
            )
            return
    by_tree = {own_tree(host): host for host in hosts}
    for host in hosts:
        if host.vault.standalone and not host.vault.exact_policies:
            yield from _in_another_tree(host, by_tree)


def _in_another_tree(host: Host, by_tree: Mapping[str, Host]) -> Iterator[Diagnostic]:
    for secret in covered_secrets(host):
        path = secret.vault_path(host.name)
        tree = "/".join([*path.split("/")[:2], ""])
        owner = by_tree.get(tree)
        if owner is None or owner is host or f"{tree}*" not in readable_paths(owner):
            continue
        if path not in {each.vault_path(owner.name) for each in covered_secrets(owner)}:
            yield Diagnostic(
                summary=f"the secret {secret.name!r} of host {host.name!r} is at {path}, which "
                f"host {owner.name!r} can read, too, and does not use",
                location=secret.origin.location(),
                help=f"keep it elsewhere, such as shared/{secret.name}, or let each host read its "
                "secrets alone: Vault(exact_policies=True)",
            )
