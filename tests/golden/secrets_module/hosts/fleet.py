"""Hosts whose secrets are fetched by nixgen's own NixOS module, each option used once."""

from nixgen import (
    Generated,
    Host,
    NativeRunner,
    SecretsModule,
    UserScope,
    Vault,
    VaultSecret,
)

vault = Vault(
    address="https://vault.example.org:8200",
    mount="kv",
    approle_mount="machines/approle",
    secrets_module=SecretsModule(
        role_id_file="/etc/vault/role-id",
        secret_id_file=None,
        ca_file="/etc/ssl/vault.pem",
    ),
)


def runner(name, token):
    return NativeRunner(
        name=name,
        url="https://forge.example.org",
        token=token,
        labels=[f"{name}:host"],
        scope=UserScope(user="alice"),
    )


# The key's name is what the runner reads: no variable has to be named.
native = VaultSecret(name="native-token", key="token", refresh_interval="1h30m")
other = VaultSecret(name="other-token", key="registration_token")
certificate = VaultSecret(
    name="certificate",
    path="shared/certificate",
    terraform=None,
    owner="nginx",
    group="nginx",
    mode=0o440,
    output="/run/nginx-secrets/certificate",
    services=["nginx"],
)
mail = VaultSecret(
    name="mail",
    key="password",
    format="env",
    env_var="SMTP_PASSWORD",
    terraform=Generated(),
    services=["mail-relay"],
    allow_cached=True,
)
ci = Host(
    name="ci",
    release="25.11",
    vault=vault,
    secrets=[native, other],
    runners=[runner("native", native), runner("other-runner", other)],
)
web = Host(name="web", release="25.11", vault=vault, secrets=[certificate, mail])
# People write this host's file, and import modules/vault.nix in it.
db = Host(name="db", release="25.11", vault=vault, secrets=[mail], managed=["secrets.nix"])
