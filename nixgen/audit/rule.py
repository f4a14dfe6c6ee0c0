"""A rule of the audit, what it finds, and how a finding is worded.

A rule is a small function from the model to `Evidence`, with what people want to know of it beside
it: `@rule("NG101", ...)` makes it a `Rule`. It reads one host (`HostView`) or all of them
(`FleetView`), and changes nothing.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from attrs import frozen

from nixgen.audit.view import FleetView, HostView
from nixgen.diagnostic import Diagnostic, Location, Related, Severity
from nixgen.model.accept import AcceptedRisk
from nixgen.model.base import ModelObject
from nixgen.model.origin import Origin

View = TypeVar("View", HostView, FleetView)


@frozen
class Fix:
    """A change of one literal in the user's Python: the value `old` becomes the source `new`.

    The literal is, or is inside, the argument `field` of the call at `origin`.
    """

    origin: Origin
    field: str
    old: Any
    new: str


@frozen(kw_only=True)
class Evidence:
    """What a rule found.

    `subject` is the object that the finding is about, where it can be accepted. `location` is the
    place in hosts/. `advice` stands in for the rule's own, `severity` likewise. `hosts` are the
    names of hosts that it concerns, where these do not follow from the subject.
    """

    subject: ModelObject
    summary: str
    location: Location
    related: tuple[Related, ...] = ()
    advice: str | None = None
    severity: Severity | None = None
    fix: Fix | None = None
    hosts: tuple[str, ...] = ()


def found(
    subject: ModelObject,
    field: str | None,
    summary: str,
    *,
    part: ModelObject | None = None,
    related: Iterable[Related] = (),
    advice: str | None = None,
    severity: Severity | None = None,
    fix: tuple[Any, str] | None = None,
    hosts: tuple[str, ...] = (),
) -> Evidence:
    """Evidence about a field of an object, or about the whole of it.

    `part` is an object inside the subject, whose field it is. `fix` is the literal of that field
    and the source that is to stand there instead.
    """
    where = part or subject
    origin = where.origin if field is None else where.origin.at(field)
    change = None if fix is None or field is None else Fix(where.origin, field, *fix)
    return Evidence(
        subject=subject,
        summary=summary,
        location=origin.location(),
        related=tuple(related),
        advice=advice,
        severity=severity,
        fix=change,
        hosts=hosts,
    )


def python_string(text: str) -> str:
    """A text as Python has it, in double quotes, for a fix."""
    return json.dumps(text, ensure_ascii=False)


def beside(made: ModelObject, field: str | None, message: str) -> Related:
    """Another object that explains a finding."""
    origin = made.origin if field is None else made.origin.at(field)
    return Related(origin.location(), message)


@frozen(kw_only=True)
class Rule(Generic[View]):
    """A rule and its explanation, in plain sentences.

    - `title`: what is wrong, without a full stop; `why`: what can happen; `advice`: what to do;
    - `source`: the document or the code that the rule follows from;
    - `reads`: the class of view that `check` takes.
    """

    code: str
    severity: Severity
    title: str
    why: str
    advice: str
    source: str
    reads: type[View]
    check: Callable[[View], Iterable[Evidence]]


def _rule(
    reads: type[View],
    code: str,
    severity: Severity,
    title: str,
    *,
    why: str,
    advice: str,
    source: str,
) -> Callable[[Callable[[View], Iterable[Evidence]]], Rule[View]]:
    """Makes a function a rule."""
    return lambda check: Rule(
        code=code,
        severity=severity,
        title=title,
        why=why,
        advice=advice,
        source=source,
        reads=reads,
        check=check,
    )


host_rule = functools.partial(_rule, HostView)
"""`@host_rule("NG101", severity, title, why=..., advice=..., source=...)`: over one host."""

fleet_rule = functools.partial(_rule, FleetView)
"""The same over all hosts."""


@frozen(kw_only=True)
class Finding:
    """What a rule found on some hosts, and the acceptance that covers it where there is one."""

    rule: Rule[Any]
    evidence: Evidence
    hosts: tuple[str, ...]
    accepted: AcceptedRisk | None = None

    @property
    def severity(self) -> Severity:
        """How much it matters: the evidence knows more than the rule."""
        return self.evidence.severity or self.rule.severity

    @property
    def diagnostic(self) -> Diagnostic:
        """The finding as all of nixgen's messages are."""
        return Diagnostic(
            summary=self.evidence.summary,
            severity=self.severity,
            code=self.rule.code,
            location=self.evidence.location,
            related=self.evidence.related,
            help=self.evidence.advice or self.rule.advice,
        )
