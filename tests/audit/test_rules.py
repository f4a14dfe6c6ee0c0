"""Every rule finds its fault, and nothing where there is none."""

from __future__ import annotations

import ast
import datetime
import re

import pytest
from rule_cases import CONFIG, Case, fleet, host, keeps, native, runs, secret, workflows
from rule_cases.every import CASES

from nixgen import Host, Severity
from nixgen.audit import RULES, audit
from nixgen.audit.rule import Finding
from nixgen.audit.rules.secret_options import is_slip

TODAY = datetime.date(2026, 11, 24)
ABOUT_ACCEPTANCE = {"NG001", "NG002", "NG003", "NG004"}  # test_acceptance.py has them


def found(code: str, hosts: object) -> list[Finding]:
    """What a rule finds in a fleet."""
    report = audit(fleet(hosts), today=TODAY)
    return [each for each in report.findings if each.rule.code == code]


BAD = [(case, name) for case in CASES for name in case.bad]
GOOD = [(case, name) for case in CASES for name in case.good]


@pytest.mark.parametrize(("case", "name"), BAD, ids=[f"{c.code}-{n}" for c, n in BAD])
def test_fault_is_found(case: Case, name: str) -> None:
    """Whoever writes the fault is told so, with what it is about, where, and what to do."""
    findings = found(case.code, case.bad[name])
    assert findings
    assert any(case.says in each.evidence.summary for each in findings), findings
    for each in findings:
        assert each.hosts or case in workflows.CASES
        assert each.diagnostic.help
        assert "/rule_cases/" in each.diagnostic.location.file


@pytest.mark.parametrize(("case", "name"), GOOD, ids=[f"{c.code}-{n}" for c, n in GOOD])
def test_no_fault_is_invented(case: Case, name: str) -> None:
    """A model without the fault is not reported: a finding can be taken seriously."""
    assert found(case.code, case.good[name]) == []


def test_every_rule_has_cases() -> None:
    """No rule is there that was never seen to fire, and to keep still."""
    covered = [case.code for case in CASES]
    assert len(covered) == len(set(covered))
    assert {rule.code for rule in RULES} == {*covered, *ABOUT_ACCEPTANCE}
    assert len(RULES) >= 30
    assert all(case.bad and case.good for case in CASES)


def test_codes_are_unique_and_in_order() -> None:
    """A code means one rule, now and in what was accepted years ago."""
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch("NG[0-9]{3}", code) for code in codes)


def test_every_rule_explains_itself() -> None:
    """Each rule says why, what to do, and on what document or code it rests."""
    for rule in RULES:
        assert rule.severity in Severity
        assert rule.title[0].isupper()
        assert not rule.title.endswith("."), rule.code
        assert rule.why.endswith("."), rule.code
        assert rule.advice
        assert rule.source, rule.code


def test_how_to_write_a_secret_of_options() -> None:
    """Who sets a secret by options reads the object to write instead, and the line of the options;
    one that is set beside its object, which field says it.
    """
    host = Host(
        name="web1",
        release="25.11",
        secrets=[secret(name="own")],
        options={
            "vault.secrets.db": {"secretPath": "hosts/web1/db", "extractKey": "password"},
            "vault.secrets.smtp.secretPath": "shared/smtp",
            "vault.secrets.own.outputDir": "/run/own",
        },
    )
    findings = {each.evidence.summary: each.diagnostic for each in found("NG115", [host])}
    by_options = "is set by options: nixgen writes no entry in Vault and no policy for it"
    advice = [(said, str(each.help).partition(" instead")[0]) for said, each in findings.items()]
    assert advice == [
        (f"secret 'db' {by_options}", 'write secrets=[VaultSecret(name="db", key="password")]'),
        (
            f"secret 'smtp' {by_options}",
            'write secrets=[VaultSecret(name="smtp", path="shared/smtp")]',
        ),
        (
            "vault.secrets.own.outputDir is set beside the VaultSecret 'own', which decides it",
            (
                "write output=... on the VaultSecret: an option of that name is defined twice now, "
                "and Nix refuses that, or one of both is forced"
            ),
        ),
    ]
    lines = [each.location.line for each in findings.values()]
    assert lines == [lines[0], lines[0] + 1, lines[0] + 2]  # in the order of the options


@pytest.mark.parametrize("path", ['shared/a"b', "shared/a\\b", "shared/ä b"])
def test_the_secret_to_write_is_python(path: str) -> None:
    """Whatever signs a path has: what the advice says to write gives that path."""
    (finding,) = found("NG115", [host(options={"vault.secrets.q.secretPath": path})])
    call = str(finding.diagnostic.help).partition("[")[2].partition("] instead")[0]
    written = ast.parse(call, mode="eval").body
    assert isinstance(written, ast.Call)
    assert {each.arg: ast.literal_eval(each.value) for each in written.keywords} == {
        "name": "q",
        "path": path,
    }


def test_a_static_account_that_the_unit_names() -> None:
    """Who follows the advice is not left with a unit whose user does not exist."""
    options = {f"{CONFIG}.User": "ci", "users.users.ci.isSystemUser": True}
    (finding,) = found("NG207", runs(native(), options=options))
    assert finding.diagnostic.help == (
        f"remove the account, and {CONFIG}.User: the module needs neither"
    )


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("cache-sercet", True),
        ("cache-secrt", True),
        ("cache-secrets", True),
        ("cache_secret", True),
        ("Cache-secret", True),
        ("cachesecret", False),
        ("cache-secret2", False),
        ("cache-native-secret", False),
        ("cacho-secret", False),
        ("terces-ehcac", False),
        ("ca-chesecret", False),
        ("x", False),
    ],
)
def test_slips(name: str, slip: bool) -> None:
    """A name that is another secret's is not taken for a slip; it may be described elsewhere."""
    assert is_slip(name, "cache-secret") is slip


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, None),
        ({"services": ["harmonia"]}, "0o400"),
        ({"group": "pg"}, "0o440"),
        ({"owner": "pg", "mode": 0o644}, "0o600"),
        ({"services": None, "mode": 0o644}, None),
        ({"services": [], "mode": 0o644}, None),
        ({"services": ["harmonia"], "mode": 0o044}, "0o400"),
        ({"owner": "pg", "mode": 0o044}, "0o400"),
        ({"mode": 0o660}, "0o640"),
        ({"group": "pg", "mode": 0o664}, "0o640"),
    ],
)
def test_repaired_modes_let_the_readers_read(settings: dict, expected: str | None) -> None:
    """Who is named as owner or group still reads; where a service may open the file itself, as a
    user that nobody has named, the mode is not changed for it.
    """
    findings = audit(fleet(keeps(secret(**{"mode": 0o444, **settings}))), today=TODAY).findings
    fixes = {each.evidence.fix for each in findings if each.rule.code in ("NG101", "NG102")}
    assert {made and made.new for made in fixes} == {expected}
