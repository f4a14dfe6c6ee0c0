"""Actions runners: the container runner and the native one, and what they are registered for.

A runner is given its `VaultSecret`, not a path: the token file, the units that a changed token
restarts and the policy that lets the host read it follow from that one reference.

Both kinds become instances of one of nixpkgs' modules for runners; the host's release decides which
(`nixgen.model.runner_module`).
"""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from nixgen.diagnostic import Diagnostic
from nixgen.errors import SyntaxFault
from nixgen.model import mappings, values
from nixgen.model.accept import AcceptedRisk, accepted_risks
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.expressions import expression_fault, leaves
from nixgen.model.hardening import Hardening, HardeningSetting
from nixgen.model.label import Label
from nixgen.model.limits import ResourceLimits
from nixgen.model.literals import literal_secret
from nixgen.model.runner_module import GITEA_ACTIONS_RUNNER, MODULES, RunnerModule, module_of
from nixgen.model.runner_token import TokenFile, token_fault
from nixgen.model.scope import Scope, repository_name, scope_fault
from nixgen.model.secret import VaultSecret
from nixgen.model.values import UnitName
from nixgen.nix import build, nodes
from nixgen.nix.strings import escape_string, is_identifier

_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NIL_UUID = "00000000-0000-0000-0000-000000000000"  # which RFC 9562 has for none


@model_class
class RunnerCache(ModelObject):
    """The runner's cache server for `actions/cache`; `dir` None is a folder in its state."""

    enabled: bool = checked(values.instance_of(bool), default=True)
    dir: str | None = checked(values.optional(values.absolute_path), default=None)


def _package(value: Any) -> str | None:
    if isinstance(value, nodes.Node):
        return None
    if isinstance(value, str) and all(map(is_identifier, value.split("."))):
        return None
    return (
        f"{values.shown(value)} is not allowed; allowed is the name of a package in pkgs, or an "
        "expression"
    )


def _name_or_expression(value: Any) -> str | None:
    if isinstance(value, nodes.Node):
        return None
    wrong = values.plain_text(value)
    if wrong is None and "${" in value:
        expression = _interpolated(value)
        written = f"nix.raw({expression!r})" if expression else "the string of Nix in nix.raw(...)"
        return (
            f"{values.shown(value)} is text, in which Nix interpolates nothing; allowed is a name, "
            f"or an expression\nwrite {written}, with `from nixgen import nix`"
        )
    return wrong


def _interpolated(text: str) -> str | None:
    """The string of Nix that a text is meant for; None where its `${...}` are no expressions."""
    from nixgen.nix.parsing.parser import parse  # only here: a text is seldom meant for one

    parts = re.split(r"(\$\{[^}]*\})", text)
    parts[::2] = map(escape_string, parts[::2])
    expression = f'"{"".join(parts)}"'
    try:
        made = parse(expression).expression
    except SyntaxFault:
        return None
    interpolates = isinstance(made, nodes.String) and len(parts) > 1
    return expression if interpolates else None


_SECTIONS = ("log", "runner", "cache", "container", "host", "server")
"""Of the runner's configuration file (`forgejo-runner generate-config`)."""


