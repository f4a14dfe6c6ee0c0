"""Options that decide who may do what: which values are the same, whatever way they are written."""

from __future__ import annotations

from typing import Any

import pytest
from review_models import fleet, host, told

from nixgen import nix
from nixgen.project.review.compare import compare

USERS = "nix.settings.trusted-users"
PORTS = "networking.firewall.allowedTCPPorts"
HIDDEN = "systemd.services.x.serviceConfig.InaccessiblePaths"
SHOWN = "services.openssh.settings.AllowUsers"
ANYBODY = "it decides who may do what on the host"


def forced(value: Any) -> Any:
    """What only Nix can evaluate."""
    return nix.call("lib.mkForce", value)


WIDER = {
    "one more user in a text": (USERS, "root alice", "root alice bob", "allowed now, too: bob"),
    "one more user in a list": (
        USERS,
        "root alice",
        ["root alice", "bob"],
        "allowed now, too: bob",
    ),
    "users that Nix computes": (USERS, ["root"], forced(["root"]), ANYBODY),
    "a port more than one alone": (PORTS, 22, [22, 80], "allowed now, too: 80"),
    "seen again in a text": (HIDDEN, "/run/secrets /a", "/a", "open now: /run/secrets"),
    "hidden by what Nix computes": (HIDDEN, forced(["/a"]), ["/b"], ANYBODY),
    "fewer users": (SHOWN, ["a", "b"], ["a"], ANYBODY),
}
NOT_WIDER = {
    "users as a list": (USERS, "root alice", ["root", "alice"]),
    "users in another order": (USERS, ["root", "alice"], ["alice", "root"]),
    "port as a list": (PORTS, 22, [22]),
    "hides more in a text": (HIDDEN, "/a", ["/b", "/a"]),
    "hides as much": (HIDDEN, "/a /b", ["/b", "/a"]),
}


@pytest.mark.parametrize("case", WIDER)
def test_what_is_wider_is_named(case: str) -> None:
    """A text of several words, a single value and a list are compared member by member."""
    option, old, new, why = WIDER[case]
    (change,) = compare(fleet(host(options={option: old})), fleet(host(options={option: new})))
    assert change.concern == why


@pytest.mark.parametrize("case", NOT_WIDER)
def test_what_is_written_otherwise_is_no_alarm(case: str) -> None:
    """The same members are told without a mark, and so is more that is hidden."""
    option, old, new = NOT_WIDER[case]
    (line,) = told(host(options={option: old}), host(options={option: new}))
    assert "!" not in line
