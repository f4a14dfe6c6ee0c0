"""Secrets that live in Vault: where they are kept, how they reach the host, where they come from.

The model never holds a secret's value. `VaultSecret` describes the way: a Terraform variable (or a
generated password) that is written to Vault, and a file on the host that a unit fetches it into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from nixgen.diagnostic import Diagnostic
from nixgen.model import values
from nixgen.model.accept import AcceptedRisk, accepted_risks
from nixgen.model.base import ModelObject, Withheld, checked, close_match, model_class
from nixgen.model.values import Duration

_NAME = r"[a-zA-Z0-9][a-zA-Z0-9_.-]*"
PLACEHOLDER = r"PLACEHOLDER|CHANGE[-_ ]?ME|REPLACE[-_ ]?ME|TODO"
"""What stands for a value, in any case: a regular expression of Python, Go and `grep -E`."""

_PLACEHOLDER = re.compile(f"|{PLACEHOLDER}", re.IGNORECASE)
_KEY = values.matching(r"[a-zA-Z0-9_.-]+", "letters, digits and _ . -")
_ACCOUNT = values.matching(r"[a-z_][a-z0-9_-]{0,30}\$?", "a user or group name of Linux")
_VARIABLE = r"[a-zA-Z_][a-zA-Z0-9_-]*"
_RESERVED = frozenset(
    ["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"]
)

_SIMPLE_TYPES = ("string", "number", "bool", "any")
_CONTAINER = re.compile(r"(?:list|set|map)\((.+)\)")


def _variable_name(value: Any) -> str | None:
    wrong = values.matching(_VARIABLE, "an identifier of Terraform")(value)
    if wrong is None and value in _RESERVED:
        return f"{value!r} is reserved in Terraform; allowed is any other identifier"
    return wrong


def _type(value: Any) -> str | None:
    """A type constraint that a value of a secret can have."""
    inner, depth = value, 0
    while isinstance(inner, str) and (container := _CONTAINER.fullmatch(inner)):
        inner, depth = container[1], depth + 1
    if isinstance(inner, str) and inner in _SIMPLE_TYPES:
        return None
    near = close_match(inner, _SIMPLE_TYPES) if isinstance(inner, str) and not depth else ""
    return (
        f"{values.shown(value)} is no type of Terraform; allowed are {', '.join(_SIMPLE_TYPES)}, "
        f"and list, set or map of one, such as list(string)\n{near}".rstrip()
    )


def _vault_path(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return f"{values.shown(value)} is no path; allowed is one such as hosts/web1/database"
    if value.startswith("/") or value.endswith("/"):
        return f"{value!r} begins or ends with a slash; allowed is a path inside the mount"
    parts = value.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return f"{value!r} has an empty or a dot part; allowed is a plain path inside the mount"
    if parts[0] in ("data", "metadata") or parts[:2] == ["secret", "data"]:
        return f"{value!r} holds the API's prefix; allowed is the path without mount and data/"
    if "+" in parts:
        return f"{value!r} has the part +, which means any part in a policy; allowed is a name"
    return values.matching(r"[a-zA-Z0-9_./@:+=-]+", "letters, digits and _ . / @ : + = -")(value)


def is_placeholder(value: str) -> bool:
    """Whether a text stands for a value that is yet to be given: PLACEHOLDER, or nothing."""
    return _PLACEHOLDER.fullmatch(value.strip()) is not None


def _refresh_interval(value: Any) -> str | None:
    wrong = values.duration(value)
    if wrong is None and value.seconds < 60:
        return f"{value} is too short, since each look is a login; allowed is 1m and more"
    return wrong


def _default(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and is_placeholder(value)):
        return None
    return Withheld(
        "the default looks like a value, and secrets' values have no place in the model (it is "
        'not shown here); allowed is None or "PLACEHOLDER"\n'
        "put the value into terraform.tfvars, which stays out of the repository"
    )


@model_class
class TerraformVariable(ModelObject):
    """The variable that a person gives the secret's value to, in `terraform.tfvars`.

    `name` None is derived from the secret's; `default` is a placeholder, never a value.
    """

    near_secrets = True
    strangers = MappingProxyType(
        dict.fromkeys(
            ("auto_generate", "length"),
            "a person gives the variable its value; what Terraform makes is Generated(length=...)",
        )
    )
    name: str | None = checked(values.optional(_variable_name), default=None)
    description: str | None = checked(values.optional(values.plain_text), default=None)
    type: str = checked(_type, default="string")
    default: str | None = checked(_default, default=None)
    sensitive: bool = checked(values.instance_of(bool), default=True)

    def faults(self) -> Iterable[Diagnostic]:
        """A placeholder is a string."""
        if self.default is not None and self.type not in ("string", "any"):
            yield self.fault(
                f"TerraformVariable.default is a string, and the type is {self.type}",
                "default",
                advice="take the default out: Terraform then asks for a value",
            )


@model_class
class Generated(ModelObject):
    """The value is made by Terraform: random, of `length` hexadecimal digits of 4 bits each.

    (In a folder with resources of its own, these decide what a character is.)
    """

    near_secrets = True
    strangers = MappingProxyType(
        {"default": "Terraform makes the value; what has a default is a TerraformVariable"}
    )
    length: int = checked(values.between(8, 4096, " characters"), default=32)


def _unseen(value: Any, allowed: str) -> Withheld:
    """What is said of something else in a place where people put a secret's value."""
    kind = values.kind_of(value)
    return Withheld(
        f"{kind} is given (it is not shown: it may hold a secret); allowed is {allowed}"
    )


