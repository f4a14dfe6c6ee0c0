"""Hosts as rules see them: the runners that run, and what NixOS options say in plain data.

A rule asks `view.value("nix.settings.sandbox")` and gets the Python value, or None where the option
is not set or where its value is no literal: an expression says nothing before Nix evaluates it, and
a rule has to be sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from nixgen.audit.settings import Setting, host_settings, literal, nix_conf_settings, taken
from nixgen.model.expressions import Path, leaves
from nixgen.model.host import Host
from nixgen.model.repository import Repository
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes


class HostView:
    """One host. `runners` are those that run, `secrets` all, with the host's parts put together."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.name = host.name
        self.secrets: tuple[VaultSecret, ...] = host.composition.secrets
        self.all_runners: tuple[Runner, ...] = host.composition.runners
        self.runners = tuple(runner for runner in self.all_runners if runner.enable)

    @cached_property
    def host_runners(self) -> tuple[Runner, ...]:
        """The runners that run jobs on the machine itself."""
        return tuple(runner for runner in self.runners if runs_on_host(runner))

    @cached_property
    def container_runners(self) -> tuple[Runner, ...]:
        """The runners that run jobs in containers."""
        return tuple(runner for runner in self.runners if runs_in_containers(runner))

    @cached_property
    def definitions(self) -> Mapping[Path, Sequence[Setting]]:
        """The options that the host, its parts and its modules set, by their paths.

        Of an option's definitions these are the ones that NixOS takes: it joins those of lists.
        """
        given = taken(host_settings(self.host))
        every = [setting for each in given.values() for setting in each]
        return taken([*every, *nix_conf_settings(every)])

    @cached_property
    def settings(self) -> Mapping[Path, Setting]:
        """The same for options that have one value."""
        return {path: several[-1] for path, several in self.definitions.items()}

    def setting(self, dotted: str) -> Setting | None:
        """An option that is set, or None."""
        return self.settings.get(build.split_path(dotted))

    def lists(self, dotted: str) -> Sequence[Setting]:
        """The definitions of an option that is a list: it has the items of all."""
        return self.definitions.get(build.split_path(dotted), ())

    def value(self, dotted: str) -> Any:
        """The value of an option, or None where it is not set or no literal data."""
        setting = self.setting(dotted)
        return None if setting is None else setting.value

    @property
    def every_definition(self) -> Iterator[Setting]:
        """All definitions that NixOS takes."""
        return (setting for several in self.definitions.values() for setting in several)

    @cached_property
    def members(self) -> Sequence[tuple[str, Setting]]:
        """Groups with the options that list their members: `users.groups.<group>.members`."""
        return [
            (setting.path[2], setting)
            for setting in self.every_definition
            if setting.path[:2] == ("users", "groups") and setting.path[3:] == ("members",)
        ]

    def account(self, name: str) -> dict[str, Setting]:
        """What the options have of a user account: `users.users.<name>`, by the next name."""
        return {
            path[3]: setting
            for path, setting in self.settings.items()
            if path[:3] == ("users", "users", name) and len(path) > 3
        }

    def unit_setting(self, unit: str, name: str) -> Setting | None:
        """What a systemd unit has for a setting: `systemd.services.<unit>.serviceConfig.<name>`."""
        several = self.unit_definitions(unit, name)
        return several[-1] if several else None

    def unit_definitions(self, unit: str, name: str) -> Sequence[Setting]:
        """The same where it is a list: it has the items of all."""
        return self.definitions.get(("systemd", "services", unit, "serviceConfig", name), ())

    def unit_value(self, runner: Runner, name: str) -> Any:
        """What a runner's unit has for a setting: what options say, or its hardening; or None."""
        setting = self.unit_setting(str(runner.unit), name)
        if setting is not None:
            return setting.value
        for hardened in runner.hardened(self.all_runners):
            if hardened.name == name:
                value = hardened.value
                return list(value) if isinstance(value, tuple) else value
        return None


class FleetView:
    """All hosts, and the repositories whose workflows are known."""

    def __init__(
        self, hosts: tuple[HostView, ...], repositories: Sequence[Repository] = ()
    ) -> None:
        self.hosts = hosts
        self.repositories = repositories
        self.names = frozenset(host.name for host in hosts)

    @property
    def runners(self) -> Iterator[tuple[HostView, Runner]]:
        """Every runner that runs, with its host."""
        for host in self.hosts:
            for runner in host.runners:
                yield host, runner

    @property
    def secrets(self) -> Iterator[tuple[HostView, VaultSecret]]:
        """Every secret, with each host that has it."""
        for host in self.hosts:
            for secret in host.secrets:
                yield host, secret


def runner_settings(runner: Runner) -> dict[Path, nodes.Expression]:
    """The settings of a runner's own configuration file by their paths."""
    return dict(leaves(build.node(runner.settings)))


def runner_value(runner: Runner, *path: str) -> Any:
    """The value of one of them, or None where it is not there or no literal data."""
    expression = runner_settings(runner).get(path)
    return None if expression is None else literal(expression)


def label_texts(runner: Runner) -> tuple[str, ...]:
    """The labels, and those of the configuration file, which stand over them when it runs."""
    further = runner_value(runner, "runner", "labels")
    texts = [str(label) for label in runner.labels]
    return (*texts, *(str(each) for each in further or () if str(each) not in texts))


def runs_on_host(runner: Runner) -> bool:
    """Whether some label runs jobs on the machine itself; one without a scheme does."""
    return any(":" not in text or text.endswith(":host") for text in label_texts(runner))


def runs_in_containers(runner: Runner) -> bool:
    """Whether some label runs jobs in a container."""
    return any(":docker:" in text for text in label_texts(runner))


def as_list(value: Any) -> list[Any]:
    """A list of what an option has, which may be one value, several, or none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def words(value: Any) -> list[str]:
    """The words of an option that is a list, or one text with spaces between them."""
    return [word for each in as_list(value) for word in str(each).split()]
