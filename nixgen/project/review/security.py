"""Which changes matter for security, and why: one small function for each kind of change.

Each looks at the value before and after, plain data or None, and says what is wider now. What gets
narrower is no concern.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from typing import Any

from nixgen.model.access import matches


class Weight(enum.IntEnum):
    """How much a change matters: WIDER gives somebody more than before, CHECK asks for a look."""

    NONE = 0
    CHECK = 1
    WIDER = 2


Concern = Callable[[Any, Any], str | None]
Found = tuple[str | None, Weight]


def concern(kind: str, name: str, field: str | None, old: Any, new: Any) -> Found:
    """Why a change of an object matters, and how much; (None, NONE) where it does not.

    `field` None is the object as a whole, of which `old` or `new` is None.
    """
    if kind == "option":
        return _option(name, field, old, new)
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


def _new_secret(old: Any, new: Any) -> str | None:
    if new is None:
        return "the secret is taken from Vault by the next apply" if _managed(old) else None
    mode = _mode("0", new.get("mode"))
    return f"a new secret, {mode}" if mode else None


def _managed(secret: Any) -> bool:
    return secret.get("terraform") is not None and not secret.get("existing")


# -- runners -----------------------------------------------------------------------------------


def _labels(old: Any, new: Any) -> str | None:
    before, after = _host_labels(old), _host_labels(new)
    added = after - before
    if not added:
        return None
    containers = {label.partition(":")[0] for label in old or () if label not in before}
    moved = sorted(added & containers)
    if moved:
        return f"jobs for {', '.join(moved)} leave their container and run on the host"
    return f"jobs for {', '.join(sorted(added))} run on the host"


def _host_labels(labels: Any) -> set[str]:
    """The names of labels whose jobs run on the host."""
    return {text.partition(":")[0] for text in labels or () if text.split(":")[1:2] == ["host"]}


_SCOPES = ("RepositoryScope", "UserScope", "OrganizationScope", "GlobalScope")


def _scope(old: Any, new: Any) -> str | None:
    """One kind of scope for another."""
    wider = _SCOPES.index(new["kind"]) > _SCOPES.index(old["kind"])
    return "more repositories can run jobs on it" if wider else None


def _scope_owner(_: Any, new: Any) -> str | None:
    return f"{new}'s repositories can run jobs on it"


def _trusted(old: Any, new: Any) -> str | None:
    added = sorted(set(new or ()) - set(old or ()))
    return f"trusted now, too: {', '.join(added)}" if added else None


def _forge(old: Any, new: Any) -> str | None:
    return "jobs come from another server" if old is not None else None


def _hardening(old: Any, new: Any) -> str | None:
    return "the unit is hardened less" if old and not new else None


def _new_runner(old: Any, new: Any) -> str | None:
    if new is None or not _host_labels(new.get("labels")):
        return None
    return "a new runner whose jobs run on the host"


# -- Vault -------------------------------------------------------------------------------------


def _reads(old: Any, new: Any) -> str | None:
    added = sorted(rule for rule in new or () if not any(_covers(had, rule) for had in old or ()))
    if not added:
        return None
    wild = " (a wildcard)" if any("*" in path or "+" in path for path in added) else ""
    return f"policy widened: {', '.join(added)}{wild}"


def _covers(rule: str, other: str) -> bool:
    """Whether a policy with the rule lets a host read all that another rule does."""
    return matches(rule, other) and ("*" in rule or "*" not in other)


def _networks(old: Any, new: Any) -> str | None:
    if old and not new:
        return "logins from any network"
    added = sorted(set(new or ()) - set(old or ()))
    return f"logins from {', '.join(added)}" if old and added else None


def _lasts(old: Any, new: Any) -> str | None:
    return "it lasts longer" if _seconds(new) > _seconds(old) else None


def _seconds(text: Any) -> float:
    """A duration as the model prints it; None never ends."""
    if text is None:
        return float("inf")
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([hms])", str(text)))


def _uses(old: Any, new: Any) -> str | None:
    """0 counts none."""
    return "it can be used more often" if (new or 1 << 62) > (old or 1 << 62) else None


def _off(old: Any, new: Any) -> str | None:
    return "a protection is switched off" if old and not new else None


def _other_server(old: Any, new: Any) -> str | None:
    return "secrets are read from elsewhere" if old is not None and old != new else None


# -- NixOS options and the rest ----------------------------------------------------------------

# Options that decide who may do what on a host.
_GUARDS = re.compile(
    r"nix\.settings\.((allowed|trusted)-users|sandbox|require-sigs)"
    r"|nix\.settings\.(extra-)?(trusted-)?(substituters|public-keys)"
    r"|networking\.firewall\..*|services\.openssh\..*|security\..*|users\..*"
    r"|systemd\.services\..*\.serviceConfig\..*"
)


def _option(name: str, field: str | None, old: Any, new: Any) -> Found:
    """The name says whether it matters; lists that grow give more, and so does a guard put off."""
    if _GUARDS.fullmatch(name) is None or (field or "value").partition(".")[0] != "value":
        return None, Weight.NONE
    if field is None:
        old, new = (each and each.get("value") for each in (old, new))
    if isinstance(new, list) and set(map(str, new)) - set(map(str, old or ())):
        added = sorted(set(map(str, new)) - set(map(str, old or ())))
        return f"allowed now, too: {', '.join(added)}", Weight.WIDER
    if new is False and old is not False:
        return "a protection may be switched off", Weight.WIDER
    return "it decides who may do what on the host", Weight.CHECK


def _risk(old: Any, new: Any) -> str | None:
    return "a risk is accepted" if len(new or ()) > len(old or ()) else None


_ANY = ("secret", "runner", "host", "repository", "workflow")
_RULES: tuple[tuple[Weight, tuple[str, ...], str, Concern], ...] = (
    (Weight.WIDER, ("secret",), "mode", _mode),
    (Weight.WIDER, ("secret",), "owner|group", _account),
    (Weight.WIDER, ("secret",), r"terraform\.sensitive", _shown),
    (Weight.CHECK, ("secret",), "", _new_secret),
    (Weight.WIDER, ("runner",), "labels", _labels),
    (Weight.WIDER, ("runner",), "scope", _scope),
    (Weight.CHECK, ("runner",), r"scope\.(user|organization|repository)", _scope_owner),
    (Weight.WIDER, ("runner",), "trusted_repositories", _trusted),
    (Weight.CHECK, ("runner",), "url", _forge),
    (Weight.WIDER, ("runner",), "hardening.*", _hardening),
    (Weight.CHECK, ("runner",), "", _new_runner),
    (Weight.WIDER, ("AppRole",), "reads", _reads),
    (Weight.WIDER, ("AppRole",), "bound_cidrs", _networks),
    (Weight.WIDER, ("AppRole",), "token_ttl|token_max_ttl|secret_id_ttl|wrapping_ttl", _lasts),
    (Weight.WIDER, ("AppRole",), "secret_id_uses", _uses),
    (Weight.WIDER, ("Vault",), "write_only|exact_policies|refuse_placeholders", _off),
    (Weight.CHECK, ("Vault",), "address|mount|approle_mount", _other_server),
    (Weight.CHECK, _ANY, "accepted", _risk),
)
