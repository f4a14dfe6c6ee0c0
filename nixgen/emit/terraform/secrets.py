"""Entries of the map of secrets, `local.secrets`."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen import hcl
from nixgen.emit.contribution import Cause, SharedEntry, given, whole
from nixgen.emit.shared import SECRETS_FILE
from nixgen.model.host import Host
from nixgen.model.secret import Generated, VaultSecret
from nixgen.model.vault import Vault


def secret_entry(secret: VaultSecret, host: Host) -> SharedEntry:
    """`"hosts/web1/db" = { ... }`: whether Terraform makes the value, and what is stored."""
    items = tuple(
        hcl.ObjectItem(key, value, origin=cause) for key, value, cause in _items(secret, host.vault)
    )
    path = secret.vault_path(host.name)
    item = hcl.ObjectItem(hcl.string(path), hcl.Object(items), origin=whole(secret))
    return SharedEntry(SECRETS_FILE, "secrets", path, item)


def _items(secret: VaultSecret, vault: Vault) -> Iterator[tuple[str, hcl.Expression, Cause]]:
    how = secret.terraform
    generated = isinstance(how, Generated)
    yield "auto_generate", hcl.from_python(generated), given(secret, "terraform")
    if isinstance(how, Generated):
        yield "length", hcl.from_python(how.length), given(how, "length")
    if vault.standalone and (generated or vault.write_only):
        yield "version", hcl.from_python(secret.version), given(secret, "version")
    if not generated:
        assert secret.key is not None
        value = hcl.reference(f"var.{secret.variable_name}")
        data = hcl.Object((hcl.ObjectItem(secret.key, value),), multiline=False)
        yield "data", data, given(secret, "key")
    elif secret.key is not None:
        yield "key", hcl.string(secret.key), given(secret, "key")
