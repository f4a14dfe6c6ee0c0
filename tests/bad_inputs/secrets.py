"""Secrets of Vault, alone and beside those of other hosts."""

from __future__ import annotations

from bad_inputs.project import LITERAL, Case, host, python, secret


def other_host(name: str, variable: str) -> str:
    """A host with a secret that has a variable of its own."""
    return f"""\
from nixgen import *

token = VaultSecret(
    name="token",
    key="token",
    terraform=TerraformVariable({variable}),
)
host = Host(name="{name}", release="25.11", secrets=[token])
"""


CASES: dict[str, Case] = {
    "secret-name": python(secret(name='"data base"')),
    "secret-without-name": python(secret(name=None)),
    "secret-mode-decimal": python(secret(mode="444")),
    "secret-mode-text": python(secret(mode='"0444"')),
    "secret-mode-range": python(secret(mode="0o77777")),
    "secret-owner": python(secret(owner='"Post Gres"')),
    "secret-path-dots": python(secret(path='"hosts/../web2/database"')),
    "secret-path-slash": python(secret(path='"/hosts/web1/database"')),
    "secret-path-data": python(secret(path='"secret/data/hosts/web1/database"')),
    "secret-key": python(secret(key='"pass word"')),
    "secret-output-relative": python(secret(output='"run/secrets/database"')),
    "secret-output-name": python(secret(output='"/run/secrets/db"')),
    "secret-service-for-a-list": python(secret(services='"postgresql"')),
    "secret-service": python(secret(services='["postgresql server"]')),
    "secret-terraform": python(secret(terraform="True")),
    "secret-reserved-variable": python(secret(terraform='TerraformVariable(name="count")')),
    "secret-name-reserved-for-variable": python(secret(name='"version"')),
    "secret-variable-name": python(secret(terraform='TerraformVariable(name="1st")')),
    "secret-generated-length": python(secret(terraform="Generated(length=4)")),
    "secret-literal-default": python(secret(terraform=f'TerraformVariable(default="{LITERAL}")')),
    "secret-literal-field": python(secret(value=f'"{LITERAL}"')),
    "secret-without-key": python(secret(key=None)),
    "secrets-of-one-name": python(
        host(
            'one = VaultSecret(name="database", key="a")\n'
            'two = VaultSecret(name="database", key="b")\n',
            secrets="[one, two]",
        )
    ),
    "one-variable-for-two-hosts": Case(
        {"hosts/web1.py": other_host("web1", ""), "hosts/web2.py": other_host("web2", "")},
    ),
    "one-variable-described-twice": Case(
        {
            "hosts/web1.py": other_host("web1", 'name="token", description="one"'),
            "hosts/web2.py": other_host("web2", 'name="token", description="two"'),
        },
    ),
    "one-path-for-two-hosts": Case(
        {
            f"hosts/{name}.py": secret(
                path='"shared/database"', terraform=f"Generated(length={length})"
            ).replace("web1", name)
            for name, length in (("web1", 16), ("web2", 32))
        },
    ),
    "secrets-of-one-variable": python(
        host(
            'one = VaultSecret(name="data-base", key="a")\n'
            'two = VaultSecret(name="data.base", key="b")\n',
            secrets="[one, two]",
        )
    ),
    "secret-path-any-part": python(secret(path='"hosts/+/database"')),
    "secret-path-mount": python(
        secret(path='"kv/data/hosts/web1/database"').replace(
            "secrets=", 'vault=Vault(mount="kv"),\n    secrets='
        )
    ),
    "secret-generated-with-default": python(
        secret(terraform=f'Generated(default="{LITERAL}", length=20)')
    ),
    "secret-variable-generated": python(
        secret(terraform='TerraformVariable(default="PLACEHOLDER", auto_generate=True)')
    ),
    "secret-given-and-generated": python(secret(terraform="[TerraformVariable(), Generated()]")),
    "secret-variable-type": python(secret(terraform='TerraformVariable(type="sting")')),
    "secret-variable-type-inside": python(
        secret(terraform='TerraformVariable(type="list(string))")')
    ),
    "secret-default-of-other-type": python(
        secret(terraform='TerraformVariable(type="list(string)", default="PLACEHOLDER")')
    ),
    "secret-version": python(secret(version="0")),
}
