"""Hosts, and the fleet that they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from nixgen.diagnostic import Diagnostic, Related
from nixgen.model import access, mappings, secrets_module, values
from nixgen.model.accept import AcceptedRisk, accepted_risks
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.compose import Composition, compose, owned
from nixgen.model.module import Module
from nixgen.model.profile import Profile, option_faults
from nixgen.model.runner import Runner
from nixgen.model.runner_module import module_of
from nixgen.model.secret import VaultSecret, secrets_field
from nixgen.model.vault import APPROLE, VAULT, AppRole, Vault
from nixgen.nix import nodes

if TYPE_CHECKING:
    from nixgen.model.forge import Forge
    from nixgen.model.garbage_collection import GarbageCollection
    from nixgen.model.harmonia import Harmonia
    from nixgen.model.limits import NixDaemon
    from nixgen.model.machine import Machine
    from nixgen.model.repository import Repository

_SYSTEMS = ("x86_64-linux", "aarch64-linux", "i686-linux", "armv7l-linux", "riscv64-linux")
_RELEASE = re.compile(r"[0-9]{2}\.(05|11)|unstable")

OBJECT_FILES = {
    "nix_daemon": "nix-daemon.nix",
    "garbage_collection": "garbage-collection.nix",
    "harmonia": "harmonia.nix",
}
"""Fields of a host whose object becomes a file of its own."""

FILES = ("actions-runner.nix", "secrets.nix", *OBJECT_FILES.values(), "options.nix")
"""The Nix files that a host can have."""

_DESCRIPTION = frozenset(["name", "system", "release", "machine", "imports", "tags", "notes"])
"""Fields on which no secret of a host depends."""


def _release(value: Any) -> str | None:
    if isinstance(value, str) and _RELEASE.fullmatch(value):
        return None
    advice = f'\nwrite it in quotes: "{value:.2f}"' if isinstance(value, float) else ""
    return (
        f'{values.shown(value)} is no NixOS release; allowed are "25.05", "25.11" and so on, and '
        f'"unstable"{advice}'
    )


def _import(value: Any) -> str | None:
    if isinstance(value, (nodes.Node, PurePath)) or (
        isinstance(value, str)
        and re.fullmatch(r"(\./|\.\./|/)[A-Za-z0-9._/+-]*[A-Za-z0-9_]", value)
    ):
        return None
    return (
        f"{values.shown(value)} is no module to import; allowed are a path that begins with ./, "
        '../ or /, and an expression such as nix.ref("inputs.disko.nixosModules.disko")'
    )


@model_class
class Host(ModelObject):
    """A NixOS machine.

    - `name`: its `networking.hostName`; folders, Vault paths and the AppRole are named after it.
    - `system`: the platform, such as `x86_64-linux`; `release`: of NixOS, such as `25.11`.
    - `machine`: its size, so that what is meant for it can be compared with it.
    - `imports`: modules for `imports`, relative paths as seen from the host's folder.
    - `parts`: `Profile` objects, put together with what the host has itself.
    - `secrets`, `runners`: what lives on it.
    - `forges`: what is known of the servers that the runners connect to.
    - `nix_daemon`: how much of the machine builds may use.
    - `garbage_collection`: what the store of a binary cache keeps.
    - `harmonia`: the binary cache that it serves.
    - `vault`: the fleet's server; `approle`: how the host logs in to it.
    - `options`: any further NixOS options: attribute paths to values, in which the keys of nested
      dicts are names; see `Profile`.
    - `modules`: Nix files of its own with what is to stand in them.
    - `managed`: those of its Nix files that people write, such as `actions-runner.nix`; nixgen
      keeps its own attributes in them and leaves all else alone.
    - `tags`: words for people and rules; `notes`: comments at the top of its files.
    - `accepted`: risks of the audit that are taken, `accept(...)`; for all that is on the host.
    """

    stands_alone: ClassVar[bool] = True
    name: str = checked(values.host_name)
    system: str = checked(values.one_of(*_SYSTEMS), default="x86_64-linux")
    release: str = checked(_release)
    machine: Machine | None = checked(values.object_of("Machine", type(None)), default=None)
    imports: Sequence[Any] = checked(values.each(_import), default=(), converter=values.to_tuple)
    parts: Sequence[Profile] = checked(
        values.each(values.instance_of(Profile)), default=(), converter=values.to_tuple
    )
    secrets: Sequence[VaultSecret] = secrets_field()
    runners: Sequence[Runner] = checked(
        values.each(values.instance_of(Runner)), default=(), converter=values.to_tuple
    )
    forges: Sequence[Forge] = checked(
        values.each(values.object_of("Forge")), default=(), converter=values.to_tuple
    )
    nix_daemon: NixDaemon | None = checked(values.object_of("NixDaemon", type(None)), default=None)
    garbage_collection: GarbageCollection | None = checked(
        values.object_of("GarbageCollection", type(None)), default=None
    )
    harmonia: Harmonia | None = checked(values.object_of("Harmonia", type(None)), default=None)
    vault: Vault = checked(values.instance_of(Vault), default=VAULT)
    approle: AppRole = checked(values.instance_of(AppRole), default=APPROLE)
    options: dict[str, Any] = checked(
        factory=mappings.FixedDict, converter=mappings.to_fixed_mapping
    )
    modules: Sequence[Module] = checked(
        values.each(values.instance_of(Module)), default=(), converter=values.to_tuple
    )
    managed: Sequence[str] = checked(
        values.each(values.one_of(*FILES)), default=(), converter=values.to_tuple
    )
    tags: Sequence[str] = checked(
        values.each(values.matching(r"[a-z0-9][a-z0-9-]*", "lower case letters, digits, hyphens")),
        default=(),
        converter=values.to_tuple,
    )
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )
    accepted: Sequence[AcceptedRisk] = accepted_risks()
    _composition: Composition | None = attrs.field(default=None, init=False, eq=False, repr=False)
    _placed: set[tuple[bool, str]] | None = attrs.field(
        default=None, init=False, eq=False, repr=False
    )

    @property
    def composition(self) -> Composition:
        """The host with its parts put together; computed once."""
        if self._composition is None:
            object.__setattr__(self, "_composition", compose(self))
        assert self._composition is not None
        return self._composition

    def faults(self) -> Iterable[Diagnostic]:
        """Options compose; secrets and runners have names and files of their own."""
        whole = self.composition
        return [
            *option_faults(self, self.options),
            *whole.faults,
            *_repeated(whole.secrets, self, "secrets"),
            *_repeated(whole.runners, self, "runners"),
            *_missing_secrets(self, whole.secrets, whole.runners),
            *_module_faults(self, whole),
            *access.host_faults(self),
            *secrets_module.host_faults(self),
            *_files_of_two(self, whole),
            *self._imports_of_people(),
            *self._daemons_of_modules(),
        ]

    def faults_beside(self, faulty: Collection[str]) -> Iterable[Diagnostic]:
        """Options, and secrets that are missing, whatever is wrong with name, release and so on."""
        if "options" not in faulty:
            yield from option_faults(self, self.options)
        if _DESCRIPTION.issuperset(faulty):
            yield from _missing_secrets(self, *owned(self))

    def _imports_of_people(self) -> Iterator[Diagnostic]:
        """A list has no place for an owner of each item, and people's `imports` are theirs."""
        if self.imports and "options.nix" in self.managed:
            yield self.fault(
                "Host.imports: people write options.nix (Host.managed), and its imports with it",
                "imports",
                advice="write them in that file, or take options.nix out of managed",
            )

    def _daemons_of_modules(self) -> Iterator[Diagnostic]:
        """Who asks for the host's limits of builds gets what its files say."""
        for module in self.modules:
            if module.nix_daemon is not None and module.nix_daemon != self.nix_daemon:
                yield module.fault(
                    f"Module.content: the NixDaemon in {module.file!r} is not that of host "
                    f"{self.name!r}",
                    "content",
                    advice="give the host the same object: Host(nix_daemon=...)",
                )

    @property
    def object_files(self) -> dict[str, str]:
        """The files of fields whose object is in no module, by the names of the fields."""
        in_module = any(module.nix_daemon is not None for module in self.modules)
        return {
            field: file
            for field, file in OBJECT_FILES.items()
            if getattr(self, field) is not None and not (in_module and field == "nix_daemon")
        }

    def is_placed(self, made: VaultSecret | Runner) -> bool:
        """Whether a secret or runner of the host stands in one of its modules."""
        if self._placed is None:
            placed = {
                (isinstance(each, Runner), each.name)
                for module in self.modules
                for each in module.placed
            }
            object.__setattr__(self, "_placed", placed)
        assert self._placed is not None
        return (isinstance(made, Runner), made.name) in self._placed

    def users_of(self, secret: VaultSecret) -> tuple[Runner, ...]:
        """The runners whose token the secret is."""
        return tuple(runner for runner in self.composition.runners if runner.token is secret)

    def services_of(self, secret: VaultSecret) -> Sequence[str]:
        """The systemd units that a change of the secret restarts: those that use it."""
        if secret.services is not None:
            return secret.services
        units = [str(runner.unit) for runner in self.users_of(secret)]
        if self.harmonia is not None and self.signs_with(secret):
            units.append(self.harmonia.unit)
        return tuple(units)

    def signs_with(self, secret: VaultSecret) -> bool:
        """Whether the secret is a signing key of the host's binary cache."""
        keys = () if self.harmonia is None else self.harmonia.keys
        return any(key is secret for key in keys)


