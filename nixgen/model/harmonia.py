"""Harmonia, which serves a host's Nix store as a binary cache and signs what it serves.

Settings: Harmonia's README. The module is nixpkgs'
`nixos/modules/services/networking/harmonia.nix`: its options moved from `services.harmonia` to
`services.harmonia.cache` in NixOS 26.05. Both give the keys to the unit as systemd credentials, so
that their files stay root's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from nixgen.diagnostic import Diagnostic
from nixgen.model import mappings, values
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.expressions import expression_fault
from nixgen.model.literals import literal_secret
from nixgen.model.secret import VaultSecret, secrets_field

_ADDRESS = r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}|unix:/[^\s]+"


def options_of(release: str) -> tuple[str, ...]:
    """Where a release of NixOS has Harmonia's options; `unstable` has the newest."""
    return ("services", "harmonia", "cache") if release >= "26.05" else ("services", "harmonia")


@model_class
class Harmonia(ModelObject):
    """A binary cache of the host's store.

    - `keys`: the signing keys, secrets of the same host; a new one restarts the unit. Each is the
      whole text that `nix-store --generate-binary-cache-key` wrote.
    - `bind`: where it listens, such as `[::]:5000` or `unix:/run/harmonia/socket`.
    - `priority`: of the cache for those that use it, the lowest first; cache.nixos.org has 40.
    - `workers`: threads.
    - `settings`: further settings of its configuration file.
    - `existing`: it is declared by hand elsewhere; nixgen knows it and writes nothing for it.
    - `notes`: comments above it in the Nix.
    """

    unit: ClassVar[str] = "harmonia"
    keys: Sequence[VaultSecret] = secrets_field()
    bind: str | None = checked(
        values.optional(values.matching(_ADDRESS, "an address and a port, or unix: and a path")),
        default=None,
    )
    priority: int | None = checked(values.optional(values.between(0, 2**31 - 1)), default=None)
    workers: int | None = checked(
        values.optional(values.between(1, 1024, " threads")), default=None
    )
    settings: dict[str, Any] = checked(
        literal_secret, expression_fault, factory=dict, converter=mappings.to_mapping
    )
    existing: bool = checked(values.instance_of(bool), default=False)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )

    def faults(self) -> Iterable[Diagnostic]:
        """Settings do not say a second time; a key is a text, not all keys of a secret as JSON."""
        for field in ("bind", "priority", "workers"):
            if getattr(self, field) is not None and field in self.settings:
                yield self.fault(
                    f"Harmonia has its {field} in settings and as a field",
                    "settings",
                    advice=f"keep the field, {field}=...",
                )
        for secret in self.keys:
            if secret.key is None and not secret.existing:
                yield self.fault(
                    f"the signing key {secret.name!r} would be JSON: the secret names no key",
                    "keys",
                    advice='name the key that the text is stored under: key="key"',
                )
