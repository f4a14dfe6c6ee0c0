"""Builds after renames, where people have changed what the last build left on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from renames import fleet, generated, given

from nixgen import Vault, build, check
from nixgen.diagnostic import render_all
from nixgen.errors import ConflictError

PROVIDER = "terraform/vault/provider.tf"
OWN_LOCALS = 'locals {\n  region = "x"\n}\n'
PROVIDERS = {
    "locals beside ours": OWN_LOCALS,
    "no locals": 'provider "vault" {}\n',
    "empty": "",
    "no HCL": "locals {\n",
    "no map": 'locals {\n  vault = "x"\n}\n',
    "computed": "locals {\n  vault = {\n    mount         = var.mount\n"
    '    approle_mount = "${var.mount}"\n    (var.a)       = 1\n  }\n}\n',
}


@pytest.mark.parametrize("text", PROVIDERS.values(), ids=PROVIDERS)
def test_an_edited_provider_is_a_conflict(tmp_path: Path, text: str) -> None:
    """Whatever it says, people are told that they edited it, and `--force` writes it anew."""
    before = fleet(given("old"), generated("x"))
    build(before, tmp_path)
    written = (tmp_path / PROVIDER).read_text()
    (tmp_path / PROVIDER).write_text(text)
    after = fleet(given("new"), generated("x"))
    (conflict,) = check(after, tmp_path).conflicts
    assert PROVIDER in render_all([conflict])
    with pytest.raises(ConflictError):
        build(after, tmp_path)
    told = render_all(build(after, tmp_path, force=True).notices)
    assert "hosts/web1/old -> hosts/web1/new" in told
    assert "in the mount" not in told
    assert (tmp_path / PROVIDER).read_text() == written


def test_locals_of_people_hide_no_other_mount(tmp_path: Path) -> None:
    """The mounts are found among other locals."""
    build(fleet(given("a")), tmp_path)
    with (tmp_path / PROVIDER).open("a") as file:
        file.write(OWN_LOCALS)
    after = fleet(given("a"), vault=Vault(standalone=True, mount="kv"))
    told = render_all(build(after, tmp_path, force=True).notices)
    assert "anew in the mount kv, and those in secret go\n" in told


@pytest.mark.parametrize("text", PROVIDERS.values(), ids=PROVIDERS)
def test_a_standalone_folder_beside_a_provider(tmp_path: Path, text: str) -> None:
    """Who changes over to a standalone folder is told of the file that is in its way."""
    build(fleet(given("old"), vault=Vault()), tmp_path)
    (tmp_path / PROVIDER).write_text(text)
    with pytest.raises(ConflictError) as caught:
        build(fleet(given("new")), tmp_path)
    assert PROVIDER in render_all(caught.value.diagnostics)
    build(fleet(given("new")), tmp_path, force=True)
