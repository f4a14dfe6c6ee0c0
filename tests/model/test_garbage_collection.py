"""A policy for a cache's garbage deletes nothing that hosts still need, or says where it could."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import GarbageCollection, Host, ModelError, force
from nixgen.model.garbage_collection import threats
from nixgen.model.values import Bytes

FLAKE = "git+https://forge.example/alice/servers"
FLEET = ("cache", "web1")


def found(policy: dict[str, Any] | None = None, **options: Any) -> list[tuple[str, str]]:
    """What the query says of a cache host: each summary and help."""
    made = None if policy is None else GarbageCollection(flake=FLAKE, **policy)
    host = Host(name="cache", release="25.11", garbage_collection=made, options=options)
    return [(each.summary, each.help or "") for each in threats(host, FLEET)]


def test_the_defaults_are_safe() -> None:
    """Every host of the flake, three systems each, and an emergency brake that ends."""
    policy = GarbageCollection(flake=FLAKE)
    assert (policy.hosts, policy.systems, policy.keep_outputs) == (None, 3, True)
    assert (policy.min_free, policy.max_free) == (Bytes.parse("5G"), Bytes.parse("25G"))
    assert found({}) == []


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"flake": "."}, None),
        ({"flake": "a b"}, "a flake reference without # and quotes"),
        ({"flake": "/etc/nixos#web1"}, "a flake reference without # and quotes"),
        ({"hosts": []}, "so no system would be kept"),
        ({"hosts": ["a b"]}, "item 1: 'a b' is not allowed"),
        ({"systems": 0}, "from 1 to 1000 systems"),
        ({"dates": "weekly; rm"}, "a calendar event of systemd.time(7)"),
        ({"min_free": "5G", "max_free": None}, "would delete all that has no root"),
        ({"min_free": "5G", "max_free": "5G"}, "would never free anything"),
        ({"min_free": None, "max_free": "5G"}, "would never free anything"),
        ({"min_free": 5}, 'allowed is a size, such as "5G"'),
        ({"min_free": None, "max_free": None, "older_than_days": None}, None),
    ],
)
def test_what_contradicts_itself_is_refused(fields: dict[str, Any], wanted: str | None) -> None:
    """A policy that keeps nothing, or a collection that has no end, cannot be written."""
    fields = {"flake": FLAKE, **fields}
    if wanted is None:
        assert GarbageCollection(**fields)
        return
    with pytest.raises(ModelError) as caught:
        GarbageCollection(**fields)
    assert wanted in str(caught.value)


@pytest.mark.parametrize(
    ("policy", "options", "wanted"),
    [
        ({"hosts": ["cache"]}, {}, "keeps no system of web1"),
        ({"hosts": ["cache", "web1", "old"]}, {}, None),
        ({"hosts": ["web1"]}, {}, None),
        ({"systems": 1}, {}, "only the newest system of each host"),
        ({"keep_outputs": False}, {}, "deletes what the systems were built with"),
        ({}, {"nix.settings.keep-outputs": False}, "against its GarbageCollection"),
        ({}, {"nix.settings.keep-outputs": force(False)}, "against its GarbageCollection"),
        ({}, {"nix.settings": {"keep-derivations": False}}, "the derivations of what is kept"),
        ({}, {"nix.settings.keep-outputs": True}, None),
        ({}, {"nix.settings.max-free": force(0)}, "nix.settings.max-free stands beside"),
        (None, {"nix.gc.automatic": True}, "nothing makes roots of them"),
        (None, {"nix.gc": {"automatic": True}}, "nothing makes roots of them"),
        (None, {"nix.settings.min-free": 2**30}, "nothing makes roots of them"),
        (None, {"nix.gc.automatic": False}, None),
        (None, {}, None),
    ],
)
def test_what_could_be_deleted_is_found(
    policy: dict[str, Any] | None, options: dict[str, Any], wanted: str | None
) -> None:
    """The audit tells an owner before a host cannot fetch its system any more."""
    reasons = found(policy, **options)
    if wanted is None:
        assert reasons == []
        return
    ((summary, advice),) = reasons
    assert wanted in summary
    assert advice
