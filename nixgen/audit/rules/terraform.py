"""Where secrets come from: variables, generated values, and what Vault has at a path."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.rule import Evidence, beside, fleet_rule, found, host_rule
from nixgen.audit.view import FleetView, HostView
from nixgen.diagnostic import Severity
from nixgen.model.secret import Generated, TerraformVariable, VaultSecret


@host_rule(
    "NG106",
    Severity.WARNING,
    "A variable's placeholder is applied without a word",
    why="Where nobody gives the variable a value, `tofu apply` stores the placeholder in Vault and "
    "succeeds. The host fetches it, and the service that uses it fails later, far from the cause.",
    advice="take default=... out, so that a missing value stops `tofu plan`, or let it fail with "
    "Vault(refuse_placeholders=True)",
    source="Terraform language: a variable with a default is optional",
)
def placeholder(view: HostView) -> Iterator[Evidence]:
    """A variable with a default."""
    for secret in view.secrets:
        how = secret.terraform
        if view.host.vault.refuse_placeholders:
            return
        if isinstance(how, TerraformVariable) and how.default is not None:
            yield found(
                secret,
                "default",
                f"the variable of secret {secret.name!r} has the default {how.default!r}: applying "
                "without a value stores that in Vault",
                part=how,
            )


@host_rule(
    "NG107",
    Severity.ERROR,
    "A secret's variable is not marked as sensitive",
    why="Its value stands in the output of every plan, and so in logs of continuous integration.",
    advice="leave sensitive out: it is True",
    source="Terraform language: `sensitive = true` keeps a variable's value out of the output",
)
def not_sensitive(view: HostView) -> Iterator[Evidence]:
    """A variable with sensitive=False."""
    for secret in view.secrets:
        how = secret.terraform
        if isinstance(how, TerraformVariable) and not how.sensitive:
            yield found(
                secret,
                "sensitive",
                f"the value of secret {secret.name!r} is shown in every plan: its variable is not "
                "sensitive",
                part=how,
                fix=(False, "True"),
            )


ENOUGH_BITS, BITS_OF_DIGIT = 112, 4
SHORTEST = ENOUGH_BITS // BITS_OF_DIGIT


@host_rule(
    "NG108",
    Severity.WARNING,
    "A generated secret is short",
    why=f"Fewer than {SHORTEST} hexadecimal digits are less than {ENOUGH_BITS} bits. Where a hash "
    "of the secret gets out, that is within reach of guessing.",
    advice=f"write Generated(length=32), or at least {SHORTEST}",
    source="NIST SP 800-131A Rev. 2: at least 112 bits of security strength",
)
def short(view: HostView) -> Iterator[Evidence]:
    """A length with too few bits."""
    for secret in view.secrets:
        how = secret.terraform
        if isinstance(how, Generated) and how.length < SHORTEST:
            yield found(
                secret,
                "length",
                f"secret {secret.name!r} is generated with {how.length} hexadecimal digits, "
                f"{how.length * BITS_OF_DIGIT} bits",
                part=how,
                fix=(how.length, "32"),
            )


@fleet_rule(
    "NG111",
    Severity.ERROR,
    "A host reads a key that Terraform does not store",
    why="The host's unit finds no such key at the path and fails, so the secret's file is missing "
    "after a boot.",
    advice="give both the same key=...",
    source="nixgen stores one key for each secret, the one that its VaultSecret names",
)
def unknown_key(view: FleetView) -> Iterator[Evidence]:
    """The key of one secret and what another one writes to the same path differ."""
    written: dict[str, VaultSecret] = {}
    for host, secret in view.secrets:
        if secret.terraform is not None and not secret.existing:
            written.setdefault(secret.vault_path(host.name), secret)
    for host, secret in view.secrets:
        path = secret.vault_path(host.name)
        writer = written.get(path)
        if writer is None or writer is secret or secret.key is None:
            continue
        if writer.key is not None and secret.key != writer.key:
            yield found(
                secret,
                "key",
                f"secret {secret.name!r} reads the key {secret.key!r} at {path!r}, where Terraform "
                f"stores {writer.key!r}",
                related=[beside(writer, "key", "it is stored with this key")],
            )


@fleet_rule(
    "NG112",
    Severity.NOTE,
    "A secret that Terraform does not store",
    why="Nothing that nixgen writes puts a value at the path, so somebody has to, by hand or by a "
    "program of their own. Until then the host cannot fetch it.",
    advice="describe the value with terraform=TerraformVariable(...), or say existing=True",
    source="the drift between what hosts read and what Terraform stores",
)
def unwritten(view: FleetView) -> Iterator[Evidence]:
    """No secret of the fleet is written to the path."""
    written = {
        secret.vault_path(host.name)
        for host, secret in view.secrets
        if secret.terraform is not None or secret.existing
    }
    for host, secret in view.secrets:
        path = secret.vault_path(host.name)
        if path not in written:
            yield found(
                secret,
                "terraform",
                f"secret {secret.name!r} is read from {path!r}, and nothing here stores it there",
            )
