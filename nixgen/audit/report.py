"""The audit: all rules over all hosts, and what people have accepted of what they find."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from attrs import evolve, frozen

from nixgen.audit.acceptance import RULES as ABOUT_ACCEPTANCE
from nixgen.audit.acceptance import Acceptances
from nixgen.audit.rule import Evidence, Finding, Rule
from nixgen.audit.rules import RULES as ABOUT_MODEL
from nixgen.audit.view import FleetView, HostView
from nixgen.diagnostic import Severity
from nixgen.model.host import Fleet, Host

RULES: tuple[Rule[Any], ...] = (*ABOUT_ACCEPTANCE, *ABOUT_MODEL)
"""Every rule, in the order of the codes."""

ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
"""From what matters most to what matters least."""


@frozen
class Report:
    """What an audit found: open findings, and accepted ones, what matters most first."""

    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """How many open findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def fails(self, threshold: Severity) -> bool:
        """Whether an open finding matters as much as the threshold, or more."""
        return any(ORDER[finding.severity] <= ORDER[threshold] for finding in self.findings)


def rule_of(code: str) -> Rule[Any] | None:
    """The rule of a code, or None."""
    return next((rule for rule in RULES if rule.code == code), None)


def audit(fleet: Fleet, *, today: datetime.date, only: Collection[str] | None = None) -> Report:
    """All rules over a whole fleet.

    `only` names the hosts to report on: some rules compare hosts, so all are read anyway. `today`
    decides which accepted risks have expired.
    """
    acceptances = Acceptances(fleet, today)
    found = [_finding(acceptances, *each) for each in _evidence(fleet)]
    found += [
        Finding(rule=rule, evidence=evidence, hosts=evidence.hosts)
        for rule, evidence in acceptances.complaints({rule.code for rule in RULES})
    ]
    findings = sorted(_joined(found), key=_place)
    if only is not None:
        findings = [each for each in findings if not set(only).isdisjoint(each.hosts)]
    return Report(
        tuple(each for each in findings if each.accepted is None),
        tuple(each for each in findings if each.accepted is not None),
    )


def _evidence(fleet: Fleet) -> Iterator[tuple[Rule[Any], Evidence, Host | None]]:
    """What each rule finds, and on which host; None where it compares several."""
    hosts = tuple(HostView(host) for host in fleet.hosts)
    whole = FleetView(hosts, fleet.repositories)
    for rule in ABOUT_MODEL:
        if rule.reads is FleetView:
            for evidence in rule.check(whole):
                yield rule, evidence, None
        else:
            for host in hosts:
                for evidence in rule.check(host):
                    yield rule, evidence, host.host


def _finding(
    acceptances: Acceptances, rule: Rule[Any], evidence: Evidence, host: Host | None
) -> Finding:
    if evidence.hosts:
        owners = acceptances.hosts(evidence.hosts)
    else:
        owners = acceptances.owners(evidence.subject) if host is None else (host,)
    accepted = acceptances.covering(rule.code, evidence.subject, owners)
    return Finding(
        rule=rule,
        evidence=evidence,
        hosts=tuple(owner.name for owner in owners),
        accepted=accepted,
    )


def _joined(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for what is the same on several hosts, as that of an object that they share."""
    same: dict[Any, list[Finding]] = {}
    for each in findings:
        risk = each.accepted and (each.accepted.reason, each.accepted.until)
        key = (each.rule.code, each.evidence.summary, each.evidence.location, risk)
        same.setdefault(key, []).append(each)
    for alike in same.values():
        hosts = {host for each in alike for host in each.hosts}
        yield evolve(alike[0], hosts=tuple(sorted(hosts)))


def _place(finding: Finding) -> tuple[Any, ...]:
    location = finding.evidence.location
    return (ORDER[finding.severity], finding.rule.code, location.file, location.line or 0)
