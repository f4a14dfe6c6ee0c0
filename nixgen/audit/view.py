"""Hosts as rules see them: the runners that run, and what NixOS options say in plain data.

A rule asks `view.value("nix.settings.sandbox")` and gets the Python value, or None where the option
is not set or where its value is no literal: an expression says nothing before Nix evaluates it, and
a rule has to be sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from nixgen.model.base import ModelObject
from nixgen.model.expressions import Path, leaves
from nixgen.model.host import Host
from nixgen.model.module import Module, bare
from nixgen.model.origin import Origin
from nixgen.model.profile import Option
from nixgen.model.repository import Repository
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python

_OVERRIDES = frozenset(["mkDefault", "mkForce"])
_OVERRIDE_WITH_PRIORITY = "mkOverride"


@frozen
class Setting:
    """The value of an option, and where it was set."""

    path: Path
    expression: nodes.Expression
    origin: Origin

    @property
    def value(self) -> Any:
        """The value as Python data, or None where it is no literal data."""
        return literal(self.expression)

    @property
    def name(self) -> str:
        """The option as people write it."""
        return build.join_path(self.path)


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
    def settings(self) -> Mapping[Path, Setting]:
        """The options that the host, its parts and its modules set, by their paths."""
        found: dict[Path, Setting] = {}
        for path, definition in self.host.composition.options.items():
            for setting in _settings(path, definition.value, definition.origin):
                found[setting.path] = setting
        for module in self.host.modules:
            found |= {setting.path: setting for setting in _module_settings(module)}
        return found

    def setting(self, dotted: str) -> Setting | None:
        """An option that is set, or None."""
        return self.settings.get(build.split_path(dotted))

    def value(self, dotted: str) -> Any:
        """The value of an option, or None where it is not set or no literal data."""
        setting = self.setting(dotted)
        return None if setting is None else setting.value

    def account(self, name: str) -> dict[str, Setting]:
        """What the options have of a user account: `users.users.<name>`, by the next name."""
        return {
            path[3]: setting
            for path, setting in self.settings.items()
            if path[:3] == ("users", "users", name) and len(path) > 3
        }

    def unit_setting(self, unit: str, name: str) -> Setting | None:
        """What a systemd unit has for a setting: `systemd.services.<unit>.serviceConfig.<name>`."""
        return self.settings.get(("systemd", "services", unit, "serviceConfig", name))

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


def literal(expression: nodes.Expression) -> Any:
    """The Python data of an expression, or None where Nix has to evaluate it."""
    try:
        return to_python(expression)
    except NotDataError:
        return None


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


def _module_settings(module: Module) -> Iterator[Setting]:
    """The options in a Nix file of the host; a file that is one raw expression is looked into."""
    for item in module.content:
        if isinstance(item, Mapping):
            yield from _nested(item, (), module)
    body: Any = module.frame
    while isinstance(body, (nodes.Lambda, nodes.Let, nodes.With)):
        body = body.body
    if isinstance(body, nodes.AttributeSet):
        yield from _settings((), body, module.origin.at("frame"))


def _nested(options: Mapping[str, Any], outer: Path, owner: ModelObject) -> Iterator[Setting]:
    """Options inside dicts, whose keys are attribute paths at every depth."""
    for key, given in options.items():
        path = (*outer, *build.split_path(key))
        value = bare(given)
        if isinstance(value, Mapping):
            yield from _nested(value, path, owner)
        else:
            origin = given.origin if isinstance(given, Option) else owner.origin.at("content")
            yield from _settings(path, build.node(value), origin)


def _settings(path: Path, value: nodes.Expression, origin: Origin) -> Iterator[Setting]:
    """The options in a value: a set in `lib.mkForce` is looked into too."""
    for inner, leaf in leaves(value, path):
        plain = _plain(leaf)
        if plain is not leaf and isinstance(plain, nodes.AttributeSet):
            yield from _settings(inner, plain, origin)
        elif inner:
            yield Setting(inner, plain, origin)


def _plain(value: nodes.Expression) -> nodes.Expression:
    """The value inside `lib.mkForce`, `lib.mkDefault` and `lib.mkOverride`."""
    while True:
        match value:
            case nodes.Apply(function, argument) if _last_name(function) in _OVERRIDES:
                value = argument
            case nodes.Apply(nodes.Apply(function, _), argument) if (
                _last_name(function) == _OVERRIDE_WITH_PRIORITY
            ):
                value = argument
            case nodes.Parentheses(expression):
                value = expression
            case _:
                return value


def _last_name(function: nodes.Expression) -> str | None:
    match function:
        case nodes.Identifier(name):
            return name
        case nodes.Select(_, path) if isinstance(path.names[-1], nodes.Identifier):
            return path.names[-1].name
    return None
