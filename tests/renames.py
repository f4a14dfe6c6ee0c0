"""Hosts with secrets that get other names, and what a build tells and writes of that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nixgen import Fleet, Generated, Host, Vault, VaultSecret, build, hcl
from nixgen.diagnostic import render_all

VAULT = Vault(standalone=True)
MOVED = "terraform/vault/moved-generated.tf"


def given(name: str, **more: Any) -> VaultSecret:
    """A secret whose value a person gives."""
    return VaultSecret(**{"name": name, "key": "key", **more})


def generated(name: str, **more: Any) -> VaultSecret:
    """A secret whose value Terraform makes."""
    return VaultSecret(**{"name": name, "key": "key", "terraform": Generated(), **more})


def fleet(*secrets: VaultSecret, name: str = "web1", vault: Vault = VAULT, **more: Any) -> Fleet:
    """One host with secrets."""
    return Fleet(hosts=[Host(name=name, release="25.11", secrets=secrets, vault=vault, **more)])


def hosts(vault: Vault = VAULT, **secrets: list[VaultSecret]) -> Fleet:
    """Hosts by their names, with their secrets."""
    return Fleet(
        hosts=[
            Host(name=name, release="25.11", secrets=some, vault=vault)
            for name, some in secrets.items()
        ]
    )


def told(some: Fleet, output: Path, **more: Any) -> str:
    """What a build tells people."""
    return render_all(build(some, output, **more).notices)


def moves(output: Path) -> list[tuple[str, str]]:
    """What the file of renames says moves where."""
    place = output / MOVED
    blocks = hcl.parse(place.read_text()).body if place.exists() else ()
    return [
        (hcl.print_expression(old.value), hcl.print_expression(new.value))
        for block in blocks
        if isinstance(block, hcl.Block) and block.type == "moved"
        for old, new in [[each for each in block.body if isinstance(each, hcl.Attribute)]]
    ]


SECRET_MOVES = [
    ('terraform_data.generated["hosts/web1/old"]', 'terraform_data.generated["hosts/web1/new"]'),
    (
        'vault_kv_secret_v2.generated["hosts/web1/old"]',
        'vault_kv_secret_v2.forgotten_generated["hosts/web1/old"]',
    ),
    (
        'vault_kv_secret_v2.given["hosts/web1/old"]',
        'vault_kv_secret_v2.forgotten_given["hosts/web1/old"]',
    ),
]
