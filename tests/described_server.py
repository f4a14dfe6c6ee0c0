"""A host, and a Vault server that is as it describes: for the tests of `verify vault`."""

from __future__ import annotations

VALUE = "hunter2-9f3b1c77"
"""A part of each secret's value. No output may repeat it."""

WEB1 = """\
from nixgen import AppRole, GlobalScope, Host, NativeRunner, Vault, VaultSecret

token = VaultSecret(
    name="runner-token",
    key="token",
)
runner = NativeRunner(
    name="actions-native",
    url="https://git.example.org",
    token=token,
    labels=["native:host"],
    scope=GlobalScope(),
)
host = Host(
    name="web1",
    release="25.11",
    secrets=[token, VaultSecret(name="mail", path="shared/mail", terraform=None)],
    runners=[runner],
    vault=Vault(standalone=True),
    approle=AppRole(
        bound_cidrs=["127.0.0.0/8", "127.0.0.1/32"],
        secret_id_uses=5,
    ),
)
"""
POLICY = """\
path "secret/data/hosts/web1/*" {
  capabilities = ["read"]
}
path "secret/data/shared/mail" {
  capabilities = ["read"]
}
"""
ROLE = {
    "token_policies": ["host-web1"],
    "token_ttl": 3600,
    "token_max_ttl": "4h",
    "token_bound_cidrs": ["127.0.0.1/32", "127.0.0.0/8"],
    "secret_id_bound_cidrs": ["127.0.0.1/32", "127.0.0.0/8"],
    "secret_id_num_uses": 5,
}
