"""What the jobs of a runner are on the machine: their account, their groups, their ways to root.

Rules and the access table both ask here, so they cannot disagree.

- nixpkgs' `services.gitea-actions-runner` runs every instance with `DynamicUser`, `User =
  "gitea-runner"` and `StateDirectory = "gitea-runner"`. systemd keeps dynamic users by name
  (`src/core/dynamic-user.c`), so all instances of a host are one user with one state folder.
  `services.forgejo-runner` has `DynamicUser` and no `User`, so each instance has a user named after
  its unit, and a state folder of its own. Options of the host can say otherwise.
- A host job is a child of the runner: same user, same groups, same environment.
- A container's jobs have none of these, unless the runner's settings hand them over.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from attrs import frozen

from nixgen.audit.container_options import container_options, is_on, mounted
from nixgen.audit.dynamic_user import user_of_unit
from nixgen.audit.settings import Setting
from nixgen.audit.view import (
    HostView,
    as_list,
    runner_value,
    runs_in_containers,
    runs_on_host,
    words,
)
from nixgen.audit.volumes import is_open, may_be_open
from nixgen.model.origin import Origin
from nixgen.model.runner import ContainerRunner, Runner
from nixgen.model.secret import VaultSecret
from nixgen.model.secrets_module import SecretsModule
from nixgen.nix import build

ROOT_GROUPS = frozenset(["docker", "podman", "disk", "lxd", "incus-admin", "libvirtd"])
"""Groups whose members can become root: they start containers or machines that root owns, or read
and write raw disks."""

OTHERS, GROUP, OWNER = 0o004, 0o040, 0o400
ROOT = "root"
APPROLE_FOLDER = "/var/lib/vault/approle"
SECRETS_FOLDER = "/run/secrets"


def approle_folder(view: HostView) -> str:
    """Where the host keeps what it logs in to Vault with."""
    module = view.host.vault.secrets_module
    if isinstance(module, SecretsModule):
        return str(PurePosixPath(module.secret_id_file or module.role_id_file).parent)
    return APPROLE_FOLDER


@frozen
class WayToRoot:
    """How a job becomes root: `how` in words, the rule that says more, and where it stems from."""

    code: str
    how: str
    origin: Origin


def account(view: HostView, runner: Runner) -> str | None:
    """The user that a runner, and each of its host jobs, runs as.

    None where an option names it by an expression that Nix has to evaluate.
    """
    given = view.unit_setting(str(runner.unit), "User")
    if given is not None and given.expression != build.node(None):
        return None if given.value is None else str(given.value)
    if runner.module.user is not None and given is None:
        return runner.module.user
    return user_of_unit(str(runner.unit)) if is_dynamic(view, runner) else ROOT


def is_dynamic(view: HostView, runner: Runner) -> bool:
    """Whether its unit has DynamicUser=, as the modules have it, with all that follows from it."""
    return view.unit_value(runner, "DynamicUser") is not False


def account_text(view: HostView, runner: Runner) -> str:
    """The same in words."""
    user = account(view, runner)
    return "the user that its unit names" if user is None else repr(user)


@frozen
class Shared:
    """Another runner whose registration host jobs get at: `how` in words, by `one_user` or not."""

    other: Runner
    how: str
    one_user: bool


def shared_by(view: HostView, runner: Runner) -> Iterator[Shared]:
    """The other runners that are not apart from a runner's host jobs.

    A user of its own is not enough: systemd gives a unit's state folder, and all that is in it, to
    the unit's user whenever it starts (`src/core/execute.c`: `setup_exec_directory`).
    """
    user, state = account(view, runner), _shared_state(view, runner)
    for other in view.runners:
        if other is runner:
            continue
        if user is not None and user == account(view, other):
            yield Shared(other, f"both run as {user!r}", one_user=True)
        elif (
            state is not None
            and state == _shared_state(view, other)
            and not is_hidden(view, runner, other.state_folder)
        ):
            how = f"both have {state}, which systemd gives to whichever starts last"
            yield Shared(other, how, one_user=False)


def _shared_state(view: HostView, runner: Runner) -> str | None:
    """The folder in which all instances of its module have their state; None where it has one of
    its own.
    """
    moved = view.unit_setting(str(runner.unit), "StateDirectory")
    return None if runner.module.user is None or moved is not None else runner.module.state


def groups(view: HostView, runner: Runner) -> frozenset[str]:
    """The groups of a runner's host jobs."""
    further = {runtime(runner)} if runs_in_containers(runner) else set()
    return frozenset([*_primary_group(view, runner), *memberships(view, runner), *further])


