"""A plan with known mistakes: each is found, or cannot be written at all."""

from __future__ import annotations

import datetime

import pytest

from nixgen import (
    ContainerRunner,
    Fleet,
    Forge,
    GlobalScope,
    Host,
    ModelError,
    NativeRunner,
    TerraformVariable,
    TokenFile,
    UserScope,
    VaultSecret,
)
from nixgen.audit import audit
from nixgen.model.runner import Runner

URL = "https://forge.example"

token = VaultSecret(
    name="native-token",
    key="token",
    mode=0o444,
    services=["gitea-runner-actions-native"],
    terraform=TerraformVariable(default="PLACEHOLDER"),
)
native = NativeRunner(
    name="actions-native",
    url=URL,
    token=token,
    labels=["native-nix:host"],
    scope=UserScope(user="alice"),
    trusted_repositories=["alice/servers"],
)
boxed = ContainerRunner(
    name="actions1",
    url=URL,
    token=TokenFile(path="/run/secrets/token"),
    labels=["nix:docker://nixos/nix:2.31"],
    scope=GlobalScope(),
)
host = Host(
    name="cache",
    release="25.11",
    secrets=[token],
    runners=[boxed, native],
    forges=[Forge(url=URL, version="15.0")],
    options={
        "nix.settings": {"trusted-users": ["root", "gitea-runner"], "sandbox": False},
        r'systemd.services."gitea-runner-actions\\x2dnative".serviceConfig.MemoryMax': "8G",
    },
    tags=["binary-cache"],
)


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """What the audit finds."""
    report = audit(Fleet(hosts=[host]), today=datetime.date(2026, 11, 24))
    return {finding.rule.code for finding in report.findings}


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("the unit's name is not escaped, so it does not exist", "NG311"),
        ("the token's file has no TOKEN=", "NG201"),
        ("the forge hands out another kind of token", "NG222"),
        ("mode 0444 lets every user read the token", "NG101"),
        ("host jobs read their own runner's credential", "NG202"),
        ("both runners are one user", "NG205"),
        ("scripts in the state folder cannot be executed", "NG317"),
        ("the placeholder is applied without a word", "NG106"),
        ("the scope covers every repository of the user", "NG303"),
        ("limits of the unit do not bound builds", "NG502"),
        ("jobs are trusted users of Nix", "NG401"),
        ("builds are not in a sandbox", "NG402"),
        ("what jobs build is signed and served", "NG407"),
    ],
)
def test_mistake_is_found(codes: set[str], point: str, code: str) -> None:
    """Whoever follows such a plan learns of each mistake before it is deployed."""
    assert code in codes, point


def test_host_jobs_beside_containers_cannot_be_written() -> None:
    """Labels of both kinds on one runner are refused; in the base class the audit finds them."""
    with pytest.raises(ModelError, match="has the container label"):
        NativeRunner(
            name="both",
            url=URL,
            token=TokenFile(path="/run/t"),
            labels=["a:host", "b:docker://b:1"],
            scope=GlobalScope(),
        )
    both = Runner(
        name="both",
        url=URL,
        token=TokenFile(path="/run/t"),
        labels=["a:host", "b:docker://b:1"],
        scope=GlobalScope(),
    )
    fleet = Fleet(hosts=[Host(name="web1", release="25.11", runners=[both])])
    report = audit(fleet, today=datetime.date(2026, 11, 24))
    assert "NG203" in {finding.rule.code for finding in report.findings}
