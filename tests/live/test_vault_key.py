"""A key of a secret, where the server has no such mount yet."""

from __future__ import annotations

import openbao as bao
import pytest

from nixgen.errors import ServerError
from nixgen.live.connection import Connection, Token
from nixgen.live.server import Server
from nixgen.live.vault_key import VaultKey


@pytest.mark.parametrize(
    ("makes_mount", "advice"),
    [
        (True, "`tofu apply` in terraform/vault makes the mount"),
        (False, "`bao secrets enable -path=kv/own -version=2 kv` makes the mount"),
    ],
)
def test_what_makes_the_mount(makes_mount: bool, advice: str, vault: bao.Client) -> None:
    """Where the generated Terraform makes it, that is what is to run first."""
    login = Token(value=vault.token, source="VAULT_TOKEN")
    server = Server(Connection(address=vault.address, login=login, namespace=vault.namespace))
    with pytest.raises(ServerError, match="has nothing mounted for kv/own/x") as raised:
        VaultKey(server, "kv/own", "x", "key", makes_mount=makes_mount)
    assert [each.help for each in raised.value.diagnostics] == [advice]
