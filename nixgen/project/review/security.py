"""Which changes matter for security, and why: one small function for each kind of change.

Each looks at the value before and after, plain data or None, and says what is wider now. What gets
narrower is no concern.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nixgen.project.review import runners, vault
from nixgen.project.review.options import option
from nixgen.project.review.weight import Found, Weight

Concern = Callable[[Any, Any], str | None]


def concern(kind: str, name: str, field: str | None, old: Any, new: Any) -> Found:
    """Why a change of an object matters, and how much; (None, NONE) where it does not.

    `field` None is the object as a whole, of which `old` or `new` is None. `name` is the object's,
    the host's where it has none.
    """
    if kind == "option":
        return option(name, field, old, new)
    if kind == "AppRole" and field is None:
        why = vault.new_role(name, new)
        return why, Weight.WIDER if why else Weight.NONE
    for weight, kinds, pattern, judge in _RULES:
        if kind in kinds and re.fullmatch(pattern, field or ""):
            why = judge(old, new)
            if why is not None:
                return why, weight
    return None, Weight.NONE


# -- secrets -----------------------------------------------------------------------------------


def _mode(old: Any, new: Any) -> str | None:
    before, after = int(old or "0", 8), int(new or "0", 8)
    added = after & ~before
    return next((who for bit, who in _BITS.items() if added & bit), None)


_BITS = {
    0o002: "world-writable",
    0o004: "world-readable",
    0o020: "group-writable",
    0o040: "group-readable",
}


def _account(old: Any, new: Any) -> str | None:
    return f"another account reads it: {new}" if old != new else None


def _shown(old: Any, new: Any) -> str | None:
    return "Terraform shows the value" if old and not new else None


def _terraform(old: Any, new: Any) -> str | None:
    """One kind of source for another."""
    return _shown(True, (new or {}).get("sensitive", True))


def _shorter(old: Any, new: Any) -> str | None:
    return "it is easier to guess" if old and new and new < old else None


def _placeholder(old: Any, new: Any) -> str | None:
    return "it is stored where nobody gives a value" if new is not None else None


def _source(old: Any, new: Any) -> str | None:
    return "another value of Vault is read" if old is not None else None


def _output(old: Any, new: Any) -> str | None:
    volatile = str(new).startswith("/run/")
    return None if volatile or new is None else f"its file is kept on disk: {new}"


def _cached(old: Any, new: Any) -> str | None:
    return "a copy is kept on disk" if new and not old else None


def _new_secret(old: Any, new: Any) -> str | None:
    if new is None:
        return "the secret is taken from Vault by the next apply" if _managed(old) else None
    how = new.get("terraform") or {}
    found = [
        _mode("0", new.get("mode")),
        _output(None, new.get("output")),
        _cached(None, new.get("allow_cached")),
        _shown(True, how.get("sensitive", True)),
    ]
    told = ", ".join(filter(None, found))
    return f"a new secret, {told}" if told else None


def _managed(secret: Any) -> bool:
    return secret.get("terraform") is not None and not secret.get("existing")


# -- the cache, and what is accepted -----------------------------------------------------------


def _deletes(old: Any, new: Any) -> str | None:
    """Fewer hosts, fewer of their systems, or less of what these were built with."""
    if isinstance(old, list) or isinstance(new, list):
        more = new is not None and (old is None or not set(old) <= set(new))
    elif isinstance(old, bool):
        more = old and not new
    else:
        more = new is not None and (old is None or new < old)
    return "what hosts need may be deleted" if more else None


def _kept(old: Any, new: Any) -> str | None:
    return "nothing keeps what hosts need" if new is None else None


def _keys(old: Any, new: Any) -> str | None:
    return "the cache is signed with other keys"


def _listens(old: Any, new: Any) -> str | None:
    return "the cache is reached elsewhere"


def _branch(old: Any, new: Any) -> str | None:
    return "pushes to another branch are built"


def _risk(old: Any, new: Any) -> str | None:
    """A risk that was not accepted, or not for so long."""
    known = {risk["code"]: _until(risk) for risk in old or ()}
    longer = [risk for risk in new or () if _until(risk) > known.get(risk["code"], "")]
    return "a risk is accepted" if longer else None


def _until(risk: Any) -> str:
    """The day until which it is; one without an end is after all of them."""
    return risk["until"] or "9999"


_ANY = ("secret", "runner", "host", "repository", "workflow")
_RULES: tuple[tuple[Weight, tuple[str, ...], str, Concern], ...] = (
    (Weight.WIDER, ("secret",), "mode", _mode),
    (Weight.WIDER, ("secret",), "owner|group", _account),
    (Weight.WIDER, ("secret",), r"terraform\.sensitive", _shown),
    (Weight.WIDER, ("secret",), "terraform", _terraform),
    (Weight.WIDER, ("secret",), r"terraform\.length", _shorter),
    (Weight.CHECK, ("secret",), r"terraform\.default", _placeholder),
    (Weight.CHECK, ("secret",), "path|key", _source),
    (Weight.WIDER, ("secret",), "output", _output),
    (Weight.WIDER, ("secret",), "allow_cached", _cached),
    (Weight.CHECK, ("secret",), "", _new_secret),
    (Weight.WIDER, ("runner",), r"labels|settings\.runner\.labels", runners.labels),
    (Weight.CHECK, ("runner",), r"labels|settings\.runner\.labels", runners.images),
    (Weight.WIDER, ("runner",), "scope", runners.scope),
    (Weight.CHECK, ("runner",), r"scope\.(user|organization|repository)", runners.scope_owner),
    (Weight.WIDER, ("runner",), "trusted_repositories", runners.trusted),
    (Weight.CHECK, ("runner",), "url", runners.forge),
    (Weight.CHECK, ("runner",), r"token(\..*)?", runners.token),
    (Weight.CHECK, ("runner",), "enable", runners.enabled),
    (Weight.WIDER, ("runner",), r"hardening\.hidden", runners.hidden),
    (Weight.WIDER, ("runner",), r"hardening\.without", runners.without),
    (Weight.WIDER, ("runner",), "hardening", runners.hardening),
    (Weight.CHECK, ("runner", "nix-daemon"), "limits", runners.limits),
    (Weight.CHECK, ("nix-daemon",), "", runners.limits),
    (
        Weight.CHECK,
        ("runner", "nix-daemon"),
        r"limits\.(memory_high|memory_max|cpu_quota|tasks_max)",
        runners.limit,
    ),
    (Weight.CHECK, ("nix-daemon",), "max_jobs", runners.builds),
    (Weight.CHECK, ("nix-daemon",), "cores", runners.cores),
    (Weight.WIDER, ("runner",), r"settings\.runner\.insecure", runners.insecure),
    *(
        (Weight.WIDER, ("runner",), rf"settings\.container\.{name}", judge)
        for name, judge in runners.CONTAINER.items()
    ),
    (Weight.CHECK, ("runner",), "", runners.new_runner),
    (Weight.WIDER, ("workflow",), "on", runners.events),
    (Weight.WIDER, ("workflow",), "", runners.new_workflow),
    (Weight.CHECK, ("workflow",), "runs_on", runners.runs_on),
    (Weight.CHECK, ("workflow",), "jobs", runners.jobs),
    (Weight.CHECK, ("workflow",), r"env(\..*)?", runners.variables),
    (Weight.CHECK, ("repository",), "default_branch", _branch),
    (Weight.WIDER, ("AppRole",), "reads", vault.reads),
    (Weight.WIDER, ("AppRole",), "bound_cidrs", vault.networks),
    (Weight.WIDER, ("AppRole",), "token_ttl|token_max_ttl|secret_id_ttl", vault.lasts),
    (Weight.WIDER, ("AppRole",), "wrapping_ttl", vault.wrapping),
    (Weight.WIDER, ("AppRole",), "secret_id", vault.secret_id),
    (Weight.WIDER, ("AppRole",), "secret_id_uses", vault.uses),
    (Weight.WIDER, ("Vault",), "write_only|exact_policies|refuse_placeholders", vault.protection),
    (Weight.WIDER, ("Vault",), r"(secrets_module\.)?address", vault.without_tls),
    (Weight.CHECK, ("Vault",), "address|mount|approle_mount", vault.other_server),
    (Weight.CHECK, ("Vault",), r"secrets_module\.address", vault.other_server),
    (Weight.CHECK, ("Vault",), "secrets_module", vault.module),
    (Weight.WIDER, ("Vault",), r"secrets_module\.plain_http", vault.plain_http),
    (Weight.CHECK, ("Vault",), r"secrets_module\.ca_file", vault.certificates),
    (
        Weight.CHECK,
        ("Vault",),
        r"secrets_module\.(role_id_file|secret_id_file)",
        vault.credentials,
    ),
    (
        Weight.CHECK,
        ("garbage collection",),
        "hosts|systems|keep_outputs|older_than_days",
        _deletes,
    ),
    (Weight.CHECK, ("garbage collection",), "", _kept),
    (Weight.CHECK, ("Harmonia",), "keys", _keys),
    (Weight.CHECK, ("Harmonia",), r"bind|settings\.bind", _listens),
    (Weight.CHECK, _ANY, "accepted", _risk),
)
