"""A binary cache: its signing key, what gets into it, and what it deletes."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.jobs import can_read, ways_to_root
from nixgen.audit.rule import Evidence, beside, fleet_rule, found, host_rule
from nixgen.audit.scopes import repositories_text
from nixgen.audit.view import FleetView, HostView, as_list
from nixgen.diagnostic import Severity
from nixgen.model.garbage_collection import threats
from nixgen.model.secret import VaultSecret

TAG = "binary-cache"
_SERVERS = ("harmonia", "nix-serve", "atticd", "ncps")
_ENABLED = (
    *(f"services.{name}.enable" for name in _SERVERS),
    "services.harmonia.cache.enable",
)
_KEY_OPTIONS = (
    "services.harmonia.signKeyPath",
    "services.harmonia.signKeyPaths",
    "services.harmonia.cache.signKeyPaths",
    "services.nix-serve.secretKeyFile",
)


def serves_cache(view: HostView) -> bool:
    """Whether the host is a binary cache: by Harmonia, its tag, options, or a server's secret."""
    return (
        TAG in view.host.tags
        or view.host.harmonia is not None
        or any(view.value(option) is True for option in _ENABLED)
        or any(True for _ in _keys_by_service(view))
    )


def signing_keys(view: HostView) -> tuple[VaultSecret, ...]:
    """The secrets that a cache server of the host signs with."""
    own = view.host.harmonia.keys if view.host.harmonia is not None else ()
    given = (setting.value for option in _KEY_OPTIONS for setting in view.lists(option))
    paths = {str(path) for each in given for path in as_list(each)}
    by_path = (secret for secret in view.secrets if secret.output_path in paths)
    return tuple({id(each): each for each in (*own, *by_path, *_keys_by_service(view))}.values())


def _keys_by_service(view: HostView) -> Iterator[VaultSecret]:
    for secret in view.secrets:
        if set(secret.services or ()) & set(_SERVERS):
            yield secret


@host_rule(
    "NG406",
    Severity.ERROR,
    "Jobs can read the key that signs the binary cache",
    why="With the key a job signs any path as the cache does. Every host that trusts the key then "
    "runs what the job made, from wherever it comes, until the key is replaced on all of them.",
    advice="write mode=0o400 with owner and group root: the cache server gets it as a credential",
    source="nixpkgs, harmonia.nix: LoadCredential, which systemd reads as root",
)
def readable_key(view: HostView) -> Iterator[Evidence]:
    """A signing key whose mode lets the runners' user read it, or a job that is root."""
    for secret in signing_keys(view):
        for runner in view.host_runners:
            readable = can_read(view, runner, secret)
            ways = ways_to_root(view, runner)
            if readable or ways:
                how = "its mode lets them" if readable else f"they can be root, {ways[0].how}"
                yield found(
                    secret,
                    "mode",
                    f"jobs of runner {runner.name!r} can read the signing key {secret.name!r}: "
                    f"{how}",
                    related=[beside(runner, "name", "its jobs run on the host")],
                )


@host_rule(
    "NG407",
    Severity.WARNING,
    "Jobs put paths into the store that the host signs and serves",
    why="The cache signs whatever is in its store. In the sandbox a job cannot change what "
    "somebody else's derivation gives, but it can have any derivation built, and a host whose "
    "configuration leads to such a path takes it, because the signature is right. So whoever "
    "controls one of these repositories decides what hosts run, as far as they build what it says.",
    advice="build on another machine and copy reviewed systems to the cache, or accept the risk: "
    'accept("NG407", reason=...)',
    source="Harmonia: paths are signed when they are served, not when they are built",
)
def filled_by_jobs(view: HostView) -> Iterator[Evidence]:
    """A host runner on a binary cache."""
    if serves_cache(view):
        for runner in view.host_runners:
            yield found(
                runner,
                "name",
                f"what jobs of {repositories_text(runner.scope)} build, on runner "
                f"{runner.name!r}, is signed and served to all hosts",
            )


@fleet_rule(
    "NG408",
    Severity.WARNING,
    "Garbage collection can delete what hosts still fetch",
    why="Nix deletes what no root leads to, and a cache has no roots of the systems of others. A "
    "host that upgrades or is set up again then builds for hours, or cannot build at all.",
    advice="give the host GarbageCollection(flake=...): it makes roots of every host's system",
    source="Nix manual, garbage collector roots; nix.conf(5): min-free, keep-outputs",
)
def collected(view: FleetView) -> Iterator[Evidence]:
    """What `nixgen.model.garbage_collection` says of a cache."""
    for host in view.hosts:
        if serves_cache(host):
            for threat in threats(host.host, view.names):
                if threat.location is not None:
                    yield Evidence(
                        subject=host.host,
                        summary=threat.summary,
                        location=threat.location,
                        advice=threat.help,
                        related=threat.related,
                    )


_COLLECTS = ("nix.gc.automatic", "nix.settings.min-free", "programs.nh.clean.enable")


@host_rule(
    "NG409",
    Severity.NOTE,
    "Nothing deletes what jobs leave in the store",
    why="Each build of each job stays, until the disk is full. Then nothing on the machine works: "
    "builds, its other services, its logs.",
    advice="give the host GarbageCollection(flake=...), which keeps what hosts need, or nix.gc",
    source="Nix manual, garbage collection; NixOS: nix.gc.automatic is off",
)
def never_collected(view: HostView) -> Iterator[Evidence]:
    """Host jobs, and no garbage collection in the model or in options."""
    collects = view.host.garbage_collection is not None or any(
        (setting := view.setting(option)) is not None and setting.value not in (False, 0, "0")
        for option in _COLLECTS
    )
    if view.host_runners and not collects:
        yield found(view.host, "name", "jobs build into a store from which nothing is ever deleted")