def _repeated(objects: Iterable[Any], host: Host, field: str) -> Iterator[Diagnostic]:
    """Objects of one name; a secret's file is named after it, so files differ as names do."""
    seen: dict[str, Any] = {}
    for each in objects:
        if not each.sound:
            continue
        first = seen.setdefault(each.name, each)
        if first is not each:
            yield Diagnostic(
                summary=f"host {host.name!r} has two {field} named {each.name!r}",
                location=each.origin.at("name").location(),
                related=(Related(first.origin.at("name").location(), "the first one is here"),),
                help="give one of them another name, or remove it",
            )


def _missing_secrets(
    host: Host, secrets: Iterable[VaultSecret], runners: Iterable[Runner]
) -> Iterator[Diagnostic]:
    known = {id(secret) for secret in secrets}
    uses = [
        (f"runner {runner.name!r}", runner.origin.at("token"), runner.token)
        for runner in runners
        if isinstance(runner.token, VaultSecret)
    ]
    if host.harmonia is not None:
        keys = host.harmonia.origin.at("keys")
        uses += [("Harmonia", keys, secret) for secret in host.harmonia.keys]
    for user, origin, secret in uses:
        if id(secret) not in known:
            yield Diagnostic(
                summary=f"{user} uses the secret {secret.name!r}, which host {host.name!r} lacks",
                location=origin.location(),
                related=(Related(secret.origin.location(), "the secret is described here"),),
                help="add it to the host: secrets=[...]",
            )