def _primary_group(view: HostView, runner: Runner) -> tuple[str, ...]:
    """That of its unit or its account, or else the one named as its user; none where it is not
    known.
    """
    user = account(view, runner)
    given = view.unit_setting(str(runner.unit), "Group")
    if given is None and user is not None:
        given = view.account(user).get("group")
    name = user if given is None else given.value
    return () if name is None else (str(name),)


def memberships(view: HostView, runner: Runner) -> dict[str, Setting]:
    """The groups that options put a runner's user into, each with the option that does."""
    user = account(view, runner)
    lists = [
        *view.unit_definitions(str(runner.unit), "SupplementaryGroups"),
        *(view.definitions.get(("users", "users", user, "extraGroups"), ()) if user else ()),
    ]
    found = {name: setting for setting in reversed(lists) for name in words(setting.items)}
    for group, setting in view.members:
        if user in words(setting.items):
            found.setdefault(group, setting)
    for name in ("docker", "podman"):
        runtime_setting = view.settings.get((*runner.option_path, "runtimes", name))
        if runtime_setting is not None and runtime_setting.value is True:
            found.setdefault(name, runtime_setting)
    return found


def runtime(runner: Runner) -> str:
    """The container runtime, whose group the unit joins."""
    return runner.runtime if isinstance(runner, ContainerRunner) else "podman"


def group_by_labels(other: Runner) -> str | None:
    """The group with which a runner comes back where somebody has written a label of the host into
    its `.runner`; None where it has none, or its labels stand in its configuration.
    """
    fixed = other.module.wants_uuid or runner_value(other, "runner", "labels")
    return runtime(other) if runs_in_containers(other) and not fixed else None


def is_hidden(view: HostView, runner: Runner, path: str) -> bool:
    """Whether the InaccessiblePaths of a runner's unit cover a path."""
    hidden = words(view.unit_value(runner, "InaccessiblePaths"))
    folders = (each.lstrip("-+").rstrip("/") for each in hidden)
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def can_read(view: HostView, runner: Runner, secret: VaultSecret) -> bool:
    """Whether a host job can read a secret's file: it sees it, and the mode lets it."""
    if is_hidden(view, runner, secret.output_path):
        return False
    if secret.owner == account(view, runner):
        return bool(secret.mode & OWNER)  # no chmod: DynamicUser= has all else read-only
    if secret.group in groups(view, runner):
        return bool(secret.mode & GROUP)
    return bool(secret.mode & OTHERS)


def may_build(view: HostView, runner: Runner) -> bool:
    """Whether nix-daemon takes builds from host jobs: its allowed-users are all, or name them.

    True where that is not known.
    """
    allowed = [setting.value for setting in view.lists("nix.settings.allowed-users")]
    unknown = not allowed or None in allowed or account(view, runner) in (None, ROOT)
    if unknown or any(True for _ in _by_trust(view, runner)):
        return True
    names = {name for each in allowed for name in words(each)}
    return not _names_in_nix(view, runner).isdisjoint(names)


def _names_in_nix(view: HostView, runner: Runner) -> set[str]:
    """What covers a runner's user in Nix's lists of users: no patterns but `*`, and groups as the
    system's list of them has it, which groups of the unit alone are not in (`daemon.cc`).
    """
    listed = [*_primary_group(view, runner)]
    listed += [
        name for name, place in memberships(view, runner).items() if place.path[0] == "users"
    ]
    user = account(view, runner)
    return {"*", *([] if user is None else [user]), *(f"@{group}" for group in listed)}


def ways_to_root(view: HostView, runner: Runner) -> tuple[WayToRoot, ...]:
    """All that makes a job of the runner root on the machine."""
    ways: list[WayToRoot] = []
    if runs_on_host(runner):
        ways += _by_account(view, runner)
        ways += _by_trust(view, runner)
        ways += _by_group(view, runner)
    if runs_in_containers(runner):
        ways += _by_container(view, runner)
    return tuple(ways)


def _by_account(view: HostView, runner: Runner) -> Iterator[WayToRoot]:
    if account(view, runner) in (ROOT, "0"):
        unit = str(runner.unit)
        setting = view.unit_setting(unit, "User") or view.unit_setting(unit, "DynamicUser")
        if setting is not None:
            yield WayToRoot("NG225", f"its unit runs as root ({setting.name})", setting.origin)
    yield from _by_capability(view, runner)


