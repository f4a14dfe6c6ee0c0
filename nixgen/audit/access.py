"""Who can reach what: for each runner, what its jobs can get at on the machine, and why.

Computed from modes, owners, groups, the account of the jobs, the runner's scope, its labels and the
options of its unit. Where jobs can become root, they reach all there is.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from nixgen.audit import jobs
from nixgen.audit.rules.cache import serves_cache, signing_keys
from nixgen.audit.rules.resources import bounds, is_limited, limits_containers
from nixgen.audit.scopes import repositories_text
from nixgen.audit.view import HostView, as_list, runner_value, runs_in_containers, runs_on_host
from nixgen.model.host import Host
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.model.values import mode_text


class Reach(enum.StrEnum):
    """What jobs can do with something."""

    WRITES = "writes"
    READS = "reads"
    USES = "uses"
    NONE = "no access"


@frozen(kw_only=True)
class Access:
    """One thing on the machine.

    - `what`: its path or name; `about`: what it is.
    - `reach`: what jobs can do with it; `why`: what lets them, or what protects it.
    - `risk`: what is left to fear; `code`: the rule that says more of it.
    """

    what: str
    about: str
    reach: Reach
    why: str
    risk: str | None = None
    code: str | None = None

    @property
    def reached(self) -> bool:
        """Whether jobs can do anything with it."""
        return self.reach is not Reach.NONE

    def as_dict(self) -> dict[str, Any]:
        """Plain data; absent parts are left out."""
        data = {
            "what": self.what,
            "about": self.about,
            "reach": str(self.reach),
            "why": self.why,
            "risk": self.risk,
            "code": self.code,
        }
        return {name: value for name, value in data.items() if value is not None}


@frozen(kw_only=True)
class RunnerAccess:
    """What the jobs of one runner reach.

    `where` is where they run, `account` as whom (None in containers, and where an option names it
    by an expression), `repositories` whose jobs they are; `meant` are those that are trusted.
    """

    runner: str
    where: str
    account: str | None
    repositories: str
    meant: tuple[str, ...]
    entries: tuple[Access, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "runner": self.runner,
            "where": self.where,
            "account": self.account,
            "repositories": self.repositories,
            "meant": list(self.meant),
            "can": [each.as_dict() for each in self.entries if each.reached],
            "cannot": [each.as_dict() for each in self.entries if not each.reached],
        }


def access(host: Host) -> tuple[RunnerAccess, ...]:
    """What the jobs of each runner of a host can reach, and what they cannot."""
    view = HostView(host)
    return tuple(_of_runner(view, runner) for runner in view.runners)


def _of_runner(view: HostView, runner: Runner) -> RunnerAccess:
    on_host = runs_on_host(runner)
    places = ["on the host"] * on_host + ["in containers"] * runs_in_containers(runner)
    ways = jobs.ways_to_root(view, runner)
    if ways:
        entries = tuple(_as_root(view, runner, ways))
    elif on_host:
        entries = tuple(_on_host(view, runner))
    else:
        entries = tuple(_in_container(view, runner))
    return RunnerAccess(
        runner=runner.name,
        where=" and ".join(places),
        account=jobs.account(view, runner) if on_host else None,
        repositories=repositories_text(runner.scope),
        meant=tuple(runner.trusted_repositories),
        entries=entries,
    )


def _about(view: HostView, secret: VaultSecret) -> str:
    if secret in signing_keys(view):
        return "the key that signs the binary cache"
    return f"secret {secret.name}"


# -- host jobs ---------------------------------------------------------------------------------


def _on_host(view: HostView, runner: Runner) -> Iterator[Access]:
    yield _own_credential(runner)
    yield Access(
        what=runner.state_folder,
        about="its registration, state and cache",
        reach=Reach.WRITES,
        why=f"jobs run as {jobs.account_text(view, runner)}, which owns it",
        risk="what one job leaves there, the next one finds",
    )
    for shared in jobs.shared_by(view, runner):
        yield _of_other_runner(view, runner, shared)
    yield _store(view, runner)
    yield _network(view, runner)
    yield Access(
        what="files that all can read",
        about="configuration, other services' files",
        reach=Reach.READS,
        why="the mode of each file",
    )
    yield _processes(view, runner)
    yield _resources(view, runner)
    for secret in view.secrets:
        if secret is not runner.token:
            yield _secret(view, runner, secret)
    yield _approle(view, runner)


def _own_credential(runner: Runner) -> Access:
    token = runner.token
    mode = ""
    if isinstance(token, VaultSecret) and token.mode & jobs.OTHERS:
        mode = f"mode {mode_text(token.mode)} lets every user read it; and in any mode "
    hand_over = (
        "host jobs run as the user that systemd hands it to"
        if runner.module.wants_uuid
        else "the runner hands its environment, with the token in it, to host jobs"
    )
    use = "acts as the runner" if runner.module.wants_uuid else "registers a runner"
    return Access(
        what=runner.token_path,
        about="its own token",
        reach=Reach.READS,
        why=f"{mode}{hand_over}",
        risk=f"whoever has it {use} and takes the jobs of {repositories_text(runner.scope)}",
        code="NG202",
    )


def _of_other_runner(view: HostView, runner: Runner, shared: jobs.Shared) -> Access:
    other, why = shared.other, shared.how
    if jobs.is_hidden(view, runner, other.state_folder):
        why = f"hidden from the unit, but {why}: a job finds it below /proc of the other's "
        why += "processes"
    elif shared.one_user:
        why += ": one user owns both state folders, and reads the environment of its processes"
    root = ""
    if group := jobs.group_by_labels(other):
        root = f", and with a label of the host in its .runner is in its group {group!r}: root"
    return Access(
        what=other.state_folder,
        about=f"registration and state of runner {other.name}, and the token in its environment",
        reach=Reach.WRITES,
        why=why,
        risk=f"a job acts as {other.name}, for {repositories_text(other.scope)}{root}",
        code="NG205",
    )


def _store(view: HostView, runner: Runner) -> Access:
    if not jobs.may_build(view, runner):
        return Access(
            what="/nix/store",
            about="the Nix store",
            reach=Reach.READS,
            why="every user reads the store; allowed-users of Nix keeps jobs from building",
        )
    served = serves_cache(view)
    return Access(
        what="/nix/store",
        about="the Nix store",
        reach=Reach.USES,
        why="every user reads the store, and asks nix-daemon to build into it",
        risk="what a job builds is signed and served to all hosts" if served else None,
        code="NG407" if served else None,
    )


def _network(view: HostView, runner: Runner) -> Access:
    allowed = view.unit_setting(runner.unit.text, "IPAddressAllow")
    denied = view.unit_setting(runner.unit.text, "IPAddressDeny")
    if denied is not None or allowed is not None:
        why = "as far as IPAddressAllow and IPAddressDeny of the unit let it"
        risk = None
    else:
        why = "the unit has the host's network, and no rule about it"
        risk = "reaches what listens on the host itself, and on the network that it is in"
    return Access(what="network", about="in and out", reach=Reach.USES, why=why, risk=risk)


def _processes(view: HostView, runner: Runner) -> Access:
    hidden = view.unit_value(runner, "ProtectProc") in ("invisible", "noaccess")
    return Access(
        what="/proc",
        about="other processes and their command lines",
        reach=Reach.NONE if hidden else Reach.READS,
        why="ProtectProc of the unit" if hidden else "the unit has no ProtectProc",
        risk=None if hidden else "passwords that programs are given as arguments",
        code=None if hidden else "NG209",
    )


def _resources(view: HostView, runner: Runner) -> Access:
    limited = bounds(runner.limits) or is_limited(view, str(runner.unit))
    jobs_text = f"{runner.jobs} job{'s' if runner.jobs > 1 else ''} at once"
    return Access(
        what="CPU, memory, disk",
        about="of the machine",
        reach=Reach.USES,
        why=f"{jobs_text}, within the limits of the unit" if limited else f"{jobs_text}, no limit",
        risk=None if limited else "one job can take all that the other services need",
        code=None if limited else "NG501",
    )


def _secret(view: HostView, runner: Runner, secret: VaultSecret) -> Access:
    is_key = secret in signing_keys(view)
    mode = f"mode {mode_text(secret.mode)}, owner {secret.owner}, group {secret.group}"
    hidden = jobs.is_hidden(view, runner, secret.output_path)
    why = f"InaccessiblePaths of the unit; {mode}" if hidden else mode
    reach = Reach.READS if jobs.can_read(view, runner, secret) else Reach.NONE
    reached = reach is not Reach.NONE
    used = None if reached or not is_key else "the server signs for them what is in the store"
    return Access(
        what=secret.output_path,
        about=_about(view, secret),
        reach=reach,
        why=why,
        risk="every job has it" if reached else used,
        code=("NG406" if is_key else "NG101") if reached else ("NG407" if is_key else None),
    )


def _approle(view: HostView, runner: Runner) -> Access:
    folder = jobs.approle_folder(view)
    hidden = jobs.is_hidden(view, runner, folder)
    return Access(
        what=folder,
        about="the host's credentials for Vault",
        reach=Reach.NONE,
        why="InaccessiblePaths of the unit; root alone reads it"
        if hidden
        else "root alone reads it",
        risk=None if hidden else "file modes are the only protection",
        code=None if hidden else "NG208",
    )


# -- container jobs ----------------------------------------------------------------------------


def _in_container(view: HostView, runner: Runner) -> Iterator[Access]:
    inside = "jobs run in containers, into which nothing of it is mounted"
    shared = jobs.on_host_network(runner)
    yield Access(
        what="network",
        about="in and out",
        reach=Reach.USES,
        why="the containers are on the host's network" if shared else "through the runtime's own",
        risk="reaches what listens on the host itself" if shared else None,
        code="NG214" if shared else None,
    )
    limited = limits_containers(runner)
    yield Access(
        what="CPU, memory, disk",
        about="of the machine",
        reach=Reach.USES,
        why="within the limits of each container" if limited else "the containers have no limit",
        risk=None if limited else "one job can take all that the other services need",
        code=None if limited else "NG505",
    )
    for volume in as_list(runner_value(runner, "container", "valid_volumes")):
        yield Access(
            what=str(volume),
            about="a folder or volume that jobs may mount",
            reach=Reach.WRITES,
            why="valid_volumes of the runner's settings",
            risk="what one job leaves there, the next one finds",
        )
    yield _kept_out(runner.token_path, "its own token", inside)
    yield _kept_out(runner.state_folder, "its registration and state", inside)
    for other in view.runners:
        if other is not runner:
            about = f"registration and state of runner {other.name}"
            yield _kept_out(other.state_folder, about, inside)
    yield _kept_out("/nix/store", "the Nix store and nix-daemon", inside)
    for secret in view.secrets:
        if secret is not runner.token:
            yield _kept_out(secret.output_path, _about(view, secret), inside)
    yield _kept_out(jobs.approle_folder(view), "the host's credentials for Vault", inside)


def _kept_out(what: str, about: str, why: str) -> Access:
    return Access(what=what, about=about, reach=Reach.NONE, why=why)


# -- root --------------------------------------------------------------------------------------


def _as_root(view: HostView, runner: Runner, ways: tuple[jobs.WayToRoot, ...]) -> Iterator[Access]:
    """All of the machine, with each way to it; and what that means for each credential."""
    for way in ways:
        yield Access(
            what="/",
            about="all of the machine, as root",
            reach=Reach.WRITES,
            why=way.how,
            risk="a job does what root does",
            code=way.code,
        )
    as_root = "jobs can become root"
    for other in view.runners:
        yield _taken(other.state_folder, f"registration and state of runner {other.name}", as_root)
    for secret in view.secrets:
        yield _taken(secret.output_path, _about(view, secret), as_root)
    yield _taken(jobs.approle_folder(view), "the host's credentials for Vault", as_root)


def _taken(what: str, about: str, why: str) -> Access:
    return Access(what=what, about=about, reach=Reach.WRITES, why=why)
