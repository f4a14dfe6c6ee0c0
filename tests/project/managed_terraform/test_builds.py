"""Builds of some hosts, after other builds, and builds that were killed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from terraform_entries import EXISTING, EXPECTED, fleet, host, texts, token

from nixgen import Fleet, Generated, TerraformVariable, VaultSecret, build
from nixgen.project.manifest import read_manifest


def test_one_host_of_many_is_built(output: Path) -> None:
    """A build of one host leaves the entries of others, and takes out those that it has no more."""
    web2 = host("web2", VaultSecret(name="key", terraform=Generated()))
    both = Fleet(hosts=[*fleet().hosts, web2])
    build(both, output)
    before, manifest = texts(output), read_manifest(output)
    build(Fleet(hosts=[web2]), output, only=["web2"])
    assert texts(output) == before
    assert read_manifest(output) == manifest
    build(Fleet(hosts=[host("web2")]), output, only=["web2"])
    assert texts(output) == EXPECTED
    without = Fleet(hosts=[host("web1"), web2])
    build(Fleet(hosts=[host("web1")]), output, only=["web1"])
    assert texts(output) == EXISTING
    build(without, output)
    assert "hosts/web2/key" in texts(output)["secrets.tf"]


def test_a_secret_of_two_hosts_stays_for_the_other(output: Path) -> None:
    """A build of one host takes no entry out that another host still has."""
    shared = token(path="shared/token")
    build(Fleet(hosts=[host("web1", shared), host("web2", shared)]), output)
    build(Fleet(hosts=[host("web1")]), output, only=["web1"])
    assert "shared/token" in texts(output)["secrets.tf"]
    assert "runner_token" in texts(output)["variables.tf"]
    build(Fleet(hosts=[host("web2")]), output, only=["web2"])
    assert texts(output) == EXISTING


def test_owned_files_become_peoples(tmp_path: Path) -> None:
    """Who takes a file over that nixgen wrote keeps it as it is, entries of all hosts included."""
    web2 = host("web2", VaultSecret(name="key", terraform=Generated()), managed=())
    build(Fleet(hosts=[host("web1", token(), managed=()), web2]), tmp_path)
    before = texts(tmp_path)
    build(Fleet(hosts=[host("web1", token())]), tmp_path, only=["web1"])
    assert texts(tmp_path) == before
    build(Fleet(hosts=[host("web1")]), tmp_path, only=["web1"])
    assert "hosts/web1" not in texts(tmp_path)["secrets.tf"]
    assert "hosts/web2/key" in texts(tmp_path)["secrets.tf"]


def test_a_killed_build_knows_its_entries(output: Path) -> None:
    """An entry that a killed build wrote is no edit by hand: the next build goes on from there."""
    from builds import interrupted

    def stop(_: Any) -> None:
        raise KeyboardInterrupt

    build(fleet(), output)
    for at in range(1, 200):
        with interrupted(at, stop) as done, contextlib.suppress(KeyboardInterrupt):
            build(fleet(terraform=Generated()), output)
        build(fleet(terraform=TerraformVariable(description="Another")), output)
        assert "Another" in texts(output)["variables.tf"]
        build(fleet(), output)
        assert texts(output) == EXPECTED
        if len(done) < at:
            break
    else:
        pytest.fail("the build never came to its end")