def _by_capability(view: HostView, runner: Runner) -> Iterator[WayToRoot]:
    """Ambient capabilities, which every child has, too (capabilities(7)), within their bounds."""
    setting = view.unit_setting(str(runner.unit), "AmbientCapabilities")
    bounds = view.unit_value(runner, "CapabilityBoundingSet")
    listed = words(bounds)
    excluded = bool(listed) and listed[0].startswith("~")  # all but those
    named = {name.lstrip("~") for name in listed}
    for name in words(setting.items) if setting else ():
        is_bound = bounds is not None and (name in named) is excluded
        if setting and name.removeprefix("CAP_") in _ROOT_ON_HOST and not is_bound:
            how = f"its unit has the capability {name} ({setting.name})"
            yield WayToRoot("NG225", how, setting.origin)


def _by_trust(view: HostView, runner: Runner) -> Iterator[WayToRoot]:
    names = _names_in_nix(view, runner)
    for option in ("nix.settings.trusted-users", "nix.settings.extra-trusted-users"):
        for setting in view.lists(option):
            for name in words(setting.items):
                if name in names:
                    yield WayToRoot("NG401", f"{option} has {name!r}", setting.origin)


def _by_group(view: HostView, runner: Runner) -> Iterator[WayToRoot]:
    if runs_in_containers(runner):
        how = f"labels of containers put the unit into the group {runtime(runner)!r}"
        yield WayToRoot("NG203", how, runner.origin.at("labels"))
    for name, setting in sorted(memberships(view, runner).items()):
        if name in ROOT_GROUPS:
            how = f"its user is in the group {name!r} ({setting.name})"
            yield WayToRoot("NG204", how, setting.origin)


def _by_container(view: HostView, runner: Runner) -> Iterator[WayToRoot]:
    place = runner.origin.at("settings")
    options = container_options(runner)
    privileged = runner_value(runner, "container", "privileged") is True
    if privileged or is_on(options, "privileged"):
        yield WayToRoot("NG211", "its containers are privileged", place)
    for given in options.get("cap-add", ()):
        if given.upper().removeprefix("CAP_") in _ROOT_CAPABILITIES:
            yield WayToRoot("NG211", f"its containers have the capability {given}", place)
    socket = runner_value(runner, "container", "docker_host")
    if isinstance(socket, str) and (socket == "automount" or socket.startswith("unix://")):
        how = f"the runtime's socket is mounted into its containers (docker_host {socket!r})"
        yield WayToRoot("NG212", how, place)
    elif socket in (None, "") and _is_giteas(view, runner):
        how = "the runtime's socket is mounted into its containers (Gitea's runner, no docker_host)"
        yield WayToRoot("NG212", how, place if runner.settings else runner.origin.at("name"))
    for volume in open_volumes(runner):
        how = f"its jobs may mount {volume!r} of the host"
        yield WayToRoot("NG213", how, place)
    for device in options.get("device", ()):
        if device.startswith(_DISKS):
            yield WayToRoot("NG211", f"its containers have the device {device}", place)
    for source in mounted(options):  # read-only is enough to read root's keys
        if is_open(source):
            yield WayToRoot("NG213", f"{source!r} of the host is in its containers", place)


def _is_giteas(view: HostView, runner: Runner) -> bool:
    """Whether it is surely Gitea's own runner: the module's package where nothing else is said."""
    return (
        not runner.existing
        and not runner.module.wants_uuid
        and view.setting("services.gitea-actions-runner.package") is None
        and any(each.software == "gitea" and each.is_at(runner.url) for each in view.host.forges)
    )


_DISKS = ("/dev/sd", "/dev/vd", "/dev/nvme", "/dev/mapper", "/dev/dm-", "/dev/md", "/dev/mem")


_ROOT_CAPABILITIES = frozenset(["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "DAC_READ_SEARCH"])
_ROOT_ON_HOST = _ROOT_CAPABILITIES | {"DAC_OVERRIDE", "CHOWN", "FOWNER", "SETUID"}


def on_host_network(runner: Runner) -> bool:
    """Whether containers are on the host's network, by the setting or by an option."""
    networks = container_options(runner).get("network", ())
    return "host" in (*networks, runner_value(runner, "container", "network"))


def open_volumes(runner: Runner) -> tuple[str, ...]:
    """Volumes that jobs may mount with what makes root of them, or what is root's, inside."""
    allowed = as_list(runner_value(runner, "container", "valid_volumes"))
    return tuple(str(each) for each in allowed if may_be_open(str(each)))
