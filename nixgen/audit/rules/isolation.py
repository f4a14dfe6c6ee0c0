"""Host jobs: what they can do to the machine, and to the other runners on it."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.jobs import (
    ROOT,
    SECRETS_FOLDER,
    account,
    approle_folder,
    group_by_labels,
    is_hidden,
    runtime,
    shared_by,
    ways_to_root,
)
from nixgen.audit.rule import Evidence, beside, found, host_rule
from nixgen.audit.scopes import repositories_text, scope_text
from nixgen.audit.view import HostView, label_texts, runs_in_containers
from nixgen.diagnostic import Severity
from nixgen.model.runner import Runner
from nixgen.model.scope import GlobalScope, RepositoryScope

_RUNNER_MODULE = "nixpkgs, nixos/modules/services/continuous-integration/gitea-actions-runner.nix"


@host_rule(
    "NG202",
    Severity.WARNING,
    "Host jobs can read the registration of their own runner",
    why="The runner's user has to read its own credentials: .runner in its state folder, or the "
    "token that systemd hands to it. Jobs on the host run as that user; the runner also copies its "
    "environment into them. No file mode changes that. With the credentials a job, or whoever it "
    "sends them to, takes the jobs of every repository in the scope: their code, and the secrets "
    "that the forge hands to them.",
    advice="make the scope as narrow as it can be, RepositoryScope(...), or use ephemeral runners "
    "(Forgejo 15) or a machine of its own",
    source="forgejo-runner: act/container/host_environment.go, act/runner/run_context.go; "
    f"{_RUNNER_MODULE}: EnvironmentFile",
)
def own_registration(view: HostView) -> Iterator[Evidence]:
    """A host runner that more than one repository shares."""
    for runner in view.host_runners:
        if not isinstance(runner.scope, RepositoryScope):
            yield found(
                runner,
                "scope",
                f"every job on runner {runner.name!r} can read {_credential(runner)}, and so take "
                f"the jobs of {repositories_text(runner.scope)}",
            )


def _credential(runner: Runner) -> str:
    if runner.module.wants_uuid:
        return "the runner's token"
    return f"the runner's token and registration ({runner.state_folder}/.runner)"


@host_rule(
    "NG203",
    Severity.ERROR,
    "Labels of the host and of containers on one runner",
    why="For a container label the module puts the unit into the group of docker or podman. Host "
    "jobs of the same unit are in it too: they start a container with / mounted, and are root.",
    advice="make two runners of it: a NativeRunner and a ContainerRunner",
    source=f"{_RUNNER_MODULE}: SupplementaryGroups",
)
def mixed_labels(view: HostView) -> Iterator[Evidence]:
    """A runner with both, in its labels or in its configuration file."""
    for runner in view.host_runners:
        if runs_in_containers(runner):
            yield found(
                runner,
                "labels",
                f"runner {runner.name!r} has labels of the host and of containers "
                f"({', '.join(label_texts(runner))}): its host jobs are in the group "
                f"{runtime(runner)!r}",
            )


@host_rule(
    "NG204",
    Severity.ERROR,
    "The user of host jobs is in a group that makes it root",
    why="Members of docker, podman, libvirtd, lxd and incus-admin start what root runs; members of "
    "disk read and write every file below the file system.",
    advice="take the group out; a job that builds images needs a machine of its own",
    source="Docker documentation, attack surface of the daemon; NixOS manual, user management",
)
def root_group(view: HostView) -> Iterator[Evidence]:
    """Such a group in the unit or in the account."""
    for runner in view.host_runners:
        for way in ways_to_root(view, runner):
            if way.code == "NG204":
                yield Evidence(
                    subject=runner,
                    summary=f"host jobs of runner {runner.name!r} can become root: {way.how}",
                    location=way.origin.location(),
                )


@host_rule(
    "NG205",
    Severity.ERROR,
    "Host jobs share their user or their state with another runner",
    why="All instances of the module run as gitea-runner with one state folder. DynamicUser does "
    "not separate them: systemd keeps dynamic users by name, so both units have one UID. A host "
    "job reads the other runner's registration and can act as that runner, in its scope. It also "
    "writes it: the labels in .runner are what a runner starts with, so a container runner comes "
    "back with a label of the host, in the group of docker or podman, and its jobs are root.",
    advice="put the host runner on a machine of its own, or use services.forgejo-runner, which has "
    "a user for each instance (NixOS 26.11)",
    source=f"{_RUNNER_MODULE}: User, StateDirectory, SupplementaryGroups; systemd, "
    "src/core/dynamic-user.c; forgejo-runner, internal/app/cmd/daemon.go: labels",
)
def shared_user(view: HostView) -> Iterator[Evidence]:
    """A host runner and any other runner of one user, or with the state of all in one folder."""
    for runner in view.host_runners:
        for shared in shared_by(view, runner):
            other = shared.other
            yield found(
                runner,
                "name",
                f"host jobs of runner {runner.name!r} can {_taken(other)}, and so act as runner "
                f"{other.name!r} ({scope_text(other.scope)}){_as_root(other)}: {shared.how}",
                related=[beside(other, "name", "the other runner is here")],
            )


def _taken(other: Runner) -> str:
    if other.module.wants_uuid:
        return "read its token, which systemd hands to its user"
    return f"read and change {other.state_folder}/.runner"


def _as_root(other: Runner) -> str:
    """What its group gives to jobs that change its labels."""
    group = group_by_labels(other)
    return f" and, in its group {group!r}, become root" if group else ""


@host_rule(
    "NG206",
    Severity.ERROR,
    "Every repository of the forge can run commands on the host",
    why="Whoever can make a repository or, where that is allowed, open a pull request, runs "
    "commands on the machine, next to what else is on it.",
    advice="write a UserScope, an OrganizationScope or, best, a RepositoryScope, or run the jobs "
    "of the forge in containers",
    source="Forgejo documentation, Securing Forgejo Actions Deployments",
)
def global_host(view: HostView) -> Iterator[Evidence]:
    """GlobalScope on a host runner."""
    for runner in view.host_runners:
        if isinstance(runner.scope, GlobalScope):
            yield found(
                runner, "scope", f"runner {runner.name!r} runs jobs of any repository on the host"
            )


@host_rule(
    "NG207",
    Severity.WARNING,
    "The runners' user is a static account",
    why="Where an account of that name exists, systemd uses it instead of a dynamic user. What a "
    "job leaves is still its own after the unit stops, and the account may have a home, keys and "
    "groups.",
    advice="remove the account; the module needs none",
    source="systemd.exec(5): DynamicUser=, where a static user of the name exists it is used",
)
def static_account(view: HostView) -> Iterator[Evidence]:
    """Options below users.users for the runners' user."""
    accounts = {account(view, runner): runner for runner in view.host_runners}
    for name, runner in accounts.items():
        if name is None or name == ROOT:
            continue
        named = view.unit_setting(str(runner.unit), "User")
        both = f"remove the account, and {named.name}: the module needs neither" if named else None
        for setting in list(view.account(name).values())[:1]:
            yield Evidence(
                subject=view.host,
                summary=f"users.users.{name} makes the user of host jobs a static account",
                location=setting.origin.location(),
                related=(beside(runner, "name", "its jobs run as that user"),),
                advice=both,
            )


