"""Compares two fleets object by object and field by field.

Both are looked at as `nixgen.project.description` gives them, derived values included, so a change
of a mode, of a policy or of a unit's name shows where it is seen, not only where it was written.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from attrs import evolve, frozen

from nixgen import nix
from nixgen.model.host import Fleet
from nixgen.project.description import described, described_repository
from nixgen.project.review.earlier import Earlier
from nixgen.project.review.security import concern
from nixgen.project.review.weight import Weight

Sign = Literal["+", "-", "~"]
"""Added, removed, changed."""


class Subject(NamedTuple):
    """What changes: an object of a host or of the fleet; `kind` is a word such as `secret`."""

    owner: str  # the host's or repository's name, "" for the fleet
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".rstrip()


@frozen
class Change:
    """One change.

    `field` is the path of a field in the object, None where the object as a whole is new or gone.
    `old` and `new` are plain data. `concern` says why it matters for security, None where it does
    not; `weight` is how much. `place` is the file and line of the object as it is now, or was.
    """

    sign: Sign
    subject: Subject
    field: str | None = None
    old: Any = None
    new: Any = None
    concern: str | None = None
    weight: Weight = Weight.NONE
    place: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {
            "sign": self.sign,
            "owner": self.subject.owner,
            "kind": self.subject.kind,
            "name": self.subject.name,
            "field": self.field,
            "old": self.old,
            "new": self.new,
            "security": None
            if self.concern is None
            else {"why": self.concern, "weight": self.weight.name.lower()},
            "place": self.place,
        }


def compare(old: Fleet | Earlier, new: Fleet) -> tuple[Change, ...]:
    """The changes from one fleet to another: what matters for security first, the gravest of it
    before the rest, then by host and object.
    """
    before, after = _objects(old), _objects(new)
    stored = [known for subject, known in after.items() if subject.kind == "secret"]
    had = {known["path"] for subject, known in before.items() if subject.kind == "secret"}
    come = [known for known in stored if known["path"] not in had]
    changes = [
        _as_to_its_path(change, stored, come)
        for subject in {**before, **after}
        for change in _changes(subject, before.get(subject), after.get(subject))
        if not _is_told_by_owner(change, before, after)
    ]
    return tuple(sorted(changes, key=_order))


def _as_to_its_path(
    change: Change, stored: Collection[dict[str, Any]], come: Collection[dict[str, Any]]
) -> Change:
    """A secret that goes from a host stays in Vault while its path is that of another one; where
    one like it has come at one other path, it was renamed.
    """
    if change.sign != "-" or change.subject.kind != "secret" or change.concern is None:
        return change
    if any(known["path"] == change.old["path"] for known in stored):
        return evolve(change, concern=None, weight=Weight.NONE)
    like = {
        known["path"] for known in come if _kind_of_secret(known) == _kind_of_secret(change.old)
    }
    if len(like) != 1:
        return change
    why = f"its path in Vault is {like.pop()} now; `nixgen diff` says what becomes of the value"
    return evolve(change, concern=why)


def _kind_of_secret(known: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a rename leaves as it is."""
    value = known["terraform"] or {}
    return known["key"], {**value, "name": None, "description": None, "derived": None}


def _order(change: Change) -> tuple[int, Subject, str]:
    return -change.weight, change.subject, change.field or ""


# -- objects -----------------------------------------------------------------------------------

Objects = dict[Subject, dict[str, Any]]

_LISTED = {"secrets": "secret", "runners": "runner", "modules": "module", "options": "option"}
_PARTS = {
    "machine": "machine",
    "approle": "AppRole",
    "nix_daemon": "nix-daemon",
    "garbage_collection": "garbage collection",
    "harmonia": "Harmonia",
}
_OF_FLEET = {"vault": "Vault"}
# Where something was written, and what other objects say already.
_NOT_COMPARED = frozenset({"origin", "file", "derived", "used_by", "name"})


