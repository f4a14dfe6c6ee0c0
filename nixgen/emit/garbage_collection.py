"""Garbage collection of a binary cache: the unit that makes roots, `nix.gc`, and Nix's settings."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.emit.contribution import Cause, derived, given, whole
from nixgen.emit.packaged import packaged_text
from nixgen.emit.settings import Setting, settings_at
from nixgen.model.garbage_collection import ROOTS_UNIT, GarbageCollection
from nixgen.model.host import Host
from nixgen.nix import build, nodes


def entries(host: Host, *, nested: bool = True) -> Iterator[nodes.Binding]:
    """The policy as options of NixOS."""
    policy = host.garbage_collection
    if policy is None:
        return
    cause = whole(policy)
    yield from settings_at(
        ("systemd", "services", ROOTS_UNIT),
        _roots_unit(policy),
        cause,
        nested=nested,
        notes=("Roots for the systems of all hosts, which fetch them from here.",),
    )
    service = [f"{ROOTS_UNIT}.service"]
    yield from settings_at(
        ("systemd", "services", "nix-gc"),
        (Setting("requires", service, cause), Setting("after", service, cause)),
        cause,
        nested=nested,
        notes=("Nothing is collected where the roots could not be brought up to date.",),
    )
    yield from settings_at(("nix", "gc"), _schedule(policy), cause, nested=nested)
    yield from settings_at(("nix", "settings"), _nix_settings(policy), cause, nested=nested)


def roots_script() -> str:
    """The script of the unit: a fixed text; what differs comes to it as environment variables."""
    return packaged_text("templates/host-gc-roots.sh")


def _roots_unit(policy: GarbageCollection) -> Iterator[Setting]:
    cause = whole(policy)
    online = ["network-online.target"]
    packages = [
        build.ref("config.nix.package"),
        build.ref("config.programs.ssh.package"),
        build.pkg("gitMinimal"),
    ]
    yield Setting("description", "Roots for the systems of all hosts", cause)
    yield Setting("startAt", policy.roots_dates, given(policy, "roots_dates"))
    yield Setting("wants", online, cause)
    yield Setting("after", online, cause)
    yield Setting("restartIfChanged", False, cause, ("A deploy does not cut a run short.",))
    yield Setting("path", packages, cause)
    body = tuple(
        build.bind((name,), _unexpanded(value), origin=why)
        for name, value, why in _environment(policy)
    )
    yield Setting("environment", nodes.AttributeSet(body), cause)
    yield Setting(("serviceConfig", "Type"), "oneshot", cause)
    yield Setting("script", build.indented(roots_script()), cause)


def _environment(policy: GarbageCollection) -> Iterator[tuple[str, str, Cause]]:
    hosts = given(policy, "hosts")
    if policy.hosts is None:
        hosts = derived(policy, "flake", "every host that it has")
    yield "FLAKE", policy.flake, given(policy, "flake")
    yield "HOSTS", " ".join(policy.hosts or ()), hosts
    yield "SYSTEMS", str(policy.systems), given(policy, "systems")
    yield "HOME", "/root", whole(policy)


def _unexpanded(value: str) -> str:
    """As it stands in a unit's `Environment=`, where systemd expands what follows a percent."""
    return value.replace("%", "%%")


def _schedule(policy: GarbageCollection) -> Iterator[Setting]:
    yield Setting("automatic", True, whole(policy))
    yield Setting("dates", policy.dates, given(policy, "dates"))
    if policy.older_than_days is not None:
        options = f"--delete-older-than {policy.older_than_days}d"
        note = "Older systems of this host; those of other hosts have roots of their own."
        yield Setting("options", options, given(policy, "older_than_days"), (note,))


def _nix_settings(policy: GarbageCollection) -> Iterator[Setting]:
    outputs = given(policy, "keep_outputs")
    note = "What the systems were built with stays, so that a rebuild is short."
    if not policy.keep_outputs:
        note = "What the systems were built with goes."
    yield Setting("keep-outputs", policy.keep_outputs, outputs, (note,))
    yield Setting("keep-derivations", True, whole(policy))
    if policy.min_free is not None and policy.max_free is not None:
        note = f"The emergency brake: a build that finds less than {policy.min_free} free collects."
        yield Setting("min-free", policy.min_free.count, given(policy, "min_free"), (note,))
        note = f"It ends with {policy.max_free} free; else all would go that has no root."
        yield Setting("max-free", policy.max_free.count, given(policy, "max_free"), (note,))
