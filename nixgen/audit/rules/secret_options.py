"""Secrets that are options of the host, or that options name: what the model does not know."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from nixgen.audit.jobs import SECRETS_FOLDER
from nixgen.audit.rule import Evidence, beside, found, host_rule, python_string
from nixgen.audit.settings import Setting
from nixgen.audit.view import HostView
from nixgen.diagnostic import Severity
from nixgen.model.expressions import fixed_name
from nixgen.model.runner_token import TokenFile
from nixgen.model.secret import VaultSecret
from nixgen.model.secrets_module import OPTIONS, SECRETS
from nixgen.nix import nodes
from nixgen.nix.walk import walk

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
        yield Evidence(
            subject=view.host,
            summary=f"{_set(name)}: nixgen writes no entry in Vault and no policy for it",
            location=setting.origin.location(),
            advice=None if name is None else _advice(view, name),
        )


def _set(name: str | None) -> str:
    if name is None:
        return "vault.secrets is set by an expression"
    return f"secret {name!r} is set by options"


def _advice(view: HostView, name: str) -> str:
    """The VaultSecret to write, as far as its options are literal data."""
    path, key = (
        view.settings.get((*SECRETS, name, option)) for option in ("secretPath", "extractKey")
    )
    fields = {"name": name, "path": path and path.value, "key": key and key.value}
    if fields["path"] == f"hosts/{view.name}/{name}":
        fields["path"] = None  # it is derived
    written = ", ".join(
        f"{field}={python_string(str(value))}" for field, value in fields.items() if value
    )
    return (
        f"write secrets=[VaultSecret({written})] instead, with existing=True where Vault and the "
        "policy have it by other means"
    )


def _twice(view: HostView, secret: VaultSecret, option: str, setting: Setting) -> Evidence:
    return Evidence(
        subject=view.host,
        summary=f"{setting.name} is set beside the VaultSecret {secret.name!r}, which decides it",
        location=setting.origin.location(),
        related=(beside(secret, "name", "the secret is here"),),
        advice=_CONFLICT.format(field=_FIELDS.get(option, option)),
    )


@host_rule(
    "NG116",
    Severity.WARNING,
    "A secret is named that the host does not have, and it has one of nearly that name",
    why="The service finds no such file when it starts, or Nix no such attribute. Nothing that "
    "nixgen writes is wrong by itself, so no build of the files shows it.",
    advice="correct the name, or describe that secret, too",
    source="what nixgen derives of a secret: /run/secrets/<name>, vault.secrets.<name>",
)
def misspelled(view: HostView) -> Iterator[Evidence]:
    """A file in /run/secrets or an attribute of `config.vault.secrets`, in an option or a token."""
    known = {secret.name for secret in view.secrets}
    if not known:
        return
    known |= {path[2] for path in view.settings if path[:2] == SECRETS and len(path) > 2}
    for setting in view.every_definition:
        for name in _names_in(setting.expression):
            meant = _meant(name, known)
            if meant is not None:
                yield Evidence(
                    subject=view.host,
                    summary=f"{setting.name} names the secret {name!r}, which the host does not "
                    "have",
                    location=setting.origin.location(),
                    advice=f"did you mean {meant!r}? Or describe that secret, too",
                )
    for runner in view.runners:
        if isinstance(runner.token, TokenFile):
            name = _name_of(runner.token_path) or ""
            meant = _meant(name, known)
            if meant is not None:
                yield found(
                    runner,
                    "token",
                    f"the token of runner {runner.name!r} is the secret {name!r}, which the host "
                    "does not have",
                    advice=f"did you mean {meant!r}? Then give the VaultSecret itself: token=...",
                )


def _names_in(expression: nodes.Expression) -> Iterator[str]:
    """The secrets that an expression names."""
    is_text = isinstance(expression, nodes.String) and expression.parts[1:] == ()
    for node in (expression,) if is_text else walk(expression):
        match node:
            case nodes.String((str(text),)):
                name = _name_of(text)
            case nodes.Select(nodes.Identifier("config"), path, None):
                names = [fixed_name(each) for each in path.names]
                name = names[2] if tuple(names[:2]) == SECRETS and len(names) > 2 else None
            case _:
                continue
        if name is not None:
            yield name


_FILE = re.compile(rf"(?:-|[^:/]+:)?{SECRETS_FOLDER}/([^/:]+)")


def _name_of(text: str) -> str | None:
    """The name of a file right in the folder of secrets, as it is or as units have it: with `-`
    where it may be missing, or as the credential `name:/path`.
    """
    found = _FILE.fullmatch(text)
    return found and found[1]


def _meant(name: str, known: Collection[str]) -> str | None:
    """The known name that a name is a slip of; None where it is one, or is not like any."""
    return None if name in known else next((each for each in known if is_slip(name, each)), None)


def is_slip(name: str, meant: str) -> bool:
    """Whether a name differs as by a slip of the hand: two letters the other way round, one too
    many or missing, `_` for `-`, capitals. Other letters, numbers and words make another name.
    """
    if abs(len(name) - len(meant)) > 1:
        return False
    one, other = (each.lower().replace("_", "-") for each in (name, meant))
    if one == other:
        return True
    if len(one) == len(other):
        differ = [at for at, pair in enumerate(zip(one, other, strict=True)) if len(set(pair)) > 1]
        first, last = differ[0], differ[-1]
        return last - first == 1 and one[first : last + 1] == other[first : last + 1][::-1]
    short, long = sorted((one, other), key=len)
    without_one = (long[:at] + long[at + 1 :] for at, sign in enumerate(long) if sign.isalpha())
    return short in without_one