def _key(value: Any) -> str | None:
    if not isinstance(value, str):
        return _unseen(value, "the name of a key")
    return _KEY(value)


def _terraform(value: Any) -> str | None:
    wrong = values.instance_of(TerraformVariable, Generated, type(None))(value)
    items = value if isinstance(value, list | tuple) else [value]
    if wrong is None or not any(isinstance(item, str | bytes) for item in items):
        return wrong
    return _unseen(value, "TerraformVariable, Generated or None")


@model_class
class VaultSecret(ModelObject):
    """A secret in Vault's KV store and the file that it becomes on the host.

    - `name`: of the secret on the host; also the file's name.
    - `path`: in the mount, without `data/`; None is `hosts/<host>/<name>`.
    - `key`: the key to extract; None takes all keys as JSON.
    - `mode`, `owner`, `group`: of the file; `output` None is `/run/secrets/<name>`.
    - `services`: systemd units to restart when it changes; None is the units that use it. Names are
      written as given, so an explicit one must be escaped already.
    - `format`: of the file: `raw` is the value alone, `env` a line `NAME=value`; None is what the
      runner reads whose token it is. `env_var`: the NAME; None is the key's in upper case.
    - `refresh_interval`: how often the host looks for a new value; None looks when it starts.
    - `allow_cached`: the host keeps a copy on disk, and starts with it while Vault is away.
    - `terraform`: a `TerraformVariable`, `Generated`, or None where something else writes to Vault.
    - `version`: raised, it has Terraform make a generated value anew, and send a given one that
      `Vault.write_only` hides from it. Of a standalone folder.
    - `existing`: it is declared by hand elsewhere; nixgen knows it and writes nothing for it.
    - `notes`: comments above it in the Nix.
    - `accepted`: risks of the audit that are taken, `accept(...)`.
    """

    near_secrets = True
    name: str = checked(values.matching(_NAME, "letters, digits, dots, hyphens and underscores"))
    path: str | None = checked(values.optional(_vault_path), default=None)
    key: str | None = checked(
        values.optional(_key),
        default=None,
    )
    mode: int = checked(values.file_mode, default=0o400)
    owner: str = checked(_ACCOUNT, default="root")
    group: str = checked(_ACCOUNT, default="root")
    services: Sequence[str] | None = checked(
        values.optional(
            values.each(values.matching(r"[a-zA-Z0-9:_.\\@-]+", "the name of a systemd unit"))
        ),
        default=None,
        converter=lambda value: None if value is None else values.to_tuple(value),
    )
    output: str | None = checked(values.optional(values.absolute_path), default=None)
    format: str | None = checked(values.optional(values.one_of("raw", "env")), default=None)
    env_var: str | None = checked(
        values.optional(values.matching("[a-zA-Z_][a-zA-Z0-9_]*", "the name of a variable")),
        default=None,
    )
    refresh_interval: Duration | str | None = checked(
        values.optional(_refresh_interval),
        default=None,
        converter=values.parsed(Duration.parse, Duration),
    )
    allow_cached: bool = checked(values.instance_of(bool), default=False)
    terraform: TerraformVariable | Generated | None = checked(
        _terraform,
        factory=TerraformVariable,
    )
    version: int = checked(values.between(1, 2**31 - 1), default=1)
    existing: bool = checked(values.instance_of(bool), default=False)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )
    accepted: Sequence[AcceptedRisk] = accepted_risks()

    def faults(self) -> Iterable[Diagnostic]:
        """A variable needs a key to be stored under; the file is named after the secret."""
        if self.env_var is not None and self.format == "raw":
            yield self.fault(
                f"VaultSecret {self.name!r} has a variable for the file, and the format raw, which "
                "has none",
                "env_var",
                advice='take env_var out, or write format="env"',
            )
        if self.env_var is not None and self.key is None:
            yield self.fault(
                f"VaultSecret {self.name!r} has one variable, and all keys to put into it",
                "env_var",
                advice='name the key: key="token"; without env_var, each key is a variable',
            )
        if self.output is not None and PurePosixPath(self.output).name != self.name:
            yield self.fault(
                f"VaultSecret {self.name!r} has the output {self.output!r}; the vault.secrets "
                "module names the file after the secret",
                "output",
                advice=f'write output="{PurePosixPath(self.output).parent / self.name}"',
            )
        if isinstance(self.terraform, TerraformVariable) and self.key is None:
            yield self.fault(
                f"VaultSecret {self.name!r} is given by a Terraform variable, so it needs a key",
                "terraform",
                advice='name the key that the value is stored under: key="token"',
            )
        if self.variable_name in _RESERVED and not self.existing:
            yield self.fault(
                f"VaultSecret {self.name!r} would have the Terraform variable "
                f"{self.variable_name!r}, which is reserved",
                "name",
                advice='give the variable another name: terraform=TerraformVariable(name="...")',
            )

    def __nix_fault__(self) -> str:
        """What people mean where they write the secret itself is its file."""
        return (
            f"{super().__nix_fault__()}\n"
            f"the path of its file, {self.output_path}, is its attribute: token.output_path"
        )

    def vault_path(self, host: str) -> str:
        """The path in the mount: `hosts/<host>/<name>` where none is given."""
        return self.path or f"hosts/{host}/{self.name}"

    @property
    def output_path(self) -> str:
        """The file on the host."""
        return self.output or f"/run/secrets/{self.name}"

    @property
    def variable_name(self) -> str | None:
        """The Terraform variable, derived from the secret's name where none is given."""
        if not isinstance(self.terraform, TerraformVariable):
            return None
        derived = re.sub(r"[^a-zA-Z0-9_]", "_", self.name)
        derived = f"_{derived}" if derived[0].isdigit() else derived
        return self.terraform.name or derived

    @property
    def names_variable(self) -> bool:
        """Whether the variable's name is given, so that one for several secrets is meant so."""
        return isinstance(self.terraform, TerraformVariable) and self.terraform.name is not None


def _secret(value: Any) -> str | None:
    if isinstance(value, VaultSecret):
        return None
    return _unseen(value, f"VaultSecret{_DESCRIBE}")


def _to_secrets(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str | Mapping):
        raise ValueError(_unseen(value, f"a list of VaultSecret{_DESCRIBE}"))
    return values.to_tuple(value)


_DESCRIBE = '\ndescribe the secret: VaultSecret(name="database", key="password")'


def secrets_field() -> Any:
    """A field for a list of secrets; whatever else is given may be the value of one."""
    return checked(values.each(_secret), default=(), converter=_to_secrets)