def _module_faults(host: Host, whole: Composition) -> Iterator[Diagnostic]:
    """What a runner lacks, or has too much, for the module that the host's release has for it."""
    for runner in whole.runners:
        if runner.sound and not runner.existing:
            yield from runner.module_faults(f"host {host.name!r} (NixOS {host.release})")
    for module in host.modules:
        for runner in module.runners:
            moves = runner.on_release(host.release) is not runner
            if moves and runner not in module.content:
                other = module_of(host.release).name
                yield runner.fault(
                    f"runner {runner.name!r} stands in a set of its module, and host "
                    f"{host.name!r} has another one for it, services.{other}",
                    "name",
                    advice="put it into the content of the Module itself, or write "
                    f'nixos_module="{runner.module.name}"',
                )


def _files_of_two(host: Host, whole: Composition) -> Iterator[Diagnostic]:
    """A file is that of one module, or of what the host has beside its modules."""
    own = {"options.nix"} if host.imports or whole.options else set()
    objects: tuple[VaultSecret | Runner, ...] = (*whole.secrets, *whole.runners)
    if not all(map(host.is_placed, objects)):
        own |= {"actions-runner.nix", "secrets.nix"}
    own |= set(host.object_files.values())
    own |= set(host.managed)
    seen: dict[str, Module] = {}
    for module in host.modules:
        first = seen.setdefault(module.file.lower(), module)
        if first is not module or module.file in own:
            other = "another module" if first is not module else "what the host has beside modules"
            yield Diagnostic(
                summary=f"host {host.name!r} has the file {module.file!r} twice: for this module, "
                f"and for {other}",
                location=module.origin.at("file").location(),
                help="give the module another file, or place all of it in the module's content",
            )


@model_class
class Fleet(ModelObject):
    """All hosts, ordered by name, and the repositories that have workflows for them."""

    hosts: Sequence[Host] = checked(
        values.each(values.instance_of(Host)),
        converter=lambda hosts: tuple(sorted(values.to_tuple(hosts), key=_host_order)),
    )
    repositories: Sequence[Repository] = checked(
        values.each(values.object_of("Repository")), default=(), converter=values.to_tuple
    )

    def faults(self) -> Iterable[Diagnostic]:
        """Names are unique, also on file systems that do not tell upper from lower case."""
        seen: dict[str, Host] = {}
        for host in self.hosts:
            other = seen.setdefault(host.name.lower(), host)
            if other is not host:
                names = sorted({other.name, host.name})
                yield Diagnostic(
                    summary=f"two hosts are named {' and '.join(map(repr, names))}",
                    location=host.origin.at("name").location(),
                    related=(Related(other.origin.at("name").location(), "the other one is here"),),
                    help="host names are unique, in upper and lower case alike; rename one of them",
                )
        yield from access.fleet_faults(self.hosts)
        if self.repositories:
            from nixgen.model.repository import repository_faults  # only here: few fleets have any

            yield from repository_faults(self.repositories)

    @property
    def vault(self) -> Vault:
        """The server that all hosts have."""
        return self.hosts[0].vault if self.hosts else VAULT

    def host(self, name: str) -> Host:
        """The host of that name. Raises KeyError."""
        for each in self.hosts:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all hosts, in order."""
        return tuple(host.name for host in self.hosts)


def _host_order(host: Any) -> tuple[str, str, int]:
    """By name; two of one name by the place in the files, so that messages have an order too."""
    if not isinstance(host, Host):
        return ("", "", 0)
    return (str(host.name), host.origin.file, host.origin.line)
