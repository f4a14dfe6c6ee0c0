"""What the login may not see is unknown, not different."""

from __future__ import annotations

from pathlib import Path

import openbao as bao
import pytest
from command import Nixgen
from described_server import POLICY


def test_forbidden_is_not_absent(
    verify: Nixgen, described: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that may see nothing learns nothing: warnings and exit status 2, no differences."""
    body = {"policies": ["default"]}
    token = described.write("auth/token/create", body).body["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", token)
    run = verify("--json")
    assert run.status == 2
    assert {each["severity"] for each in run.data["diagnostics"]} == {"warning"}
    assert run.summaries[0] == (
        "whether the secret 'runner-token' is in Vault cannot be seen: reading "
        "secret/hosts/web1/runner-token is forbidden"
    )
    assert run.summaries[2:] == [
        "the AppRole of host 'web1' cannot be seen: reading auth/approle/role/web1 is forbidden",
        "the policy 'host-web1' of host 'web1' cannot be seen: reading it is forbidden",
    ]


def test_differences_count_before_what_is_unseen(
    verify: Nixgen, described: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known to differ is exit status 1, whatever else could not be seen."""
    described.write("secret/data/shared/mail", {"data": {"password": ""}})
    token = described.approle("reader", POLICY).login().token
    monkeypatch.setenv("VAULT_TOKEN", token)
    run = verify("--json")
    assert run.status == 1
    assert {each["severity"] for each in run.data["diagnostics"]} == {"error", "warning"}


def test_as_the_host_itself(verify: Nixgen, described: bao.Client, one_host: Path) -> None:
    """On the host its own AppRole tells whether its secrets are there; without a token."""
    role = bao.AppRole(described, "web1")
    (one_host / "role-id").write_text(role.role_id)
    (one_host / "secret-id").write_text(role.secret_id())
    files = ("--role-id-file", "role-id", "--secret-id-file", "secret-id")
    run = verify("web1", "--secrets-only", *files)
    assert (run.status, run.out, run.err) == (0, "", "")
    assert verify("web1", *files).status == 2
    run = verify("web1", *files[:2])
    assert (run.status, run.out) == (2, "")
    assert "needed together" in run.err