@model_class
class Runner(ModelObject):
    """What both kinds of runner share; use `NativeRunner` or `ContainerRunner`.

    - `name`: of the instance; the unit's name and the state folder follow from it.
    - `display_name`: what the forge shows; text or an expression, None is the host's name and
      the instance's.
    - `token`: a `VaultSecret` of the same host, a `TokenFile` or a `TokenOption`.
    - `labels`: `Label` values, or their texts.
    - `scope`: which repositories can use it.
    - `trusted_repositories`: `owner/name` of those that are meant to.
    - `capacity`: jobs at the same time; None is the runner's default, 1.
    - `host_packages`: names in `pkgs`, or expressions; they replace the module's default list.
    - `settings`: further settings of the runner's own configuration file, nested dicts.
    - `limits`: what the steps of all jobs may use together; of a native runner.
    - `hardening`: what its unit keeps from its jobs; of a native runner.
    - `uuid`: that the forge knows the runner by, where the module connects with it; no secret.
    - `nixos_module`: `gitea-actions-runner` or `forgejo-runner`; None follows the host's release.
    - `existing`: it is declared by hand elsewhere; nixgen knows it and writes nothing for it.
    - `notes`: comments above it in the Nix.
    - `accepted`: risks of the audit that are taken, `accept(...)`.
    """

    near_secrets = True
    name: str = checked(values.matching(r"[A-Za-z0-9][A-Za-z0-9_.-]*", "letters, digits and _ . -"))
    display_name: Any = checked(values.optional(_name_or_expression), default=None)
    url: str = checked(values.url)
    token: VaultSecret | TokenFile = checked(token_fault)
    labels: Sequence[Any] = checked(
        values.instance_of(tuple),
        converter=lambda labels: tuple(map(_to_label, values.to_tuple(labels))),
    )
    scope: Scope = checked(scope_fault)
    trusted_repositories: Sequence[str] = checked(
        values.each(repository_name), default=(), converter=values.to_tuple
    )
    enable: bool = checked(values.instance_of(bool), default=True)
    capacity: int | None = checked(values.optional(values.between(1, 1024, " jobs")), default=None)
    cache: RunnerCache | None = checked(
        values.instance_of(RunnerCache, type(None)),
        default=None,
    )
    host_packages: Sequence[Any] = checked(
        values.each(_package), default=(), converter=values.to_tuple
    )
    settings: dict[str, Any] = checked(
        literal_secret, expression_fault, factory=dict, converter=mappings.to_mapping
    )
    limits: ResourceLimits | None = checked(
        values.instance_of(ResourceLimits, type(None)), default=None
    )
    hardening: Hardening | None = checked(values.instance_of(Hardening, type(None)), default=None)
    uuid: str | None = checked(
        values.optional(values.matching(_UUID, "a uuid in lower case, 8-4-4-4-12 hex digits")),
        default=None,
    )
    nixos_module: str | None = checked(values.optional(values.one_of(*MODULES)), default=None)
    existing: bool = checked(values.instance_of(bool), default=False)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )
    accepted: Sequence[AcceptedRisk] = accepted_risks()

    def faults(self) -> Iterable[Diagnostic]:
        """Labels are unique and of the runner's kind; settings do not say a second time."""
        yield from self._label_faults()
        if self.capacity is not None:
            advice = "keep the field, capacity=..."
            yield from self._beside_settings("capacity", ("runner", "capacity"), advice)
        if self.cache is not None and "cache" in self.settings:
            yield self.fault(
                f"runner {self.name!r} has its cache in settings and as a field",
                "settings",
                advice="keep the field, cache=RunnerCache(...)",
            )
        yield from self._dotted_settings()

    def _beside_settings(
        self, what: str, place: tuple[str, str], advice: str
    ) -> Iterator[Diagnostic]:
        """What is wrong with the settings for a field that stands at a place in them, too."""
        section, name = place
        if section not in self.settings:
            return
        names = {path[:1] for path, _ in leaves(build.node(self.settings[section]))}
        if (name,) in names:
            yield self.fault(
                f"runner {self.name!r} has its {what} in settings and as a field",
                "settings",
                advice=advice,
            )
        elif () in names:
            yield self.fault(
                f"runner {self.name!r} has settings in which {section!r} is no dict, or an empty "
                f"one; its {what} stands in it, too",
                "settings",
                key=section,
                advice=f"write {section!r} as a dict, or leave it out",
            )

    def faults_beside(self, faulty: Collection[str]) -> Iterable[Diagnostic]:
        """Labels, whatever is wrong with the rest."""
        return () if {"labels", "name"}.intersection(faulty) else self._label_faults()

    def _label_faults(self) -> Iterator[Diagnostic]:
        if not self.labels:
            yield self.fault(f"runner {self.name!r} has no label, so no job can name it", "labels")
        names = [label.name for label in self.labels]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield self.fault(f"runner {self.name!r} has the label {name!r} twice", "labels")
        yield from self.label_faults()

    def _dotted_settings(self) -> Iterator[Diagnostic]:
        """Names with dots are paths in options, and names in the runner's own file."""
        for key in self.settings:
            section, *inner = key.split(".")
            if inner and section in _SECTIONS:
                nested = functools.reduce(
                    lambda text, name: f'{{"{name}": {text}}}', inner[::-1], "..."
                )
                yield self.fault(
                    f"runner {self.name!r} has the setting {key!r}, a name that its configuration "
                    "does not have",
                    "settings",
                    key=key,
                    advice=f'write "{section}": {nested}',
                )

    def label_faults(self) -> Iterable[Diagnostic]:
        """What is wrong with the labels for this kind of runner."""
        return ()

    def module_faults(self, where: str) -> Iterator[Diagnostic]:
        """What is wrong with the runner for its NixOS module, on a host named in words."""
        if not self.module.wants_uuid:
            if self.uuid is not None:
                yield self.fault(
                    f"runner {self.name!r} has a uuid; services.{self.module.name} of {where} "
                    "registers with a registration token, for which there is none",
                    "uuid",
                    advice="take the uuid out, and give it a registration token",
                )
            return
        if self.uuid is None:
            yield self.fault(
                f"runner {self.name!r} has no uuid, and services.{self.module.name} of {where} "
                "connects with a uuid and a token of the runner's own",
                "name",
                advice='create the runner at the forge, and write uuid="..." and its token; '
                f'`nixgen token` does, where uuid="{_NIL_UUID}" stands for the one to come; '
                f'or keep the older module: nixos_module="{GITEA_ACTIONS_RUNNER.name}"',
            )
        advice = "keep the fields, labels=..., url=..., uuid=..."
        yield from self._beside_settings("labels", ("runner", "labels"), advice)
        yield from self._beside_settings("connection", ("server", "connections"), advice)

    @property
    def jobs(self) -> int:
        """How many jobs it runs at once: one, where nothing is said."""
        runner = self.settings.get("runner")
        written = runner.get("capacity") if isinstance(runner, dict) else None
        return self.capacity or (written if isinstance(written, int) else 1)

    @property
    def short_name(self) -> str:
        """The name without a leading `actions-`, which says nothing where the forge shows it."""
        return self.name.removeprefix("actions-") or self.name

    def on_release(self, release: str) -> Runner:
        """The runner as a host of this NixOS release has it: with its module."""
        module = module_of(release)
        if self.nixos_module is not None or module is self.module:
            return self
        placed = copy.copy(self)  # `evolve` would take this line for the runner's origin
        object.__setattr__(placed, "nixos_module", module.name)
        return placed

    @property
    def module(self) -> RunnerModule:
        """The NixOS module; of a runner that no host has yet, the one that every release has."""
        return MODULES[self.nixos_module or GITEA_ACTIONS_RUNNER.name]

    @property
    def option_path(self) -> tuple[str, ...]:
        """The option that the runner is."""
        return ("services", self.module.name, "instances", self.name)

    @property
    def unit(self) -> UnitName:
        r"""The systemd unit as the module names it: `gitea-runner-actions\x2dnative`."""
        return UnitName.of(self.module.unit_prefix, self.name)

    @property
    def state_folder(self) -> str:
        """The folder that holds the registration and, by default, the cache."""
        return f"{self.module.state}/{self.name}"

    def hardened(self, runners: Iterable[Runner]) -> Iterator[HardeningSetting]:
        """The settings of its unit that harden it; `runners` are all that the host has."""
        if self.hardening is None:
            return iter(())
        others = [other for other in runners if other.name != self.name]
        shared = [each for each in others if each.module.user == self.module.user is not None]
        return self.hardening.settings(
            # forgejo-runner's module has this setting itself
            executable=[self.state_folder] if self.module is GITEA_ACTIONS_RUNNER else [],
            registrations=[other.state_folder for other in shared],
        )

    @property
    def token_path(self) -> str:
        """The file that the module reads the token from."""
        return self.token.path if isinstance(self.token, TokenFile) else self.token.output_path

    @property
    def cache_folder(self) -> str | None:
        """The cache's folder, in the runner's state where none is given."""
        if self.cache is None:
            return None
        return self.cache.dir or f"{self.state_folder}/cache"


