"""What is wider where a host's AppRole, or the fleet's Vault, has changed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from nixgen.model.access import matches


def reads(old: Any, new: Any) -> str | None:
    """Paths that no path of before covers."""
    added = sorted(rule for rule in new or () if not any(_covers(had, rule) for had in old or ()))
    if not added:
        return None
    wild = " (a wildcard)" if any("*" in path or "+" in path for path in added) else ""
    return f"policy widened: {', '.join(added)}{wild}"


def new_role(host: str, new: Any) -> str | None:
    """What a new host reads beyond its own tree."""
    beyond = reads([f"hosts/{host}/*"], (new or {}).get("reads"))
    return beyond and beyond.replace("policy widened", "it reads beyond its own tree")


def _covers(rule: str, other: str) -> bool:
    """Whether a policy with the rule lets a host read all that another rule does."""
    return matches(rule, other) and ("*" in rule or "*" not in other)


def networks(old: Any, new: Any) -> str | None:
    """More of them, or all."""
    if old and not new:
        return "logins from any network"
    added = sorted(set(new or ()) - set(old or ()))
    return f"logins from {', '.join(added)}" if old and added else None


def lasts(old: Any, new: Any) -> str | None:
    """A longer time, or one without an end."""
    return "it lasts longer" if _seconds(new) > _seconds(old) else None


def _seconds(text: Any) -> float:
    """A duration as the model prints it; None never ends, 0s is the server's, which is long."""
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([hms])", str(text))) or (
        float("inf")
    )


def wrapping(old: Any, new: Any) -> str | None:
    """A secret id that was wrapped, or is for a shorter time."""
    if old is not None and new is None:
        return "the secret id stands in Terraform's state as it is"
    return None if old is None else lasts(old, new)


def secret_id(old: Any, new: Any) -> str | None:
    """One that Terraform makes."""
    return "Terraform makes a secret id, which its state has" if new and not old else None


def uses(old: Any, new: Any) -> str | None:
    """0 counts none."""
    return "it can be used more often" if (new or 1 << 62) > (old or 1 << 62) else None


# -- the server --------------------------------------------------------------------------------


def protection(old: Any, new: Any) -> str | None:
    """It was on."""
    return "a protection is switched off" if old and not new else None


def other_server(old: Any, new: Any) -> str | None:
    """Another address or mount."""
    return "secrets are read from elsewhere" if old is not None and old != new else None


def without_tls(old: Any, new: Any) -> str | None:
    """An address that goes over the network in the clear."""
    return "secrets are asked for in the clear" if _is_plain(new) and not _is_plain(old) else None


def _is_plain(address: Any) -> bool:
    parts = urlsplit(str(address or ""))
    return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


def plain_http(old: Any, new: Any) -> str | None:
    """It is allowed, and was not."""
    return "secrets may be fetched in the clear" if new and not old else None


def module(old: Any, new: Any) -> str | None:
    """Another kind of module."""
    return "another module fetches secrets" if old is not None else None


def certificates(old: Any, new: Any) -> str | None:
    """Other ones, or those of the machine."""
    return "the server is checked with other certificates"


def credentials(old: Any, new: Any) -> str | None:
    """Files of the AppRole's."""
    return "hosts log in with other files" if old is not None else None
