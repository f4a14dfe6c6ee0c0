"""Fleets before and after a change, for tests of what reviewers are told."""

from __future__ import annotations

from typing import Any

from nixgen import (
    AppRole,
    ContainerRunner,
    Fleet,
    GlobalScope,
    Host,
    Module,
    NativeRunner,
    TokenFile,
    UserScope,
    Vault,
    VaultSecret,
)
from nixgen.cli.semantic import lines
from nixgen.project.review.compare import compare

URL = "https://git.example.org"
TOKEN = TokenFile(path="/run/secrets/token")


def fleet(*hosts: Host) -> Fleet:
    """A fleet of hosts."""
    return Fleet(hosts=hosts)


def host(**fields: Any) -> Host:
    """The host of the examples."""
    return Host(name="web1", release="25.11", **fields)


def secret(**fields: Any) -> Host:
    """The host with one secret."""
    return host(secrets=[VaultSecret(**{"name": "db", "key": "token", **fields})])


def module(*content: Any, file: str = "network.nix") -> Module:
    """A Nix file of the host's own."""
    return Module(file=file, content=content)


def native(**fields: Any) -> Host:
    """The host with one runner, whose jobs run on it."""
    given = {"name": "ci", "url": URL, "token": TOKEN, "labels": ["n:host"]}
    return host(runners=[NativeRunner(**{**given, "scope": UserScope(user="alice"), **fields})])


def container(**fields: Any) -> Host:
    """The host with one runner, whose jobs run in containers."""
    given = {"name": "ci", "url": URL, "token": TOKEN, "labels": ["n:docker://nix"]}
    return host(runners=[ContainerRunner(**{**given, "scope": GlobalScope(), **fields})])


def standalone(**fields: Any) -> Host:
    """The host with a secret and an AppRole that nixgen writes."""
    secrets = [VaultSecret(name="db", key="token")]
    return host(secrets=secrets, vault=VAULT, approle=AppRole(**fields))


def told(old: Host | None, new: Host | None) -> list[str]:
    """The lines that people see."""
    before, after = (
        fleet(*([] if each is None else [each]), other(old or new)) for each in (old, new)
    )
    return list(lines(compare(before, after)))


def other(beside: Host | None) -> Host:
    """A host of the same fleet that stays as it is."""
    assert beside is not None
    secrets = [VaultSecret(name="mail", path=SHARED, key="token")]
    return Host(name="other", release="25.11", vault=beside.vault, secrets=secrets)


SHARED = "shared/mail"
VAULT = Vault(standalone=True)
PASSWORDS = "services.openssh.settings.PasswordAuthentication"


def words(found: list[str]) -> list[str]:
    """Lines without their colours."""
    import click

    return [click.unstyle(line) for line in found]
