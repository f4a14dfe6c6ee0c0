"""The NixOS module that has the options `vault.secrets`: nixgen's own, or one of the repository's.

nixgen's own (`nixgen/emit/modules/`) is written as `modules/vault-secrets.nix`. A repository that
has a module keeps it; what nixgen may set of a secret is then what that module has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from nixgen.diagnostic import Diagnostic, Related
from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class

if TYPE_CHECKING:
    from nixgen.model.host import Host
    from nixgen.model.secret import VaultSecret

SECRETS = ("vault", "secrets")
"""Where its options are: `vault.secrets.<name>`."""

COMMON = ("secretPath", "extractKey", "mode", "owner", "group", "services", "outputDir")
OPTIONS = (*COMMON, "format", "envVar", "refreshInterval", "allowCached")
"""The options of a secret that nixgen can set: those of its own module."""

DEFAULT_MODE = 0o400
_LOOPBACK = re.compile(r"localhost|127\.[0-9.]+|::1")


@model_class
class RepositoryModule(ModelObject):
    """A module that the repository has; `options` are those that it has for a secret.

    A secret that needs another one is a fault.
    """

    options: Sequence[str] = checked(
        values.each(values.one_of(*OPTIONS)), default=COMMON, converter=values.to_tuple
    )

    def faults(self) -> Iterable[Diagnostic]:
        """No module can do without the path."""
        if "secretPath" not in self.options:
            yield self.fault(
                "RepositoryModule.options lacks 'secretPath', which every secret needs", "options"
            )


@model_class
class SecretsModule(ModelObject):
    """nixgen's own module, for all hosts of the fleet.

    - `address`: of the server as hosts reach it; None is the `Vault`'s.
    - `role_id_file`, `secret_id_file`: where a person puts the AppRole's credentials on a host; the
      second is None for roles that need no secret id.
    - `ca_file`: certificates that the server is checked with, None are the machine's own.
    - `plain_http`: allows an `http://` address that is not the host's own.
    """

    options: ClassVar[Sequence[str]] = OPTIONS
    address: str | None = checked(values.optional(values.url), default=None)
    role_id_file: str = checked(values.absolute_path, default="/var/lib/vault/approle/role-id")
    secret_id_file: str | None = checked(
        values.optional(values.absolute_path), default="/var/lib/vault/approle/secret-id"
    )
    ca_file: str | None = checked(values.optional(values.absolute_path), default=None)
    plain_http: bool = checked(values.instance_of(bool), default=False)

    def address_faults(self, address: str | None) -> Iterator[Diagnostic]:
        """What is wrong with the server's address, which is the `Vault`'s if it has none itself."""
        if address is None:
            yield self.fault(
                "hosts that fetch secrets with nixgen's module need the server's address",
                advice='write Vault(address="https://...")',
            )
        elif address.startswith("http://") and not self.plain_http and not _is_loopback(address):
            yield self.fault(
                f"hosts fetch secrets over plain HTTP, from {address}: everybody on the way can "
                "read them",
                "address" if self.address is not None else None,
                advice="use https://..., or write plain_http=True where the network is trusted",
            )


REPOSITORY_MODULE = RepositoryModule()
"""What a fleet has where nothing is said: a module of its own, with the common options."""


def _is_loopback(address: str) -> bool:
    from urllib.parse import urlsplit

    return _LOOPBACK.fullmatch(urlsplit(address).hostname or "") is not None


# -- what a secret needs -----------------------------------------------------------------------


def variable_of(key: str) -> str:
    """The variable that a key is in format `env`: upper case, `_` for what no name can have.

    >>> variable_of("db-password")
    'DB_PASSWORD'
    """
    name = re.sub(r"[^A-Z0-9_]", "_", key.upper())
    return f"_{name}" if name[:1].isdigit() else name


def file_format(secret: VaultSecret, host: Host) -> str:
    """`env` where it is said or a runner reads the file so, else `raw`.

    It is derived for a module that has the option only: any other writes what is in Vault.
    """
    if secret.format is not None:
        return secret.format
    if secret.env_var is not None:
        return "env"
    known = "format" in host.vault.secrets_module.options
    return "env" if known and _reads_environment(secret, host) else "raw"


def env_var(secret: VaultSecret, host: Host) -> str | None:
    """The variable's name, where the module would not derive it from the key."""
    if secret.env_var is not None or secret.key is None or file_format(secret, host) == "raw":
        return secret.env_var
    wanted = "TOKEN" if _reads_environment(secret, host) else None
    return None if wanted == variable_of(secret.key) else wanted


