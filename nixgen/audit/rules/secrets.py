"""Secrets on the host: who can read their files, and whether anybody has to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from nixgen import nix
from nixgen.audit.jobs import OWNER, account
from nixgen.audit.rule import Evidence, beside, fleet_rule, found, host_rule
from nixgen.audit.settings import literal
from nixgen.audit.view import FleetView, HostView
from nixgen.diagnostic import Severity
from nixgen.model.secret import VaultSecret
from nixgen.model.values import mode_text
from nixgen.nix import nodes

OTHERS_READ, OTHERS_WRITE = 0o004, 0o022


_READ_AS_ROOT = frozenset(["harmonia"])
"""Units that are handed their secrets by systemd, beside those of runners."""


def _narrowed(view: HostView, secret: VaultSecret) -> tuple[int, str] | None:
    """The repair of a mode: what nobody needs goes, and who is meant to read can still read.

    None where a service may open the file as a user of its own, which only people know.
    """
    users = {runner.unit.text for runner in view.host.users_of(secret)}
    services = {service.removesuffix(".service") for service in secret.services or users}
    named = secret.owner != "root" or secret.group != "root"
    if not named and (not services or services - users - _READ_AS_ROOT):
        unneeded = OTHERS_WRITE
        if secret.mode & OTHERS_READ:
            return None
    else:
        unneeded = 0o007 | OTHERS_WRITE | (0o070 if secret.group == "root" else 0)
    return secret.mode, f"0o{secret.mode & ~unneeded | OWNER:03o}"


@host_rule(
    "NG101",
    Severity.ERROR,
    "A secret's file can be read by every local user",
    why="Whoever runs any process on the machine, a job or a service that was broken into, reads "
    "the secret. The mode is not needed for services either: systemd reads EnvironmentFile= and "
    "LoadCredential= as root before it changes to the unit's user.",
    advice="write mode=0o400; a service that opens the file itself gets owner=... or group=...",
    source="systemd.exec(5): EnvironmentFile=, LoadCredential=",
)
def world_readable(view: HostView) -> Iterator[Evidence]:
    """A mode with the read bit of others."""
    for secret in view.secrets:
        if secret.mode & OTHERS_READ:
            yield found(
                secret,
                "mode",
                f"secret {secret.name!r} has mode {mode_text(secret.mode)}: every local user, and "
                "so every job on the host, can read it",
                fix=_narrowed(view, secret),
            )


@host_rule(
    "NG102",
    Severity.ERROR,
    "A secret's file can be written by others than its owner",
    why="Who can write the file decides which credential a service uses: another Vault path's "
    "value, an account of their own, or none, so that the service fails.",
    advice="write mode=0o400, or 0o440 for a group that reads it",
    source="chmod(2); the file is replaced as root, so nobody needs to write it",
)
def writable(view: HostView) -> Iterator[Evidence]:
    """A mode with the write bit of the group or of others."""
    for secret in view.secrets:
        if secret.mode & OTHERS_WRITE:
            who = "every local user" if secret.mode & 0o002 else f"the group {secret.group!r}"
            yield found(
                secret,
                "mode",
                f"secret {secret.name!r} has mode {mode_text(secret.mode)}: {who} can write it",
                fix=_narrowed(view, secret),
            )


@host_rule(
    "NG103",
    Severity.WARNING,
    "A secret that nothing uses",
    why="A credential that nobody needs can still be stolen, and has to be renewed for ever. Or "
    "something does use it, and is not restarted when it changes.",
    advice="take it off the host, or name who uses it: services=[...], or the runner's token=...",
    source="least privilege; the units to restart are `services` of the vault.secrets module",
)
def unused(view: HostView) -> Iterator[Evidence]:
    """No runner has it as its token, no unit is restarted, nothing names it or its file."""
    idle = [
        secret
        for secret in view.secrets
        if not (secret.existing or view.host.services_of(secret) or view.host.users_of(secret))
    ]
    text = _text_of(view) if idle else ""
    for secret in idle:
        if not _named(secret).search(text):
            yield found(secret, "name", f"nothing that is known here uses secret {secret.name!r}")


def _named(secret: VaultSecret) -> re.Pattern[str]:
    """The secret's file or attribute in Nix; a longer name is another secret's."""
    path, name = re.escape(secret.output_path), re.escape(secret.name)
    return re.compile(rf"{path}(?![\w-]|\.\w)|vault\.secrets\.(?:{name}(?![\w'-])|\"{name}\")")


def _text_of(view: HostView) -> str:
    """All that the host's options and modules say, as Nix, and the files of its tokens."""
    expressions = [setting.expression for setting in view.every_definition]
    expressions += [module.frame for module in view.host.modules if module.frame is not None]
    printed = [nix.print_expression(expression) for expression in expressions]
    return "\n".join([*printed, *(runner.token_path for runner in view.all_runners)])


