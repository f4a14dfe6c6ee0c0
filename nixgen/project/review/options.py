"""NixOS options that decide who may do what on a host, and which change of one gives more."""

from __future__ import annotations

import re
from typing import Any

from nixgen.project.review.members import added, members
from nixgen.project.review.weight import Found, Weight

_GUARDS = re.compile(
    r"nix\.settings\.(extra-)?((allowed|trusted)-users|sandbox(-paths)?|require-sigs)"
    r"|nix\.settings\.(extra-)?(trusted-)?(substituters|public-keys)"
    r"|nix\.settings\.secret-key-files|nix\.extraOptions"
    r"|nix\.(trusted|allowed)Users|nix\.useSandbox|nix\.requireSignedBinaryCaches"
    r"|networking\.firewall\..*|services\.openssh\..*|security\..*|users\..*"
    r"|virtualisation\.(docker|podman)\..*|vault\.secrets\..*"
    r"|services\.(gitea-actions-runner|forgejo-runner)\.instances\..*"
    r"|systemd\.services\..*\.serviceConfig\..*"
)
_DENYING = re.compile(r".*\.(InaccessiblePaths|ReadOnlyPaths|NoExecPaths|IPAddressDeny)")
# Lists that NixOS writes down with blanks between their members, so that one text may be several:
# nix.conf(5), systemd.exec(5). The others of nix.conf are one value each.
_OF_WORDS = re.compile(
    r"nix\.settings\.(?!sandbox$|require-sigs$).*|nix\.(trusted|allowed)Users|" + _DENYING.pattern
)
_NIX_SYNTAX = re.compile(r"[][(){}\"]")
_SERVICE = re.compile(
    r"(services\.openssh|virtualisation\.(docker|podman)|"
    r"services\.(gitea-actions-runner|forgejo-runner)\.instances\.[^.]+)(\..*)?\.enable"
)
# Ways in, of which False is the stricter value.
_WAY_IN = re.compile(
    r".*\.(PasswordAuthentication|KbdInteractiveAuthentication|PermitRootLogin|PermitEmptyPasswords"
    r"|passwordAuthentication|permitRootLogin|X11Forwarding|allow[A-Z]\w*|openFirewall)"
)


def option(name: str, field: str | None, old: Any, new: Any) -> Found:
    """The name says whether it matters; lists that grow give more, those that deny give more where
    they shrink, and so does a guard put off.
    """
    if _GUARDS.fullmatch(name) is None or (field or "value").partition(".")[0] != "value":
        return None, Weight.NONE
    if field is None:
        old, new = (each and each.get("value") for each in (old, new))
    if _OF_WORDS.fullmatch(name):
        old, new = _words(old), _words(new)
    if isinstance(new, list) and old is not None and {*members(old)} == {*members(new)}:
        return None, Weight.NONE
    if _DENYING.fullmatch(name):
        if {type(old), type(new)} <= {list, type(None)}:
            gone = added(new, old)
            return (f"open now: {', '.join(gone)}", Weight.WIDER) if gone else (None, Weight.NONE)
    elif isinstance(new, list) and (more := added(old, new)):
        return f"allowed now, too: {', '.join(more)}", Weight.WIDER
    if _WAY_IN.fullmatch(name) and isinstance(new, bool):
        return ("a way in is opened", Weight.WIDER) if new else (None, Weight.NONE)
    if new is False and old is not False:
        if _SERVICE.fullmatch(name):
            return None, Weight.NONE
        return "a protection may be switched off", Weight.WIDER
    if name == "nix.settings.sandbox" and new == "relaxed":
        return "derivations can ask to be outside of the sandbox", Weight.WIDER
    return "it decides who may do what on the host", Weight.CHECK


def _words(value: Any) -> Any:
    """The words of a list, and of a text; as it is where it is Nix that has to be evaluated."""
    texts = members(value)
    if value is None or any(map(_NIX_SYNTAX.search, texts)):
        return value
    return [word for text in texts for word in text.split()]
