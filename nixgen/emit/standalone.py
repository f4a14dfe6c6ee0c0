"""What a standalone folder has beside the entries of hosts, so that it can be applied as it is.

The resources are the same for every fleet and stand as HCL in `templates/terraform/`; what the
`Vault` object says is printed around them.
"""

from __future__ import annotations

from collections.abc import Iterator

from nixgen import hcl
from nixgen.emit.contribution import Cause, given
from nixgen.emit.packaged import packaged_text
from nixgen.model.vault import Vault


def versions(vault: Vault) -> Iterator[hcl.BodyItem]:
    """Versions that have what the folder uses.

    Write-only arguments came with OpenTofu 1.11 and with version 5.0 of the provider, `destroy` in
    a `removed` block with OpenTofu 1.10.
    """
    if not vault.standalone:
        return
    tofu = "1.11.0" if vault.write_only else "1.10.0"
    provider = {"source": "hashicorp/vault", "version": "~> 5.0"}
    yield hcl.Block(
        "terraform",
        (),
        (
            hcl.Attribute(
                "required_version",
                hcl.string(f">= {tofu}"),
                origin=given(vault, "write_only" if vault.write_only else "standalone"),
            ),
            hcl.Block(
                "required_providers", (), (hcl.Attribute("vault", hcl.from_python(provider)),)
            ),
        ),
        origin=given(vault, "standalone"),
    )


def provider(vault: Vault) -> Iterator[hcl.BodyItem]:
    """The server, and the mounts on it."""
    if not vault.standalone:
        return
    address = (
        hcl.Comment("The server's address comes from VAULT_ADDR."),
        hcl.Attribute("address", hcl.string(vault.address or ""), origin=given(vault, "address")),
    )
    yield hcl.Block(
        "provider",
        ("vault",),
        (
            hcl.Comment("The token comes from VAULT_TOKEN or from `vault login`, never from here."),
            address[1] if vault.address is not None else address[0],
        ),
        origin=given(vault, "standalone"),
    )
    mounts = hcl.Object(
        tuple(
            hcl.ObjectItem(field, hcl.string(getattr(vault, field)), origin=given(vault, field))
            for field in ("mount", "approle_mount")
        )
    )
    yield hcl.Block(
        "locals", (), (hcl.Attribute("vault", mounts),), origin=given(vault, "standalone")
    )


def mounts(vault: Vault) -> Iterator[hcl.BodyItem]:
    """The KV engine and the auth method."""
    if vault.standalone:
        name = "mounts.tf" if vault.manage_mounts else "mounts-elsewhere.tf"
        yield _text(name, given(vault, "manage_mounts"))


def secrets(vault: Vault) -> Iterator[hcl.BodyItem]:
    """The resources over the map of secrets."""
    if vault.standalone:
        name = "secrets-write-only.tf" if vault.write_only else "secrets.tf"
        yield _text(name, given(vault, "write_only" if vault.write_only else "standalone"))


def hosts(vault: Vault) -> Iterator[hcl.BodyItem]:
    """The resources over the map of hosts."""
    if vault.standalone:
        yield _text("hosts.tf", given(vault, "standalone"))


def outputs(vault: Vault) -> Iterator[hcl.BodyItem]:
    """What hosts log in with."""
    if vault.standalone:
        yield _text("outputs.tf", given(vault, "standalone"))


def ignored(vault: Vault) -> Iterator[hcl.BodyItem]:
    """What git is to leave out: lines of a .gitignore, whose comments are those of HCL."""
    if vault.standalone:
        yield _text("gitignore", given(vault, "standalone"))


def _text(name: str, cause: Cause) -> hcl.Printed:
    text = packaged_text(f"templates/terraform/{name}")
    return hcl.Printed(text, 0, hcl.Block, hcl.Block, ((1, text.count("\n"), cause),))
