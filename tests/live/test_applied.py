"""What `tofu apply` makes of a project is what `verify vault` expects, and nothing less."""

from __future__ import annotations

from pathlib import Path

import openbao as bao
import pytest
from vault_folder import Project

from nixgen import load_fleet
from nixgen.live.connection import Connection, Token
from nixgen.live.server import Server
from nixgen.live.vault import verify

VAULT = """\
from nixgen import SecretsModule, Vault

vault = Vault(standalone=True{settings})
"""
HOSTS = """\
from _vault import vault

from nixgen import AppRole, Generated, GlobalScope, Host, NativeRunner, VaultSecret

token = VaultSecret(name="runner-token", key="token")
shared = VaultSecret(
    name="mail", path="shared/mail", key="password", terraform=Generated(length=40)
)
runner = NativeRunner(
    name="native",
    url="https://git.example.org",
    token=token,
    labels=["native:host"],
    scope=GlobalScope(),
)
web = Host(
    name="web",
    release="25.11",
    secrets=[token, shared],
    runners=[runner],
    vault=vault,
    approle=AppRole(
        token_ttl="20m",
        token_max_ttl="1h",
        bound_cidrs=["127.0.0.0/8", "10.0.0.1/32"],
        secret_id=True,
        secret_id_ttl="24h",
        secret_id_uses=3,
        wrapping_ttl="1h",
    ),
)
mail = Host(name="mail", release="25.11", secrets=[shared], vault=vault)
"""


@pytest.mark.parametrize(
    "settings",
    [
        "",
        ", exact_policies=True",
        ", write_only=True",
        ', mount="kv/own"',
        ', secrets_module=SecretsModule(address="https://vault.example")',
    ],
)
def test_what_was_applied_is_as_described(
    settings: str, tmp_path: Path, vault: bao.Client, tofu_with_provider: Path
) -> None:
    """After `tofu apply` nothing differs, whichever way the fleet wants its Vault."""
    project = Project(tmp_path, vault)
    project.write("_vault.py", VAULT.format(settings=settings))
    project.write("hosts.py", HOSTS)
    project.build()
    project.give(runner_token="TOKEN=a-token")
    project.apply()
    login = Token(value=vault.token, source="VAULT_TOKEN")
    server = Server(Connection(address=vault.address, login=login, namespace=vault.namespace))
    report = verify(load_fleet(tmp_path / "hosts").hosts, server)
    assert report.findings == ()
    assert (report.secrets, report.approles) == (2, 2)
