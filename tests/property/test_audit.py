"""Audits of fleets that nobody would write by hand."""

from __future__ import annotations

import datetime
from typing import Any

import profiles
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_cases import CONFIG, UUID, container, host, native, secret

from nixgen import (
    Fleet,
    Generated,
    GlobalScope,
    Hardening,
    Host,
    RepositoryScope,
    TerraformVariable,
    TokenFile,
    UserScope,
    VaultSecret,
    accept,
    nix,
)
from nixgen.audit import RULES, Report, audit
from nixgen.audit.access import access

TODAY = datetime.date(2026, 11, 24)
MODES = st.sampled_from([0o400, 0o404, 0o440, 0o444, 0o600, 0o660, 0o040, 0o004])
ACCOUNTS = st.sampled_from(["root", "postgres", "gitea-runner", "keys"])
SCOPES = st.sampled_from(
    [
        GlobalScope(),
        UserScope(user="alice"),
        UserScope(user="bob"),
        RepositoryScope(repository="alice/site"),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(0, 100),
    st.sampled_from(["relaxed", "3h", "*", "root gitea-runner", "/run/secrets", ""]),
    st.lists(st.sampled_from(["gitea-runner", "*", "podman", "-/run/secrets", "/"]), max_size=3),
    st.sampled_from(
        [nix.ref("config.x"), nix.raw("lib.mkForce [ ./key ]"), nix.raw("{ a.b = 1; }")]
    ),
)
OPTIONS = st.dictionaries(
    st.sampled_from(
        [
            *("nix.settings.sandbox", "nix.settings.trusted-users", "nix.settings.allowed-users"),
            *("nix.settings.sandbox-paths", "nix.settings.require-sigs", "nix.gc.automatic"),
            *("services.harmonia.enable", "services.harmonia.signKeyPaths", "a.keyFile"),
            *("users.users.gitea-runner.extraGroups", "virtualisation.podman.enable"),
            *(f"{CONFIG}.{name}" for name in ("ExecPaths", "ProtectProc", "InaccessiblePaths")),
            *(f"{CONFIG}.{name}" for name in ("SupplementaryGroups", "TimeoutStopSec")),
        ]
    ),
    VALUES,
    max_size=5,
)
CONTAINERS = st.dictionaries(
    st.sampled_from(["privileged", "docker_host", "valid_volumes", "network", "options"]),
    VALUES,
    max_size=3,
)


@st.composite
def secrets(draw: st.DrawFn) -> VaultSecret:
    """A secret of one of a few names."""
    return secret(
        name=draw(st.sampled_from(["a", "b", "cache-key"])),
        path=draw(st.sampled_from([None, "shared/x", "hosts/web2/x"])),
        mode=draw(MODES),
        owner=draw(ACCOUNTS),
        group=draw(ACCOUNTS),
        services=draw(st.sampled_from([None, [], ["harmonia"], ["gitea-runner-native"]])),
        terraform=draw(st.sampled_from([None, Generated(length=16), TerraformVariable()])),
    )


@st.composite
def hosts(draw: st.DrawFn, name: str) -> Host:
    """A host with a few secrets, runners and options."""
    own = list({each.name: each for each in draw(st.lists(secrets(), max_size=3))}.values())
    plain = [each for each in own if "harmonia" not in (each.services or ())]
    tokens: Any = st.sampled_from([TokenFile(path="/run/secrets/a"), *plain])
    release = draw(st.sampled_from(["24.11", "25.11", "26.11"]))
    common = {"scope": draw(SCOPES), "uuid": UUID if release == "26.11" else None}
    hardening = draw(st.sampled_from([None, Hardening()]))
    runners = [
        native(token=draw(tokens), hardening=hardening, enable=draw(st.booleans()), **common),
        container(token=draw(tokens), settings={"container": draw(CONTAINERS)}, **common),
    ]
    return host(
        name,
        release=release,
        secrets=own,
        runners=runners[: draw(st.integers(0, 2))],
        options=draw(OPTIONS),
        tags=draw(st.sampled_from([[], ["binary-cache"]])),
    )


def audited(found: list[Host]) -> Report:
    """The audit of some hosts."""
    return audit(Fleet(hosts=found), today=TODAY)


@st.composite
def fleets(draw: st.DrawFn) -> list[Host]:
    """Two hosts."""
    return [draw(hosts("web1")), draw(hosts("web2"))]


@given(fleets())
@settings(max_examples=profiles.cases(150))
def test_every_fleet_can_be_audited(found: list[Host]) -> None:
    """No model makes a rule fail, and two audits of one fleet say the same."""
    report = audited(found)
    assert report == audited(found)
    for finding in report.findings:
        assert finding.hosts
        assert finding.diagnostic.location is not None


@given(fleets())
@settings(max_examples=profiles.cases(60))
def test_what_is_accepted_is_open_no_more(found: list[Host]) -> None:
    """Accepting all that is found at the hosts leaves nothing open, and complains of nothing."""
    before = audited(found).findings
    for each in found:
        codes = sorted({one.rule.code for one in before if each.name in one.hosts})
        risks = tuple(accept(code, reason="known") for code in codes)
        object.__setattr__(each, "accepted", risks)
    report = audited(found)
    assert [finding.rule.code for finding in report.findings] == []
    assert len(report.accepted) == len(before)


@given(hosts("web1"))
@settings(max_examples=profiles.cases(150))
def test_the_table_and_the_rules_agree(made: Host) -> None:
    """A signing key that a rule calls readable is readable in the table, and the other way."""
    readable = {
        each.evidence.subject.name for each in audited([made]).findings if each.rule.code == "NG406"
    }
    reached = {
        entry.what.rpartition("/")[2]
        for runner in access(made)
        if runner.account is not None
        for entry in runner.entries
        if entry.about == "the key that signs the binary cache" and entry.reached
    }
    assert reached == readable
    known = {rule.code for rule in RULES}
    codes = {entry.code for runner in access(made) for entry in runner.entries}
    assert codes - {None} <= known
