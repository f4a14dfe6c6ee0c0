"""nixgen's own NixOS module of `vault.secrets`, and what it is told of the fleet's server.

The module and its script stand in `modules/` of this package and are the same for every fleet; what
the `Vault` object says is a small module of its own, which hosts import.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from nixgen.emit.contribution import Cause, NixFile, given
from nixgen.emit.header import header
from nixgen.emit.module import function_of
from nixgen.emit.nesting import Leaf, nest
from nixgen.emit.packaged import packaged_text
from nixgen.model.secrets_module import SecretsModule
from nixgen.model.vault import Vault
from nixgen.nix import build, nodes

FOLDER = "modules"
SETTINGS_FILE = "vault.nix"
FIXED_FILES = ("vault-secrets.nix", "fetch-secret.sh")
_ABOUT = "The server that hosts fetch their secrets from."


@frozen
class FixedFile:
    """A file that is the same for every fleet; all of it has one cause."""

    path: str
    text: str
    cause: Cause


def files(vault: Vault, source: str) -> Iterator[FixedFile | NixFile]:
    """The fleet's files, where it has nixgen's module; `source` is what the header names."""
    if isinstance(vault.secrets_module, SecretsModule):
        yield NixFile(f"{FOLDER}/{SETTINGS_FILE}", _settings(vault, source))
        cause = given(vault, "secrets_module")
        for name in FIXED_FILES:
            yield FixedFile(f"{FOLDER}/{name}", packaged_text(f"{FOLDER}/{name}"), cause)


def imported(vault: Vault) -> Iterator[nodes.Binding]:
    """What a host's file that has secrets imports."""
    if isinstance(vault.secrets_module, SecretsModule):
        path = nodes.Path((f"../../{FOLDER}/{SETTINGS_FILE}",))
        yield _imports(path, given(vault, "secrets_module"))


def _imports(path: nodes.Path, cause: Cause) -> nodes.Binding:
    return build.bind(("imports",), nodes.List((path,)), origin=cause)


def _settings(vault: Vault, source: str) -> nodes.File:
    settings = tuple(
        Leaf(("vault", name), build.node(value), cause) for name, value, cause in _values(vault)
    )
    imports = _imports(nodes.Path((f"./{FIXED_FILES[0]}",)), given(vault, "secrets_module"))
    apart = (build.with_leading(each, (nodes.BlankLine(),)) for each in nest(settings))
    body = nodes.AttributeSet((imports, *apart))
    return nodes.File(build.commented(function_of(body), *header(source, (_ABOUT,))))


def _values(vault: Vault) -> Iterator[tuple[str, Any, Cause]]:
    """The options that differ from the module's defaults."""
    module, plain = vault.secrets_module, SecretsModule()
    assert isinstance(module, SecretsModule)
    own = module if module.address is not None else vault
    yield "address", vault.host_address, given(own, "address")
    if module.plain_http:
        yield "allowPlainHttp", True, given(module, "plain_http")
    if module.ca_file is not None:
        yield "caFile", module.ca_file, given(module, "ca_file")
    if vault.mount != "secret":
        yield "mount", vault.mount, given(vault, "mount")
    if vault.approle_mount != "approle":
        yield "appRoleMount", vault.approle_mount, given(vault, "approle_mount")
    if module.role_id_file != plain.role_id_file:
        yield "roleIdFile", module.role_id_file, given(module, "role_id_file")
    if module.secret_id_file != plain.secret_id_file:
        yield "secretIdFile", module.secret_id_file, given(module, "secret_id_file")
