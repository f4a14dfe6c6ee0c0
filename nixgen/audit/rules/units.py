"""systemd units: their names, and what a runner's unit needs to do its work.

nixpkgs' module names a runner's unit `gitea-runner-${utils.escapeSystemdPath name}`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import chain

from nixgen.audit.jobs import is_dynamic
from nixgen.audit.rule import Evidence, beside, found, host_rule, python_string
from nixgen.audit.settings import Setting
from nixgen.audit.unit_paths import destinations, paths
from nixgen.audit.view import HostView, as_list, runner_value, runs_on_host, words
from nixgen.audit.volumes import resolved
from nixgen.diagnostic import Severity
from nixgen.model.base import close_match
from nixgen.model.runner import Runner, RunnerCache
from nixgen.model.runner_module import GITEA_ACTIONS_RUNNER, MODULES
from nixgen.model.secrets_module import SecretsModule
from nixgen.model.values import UnitName, escape_systemd
from nixgen.nix import nodes

_RUNNER_UNIT = re.compile(r"(?:gitea|forgejo)-runner-(?P<instance>.+)")
_SUFFIX = re.compile(r"\.(service|socket|timer|target|path|mount)")


@host_rule(
    "NG311",
    Severity.ERROR,
    "A runner's unit is named that does not exist",
    why="systemd escapes a hyphen in an instance's name as \\x2d. With the plain name the secret "
    "is ordered before, and restarts, a unit that is not there: the runner starts without its "
    "token, and keeps the old one when it changes. Limits and hardening under such a name bound "
    "nothing. Nobody is told.",
    advice="write the name as systemd has it; a secret's services are derived where left out",
    source="systemd-escape(1); nixpkgs, gitea-actions-runner.nix: utils.escapeSystemdPath",
)
def unknown_unit(view: HostView) -> Iterator[Evidence]:
    """A runner's unit, of a secret's services or of options, that no runner of the host has."""
    units = {runner.unit.text for runner in view.all_runners} | _units_of_options(view)
    for secret in view.secrets:
        for service in secret.services or ():
            name = _SUFFIX.sub("", service)
            runner_unit = _RUNNER_UNIT.fullmatch(name)
            if runner_unit is None or name in units:
                continue
            prefix = name[: runner_unit.start("instance")]
            meant = prefix + escape_systemd(runner_unit["instance"])
            known = meant if meant in units else None
            near = close_match(name, units)
            yield found(
                secret,
                "services",
                f"secret {secret.name!r} restarts {service!r}, which is no unit of the host",
                advice=f"the unit is {known!r}; leave services out, and nixgen derives it"
                if known
                else near or None,
                fix=(service, python_string(known)) if known else None,
            )
    yield from _units_set_by_options(view, units)


def _units_set_by_options(view: HostView, units: set[str]) -> Iterator[Evidence]:
    """`systemd.services.<unit>` of a runner that is not there, told once for each unit."""
    first: dict[str, Setting] = {}
    for path, setting in view.settings.items():
        match path:
            case ("systemd", "services", unit, *_) if unit not in units:
                first.setdefault(unit, setting)
    for unit, setting in first.items():
        runner_unit = _RUNNER_UNIT.fullmatch(unit)
        meant = runner_unit and (
            unit[: runner_unit.start("instance")] + escape_systemd(runner_unit["instance"])
        )
        if meant in units:
            yield Evidence(
                subject=view.host,
                summary=f"{setting.name} is set for {unit!r}, which is no unit of the host",
                location=setting.origin.location(),
                advice=f"the unit is {meant!r}; limits and hardening are fields of the runner",
            )


def _units_of_options(view: HostView) -> set[str]:
    """The units of runners that are options of the host, not objects of the model."""
    units = set()
    for path in view.settings:
        match path:
            case ("services", module, "instances", instance, *_) if module in MODULES:
                units.add(UnitName.of(MODULES[module].unit_prefix, instance).text)
    return units


@host_rule(
    "NG312",
    Severity.WARNING,
    "A unit is named with its suffix",
    why="NixOS adds the suffix to names in systemd.services. A module of vault.secrets that uses "
    "them there makes a unit that is named x.service.service, and leaves the one that is meant as "
    "it is. The module that nixgen writes takes the suffix off.",
    advice="write the name without .service",
    source="nixpkgs, nixos/lib/systemd-lib.nix: units are made as `<name>.service`",
)
def unit_suffix(view: HostView) -> Iterator[Evidence]:
    """A service that ends in `.service`, for a module that the repository has."""
    if isinstance(view.host.vault.secrets_module, SecretsModule):
        return
    for secret in view.secrets:
        for service in secret.services or ():
            if service.endswith(".service"):
                yield found(
                    secret,
                    "services",
                    f"secret {secret.name!r} restarts {service!r}, a name with its suffix",
                    fix=(service, python_string(service.removesuffix(".service"))),
                )


@host_rule(
    "NG313",
    Severity.WARNING,
    "The units that a secret restarts are given, and one that uses it is missing",
    why="What is given stands in place of what follows from the model. So the runner that has the "
    "secret as its token is not restarted when it changes, and may start before it is there.",
    advice="leave services out, or add the runner's unit",
    source="what nixgen derives: VaultSecret.services from the runners that use the secret",
)
def missing_unit(view: HostView) -> Iterator[Evidence]:
    """A runner's unit that is not among the given services."""
    for secret in view.secrets:
        if secret.services is None or secret.existing:
            continue
        given = {_SUFFIX.sub("", service) for service in secret.services}
        for runner in view.host.users_of(secret):
            if runner.enable and runner.unit.text not in given:
                yield found(
                    secret,
                    "services",
                    f"secret {secret.name!r} does not restart {runner.unit.text!r}, which uses it",
                    related=[beside(runner, "token", "it is the token of this runner")],
                )


