"""Secrets as Terraform: what a host contributes to the folder `terraform/vault/`.

Each secret is an entry of the secrets map, with a variable where a person gives its value; each
host is an entry of the map of AppRoles. The resources over these maps are those of a standalone
folder (`nixgen.emit.standalone`), or people's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nixgen.emit.contribution import SharedEntry
from nixgen.emit.terraform.roles import role
from nixgen.emit.terraform.secrets import secret_entry
from nixgen.emit.terraform.variables import example, variable
from nixgen.model.access import covered_secrets
from nixgen.model.host import Host
from nixgen.model.secret import TerraformVariable, VaultSecret


def entries(host: Host, secrets: Sequence[VaultSecret]) -> Iterator[SharedEntry]:
    """The host's entries for the secrets that it has."""
    for secret in secrets:
        if isinstance(secret.terraform, TerraformVariable):
            yield variable(secret, secret.terraform, host)
            if host.vault.standalone:
                yield example(secret, secret.terraform)
        if secret.terraform is not None:
            yield secret_entry(secret, host)
    if covered_secrets(host):
        yield role(host)
