"""Accepted risks against what the rules found: what they cover, and what is wrong with them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from nixgen.audit.rule import Evidence, Rule, host_rule
from nixgen.audit.view import HostView
from nixgen.diagnostic import Severity
from nixgen.model.accept import AcceptedRisk, risks_of
from nixgen.model.base import ModelObject
from nixgen.model.host import Fleet, Host

_SOURCE = "nixgen: accept(code, reason=..., until=...)"


def _needs_findings(_: HostView) -> Iterable[Evidence]:
    """These rules read what the others found: `Acceptances.complaints` has their checks."""
    return ()


EXPIRED = host_rule(
    "NG001",
    Severity.WARNING,
    "An accepted risk has expired",
    why="It was taken until a day that has passed. What it covered is a finding again.",
    advice="look at the risk again: remove it, or accept it until a later day",
    source=_SOURCE,
)(_needs_findings)

NOT_NEEDED = host_rule(
    "NG002",
    Severity.WARNING,
    "An accepted risk applies to nothing",
    why="The rule finds nothing there any more. Left in place, it would hide the risk without a "
    "word when it comes back.",
    advice="remove the accept(...), or put it on the object that the finding is about",
    source=_SOURCE,
)(_needs_findings)

UNKNOWN = host_rule(
    "NG003",
    Severity.ERROR,
    "A code is accepted that no rule has",
    why="It covers nothing: probably another code was meant, and that risk is not accepted.",
    advice="`nixgen audit --rules` lists the codes",
    source=_SOURCE,
)(_needs_findings)

NOTICE = datetime.timedelta(days=30)

EXPIRES = host_rule(
    "NG004",
    Severity.NOTE,
    "An accepted risk expires soon",
    why="After its day the risk is a finding again, and a job that asks for none fails. This is "
    f"said {NOTICE.days} days before.",
    advice="look at the risk again: remove it, or accept it until a later day",
    source=_SOURCE,
)(_needs_findings)

RULES: tuple[Rule[Any], ...] = (EXPIRED, NOT_NEEDED, UNKNOWN, EXPIRES)
"""The rules about accepted risks."""


class Acceptances:
    """The accepted risks of a fleet, and which of them have covered a finding."""

    def __init__(self, fleet: Fleet, today: datetime.date) -> None:
        self._fleet = fleet
        self._today = today
        self._by_name = {host.name: host for host in fleet.hosts}
        self._used: set[int] = set()
        self._owners: dict[int, list[Host]] = {}
        for host in fleet.hosts:
            for made in _objects(host):
                self._owners.setdefault(id(made), []).append(host)

    def owners(self, made: ModelObject) -> tuple[Host, ...]:
        """The hosts that an object belongs to; none for a repository."""
        return tuple(self._owners.get(id(made), ()))

    def hosts(self, names: Iterable[str]) -> tuple[Host, ...]:
        """The hosts of these names."""
        return tuple(self._by_name[name] for name in names)

    def covering(
        self, code: str, subject: ModelObject, hosts: Iterable[Host]
    ) -> AcceptedRisk | None:
        """The acceptance of a rule's finding: at the object that it is about, or at its host."""
        covering = None
        for made in (subject, *hosts):
            for risk in risks_of(made):
                if risk.code == code:
                    self._used.add(id(risk))
                    if covering is None and not risk.expired(self._today):
                        covering = risk
        return covering

    def complaints(self, codes: Collection[str]) -> Iterator[tuple[Rule[Any], Evidence]]:
        """What is wrong with accepted risks, once all findings are known."""
        for host in self._fleet.hosts:
            for made in _objects(host):
                yield from self._complaints(made, codes, (host.name,))
        for repository in self._fleet.repositories:
            yield from self._complaints(repository, codes, ())

    def _complaints(
        self, made: ModelObject, codes: Collection[str], hosts: tuple[str, ...]
    ) -> Iterator[tuple[Rule[Any], Evidence]]:
        for risk in risks_of(made):
            complaint = self._complaint(risk, codes)
            if complaint is not None:
                rule, summary = complaint
                location = risk.origin.location()
                yield (
                    rule,
                    Evidence(subject=made, summary=summary, location=location, hosts=hosts),
                )

    def _complaint(
        self, risk: AcceptedRisk, codes: Collection[str]
    ) -> tuple[Rule[Any], str] | None:
        if risk.code not in codes:
            return UNKNOWN, f"{risk.code} is accepted, and there is no such rule"
        if id(risk) not in self._used:
            return NOT_NEEDED, f"{risk.code} is accepted, and there is nothing to accept"
        if risk.expired(self._today):
            return EXPIRED, f"{risk.code} was accepted until {risk.until}: {risk.reason}"
        if risk.expired(self._today + NOTICE):
            return EXPIRES, f"{risk.code} is accepted until {risk.until}: {risk.reason}"
        return None


def _objects(host: Host) -> Iterator[ModelObject]:
    """A host and what risks can be accepted for on it."""
    yield host
    yield from host.composition.secrets
    yield from host.composition.runners
