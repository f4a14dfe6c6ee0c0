"""Secrets as Terraform: a variable, an entry of the secrets map, and what the host may read.

Vault's KV version 2 keeps the data of `hosts/a/b` in the mount `secret` at `secret/data/hosts/a/b`;
policies name that path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nixgen import hcl
from nixgen.emit.contribution import Cause, SharedEntry, derived, given, whole
from nixgen.emit.shared import HOSTS_FILE, SECRETS_FILE, VARIABLES_FILE
from nixgen.model.host import Host
from nixgen.model.secret import Generated, TerraformVariable, VaultSecret

MOUNT = "secret"


def entries(host: Host, secrets: Sequence[VaultSecret]) -> Iterator[SharedEntry]:
    """The host's entries for the secrets that it has."""
    for secret in secrets:
        if isinstance(secret.terraform, TerraformVariable):
            yield _variable(secret, secret.terraform)
        if secret.terraform is not None:
            yield _secret(secret, host)
    if secrets:
        yield _policy(host, secrets)


def _variable(secret: VaultSecret, variable: TerraformVariable) -> SharedEntry:
    name = secret.variable_name
    assert name is not None
    body = tuple(
        hcl.Attribute(field, value, origin=cause)
        for field, value, cause in _variable_attributes(secret, variable)
    )
    # A derived name must not give two secrets of two hosts one value without a word.
    identity = secret.origin.places[0] if variable.name is None else None
    cause = derived(secret, "name") if variable.name is None else given(variable, "name")
    block = hcl.Block("variable", (name,), body, origin=cause)
    return SharedEntry(VARIABLES_FILE, "variables", name, block, identity)


def _variable_attributes(
    secret: VaultSecret, variable: TerraformVariable
) -> Iterator[tuple[str, hcl.Expression, Cause]]:
    if variable.description is None:
        text = f"Value of the secret {secret.name}"
        yield "description", hcl.string(text), derived(secret, "name")
    else:
        yield "description", hcl.string(variable.description), given(variable, "description")
    yield "type", _type(variable.type), given(variable, "type")
    if variable.default is not None:
        yield "default", hcl.string(variable.default), given(variable, "default")
    if variable.sensitive:
        yield "sensitive", hcl.from_python(True), given(variable, "sensitive")


def _type(text: str) -> hcl.Expression:
    """A type constraint: `string`, `list(string)`."""
    name, parenthesis, inner = text.partition("(")
    if not parenthesis:
        return hcl.reference(name)
    return hcl.call(name, _type(inner.removesuffix(")")))


def _secret(secret: VaultSecret, host: Host) -> SharedEntry:
    items = tuple(
        hcl.ObjectItem(key, value, origin=cause) for key, value, cause in _secret_items(secret)
    )
    path = secret.vault_path(host.name)
    item = hcl.ObjectItem(hcl.string(path), hcl.Object(items), origin=whole(secret))
    return SharedEntry(SECRETS_FILE, "secrets", path, item)


def _secret_items(secret: VaultSecret) -> Iterator[tuple[str, hcl.Expression, Cause]]:
    how = secret.terraform
    generated = isinstance(how, Generated)
    yield "auto_generate", hcl.from_python(generated), given(secret, "terraform")
    if isinstance(how, Generated):
        yield "length", hcl.from_python(how.length), given(how, "length")
        if secret.key is not None:
            yield "key", hcl.string(secret.key), given(secret, "key")
        return
    assert secret.key is not None
    value = hcl.reference(f"var.{secret.variable_name}")
    data = hcl.Object((hcl.ObjectItem(secret.key, value),), multiline=False)
    yield "data", data, given(secret, "key")


def _policy(host: Host, secrets: Sequence[VaultSecret]) -> SharedEntry:
    """What the host's AppRole may read: its own tree, and each secret outside of it."""
    own = f"hosts/{host.name}/"
    inside = [secret for secret in secrets if secret.vault_path(host.name).startswith(own)]
    outside = [secret for secret in secrets if secret not in inside]
    paths = [f"{MOUNT}/data/{own}*"] if inside else []
    paths += sorted({f"{MOUNT}/data/{secret.vault_path(host.name)}" for secret in outside})
    cause = Cause(
        "derived from the secrets that the host has", tuple(secret.origin for secret in secrets)
    )
    value = hcl.Object((hcl.ObjectItem("paths", hcl.from_python(paths), origin=cause),))
    item = hcl.ObjectItem(hcl.string(host.name), value, origin=cause)
    return SharedEntry(HOSTS_FILE, "policies", host.name, item)
