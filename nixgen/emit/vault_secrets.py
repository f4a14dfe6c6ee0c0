"""Secrets as options of the `vault.secrets` NixOS module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from nixgen.emit.contribution import Cause, derived, given, whole
from nixgen.model.host import Host
from nixgen.model.secret import VaultSecret
from nixgen.model.secrets_module import env_var, file_format
from nixgen.model.values import mode_text
from nixgen.nix import build, nodes


def secret_options(secret: VaultSecret, host: Host) -> nodes.Binding:
    """`vault.secrets.<name> = { ... };` with the attributes that are not the module's defaults."""
    attributes = tuple(
        build.bind((name,), value, origin=cause) for name, value, cause in _attributes(secret, host)
    )
    return build.bind(
        ("vault", "secrets", secret.name),
        nodes.AttributeSet(attributes),
        comments=secret.notes,
        origin=whole(secret),
    )


def _attributes(secret: VaultSecret, host: Host) -> Iterator[tuple[str, Any, Cause]]:
    path_cause = (
        derived(secret, "name", "hosts/<host>/<name>")
        if secret.path is None
        else given(secret, "path")
    )
    yield "secretPath", secret.vault_path(host.name), path_cause
    if secret.key is not None:
        yield "extractKey", secret.key, given(secret, "key")
    yield from _format(secret, host)
    if "mode" in host.vault.secrets_module.options:
        yield "mode", mode_text(secret.mode), given(secret, "mode")
    if secret.owner != "root":
        yield "owner", secret.owner, given(secret, "owner")
    if secret.group != "root":
        yield "group", secret.group, given(secret, "group")
    services = host.services_of(secret)
    if services:
        yield "services", services, _services_cause(secret, host)
    if secret.output is not None:
        folder = str(PurePosixPath(secret.output).parent)
        yield "outputDir", folder, given(secret, "output")
    if secret.refresh_interval is not None:
        yield "refreshInterval", str(secret.refresh_interval), given(secret, "refresh_interval")
    if secret.allow_cached:
        yield "allowCached", True, given(secret, "allow_cached")


def _format(secret: VaultSecret, host: Host) -> Iterator[tuple[str, Any, Cause]]:
    readers = tuple(runner.origin.at("token") for runner in host.users_of(secret))
    by_runner = Cause("derived from the runner, which reads it as an EnvironmentFile", readers)
    if file_format(secret, host) == "env":
        fields = [field for field in ("format", "env_var") if getattr(secret, field) is not None]
        yield "format", "env", given(secret, fields[0]) if fields else by_runner
    variable = env_var(secret, host)
    if variable is not None:
        cause = by_runner if secret.env_var is None else given(secret, "env_var")
        yield "envVar", variable, cause


def _services_cause(secret: VaultSecret, host: Host) -> Cause:
    if secret.services is not None:
        return given(secret, "services")
    origins = [runner.origin.at("name") for runner in host.users_of(secret)]
    fields = ["Runner.name"] if origins else []
    if host.harmonia is not None and host.signs_with(secret):
        origins.append(host.harmonia.origin.at("keys"))
        fields.append("Harmonia.keys")
    what = "the units that use the secret, as systemd escapes them"
    return Cause(f"derived from {' and '.join(fields)}: {what}", tuple(origins))
