"""Secrets that are options of the host, which the rest of the model does not know."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.rule import Evidence, beside, host_rule
from nixgen.audit.settings import Setting
from nixgen.audit.view import HostView
from nixgen.diagnostic import Severity
from nixgen.model.secret import VaultSecret
from nixgen.model.secrets_module import OPTIONS

SECRETS = ("vault", "secrets")
_FIELDS = {
    "secretPath": "path",
    "extractKey": "key",
    "outputDir": "output",
    "envVar": "env_var",
    "refreshInterval": "refresh_interval",
    "allowCached": "allow_cached",
}
"""Fields of `VaultSecret` for the options that are not named as they are."""

_CONFLICT = (
    "write {field}=... on the VaultSecret: an option of that name is defined twice now, and Nix "
    "refuses that, or one of both is forced"
)


@host_rule(
    "NG115",
    Severity.WARNING,
    "A secret is set by options, and not as a VaultSecret",
    why="The host is told to fetch it, and nothing else follows: no variable, no entry in Vault, "
    "no path in the policy of the host's AppRole, no unit to restart. Vault refuses the host, "
    "unless something else allows the path. The audit and the tables of secrets and of access do "
    "not see it either: neither its mode nor who reads it.",
    advice='write secrets=[VaultSecret(name="...", key="...")], with existing=True where Vault '
    "and the policy have it by other means",
    source="what nixgen derives from a VaultSecret: Terraform, policy, units",
)
def set_by_options(view: HostView) -> Iterator[Evidence]:
    """Something below `vault.secrets`, told once for each secret."""
    known = {secret.name: secret for secret in view.secrets}
    told: dict[str | None, Setting] = {}
    for path, setting in view.settings.items():
        if path[:2] != SECRETS or setting.value == {}:
            continue
        name = path[2] if len(path) > 2 else None
        if name not in known:
            told.setdefault(name, setting)
        elif path[3:4] and path[3] in OPTIONS:
            yield _twice(view, known[name], path[3], setting)
    for name, setting in told.items():
        what = "vault.secrets" if name is None else f"secret {name!r}"
        yield Evidence(
            subject=view.host,
            summary=f"{what} is set by options: nixgen writes no entry in Vault and no policy for "
            "it",
            location=setting.origin.location(),
            advice=None if name is None else _advice(view, name),
        )


def _advice(view: HostView, name: str) -> str:
    """The VaultSecret to write, as far as its options are literal data."""
    path, key = (
        view.settings.get((*SECRETS, name, option)) for option in ("secretPath", "extractKey")
    )
    fields = {"name": name, "path": path and path.value, "key": key and key.value}
    if fields["path"] == f"hosts/{view.name}/{name}":
        fields["path"] = None  # it is derived
    written = ", ".join(f"{field}={_quoted(value)}" for field, value in fields.items() if value)
    return (
        f"write secrets=[VaultSecret({written})] instead, with existing=True where Vault and the "
        "policy have it by other means"
    )


def _quoted(text: object) -> str:
    return f'"{text}"'


def _twice(view: HostView, secret: VaultSecret, option: str, setting: Setting) -> Evidence:
    return Evidence(
        subject=view.host,
        summary=f"{setting.name} is set beside the VaultSecret {secret.name!r}, which decides it",
        location=setting.origin.location(),
        related=(beside(secret, "name", "the secret is here"),),
        advice=_CONFLICT.format(field=_FIELDS.get(option, option)),
    )