def _objects(fleet: Fleet | Earlier) -> Objects:
    """Every object of a fleet by what it is called."""
    found: Objects = {}
    for host in fleet.hosts:
        found |= _objects_of_host(host.name, described(host))
    for repository in fleet.repositories:
        data = described_repository(repository)
        name = repository.name
        found[Subject(name, "repository", name)] = {**data, "workflows": None}
        for workflow in data.get("workflows") or ():
            found[Subject(name, "workflow", workflow["file"])] = _with_events(workflow)
    return found


def _with_events(workflow: dict[str, Any]) -> dict[str, Any]:
    """A workflow with its events as a list, each with what it is narrowed to."""
    if "on" not in workflow:
        return workflow
    events = [
        event if narrowed is None else f"{event}: {json.dumps(narrowed)}"
        for event, narrowed in workflow["on"].items()
    ]
    return {**workflow, "on": events}


def _objects_of_host(name: str, data: dict[str, Any]) -> Objects:
    found: Objects = {}
    own = dict(data)
    for field, kind in _LISTED.items():
        for each in own.pop(field, None) or ():
            known = each if kind != "option" else {**each, "value": _data(each["value"])}
            subject = Subject(name, kind, each["name"])
            while subject in found:  # an option that several files set: NixOS joins their values
                subject = subject._replace(name=f"{subject.name} (again)")
            found[subject] = known
    for field, kind in _PARTS.items():
        if (part := own.pop(field, None)) is not None:
            found[Subject(name, kind, "")] = part
    for field, kind in _OF_FLEET.items():
        if (part := own.pop(field, None)) is not None:
            found[Subject("", kind, "")] = part
    found[Subject(name, "host", name)] = own
    return found


def _data(value: Any) -> Any:
    """An option's value: the data that its Nix text is, or the text where it is none."""
    if not isinstance(value, str):
        return value
    try:
        return nix.to_python(nix.parse_expression(value))
    except (nix.NotDataError, nix.NixSyntaxError):
        return value


def _is_told_by_owner(change: Change, before: Objects, after: Objects) -> bool:
    """Whether an object is new or gone only as all of its host is: the host's line says it, but
    for what somebody is given with it.
    """
    subject = change.subject
    host = Subject(subject.owner, "host", subject.owner)
    if subject == host or subject.kind in ("secret", "runner", "workflow", "repository"):
        return False
    if change.sign == "+" and change.concern is not None:
        return False
    return (host in before) is not (host in after)


# -- fields ------------------------------------------------------------------------------------


def _changes(
    subject: Subject, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> Iterator[Change]:
    if old is None or new is None:
        known = new if old is None else old
        assert known is not None
        sign: Sign = "+" if old is None else "-"
        why, weight = concern(subject.kind, subject.name or subject.owner, None, old, new)
        yield Change(
            sign, subject, old=old, new=new, concern=why, weight=weight, place=known.get("origin")
        )
        return
    for field, was, now in differences(old, new):
        if subject.kind == "AppRole" and _is_nothing(was) and (_is_nothing(now) or field == "kind"):
            continue  # a standalone folder has all settings, another one `reads` alone
        why, weight = concern(subject.kind, subject.name, field, was, now)
        yield Change("~", subject, field, was, now, why, weight, new.get("origin"))


def _is_nothing(value: Any) -> bool:
    return value in (None, False, 0, [])


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The fields that differ, `settings.runner.capacity` for one inside of another."""
    for name in dict.fromkeys(itertools.chain(old, new)):
        was, now = old.get(name), new.get(name)
        if was == now or name in _NOT_COMPARED:
            continue
        if _comparable(was, now):
            was, now = was or {}, now or {}
            yield from ((f"{name}.{inner}", *both) for inner, *both in differences(was, now))
        else:
            yield name, was, now


def _comparable(was: Any, now: Any) -> bool:
    """Whether two values are told field by field: sets of one kind, or one of settings alone."""
    known = [each for each in (was, now) if each is not None]
    if not all(isinstance(each, dict) for each in known):
        return False
    kinds = {kind if isinstance(kind := each.get("kind"), str) else None for each in known}
    return kinds == {None} or (len(known) == 2 and len(kinds) == 1)
