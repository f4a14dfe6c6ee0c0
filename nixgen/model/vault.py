"""The Vault (or OpenBao) server of a fleet, and how hosts log in to it.

Durations and limits are those of the AppRole auth method (its API's parameters of a role and of a
secret id); mounts and paths follow version 2 of the KV engine, where the data of `hosts/web1/db` is
read at `<mount>/data/hosts/web1/db`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.secrets_module import REPOSITORY_MODULE, RepositoryModule, SecretsModule
from nixgen.model.values import Duration

_MOUNT = values.matching(r"[a-zA-Z0-9_-]+(/[a-zA-Z0-9_-]+)*", "letters, digits and _ - /")
_PART = r"[a-zA-Z0-9_.@:=-]+"
_READABLE = values.matching(
    rf"((\+|{_PART})/)*(\+|{_PART}\*?|\*)",
    "a path in the mount, with `+` for any one part and `*` at the end for all that follows",
)

MANAGED_FILES = ("variables.tf", "secrets.tf", "hosts-generated.tf")
"""The files of `terraform/vault/` that people can write, with nixgen's entries in them."""


def _network(value: Any) -> str | None:
    try:
        if isinstance(value, str):
            ipaddress.ip_network(value)
            return None
    except ValueError:
        pass
    return (
        f"{values.shown(value)} is no network; allowed are such as 10.0.0.0/8 and fd00::/8, with "
        "no bits set behind the prefix"
    )


def _readable(value: Any) -> str | None:
    wrong = _READABLE(value)
    if wrong is None and value.partition("/")[0] in ("data", "metadata"):
        return f"{value!r} holds the API's prefix; allowed is the path without mount and data/"
    return wrong


def _duration(default: Duration | None) -> Any:
    """A field that takes a `Duration` or its text, and None where that is its default."""
    return checked(
        values.optional(values.duration) if default is None else values.duration,
        default=default,
        converter=values.parsed(Duration.parse, Duration),
    )


@model_class
class AppRole(ModelObject):
    """How a host logs in, and what it may read.

    - `reads`: paths in the mount, without `data/`; None derives them from the host's secrets.
    - `token_ttl`, `token_max_ttl`: how long a token lasts, and for how long it can be renewed; 0s
      is the server's own default.
    - `bound_cidrs`: networks that a host can log in from and use its token in; none means any.
    - `secret_id`: Terraform makes a secret id, which then stands in its state; otherwise a person
      does. `secret_id_ttl` None never expires, `secret_id_uses` 0 counts none.
    - `wrapping_ttl`: the secret id comes wrapped, to be unwrapped once and within this time; the
      state then holds the wrapping token only.
    """

    reads: Sequence[str] | None = checked(
        values.optional(values.each(_readable)),
        default=None,
        converter=lambda value: None if value is None else values.to_tuple(value),
    )
    token_ttl: Duration | str = _duration(Duration(3600))
    token_max_ttl: Duration | str = _duration(Duration(14400))
    bound_cidrs: Sequence[str] = checked(
        values.each(_network), default=(), converter=values.to_tuple
    )
    secret_id: bool = checked(values.instance_of(bool), default=False)
    secret_id_ttl: Duration | str | None = _duration(None)
    secret_id_uses: int = checked(values.between(0, 2**31 - 1, " uses"), default=0)
    wrapping_ttl: Duration | str | None = _duration(None)

    def faults(self) -> Iterable[Diagnostic]:
        """A token lives no longer than it can be renewed; only a secret id can be wrapped."""
        ttl, maximum = self.token_ttl, self.token_max_ttl
        if isinstance(ttl, Duration) and isinstance(maximum, Duration) and ttl > maximum:
            yield self.fault(
                f"AppRole.token_ttl is {ttl}, longer than token_max_ttl, {maximum}",
                "token_ttl",
                advice="make token_ttl shorter or token_max_ttl longer",
            )
        if self.wrapping_ttl is not None and not self.secret_id:
            yield self.fault(
                "AppRole.wrapping_ttl is given, and there is no secret id to wrap",
                "wrapping_ttl",
                advice="write secret_id=True too",
            )


@model_class
class Vault(ModelObject):
    """The server, and what nixgen writes for it. All hosts of a fleet have the same one.

    - `address`: of the server; None leaves it to `VAULT_ADDR`.
    - `mount`: of the KV engine, version 2; `approle_mount`: of the auth method.
    - `standalone`: the Terraform folder can be applied as it is: versions, provider, resources and
      outputs are written too. Otherwise it holds variables, the secrets map and the hosts' entries,
      for a folder that has its own resources over them.
    - `manage_mounts`: a standalone folder makes the KV mount and the auth method itself.
    - `exact_policies`: a host may read the paths of its secrets one by one, not all of
      `hosts/<host>/*`.
    - `write_only`: values are written with `data_json_wo`, so that they do not stand in the state
      (OpenTofu 1.11 or newer); a new value is written when `VaultSecret.version` is raised.
    - `refuse_placeholders`: applying fails while a variable is empty or a placeholder.
    - `managed`: those of `MANAGED_FILES` that people write; nixgen keeps its entries in them.
    - `secrets_module`: the NixOS module of `vault.secrets`: `RepositoryModule`, or `SecretsModule`
      for nixgen's own.
    """

    address: str | None = checked(values.optional(values.url), default=None)
    mount: str = checked(_MOUNT, default="secret")
    approle_mount: str = checked(_MOUNT, default="approle")
    standalone: bool = checked(values.instance_of(bool), default=False)
    manage_mounts: bool = checked(values.instance_of(bool), default=True)
    exact_policies: bool = checked(values.instance_of(bool), default=False)
    write_only: bool = checked(values.instance_of(bool), default=False)
    refuse_placeholders: bool = checked(values.instance_of(bool), default=False)
    managed: Sequence[str] = checked(
        values.each(values.one_of(*MANAGED_FILES)), default=(), converter=values.to_tuple
    )
    secrets_module: RepositoryModule | SecretsModule = checked(
        values.instance_of(RepositoryModule, SecretsModule), default=REPOSITORY_MODULE
    )

    def faults(self) -> Iterable[Diagnostic]:
        """A standalone folder is nixgen's own; write-only values need its resources."""
        if isinstance(self.secrets_module, SecretsModule) and self.secrets_module.sound:
            yield from self.secrets_module.address_faults(self.host_address)
        if self.write_only and not self.standalone:
            yield self.fault(
                "Vault.write_only is about the resources of a standalone folder",
                "write_only",
                advice="write standalone=True too",
            )
        if self.managed and self.standalone:
            yield self.fault(
                "Vault.managed names files that people write, and a standalone folder has none",
                "managed",
                advice="remove standalone=True or managed",
            )

    @property
    def host_address(self) -> str | None:
        """The server as hosts reach it."""
        own = getattr(self.secrets_module, "address", None)
        return own or self.address


VAULT = Vault()
"""What hosts have where nothing is said: nixgen's part of a folder with resources of its own."""

APPROLE = AppRole()
"""How hosts log in where nothing is said."""