@fleet_rule(
    "NG104",
    Severity.WARNING,
    "One secret on several hosts",
    why="Each host that has it can lose it for all of them, and it cannot be renewed on one host "
    "alone. What was done with it cannot be told apart by host.",
    advice="give each host a secret of its own where the service allows it",
    source="Vault: one policy and one path for each AppRole",
)
def shared(view: FleetView) -> Iterator[Evidence]:
    """One path in Vault that several hosts read."""
    readers: dict[str, dict[str, VaultSecret]] = {}
    for host, secret in view.secrets:
        readers.setdefault(secret.vault_path(host.name), {}).setdefault(host.name, secret)
    for path, hosts in readers.items():
        if len(hosts) > 1:
            first, *others = {id(secret): secret for secret in hosts.values()}.values()
            related = [beside(other, None, "it is read with this, too") for other in others]
            yield found(
                first,
                "path" if first.path else "name",
                f"the secret at {path!r} in Vault is on {len(hosts)} hosts: {_names(hosts)}",
                related=related,
            )


def _names(hosts: dict[str, VaultSecret], most: int = 5) -> str:
    names = sorted(hosts)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest


@fleet_rule(
    "NG105",
    Severity.WARNING,
    "A secret outside of the host's own tree in Vault",
    why="A host's AppRole may read hosts/<host>/ and each path that one of its secrets names. One "
    "in the tree of another host lets this host read what is that one's; one elsewhere is easily "
    "taken for shared.",
    advice="leave path out, so that it is hosts/<host>/<name>, and move the value there in Vault",
    source="the policy that nixgen derives: hosts/<host>/*, and what lies outside of it by name",
)
def outside_own_tree(view: FleetView) -> Iterator[Evidence]:
    """A path in another host's tree, or one outside of hosts/ that only one host reads."""
    readers: dict[str, set[str]] = {}
    for host, secret in view.secrets:
        readers.setdefault(secret.vault_path(host.name), set()).add(host.name)
    for host, secret in view.secrets:
        path = secret.vault_path(host.name)
        top, _, rest = path.partition("/")
        owner = rest.partition("/")[0]
        if top == "hosts" and owner != host.name:
            known = "" if owner in view.names else ", which is no host of the fleet"
            yield found(
                secret,
                "path",
                f"secret {secret.name!r} of host {host.name!r} is in the tree of {owner!r}{known}",
                severity=Severity.ERROR,
            )
        elif top != "hosts" and len(readers[path]) == 1:
            yield found(
                secret,
                "path",
                f"secret {secret.name!r} is at {path!r}, outside of hosts/{host.name}/, and no "
                "other host reads it",
            )


_VOLATILE = "/run/"
_TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - these are what is warned of


