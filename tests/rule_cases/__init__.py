"""For each rule of the audit: models in which it finds its fault, and models in which it does not.

The modules of this package have a theme's cases each; `every` has them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from nixgen import (
    ContainerRunner,
    Fleet,
    Host,
    NativeRunner,
    RepositoryScope,
    TokenFile,
    UserScope,
    VaultSecret,
)
from nixgen.model.repository import Repository

Hosts = Sequence[Host | Repository]
UNIT = r"gitea-runner-native"
CONFIG = f"systemd.services.{UNIT}.serviceConfig"
REPOSITORY = RepositoryScope(repository="alice/site")
USER = UserScope(user="alice")
UUID = "33834eef-e758-48c4-a676-1745426747aa"


def fleet(hosts: Hosts) -> Fleet:
    """Hosts, and repositories among them, as a fleet."""
    return Fleet(
        hosts=[each for each in hosts if isinstance(each, Host)],
        repositories=[each for each in hosts if isinstance(each, Repository)],
    )


@frozen
class Case:
    """A rule, what its finding says in the bad models, and good models."""

    code: str
    says: str
    bad: Mapping[str, Hosts] = field()
    good: Mapping[str, Hosts] = field()


def native(**settings: Any) -> NativeRunner:
    """A host runner whose scope is one repository."""
    usual: dict[str, Any] = {
        "name": "native",
        "url": "https://forge.example",
        "token": TokenFile(path="/run/token"),
        "labels": ["native-nix:host"],
        "scope": REPOSITORY,
    }
    return NativeRunner(**usual | settings)


def container(**settings: Any) -> ContainerRunner:
    """A runner whose jobs run in containers."""
    usual: dict[str, Any] = {
        "name": "boxed",
        "url": "https://forge.example",
        "token": TokenFile(path="/run/token"),
        "labels": ["box:docker://example.org/box:1.2"],
        "scope": REPOSITORY,
    }
    return ContainerRunner(**usual | settings)


def secret(**settings: Any) -> VaultSecret:
    """A secret that a unit uses."""
    usual: dict[str, Any] = {"name": "db", "key": "password", "services": ["postgresql"]}
    return VaultSecret(**usual | settings)


def host(name: str = "web1", **settings: Any) -> Host:
    """A host of a release whose systemd mounts state noexec."""
    return Host(**{"name": name, "release": "25.11"} | settings)


def runs(*runners: Any, **settings: Any) -> list[Host]:
    """One host with runners."""
    tokens = [each.token for each in runners if isinstance(each.token, VaultSecret)]
    secrets = [*settings.pop("secrets", []), *{id(each): each for each in tokens}.values()]
    return [host(runners=runners, secrets=secrets, **settings)]


def keeps(*secrets: VaultSecret, **settings: Any) -> list[Host]:
    """One host with secrets."""
    return [host(secrets=secrets, **settings)]


def sets(*runners: Any, **options: Any) -> list[Host]:
    """One host with runners and options, whose dots are written as two underscores."""
    dotted = {name.replace("__", ".").replace("_", "-"): value for name, value in options.items()}
    return runs(*runners, options=dotted)
