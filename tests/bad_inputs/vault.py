"""The fleet's Vault, its AppRoles, and the NixOS module that fetches secrets."""

from __future__ import annotations

from bad_inputs.project import Case, call, host, python, runner, secret


def vault(**fields: str) -> Case:
    """A host with a Vault."""
    return python(host(f"vault = {call('Vault', dict(fields))}\n", vault="vault"))


def approle(**fields: str) -> Case:
    """A host with an AppRole, and a secret of its own."""
    made = f"approle = {call('AppRole', dict(fields))}\n"
    database = 'database = VaultSecret(name="database", key="password")\n'
    return python(host(database + made, secrets="[database]", approle="approle"))


def with_module(text: str, module: str = "SecretsModule()") -> str:
    """The text of a file with a host, with the NixOS module that fetches its secrets."""
    made = f'Vault(address="https://vault.example.org", secrets_module={module})'
    return text.replace("    secrets=", f"    vault={made},\n    secrets=")


def fetched(module: str, **changes: str | None) -> Case:
    """A host with a secret, and the NixOS module that fetches it."""
    return python(with_module(secret(**changes), module))


CASES: dict[str, Case] = {
    # -- Vault and its AppRoles ------------------------------------------------------------------
    "vault-no-object": python(host(vault='"https://vault.example.org"')),
    "vault-address": vault(address='"vault.example.org:8200"'),
    "vault-mount": vault(mount='"/secret"'),
    "vault-write-only": vault(write_only="True"),
    "vault-managed": vault(managed='["output.tf"]'),
    "vault-managed-standalone": vault(standalone="True", managed='["secrets.tf"]'),
    "vaults-of-one-fleet": Case(
        {
            f"hosts/{name}.py": host(name=f'"{name}"', vault=f'Vault(mount="{mount}")')
            for name, mount in (("web1", "secret"), ("web2", "kv"))
        }
    ),
    "vault-generated-without-key": python(
        secret(terraform="Generated()", key=None).replace(
            "secrets=", "vault=Vault(standalone=True),\n    secrets="
        )
    ),
    "secret-in-another-hosts-tree": Case(
        {
            "hosts/_vault.py": "from nixgen import Vault\n\nvault = Vault(standalone=True)\n",
            **{
                f"hosts/{name}.py": "from _vault import vault\n"
                + host(
                    call("key = VaultSecret", {"name": '"key"', "key": '"key"', "path": path})
                    + "\n",
                    name=f'"{name}"',
                    vault="vault",
                    secrets="[key]",
                )
                for name, path in (("web1", None), ("web2", '"hosts/web1/signing-key"'))
            },
        }
    ),
    "approle-unreadable-secret": approle(reads='["shared/*"]'),
    "approle-reads": approle(reads='["/hosts/web1/*"]'),
    "approle-reads-part-of-any": approle(reads='["hosts/+*"]'),
    "approle-reads-data": approle(reads='["secret/data/hosts/web1/*", "hosts/web1/*"]'),
    "approle-duration": approle(token_ttl='"1 hour"'),
    "approle-token-lifetime": approle(token_ttl='"8h"'),
    "approle-network": approle(bound_cidrs='["10.0.0.1/8"]'),
    "approle-network-for-a-list": approle(bound_cidrs='"10.0.0.0/8"'),
    "approle-wrapping-nothing": approle(wrapping_ttl='"1d"'),
    "approle-secret-id-in-state": python(
        host(
            vault="Vault(standalone=True, write_only=True)",
            approle="AppRole(secret_id=True)",
        )
    ),
    # -- the NixOS module of vault.secrets -------------------------------------------------------
    "secret-format": python(secret(format='"json"')),
    "secret-env-var": python(secret(env_var='"DB-PASSWORD"')),
    "secret-env-var-raw": python(secret(env_var='"PASSWORD"', format='"raw"')),
    "secret-env-var-all-keys": python(secret(env_var='"PASSWORD"', key=None, terraform="None")),
    "secret-refresh-interval": python(secret(refresh_interval='"hourly"')),
    "secret-refresh-too-often": fetched("SecretsModule()", refresh_interval='"30s"'),
    "secret-needs-an-option": python(secret(allow_cached="True")),
    "secret-needs-options-not-named": fetched(
        'RepositoryModule(options=["secretPath", "mode"])', mode="0o440", owner='"postgres"'
    ),
    "module-option": fetched('RepositoryModule(options=["secretPath", "extractkey"])'),
    "module-without-path": fetched('RepositoryModule(options=["extractKey"])'),
    "module-no-object": fetched("True"),
    "module-relative-file": fetched('SecretsModule(role_id_file="approle/role-id")'),
    "module-without-address": vault(secrets_module="SecretsModule()"),
    "module-plain-http": vault(
        address='"http://vault.example.org:8200"', secrets_module="SecretsModule()"
    ),
    "module-plain-http-of-its-own": vault(
        address='"https://vault.example.org"',
        secrets_module='SecretsModule(address="http://10.0.0.2:8200")',
    ),
    "runner-reads-another-variable": python(
        with_module(runner().replace('key="token")', 'key="token", env_var="RUNNER")'))
    ),
    "runner-reads-no-variable": python(
        with_module(runner(uuid='"00000000-0000-4000-8000-000000000000"'))
        .replace('key="token")', 'key="token", format="env")')
        .replace('release="25.11"', 'release="26.11"')
    ),
    "runner-without-services-option": python(
        with_module(runner(), 'RepositoryModule(options=["secretPath", "extractKey"])')
    ),
}