@host_rule(
    "NG109",
    Severity.WARNING,
    "A secret's file is kept on disk",
    why="A file on disk outlives the secret: it is in backups and in file system snapshots, and a "
    "disk that is thrown away still has it. /run is memory. In /tmp other users can be there "
    "first, with a link of that name.",
    advice="leave output out, so that it is /run/secrets/<name>, or give one below /run",
    source="file-hierarchy(7): /run is a tmpfs that is emptied at boot",
)
def on_disk(view: HostView) -> Iterator[Evidence]:
    """An output outside of /run."""
    for secret in view.secrets:
        path = secret.output_path
        if path.startswith(_TEMPORARY):
            yield found(
                secret,
                "output",
                f"secret {secret.name!r} is written to {path!r}, where any user can make files",
                severity=Severity.ERROR,
            )
        elif not path.startswith(_VOLATILE):
            yield found(secret, "output", f"secret {secret.name!r} is written to {path!r}, on disk")


@host_rule(
    "NG110",
    Severity.ERROR,
    "A secret's file belongs to a user that exists only while its unit runs",
    why="systemd makes the user of a unit with DynamicUser= when the unit starts. The secret is "
    "fetched before that, so chown fails or takes a number that is somebody else's later. It is "
    "not needed: systemd reads the token as root.",
    advice='leave owner and group out: they are "root"',
    source="systemd.exec(5): DynamicUser=; nixpkgs, gitea-actions-runner.nix: DynamicUser = true",
)
def dynamic_owner(view: HostView) -> Iterator[Evidence]:
    """An owner or group that is a runner's dynamic user."""
    accounts = dict(_dynamic_users(view))
    for secret in view.secrets:
        for field, name in (("owner", secret.owner), ("group", secret.group)):
            if name in accounts and not view.account(name):
                yield found(
                    secret,
                    field,
                    f"secret {secret.name!r} has the {field} {name!r}, {accounts[name]}",
                    fix=(name, '"root"'),
                )


def _dynamic_users(view: HostView) -> Iterator[tuple[str, str]]:
    """Names of runners' users, as systemd has them and as people would guess them; what they are.

    What options say of a unit's user may be about a static one.
    """
    for runner in view.all_runners:
        unit = str(runner.unit)
        if view.unit_setting(unit, "User") or view.unit_setting(unit, "DynamicUser"):
            continue
        user = account(view, runner)
        guess = runner.module.unit_prefix + runner.name
        if user != guess:
            yield guess, f"which no user has: that of {unit!r} is {user!r}, while it runs"
        if user is not None:
            yield user, "which exists only while a runner runs"


@host_rule(
    "NG114",
    Severity.NOTE,
    "A copy of a secret is kept on disk",
    why="The host starts with it while Vault is away. It is root's alone, but it is on the disk: "
    "in backups, and after the secret was renewed, until the next fetch.",
    advice="leave allow_cached out where the host can wait for Vault, and encrypt the disk",
    source="nixgen's module of vault.secrets: allowCached",
)
def cached(view: HostView) -> Iterator[Evidence]:
    """A secret with allow_cached."""
    for secret in view.secrets:
        if secret.allow_cached:
            yield found(
                secret, "allow_cached", f"secret {secret.name!r} is kept on disk, beside /run"
            )


_SECRET_WORDS = ("key", "secret", "token", "password", "credential")


@host_rule(
    "NG113",
    Severity.ERROR,
    "A secret's file is given as a path in the repository",
    why="A path in Nix is copied into /nix/store when the configuration is built. Every user can "
    "read the store, and a binary cache serves it to every host.",
    advice='give the file on the host as text, "/run/secrets/<name>", and describe a VaultSecret',
    source="Nix manual, string interpolation of paths: the file is copied into the store",
)
def path_literal(view: HostView) -> Iterator[Evidence]:
    """A path literal of Nix as the value of an option that is named after a secret."""
    for setting in view.every_definition:
        name = setting.path[-1].lower()
        if not any(word in name for word in _SECRET_WORDS):
            continue
        for value in _items(setting.expression):
            path = literal(value) if isinstance(value, nodes.Path) else None
            if isinstance(path, PurePosixPath):
                yield Evidence(
                    subject=view.host,
                    summary=f"{setting.name} is the path {path}, which Nix copies into the store",
                    location=setting.origin.location(),
                )


def _items(expression: nodes.Expression) -> tuple[nodes.Expression, ...]:
    return expression.items if isinstance(expression, nodes.List) else (expression,)