@host_rule(
    "NG314",
    Severity.ERROR,
    "A runner keeps something in a folder that it cannot write",
    why="A unit with DynamicUser= has ProtectSystem=strict: all but folders of its own is "
    "read-only. The cache server fails, and jobs build without it; where it is the folder of the "
    "jobs, each of them fails.",
    advice="leave it out: it is in the runner's state",
    source="systemd.exec(5): DynamicUser=, ProtectSystem=; forgejo-runner, config.example.yaml: "
    "cache.dir, host.workdir_parent",
)
def unwritable_folder(view: HostView) -> Iterator[Evidence]:
    """A folder outside of the state, and of what else the unit can write."""
    for runner in filter(functools.partial(is_dynamic, view), view.runners):
        state = runner.state_folder if runner.module.user is None else runner.module.state
        writable = _writable(view, runner)
        if writable is None:
            continue
        allowed = [place for each in (state, *writable) if (place := _place(each))]
        for what, folder, field, part in _kept(runner):
            if not any(f"{_place(folder)}/".startswith(f"{each}/") for each in allowed):
                yield found(
                    runner,
                    field,
                    f"runner {runner.name!r} keeps {what} in {folder!r}, outside of {state}",
                    part=part,
                )


def _place(folder: str) -> str:
    """A folder by the name that all have for it, without a slash at its end."""
    return resolved(folder).replace("/var/lib/private/", "/var/lib/", 1).rstrip("/")


def _writable(view: HostView, runner: Runner) -> list[str] | None:
    """The folders that a unit with DynamicUser= can write, beside its state: systemd.exec(5).

    Naming / is of no use, because ProtectSystem=strict names it, too. None where an option names
    some by an expression.
    """
    found = ["/tmp", "/var/tmp", "/dev/shm"]  # noqa: S108 - what the unit has, no place of ours
    for name in ("ReadWritePaths", "BindPaths", *_DIRECTORIES):
        values = [each.value for each in view.unit_definitions(str(runner.unit), name)]
        if None in values:
            return None
        for text in map(str, chain.from_iterable(map(as_list, values))):
            if name in _DIRECTORIES:
                found += (f"{_DIRECTORIES[name]}/{path.partition(':')[0]}" for path in paths(text))
            else:
                found += destinations(text) if name == "BindPaths" else paths(text)
    return found


_DIRECTORIES = {
    "StateDirectory": "/var/lib",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
    "RuntimeDirectory": "/run",
}


def _kept(runner: Runner) -> Iterator[tuple[str, str, str, RunnerCache | None]]:
    """What a runner keeps in folders that are given: what, where, and the field that says so."""
    if runner.cache is not None and runner.cache.enabled and runner.cache.dir is not None:
        yield "its cache", runner.cache.dir, "dir", runner.cache
    caches = runner_value(runner, "cache", "enabled") is not False  # it does where nothing is said
    for what, path, is_used in (
        ("its cache", ("cache", "dir"), caches),
        ("its jobs", ("host", "workdir_parent"), runs_on_host(runner)),
    ):
        folder = runner_value(runner, *path) if is_used else None
        if isinstance(folder, str) and folder.startswith("/"):
            yield what, folder, "settings", None


_NEEDED = {
    "bash": ("bash", "bashInteractive"),
    "git": ("git", "gitMinimal", "gitFull"),
    "nodejs": ("nodejs", "nodejs-slim"),
}


@host_rule(
    "NG316",
    Severity.WARNING,
    "A host runner lacks a program that common actions need",
    why="host_packages replaces the module's list. Steps run in bash; actions such as checkout are "
    "JavaScript, which node runs, and use git.",
    advice="add it to host_packages",
    source="nixpkgs, gitea-actions-runner.nix: labels, hostPackages",
)
def missing_program(view: HostView) -> Iterator[Evidence]:
    """A list of packages without one of these; one with expressions in it says nothing."""
    for runner in view.host_runners:
        packages = runner.host_packages
        if not packages or any(isinstance(each, nodes.Node) for each in packages):
            continue
        bases = [str(each).rpartition(".")[2] for each in packages]
        if runner.module is not GITEA_ACTIONS_RUNNER:
            bases.append("gitMinimal")  # which the newer module always adds
        for program, names in _NEEDED.items():
            if not any(base in names or base.startswith(f"{program}_") for base in bases):
                yield found(
                    runner,
                    "host_packages",
                    f"jobs of runner {runner.name!r} have no {program}",
                )


@host_rule(
    "NG317",
    Severity.WARNING,
    "Files that a host job checks out cannot be executed",
    why="Since version 257 systemd mounts the state of a unit with DynamicUser= noexec. A step "
    "that runs ./build.sh, or a program that it has just built there, fails with permission "
    "denied.",
    advice="give the runner hardening=Hardening(), which has ExecPaths for its state, or set that "
    "for its unit",
    source="systemd issues 36296 and 38443; NixOS has systemd 257 since 25.05",
)
def noexec_state(view: HostView) -> Iterator[Evidence]:
    """A host runner on such a release whose unit has no ExecPaths for its state."""
    if view.host.release < "25.05":
        return
    for runner in view.host_runners:
        if runner.module is not GITEA_ACTIONS_RUNNER or not is_dynamic(view, runner):
            continue  # the newer module sets it
        paths = [
            path.lstrip("-+").replace("/var/lib/private/", "/var/lib/").rstrip("/")
            for path in words(view.unit_value(runner, "ExecPaths"))
        ]
        if not any(f"{runner.state_folder}/".startswith(f"{path}/") for path in paths):
            yield found(
                runner,
                "name",
                f"jobs of runner {runner.name!r} cannot execute files below "
                f"{runner.state_folder}: it is mounted noexec",
            )