def _to_label(value: Any) -> Label:
    if isinstance(value, Label):
        return value
    if isinstance(value, str):
        return Label.parse(value)
    raise ValueError(f"{values.shown(value)} is {type(value).__name__}; allowed is a label")


@model_class
class NativeRunner(Runner):
    """A runner whose jobs run on the host itself: labels `name:host` only."""

    def label_faults(self) -> Iterable[Diagnostic]:
        """A docker label would put the jobs' user into the container runtime's group: root."""
        for label in self.labels:
            if not label.on_host:
                yield self.fault(
                    f"native runner {self.name!r} has the container label {str(label)!r}",
                    "labels",
                    advice=f'write "{label.name}:host", or use a ContainerRunner',
                )


@model_class
class ContainerRunner(Runner):
    """A runner whose jobs run in containers of `runtime`: labels `name:docker://image` only."""

    runtime: str = checked(values.one_of("podman", "docker"), default="podman")

    def faults(self) -> Iterable[Diagnostic]:
        """Limits of the runner's unit would not reach its jobs: containers are the runtime's."""
        yield from super().faults()
        if self.hardening is not None:
            yield self.fault(
                f"container runner {self.name!r} has the hardening of a native runner, but its "
                "jobs are no processes of its unit",
                "hardening",
                advice="take it out: containers have settings of their own",
            )
        if self.limits is not None:
            yield self.fault(
                f"container runner {self.name!r} has limits of its unit, in which no job runs: "
                f"{self.runtime} starts the containers",
                "limits",
                advice='limit each container with settings={"container": {"options": '
                '"--memory=4g --cpus=2"}}',
            )

    def label_faults(self) -> Iterable[Diagnostic]:
        """A host label on the same instance would hand host jobs the runtime's group: root."""
        for label in self.labels:
            if label.on_host:
                yield self.fault(
                    f"container runner {self.name!r} has the host label {str(label)!r}",
                    "labels",
                    advice=f'write "{label.name}:docker://<image>", or use a NativeRunner',
                )
