"""Terraform files that people write."""

from __future__ import annotations

from bad_inputs.project import LITERAL, Case, host, python, secret

SECRETS_FILE = "build/terraform/vault/secrets.tf"


def peoples(entries: str, command: str = "build") -> Case:
    """A host with a secret, and the file that people write for the secrets of all hosts."""
    text = secret().replace("secrets=", 'vault=Vault(managed=["secrets.tf"]),\n    secrets=')
    return Case({"hosts/web1.py": text, SECRETS_FILE: entries}, command)


ADOPT = f"adopt {SECRETS_FILE} --host web2 --release 25.11"


CASES: dict[str, Case] = {
    "terraform-entry-of-other-shape": peoples(
        f'locals {{\n  secrets = {{\n    "hosts/web1/database" = {{ password = "{LITERAL}" }}\n'
        "  }\n}\n"
    ),
    "terraform-computed-map": peoples("locals {\n  secrets = merge(local.a, local.b)\n}\n"),
    "terraform-entry-twice": peoples(
        'locals {\n  secrets = {\n    "hosts/web1/database" = {\n    }\n'
        '    "hosts/web1/database" = {\n    }\n  }\n}\n'
    ),
    "terraform-no-hcl": peoples("locals {\n  secrets = {\n    a = = 1\n  }\n}\n"),
    "terraform-no-hcl-with-value": peoples(f'locals {{\n  token = "{LITERAL}\n}}\n'),
    "terraform-file-unknown": python(host(vault='Vault(managed=["main.tf"])')),
    "adopt-terraform-value": peoples(
        'locals {\n  secrets = {\n    "hosts/web2/db" = {\n      auto_generate = false\n'
        f'      data          = {{ password = "{LITERAL}" }}\n    }}\n  }}\n}}\n',
        ADOPT,
    ),
    "adopt-terraform-no-hcl": peoples("locals {\n  secrets = {\n    a = = 1\n  }\n}\n", ADOPT),
    "adopt-terraform-without-host": peoples("", f"adopt {SECRETS_FILE}"),
    "adopt-terraform-other-file": Case({"main.tf": ""}, "adopt main.tf --host web2"),
}
