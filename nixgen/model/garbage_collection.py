"""Garbage collection on a binary cache: nothing goes that a host of the fleet may still fetch.

Nix deletes what no root leads to. On a cache the roots of other machines are missing: their systems
are in its store because jobs built them. So a unit builds every system of the fleet's flake into a
profile below `/nix/var/nix/gcroots/hosts`. Every link there is a root (Nix, `libstore/gc.cc`), and
`nix-collect-garbage --delete-older-than` removes none of them: it looks at `/nix/var/nix/profiles`
and the profiles of users only (`nix-collect-garbage.cc`). `nix.gc` starts where that unit went
through, and only there.

`min-free` starts a collection in the middle of builds, and deletes until `max-free` is free: all
that has no root where that is not given (nix.conf(5)). So it is an emergency brake here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.values import Bytes
from nixgen.nix.data import NotDataError, to_python

if TYPE_CHECKING:
    from nixgen.model.host import Host

ROOTS = "gcroots/hosts"
"""Below Nix's state folder: a folder for each host, with the profile of its systems in it."""

ROOTS_UNIT = "host-gc-roots"

_calendar = values.matching(
    r"[A-Za-z0-9*,./:~ -]+", 'a calendar event of systemd.time(7), such as "weekly"'
)
_attribute = values.matching(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", "the name of a configuration")


def _size(value: Any) -> str | None:
    if isinstance(value, Bytes):
        return None if value.count > 0 else "0 is not allowed; allowed is more than nothing"
    return f'{values.shown(value)} is {values.kind_of(value)}; allowed is a size, such as "5G"'


@model_class
class GarbageCollection(ModelObject):
    """What the store of a binary cache keeps; the defaults delete nothing that a host may need.

    - `flake`: whose `nixosConfigurations` are the systems to keep, such as
      `git+https://forge.example/alice/servers`.
    - `hosts`: names of those; None is every one that the flake has when the roots are made.
    - `systems`: how many of each host stay: those that run an older one fetch it still.
    - `roots_dates`: when the roots are brought up to date, beside each time before a collection.
    - `dates`: when `nix.gc` collects. Both are calendar events of systemd.time(7).
    - `older_than_days`: older systems of the cache itself, users' too, are deleted; None keeps all.
    - `keep_outputs`: what the systems were built with stays too, so that a rebuild is short.
    - `min_free`, `max_free`: with less space than the first a build starts a collection, which ends
      with the second; both None for never.
    """

    flake: str = checked(values.matching(r"[^\s\"'#\\]+", "a flake reference without # and quotes"))
    hosts: Sequence[str] | None = checked(
        values.optional(values.each(_attribute)),
        default=None,
        converter=lambda value: None if value is None else values.to_tuple(value),
    )
    systems: int = checked(values.between(1, 1000, " systems"), default=3)
    roots_dates: str = checked(_calendar, default="daily")
    dates: str = checked(_calendar, default="weekly")
    older_than_days: int | None = checked(
        values.optional(values.between(1, 36500, " days")), default=30
    )
    keep_outputs: bool = checked(values.instance_of(bool), default=True)
    min_free: Bytes | None = checked(
        values.optional(_size),
        default=Bytes.parse("5G"),
        converter=values.parsed(Bytes.parse, Bytes),
    )
    max_free: Bytes | None = checked(
        values.optional(_size),
        default=Bytes.parse("25G"),
        converter=values.parsed(Bytes.parse, Bytes),
    )

    def faults(self) -> Iterable[Diagnostic]:
        """A collection that a build starts has an end, and a list of hosts has hosts."""
        low, high = self.min_free, self.max_free
        if low is not None and high is None:
            yield self.fault(
                "GarbageCollection.min_free has no max_free: the collection that a build starts "
                "would delete all that has no root",
                "min_free",
                advice=f"give max_free a size above {low}, or write min_free=None, max_free=None",
            )
        elif high is not None and (low is None or low.count >= high.count):
            yield self.fault(
                f"GarbageCollection.max_free is {high}, min_free is {low}: a collection would "
                "never free anything",
                "max_free",
                advice="give min_free a size below max_free, or None to both",
            )
        if self.hosts is not None and not self.hosts:
            yield self.fault(
                "GarbageCollection.hosts is empty, so no system would be kept",
                "hosts",
                advice="name the hosts, or leave it out: then all that the flake has are kept",
            )


def threats(host: Host, fleet: Collection[str]) -> Iterator[Diagnostic]:
    """Why a collection on the host could delete what hosts still need from it; for a cache.

    `fleet` is the names of all hosts. Options that the host sets by themselves count as well.
    """
    policy = host.garbage_collection
    if policy is None:
        yield from _without_policy(host)
        return
    if policy.hosts is not None:
        own = {host.name}  # whose system is a root as on every host of NixOS
        missing = sorted(set(fleet) - set(policy.hosts) - own)
        if missing:
            yield policy.fault(
                f"garbage collection on {host.name!r} keeps no system of {', '.join(missing)}",
                "hosts",
                advice="leave hosts out, so that every host of the flake is kept, or add the names",
            )
    if policy.systems == 1:
        yield policy.fault(
            f"garbage collection on {host.name!r} keeps only the newest system of each host",
            "systems",
            advice="a host that has not upgraded yet runs an older one: keep two or more",
        )
    if not policy.keep_outputs:
        yield policy.fault(
            f"garbage collection on {host.name!r} deletes what the systems were built with",
            "keep_outputs",
            advice="write keep_outputs=True, or accept that rebuilds start from the beginning",
        )
    yield from _options_against(host)


_AGAINST = {
    "nix.settings.keep-outputs": (False, "what the systems were built with"),
    "nix.settings.keep-derivations": (False, "the derivations of what is kept"),
}
_WIDER = ("nix.settings.min-free", "nix.settings.max-free")


def _without_policy(host: Host) -> Iterator[Diagnostic]:
    """Collections that the host's options start by themselves, with no roots of other hosts."""
    starts = {"nix.gc.automatic": True, "nix.settings.min-free": None}
    for path, definition in host.composition.options.items():
        dotted = ".".join(path)
        if dotted in starts and starts[dotted] in (None, _plain(definition.value)):
            yield Diagnostic(
                summary=f"{dotted} lets {host.name!r} delete systems that other hosts still fetch: "
                "nothing makes roots of them",
                location=definition.origin.location(),
                help="give the host GarbageCollection(flake=...), which makes them",
            )


def _options_against(host: Host) -> Iterator[Diagnostic]:
    """Options that say otherwise than the policy."""
    for path, definition in host.composition.options.items():
        dotted = ".".join(path)
        bad, lost = _AGAINST.get(dotted, (None, ""))
        if bad is not None and _plain(definition.value) is bad:
            summary = f"{dotted} deletes {lost} on {host.name!r}, against its GarbageCollection"
        elif dotted in _WIDER:
            summary = f"{dotted} stands beside the GarbageCollection of {host.name!r}"
        else:
            continue
        yield Diagnostic(
            summary=summary,
            location=definition.origin.location(),
            help="take the option out: the policy says it",
        )


def _plain(value: Any) -> Any:
    """The Python value of an expression, of what is inside `mkForce` and `mkDefault` too."""
    try:
        return to_python(value)
    except NotDataError:
        argument = getattr(value, "argument", None)
        return None if argument is None else _plain(argument)