@host_rule(
    "NG208",
    Severity.NOTE,
    "Only file modes keep host jobs from the machine's credentials",
    why="One secret with a wrong mode, or one service that copies a credential to where others "
    "read it, is open to every job. A unit that does not see the folders is protected twice.",
    advice="give the runner hardening=Hardening(): its unit then does not see them; the token is "
    "read before, by systemd as root",
    source="systemd.exec(5): InaccessiblePaths=, which holds for the unit's processes",
)
def visible_credentials(view: HostView) -> Iterator[Evidence]:
    """A host runner whose unit sees /run/secrets or Vault's folder."""
    if not view.secrets:
        return
    for runner in view.host_runners:
        open_folders = [
            folder
            for folder in (SECRETS_FOLDER, approle_folder(view))
            if not is_hidden(view, runner, folder)
        ]
        if open_folders:
            yield found(
                runner,
                "name",
                f"the unit of runner {runner.name!r} sees {' and '.join(open_folders)}: file modes "
                "alone keep its jobs out",
            )


@host_rule(
    "NG209",
    Severity.NOTE,
    "Host jobs see the other processes of the machine",
    why="The command line of every process stands in /proc, and some programs are given passwords "
    "there. It also tells a job what else runs.",
    advice='give the runner hardening=Hardening(), or its unit ProtectProc = "invisible"',
    source="systemd.exec(5): ProtectProc=",
)
def visible_processes(view: HostView) -> Iterator[Evidence]:
    """A host runner whose unit has no ProtectProc."""
    for runner in view.host_runners:
        if view.unit_value(runner, "ProtectProc") not in ("invisible", "noaccess"):
            yield found(
                runner, "name", f"jobs of runner {runner.name!r} see all processes of the machine"
            )


@host_rule(
    "NG225",
    Severity.ERROR,
    "Host jobs have the rights of root",
    why="A job is a process of the runner's unit, with the unit's user and its capabilities. As "
    "root, or with a capability that is as good, it reads and changes all of the machine. A unit "
    "of services.forgejo-runner without DynamicUser= and without User= runs as root, too.",
    advice="take the option out: the module has a user for it that only the unit has",
    source="systemd.exec(5): User=, where it is not set a unit of the system runs as root; "
    "AmbientCapabilities=",
)
def as_root(view: HostView) -> Iterator[Evidence]:
    """A unit whose options name root, take its user away, or add a capability."""
    for runner in view.host_runners:
        for way in ways_to_root(view, runner):
            if way.code == "NG225":
                yield Evidence(
                    subject=runner,
                    summary=f"jobs of runner {runner.name!r} are root on the host: {way.how}",
                    location=way.origin.location(),
                )
