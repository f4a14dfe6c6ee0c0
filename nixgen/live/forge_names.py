"""How a forge knows the runners of the model: by uuid, or by the name that they register under."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from nixgen.live.forge_api import RegisteredRunner
from nixgen.model.host import Host
from nixgen.model.runner import Runner
from nixgen.nix import nodes, print_expression
from nixgen.nix.strings import unescape_string

_HOST_NAME = "config.networking.hostName"


@frozen
class Expected:
    """A runner of the model, on its host."""

    host: Host
    runner: Runner

    @property
    def name(self) -> str | None:
        """The name that it registers under; None where only Nix could tell."""
        given = self.runner.display_name
        if given is None:
            return f"{self.host.name}-{self.runner.short_name}"
        return given if isinstance(given, str) else _evaluated(given, self.host)

    @property
    def labels(self) -> frozenset[str]:
        """What jobs name; how their steps run stays between the runner and its configuration."""
        return frozenset(label.name for label in self.runner.labels)

    @property
    def shown(self) -> str:
        """In messages."""
        return f"the runner {self.runner.name!r} of host {self.host.name!r}"

    @property
    def identity(self) -> str:
        """What the forge should know it by, in messages."""
        if self.runner.module.wants_uuid:
            return f"the uuid {self.runner.uuid}"
        return f"the name {self.name!r}" if self.name is not None else "its labels"

    def among(self, runners: Iterable[RegisteredRunner]) -> Sequence[RegisteredRunner]:
        """Its registrations, the one that counts first: online before offline, new before old.

        A runner that connects with a uuid is known by it alone. One whose name is not known is
        taken to be whoever has its labels.
        """
        found = sorted(filter(self._is, runners), key=lambda each: (not each.online, -each.id))
        return tuple(found)

    def _is(self, registered: RegisteredRunner) -> bool:
        if self.runner.module.wants_uuid:
            return registered.uuid == self.runner.uuid
        if self.name is None:
            return registered.labels == self.labels
        return registered.name == self.name


def expected_runners(hosts: Iterable[Host]) -> list[Expected]:
    """The runners of some hosts, those that are declared by hand too."""
    return [
        Expected(host, runner)
        for host in hosts
        for runner in host.composition.runners
        if runner.sound
    ]


def _evaluated(expression: nodes.Expression, host: Host) -> str | None:
    """The text of a string in which nothing but the host's name is interpolated."""
    if not isinstance(expression, nodes.String):
        return None
    text = ""
    for part in expression.parts:
        if isinstance(part, str):
            text += unescape_string(part)
        elif print_expression(part.expression).strip() == _HOST_NAME:
            text += host.name
        else:
            return None
    return text
