"""`verify vault` against the real server, from an empty one to one that is all as described."""

from __future__ import annotations

from pathlib import Path

import openbao as bao
import pytest
from command import Nixgen, Run, without_servers
from described_server import POLICY, ROLE, VALUE, WEB1


@pytest.fixture
def one_host(project: Path) -> Path:
    """The project with one host, whose Terraform folder stands alone."""
    (project / "hosts/db1.py").unlink()
    (project / "hosts/web1.py").write_text(WEB1)
    return project


@pytest.fixture
def verify(
    nixgen: Nixgen, one_host: Path, vault: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> Nixgen:
    """Runs `verify vault` with the environment of the test's server; no value is in its output."""
    without_servers(monkeypatch, one_host)
    for name, value in vault.environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Run:
        result = nixgen("verify", "vault", *arguments)
        assert VALUE not in result.out + result.err
        assert vault.token not in result.out + result.err
        return result

    return run


@pytest.fixture
def described(vault: bao.Client) -> bao.Client:
    """The server as the host describes it."""
    vault.mount_kv("secret")
    vault.mount_approle("approle")
    vault.write("secret/data/hosts/web1/runner-token", {"data": {"token": f"TOKEN={VALUE}"}})
    vault.write("secret/data/shared/mail", {"data": {"user": "x", "password": VALUE}})
    vault.write("sys/policies/acl/host-web1", {"policy": POLICY})
    vault.write("auth/approle/role/web1", ROLE)
    return vault
