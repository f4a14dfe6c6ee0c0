"""Compares the secrets, policies and AppRoles of the model with those of a Vault server.

What differs is a finding at the user's line; what the login may not see is told apart from what is
not there. No value leaves this module: findings say that a value is empty or a placeholder, or of
what form it should be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import frozen

from nixgen.live.approle import compare_approle
from nixgen.live.finding import Finding, Kind, finding
from nixgen.live.server import Answer, No, Server
from nixgen.model.access import policy_paths
from nixgen.model.host import Host
from nixgen.model.secret import VaultSecret, is_placeholder
from nixgen.model.secrets_module import SecretsModule, file_format
from nixgen.model.vault import VAULT

REQUESTS = 8
"""How many are under way at once: a server far away costs its answer's time for each."""

TOKEN = "TOKEN="  # noqa: S105 - what stands before a token in an EnvironmentFile

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What no EnvironmentFile can hold; nixgen's own module refuses it (fetch-secret.sh)."""


@frozen
class Report:
    """All findings, and the numbers of secrets and of AppRoles that were compared."""

    findings: Sequence[Finding]
    secrets: int
    approles: int


def verify(hosts: Iterable[Host], server: Server, *, secrets_only: bool = False) -> Report:
    """Compares some hosts with a server; `secrets_only` leaves policies and AppRoles out.

    Raises ServerError where the server stops answering.
    """
    hosts = list(hosts)
    checks = list(_checks(hosts))
    with_role = [] if secrets_only else [host for host in hosts if policy_paths(host)]
    findings = list(_mount(hosts[0], server)) if hosts else []
    tasks: list[Task] = []
    if not findings:
        tasks += [partial(_secret, path, users, server) for path, users in checks]
    tasks += [partial(compare_approle, host, server) for host in with_role]
    findings += _together(tasks)
    # What hosts share is told once.
    return Report(tuple(dict.fromkeys(findings)), len(checks), len(with_role))


Task = Callable[[], Iterable[Finding]]


