"""Risks that were accepted are apart, for as long as they are there and the day has not come."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from rule_cases import host, keeps, native, runs, secret

from nixgen import Fleet, Host, accept
from nixgen.audit import Report, audit
from nixgen.model.repository import Repository
from nixgen.model.workflow import Job, Step, Workflow

TODAY = datetime.date(2026, 11, 24)
YESTERDAY = TODAY - datetime.timedelta(days=1)
LATER = TODAY + datetime.timedelta(days=300)


def audited(hosts: Sequence[Host]) -> Report:
    """The audit of a fleet."""
    return audit(Fleet(hosts=hosts), today=TODAY)


def codes(report: Report) -> list[str]:
    """The codes of open findings."""
    return [finding.rule.code for finding in report.findings]


def risk(code: str = "NG101", until: datetime.date | None = None) -> object:
    """An accepted risk."""
    return accept(code, reason="the group reads it", until=until)


def test_accepted_at_the_object() -> None:
    """The finding is kept apart, with the reason, and fails nothing."""
    report = audited(keeps(secret(mode=0o404, accepted=[risk(until=LATER)])))
    assert codes(report) == []
    (finding,) = report.accepted
    assert finding.rule.code == "NG101"
    assert finding.accepted.reason == "the group reads it"


def test_accepted_at_the_host() -> None:
    """One of a host holds for all that is on it, and for no other host."""
    hosts = [
        host("web1", secrets=[secret(mode=0o404), secret(name="b", mode=0o404)], accepted=[risk()]),
        host("web2", secrets=[secret(mode=0o404)]),
    ]
    report = audited(hosts)
    assert [finding.hosts for finding in report.accepted] == [("web1",), ("web1",)]
    assert [finding.hosts for finding in report.findings] == [("web2",)]


def test_another_code_is_not_covered() -> None:
    """Accepting one risk hides no other one of the same object."""
    report = audited(keeps(secret(mode=0o406, accepted=[risk("NG101")])))
    assert codes(report) == ["NG102"]


def test_expires_soon() -> None:
    """Whoever keeps the model learns a month before that the risk has to be looked at again."""
    soon, later = (TODAY + datetime.timedelta(days=days) for days in (29, 30))
    report = audited(keeps(secret(mode=0o404, accepted=[risk(until=soon)])))
    assert codes(report) == ["NG004"]
    assert len(report.accepted) == 1
    assert codes(audited(keeps(secret(mode=0o404, accepted=[risk(until=later)])))) == []


def test_expired() -> None:
    """After its day the risk is a finding again, and the acceptance is one, too."""
    report = audited(keeps(secret(mode=0o404, accepted=[risk(until=YESTERDAY)])))
    assert codes(report) == ["NG101", "NG001"]
    assert "NG101 was accepted until 2026-11-23" in report.findings[1].evidence.summary
    assert report.accepted == ()


def test_expired_beside_one_that_holds() -> None:
    """A later acceptance covers the finding; the old line is still to be removed."""
    both = [risk(until=YESTERDAY), risk(until=LATER)]
    report = audited(keeps(secret(mode=0o404, accepted=both)))
    assert codes(report) == ["NG001"]
    assert len(report.accepted) == 1


def test_applies_to_nothing() -> None:
    """What was repaired is no longer accepted: the line would hide it when it comes back."""
    report = audited(keeps(secret(accepted=[risk()])))
    assert codes(report) == ["NG002"]
    assert report.findings[0].evidence.location.file == __file__


def test_unknown_code() -> None:
    """A code that no rule has is a mistake, and how to find the right one is said."""
    report = audited(keeps(secret(accepted=[risk("NG199")])))
    assert codes(report) == ["NG003"]
    assert "audit --rules" in report.findings[0].diagnostic.help


def test_fleet_rule_is_accepted_at_its_object() -> None:
    """A finding that compares hosts can be accepted at the secret that it is about."""
    shared = secret(path="shared/smtp", accepted=[risk("NG104")])
    report = audited([host("web1", secrets=[shared]), host("web2", secrets=[shared])])
    assert codes(report) == []
    (finding,) = report.accepted
    assert finding.hosts == ("web1", "web2")


def test_accepted_at_a_repository() -> None:
    """What is wrong with a workflow is accepted at its repository, and complained of there."""
    job = Job(name="a", runs_on="elsewhere", steps=[Step(run="true")])
    flow = Workflow(file="a.yaml", on=["push"], jobs=[job])
    known = Repository(name="a/b", workflows=[flow], accepted=[risk("NG305")])
    fine = Repository(name="a/c", accepted=[risk("NG305")])
    report = audit(Fleet(hosts=[host()], repositories=[known, fine]), today=TODAY)
    assert [finding.rule.code for finding in report.accepted] == ["NG305"]
    assert codes(report) == ["NG002"]
    assert report.findings[0].evidence.subject is fine


def test_shared_object_is_one_finding() -> None:
    """What comes from one object on many hosts is said once, with the hosts."""
    open_secret = secret(mode=0o404)
    report = audited([host(f"web{n}", secrets=[open_secret]) for n in range(3)])
    (finding,) = report.findings
    assert finding.hosts == ("web0", "web1", "web2")


def test_only_some_hosts() -> None:
    """A report on one host still knows what other hosts have to do with it."""
    shared = secret(path="shared/smtp")
    hosts = [host("web1", secrets=[shared]), host("web2", secrets=[shared]), *runs(native())]
    fleet = Fleet(hosts=[*hosts[:2], host("web3", runners=[native()])])
    report = audit(fleet, today=TODAY, only=["web2"])
    assert codes(report) == ["NG104"]