def _reads_environment(secret: VaultSecret, host: Host) -> bool:
    """Whether a runner reads the file as systemd's EnvironmentFile, with TOKEN in it."""
    return "env" in {runner.module.token_format for runner in host.users_of(secret)}


def needed_options(secret: VaultSecret, host: Host) -> Iterator[tuple[str, str]]:
    """The options that differ from their defaults, each with the field that says so."""
    needs = (
        ("extractKey", "key", secret.key is not None),
        ("mode", "mode", secret.mode != DEFAULT_MODE),
        ("owner", "owner", secret.owner != "root"),
        ("group", "group", secret.group != "root"),
        ("services", "services", bool(host.services_of(secret))),
        ("outputDir", "output", secret.output is not None),
        ("format", "format" if secret.format else "env_var", file_format(secret, host) != "raw"),
        ("envVar", "env_var", env_var(secret, host) is not None),
        ("refreshInterval", "refresh_interval", secret.refresh_interval is not None),
        ("allowCached", "allow_cached", secret.allow_cached),
    )
    yield "secretPath", "path"
    yield from ((option, field) for option, field, needed in needs if needed)


# -- faults ------------------------------------------------------------------------------------


def host_faults(host: Host) -> Iterator[Diagnostic]:
    """Secrets that the module cannot put on the host as they are described."""
    module = host.vault.secrets_module
    if not (host.vault.sound and module.sound):
        return
    for secret in host.composition.secrets:
        if secret.sound and not secret.existing:
            yield from _missing_options(secret, host)
            yield from _contradictions(secret, host)


def _missing_options(secret: VaultSecret, host: Host) -> Iterator[Diagnostic]:
    module = host.vault.secrets_module
    place = module.origin.at("options").location()
    related = (Related(place, "what it has is said here"),)
    for option, field in needed_options(secret, host):
        if option not in module.options:
            derived = field == "services" and secret.services is None
            yield Diagnostic(
                summary=f"VaultSecret {secret.name!r} needs the option {option!r}, which the "
                "repository's module of vault.secrets lacks",
                location=secret.origin.at(field).location(),
                related=() if module is REPOSITORY_MODULE else related,
                help=f"{'write services=[]' if derived else f'take {field} out'}, or\n"
                "name the option, where the module has it: RepositoryModule(options=[...]), or\n"
                "use nixgen's own module: Vault(secrets_module=SecretsModule())",
            )


def _contradictions(secret: VaultSecret, host: Host) -> Iterator[Diagnostic]:
    for runner in host.users_of(secret):
        wanted = runner.module.token_format
        if wanted == "env" and secret.env_var not in (None, "TOKEN"):
            yield _contradiction(
                secret, "env_var", f"runner {runner.name!r} reads its token from TOKEN", runner
            )
        if wanted == "raw" and file_format(secret, host) == "env":
            field = "format" if secret.format is not None else "env_var"
            yield _contradiction(
                secret, field, f"runner {runner.name!r} reads the file as the token itself", runner
            )


def _contradiction(
    secret: VaultSecret, field: str, summary: str, runner: ModelObject
) -> Diagnostic:
    value = getattr(secret, field)
    return Diagnostic(
        summary=f"VaultSecret {secret.name!r} has {field} {value!r}, and {summary}",
        location=secret.origin.at(field).location(),
        related=(Related(runner.origin.at("token").location(), "the runner's token is here"),),
        help=f"take {field} out: it is derived",
    )
