"""The hardening of host runners: what it is made of, and what it lets be."""

from __future__ import annotations

from typing import Any

import pytest

from nixgen import (
    ContainerRunner,
    GlobalScope,
    Hardening,
    Host,
    ModelError,
    NativeRunner,
    TokenFile,
)

COMMON: dict[str, Any] = {
    "url": "https://forge.example",
    "token": TokenFile(path="/run/token"),
    "scope": GlobalScope(),
}
UUID = "c9e50be9-a7c3-4aee-ba35-624c4ff8c519"


def hardened(release: str = "25.11", **fields: Any) -> dict[str, Any]:
    """The settings of a hardened runner beside a container runner on one host."""
    uuid = UUID if release == "26.11" else None
    native = NativeRunner(
        name="a", labels=["a:host"], hardening=Hardening(**fields), uuid=uuid, **COMMON
    )
    other = ContainerRunner(name="b", labels=["b:docker://alpine"], uuid=uuid, **COMMON)
    host = Host(name="web1", release=release, runners=[native, other])
    whole = host.composition.runners
    return {each.name: each.value for each in whole[0].hardened(whole)}


def test_jobs_do_not_see_secrets_nor_registrations() -> None:
    """Files of secrets, what the host logs in to Vault with, and other runners of the same user."""
    assert hardened()["InaccessiblePaths"] == (
        "-/run/secrets",
        "-/var/lib/vault",
        "-/var/lib/gitea-runner/b",
    )


def test_runners_with_users_of_their_own_need_not_be_hidden() -> None:
    """On releases with services.forgejo-runner there is no state that both can read."""
    assert hardened("26.11")["InaccessiblePaths"] == ("-/run/secrets", "-/var/lib/vault")


def test_scripts_of_jobs_can_run() -> None:
    """The state folder is executable; the newer module sees to that itself."""
    assert hardened()["ExecPaths"] == ("/var/lib/gitea-runner/a",)
    assert "ExecPaths" not in hardened("26.11")


def test_what_node_and_nix_need_is_left_alone() -> None:
    """Node compiles at run time, bubblewrap makes namespaces, nix reads /proc/stat."""
    names = hardened().keys()
    assert names.isdisjoint(
        ["MemoryDenyWriteExecute", "RestrictNamespaces", "ProcSubset", "SystemCallFilter"]
    )


def test_a_host_chooses_folders_and_settings() -> None:
    """Further folders are hidden, and a setting that a job cannot bear is left out by its name."""
    made = hardened(hidden=["/srv"], without=["PrivateDevices", "ExecPaths"])
    assert made["InaccessiblePaths"] == ("-/srv", "-/var/lib/gitea-runner/b")
    assert made.keys().isdisjoint(["PrivateDevices", "ExecPaths"])
    assert "InaccessiblePaths" not in hardened("26.11", hidden=[])


def test_mistakes_are_refused() -> None:
    """A misspelt setting would stay; a container's job is not in the unit."""
    with pytest.raises(ModelError) as caught:
        Hardening(without=["PrivateDevice"])
    assert "did you mean 'PrivateDevices'?" in str(caught.value.diagnostics[0].help)
    with pytest.raises(ModelError, match="are no processes of its unit"):
        ContainerRunner(name="b", labels=["b:docker://alpine"], hardening=Hardening(), **COMMON)