def _together(tasks: Iterable[Task]) -> Iterator[Finding]:
    """The findings of all tasks, in their order; several are under way at once."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=REQUESTS) as pool:
        for found in pool.map(lambda task: list(task()), tasks):
            yield from found


# -- secrets -----------------------------------------------------------------------------------

Users = Sequence[tuple[Host, VaultSecret]]


def _checks(hosts: Iterable[Host]) -> Iterator[tuple[str, Users]]:
    """The paths in the mount, each with the secrets there. One by hand counts if its path is given.

    (Where such a one really is, only its path says.)
    """
    users: dict[str, list[tuple[Host, VaultSecret]]] = {}
    for host in hosts:
        for secret in host.composition.secrets:
            if not secret.existing or secret.path is not None:
                users.setdefault(secret.vault_path(host.name), []).append((host, secret))
    yield from sorted(users.items())


def _mount(host: Host, server: Server) -> Iterator[Finding]:
    """The mount, where it can be seen, is a KV engine of version 2."""
    name = host.vault.mount
    answer = server.get(f"sys/internal/ui/mounts/{name}")
    if answer.no is not None:
        return
    version = (answer.data.get("options") or {}).get("version")
    if (answer.data.get("type"), version) != ("kv", "2"):
        found = answer.data.get("type")
        yield finding(
            Kind.DIFFERENT,
            f"what is mounted at {name}/ is {found}{f' version {version}' if version else ''}, "
            "no KV engine of version 2",
            (host.origin if host.vault is VAULT else host.vault.origin).location(),
            advice=f"`bao kv enable-versioning {name}` makes version 2 of version 1"
            if found == "kv"
            else "Vault.mount names the mount of the secrets",
        )


def _secret(path: str, users: Users, server: Server) -> Iterator[Finding]:
    """A path is there, and has the key of each secret that is kept at it."""
    host, first = users[0]
    place = f"{host.vault.mount}/{path}"
    answer = server.get(f"{host.vault.mount}/data/{path}")
    if answer.no is not None:
        yield _no_secret(answer, place, first, host)
        return
    values = answer.data.get("data") or {}
    for host, secret in users:
        yield from _values(values, place, secret, host)


def _no_secret(answer: Answer, place: str, secret: VaultSecret, host: Host) -> Finding:
    location = secret.origin.location()
    if answer.no is No.FORBIDDEN:
        return finding(
            Kind.UNSEEN,
            f"whether the secret {secret.name!r} is in Vault cannot be seen: reading {place} is "
            "forbidden",
            location,
        )
    if answer.no is No.DELETED:
        version = answer.data["metadata"]
        destroyed = version["destroyed"]
        wrong = f"its latest version is {'destroyed' if destroyed else 'deleted'}, at"
        advice = _anew(secret, host)
        if not destroyed:
            place_there = f"-mount={host.vault.mount} {secret.vault_path(host.name)}"
            undelete = f"`bao kv undelete -versions={version['version']} {place_there}`"
            advice = f"{undelete} brings it back\nor {advice}"
    else:
        absent = answer.no is No.ABSENT
        wrong = "there is nothing at" if absent else "nothing is mounted for"
        if _by_terraform(secret):
            advice = "`tofu apply` in terraform/vault writes it"
        else:
            advice = _anew(secret, host)
    return finding(
        Kind.DIFFERENT,
        f"the secret {secret.name!r} is not in Vault: {wrong} {place}",
        location,
        advice=advice,
    )


def _values(
    values: Mapping[str, Any], place: str, secret: VaultSecret, host: Host
) -> Iterator[Finding]:
    """The key is there and holds a value of the right form; of all keys where none is named."""
    origin = secret.origin if secret.key is None else secret.origin.at("key")
    keys = sorted(values) if secret.key is None else [secret.key]
    if not keys or (secret.key is not None and secret.key not in values):
        what = f"has no key {secret.key!r}" if secret.key is not None else "has no keys"
        yield finding(
            Kind.DIFFERENT,
            f"the secret {secret.name!r} {what} at {place}",
            origin.location(),
            advice=_way_of_key(values, secret, host),
        )
        return
    for key in keys:
        wrong = _value_fault(values[key], secret, host)
        if wrong is not None:
            summary, advice = wrong
            yield finding(
                Kind.DIFFERENT,
                f"the key {key!r} of the secret {secret.name!r} {summary} at {place}",
                origin.location(),
                advice=advice,
            )


def _value_fault(value: Any, secret: VaultSecret, host: Host) -> tuple[str, str | None] | None:
    """What is wrong with a value, without showing it, and what to do."""
    if value is None or (isinstance(value, str) and is_placeholder(value.removeprefix(TOKEN))):
        empty = value is None or not value.removeprefix(TOKEN).strip()
        return ("is empty" if empty else "is a placeholder"), _way_of_value(secret, host)
    users, written = host.users_of(secret), file_format(secret, host)
    if not isinstance(value, str):  # which is written as JSON, and no token is
        return ("is no text", _way_of_value(secret, host)) if users else None
    if written == "env" and _CONTROL.search(value):
        return "holds a control character", "an EnvironmentFile can hold tabs and line feeds only"
    if users and written == "raw":
        environment = users[0].module.token_format == "env"  # noqa: S105 - no token
        return _token_fault(value, assigned=environment)
    if users:
        if isinstance(host.vault.secrets_module, SecretsModule):
            value = value.removeprefix(TOKEN)  # which it does not write a second time
        return _token_fault(value, assigned=False)
    return None


def _way_of_value(secret: VaultSecret, host: Host) -> str:
    """How a value comes into Vault."""
    if not _by_terraform(secret):
        return "put the real one there"
    if secret.variable_name is None:
        return _anew(secret, host)
    raised = ", raise VaultSecret.version" if host.vault.write_only else ""
    given = f"give {secret.variable_name} in terraform.tfvars{raised}, then run `tofu apply`"
    return given if raised else f"{given}\nif that changes nothing, {_anew(secret, host)}"


def _way_of_key(values: Iterable[str], secret: VaultSecret, host: Host) -> str:
    """Which keys there are, and how the missing one comes into Vault."""
    there = ", ".join(map(repr, sorted(values)))
    advice = _anew(secret, host)
    if _by_terraform(secret) and not host.vault.write_only:
        # Where the model has a new key, that is all.
        advice = f"run `tofu apply` in terraform/vault; if that changes nothing, {advice}"
    return f"it has {there}\n{advice}" if there else advice


def _by_terraform(secret: VaultSecret) -> bool:
    """Whether nixgen writes Terraform for it."""
    return secret.terraform is not None and not secret.existing


def _anew(secret: VaultSecret, host: Host) -> str:
    """How a value is written again that Vault has lost since it was applied.

    Terraform's provider compares neither values nor whether versions are deleted: `tofu apply`
    writes again what has no metadata, and a write-only value whose version was raised.
    """
    if not _by_terraform(secret):
        return "put it there; nixgen writes no Terraform for it"
    if host.vault.write_only:
        return "raise VaultSecret.version, then run `nixgen build` and `tofu apply`"
    place = f"-mount={host.vault.mount} {secret.vault_path(host.name)}"
    return (
        f"run `bao kv metadata delete {place}`, which removes all its versions, and then "
        "`tofu apply` in terraform/vault, which writes it again"
    )


def _token_fault(value: str, *, assigned: bool) -> tuple[str, str | None] | None:
    """What a runner could not use; `assigned` says that the value has `TOKEN=` in it.

    That is so where the runner's module reads an EnvironmentFile and nothing on the way writes one.
    systemd skips lines in it that are no assignment (systemd.exec(5)): a bare token is lost without
    a word.
    """
    if assigned and not value.startswith(TOKEN):
        return (
            "is a bare token, which the runner would not find",
            f"the runner's unit reads the file as its environment: put {TOKEN} before it",
        )
    if not assigned and value.startswith(TOKEN):
        return f"begins with {TOKEN}, which would be a part of the token", None
    if len(value.split()) != 1:
        return "holds more than a token", "allowed is one line without blanks"
    if _CONTROL.search(value.strip()):
        return "holds a control character", "no token has one"
    return None
