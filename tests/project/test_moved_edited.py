"""Builds after renames, where people have changed what the last build left on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from renames import fleet, generated, given

from nixgen import Vault, build, check
from nixgen.diagnostic import render_all
from nixgen.errors import ConflictError, WriteError

SECRETS_FILE = "terraform/vault/secrets.tf"
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


@pytest.mark.parametrize("folder", ["hosts/web1", "terraform/vault"])
def test_a_folder_that_cannot_be_read(tmp_path: Path, folder: str) -> None:
    """What cannot be read is told as such: here a link to itself, where a folder was."""
    build(fleet(given("older"), generated("x")), tmp_path)
    build(fleet(given("old"), generated("x")), tmp_path)
    (tmp_path / folder).rename(tmp_path / "elsewhere")
    (tmp_path / folder).symlink_to(tmp_path / folder)
    with pytest.raises(WriteError) as caught:
        build(fleet(given("new"), generated("x")), tmp_path)
    assert folder in render_all(caught.value.diagnostics)


DAMAGED: dict[str, Any] = {
    "nothing": None,
    "number": 3,
    "empty": [],
    "other lines": ["variables", "other", "web1", -40, 3],
    "host that is no name": ["secrets", "hosts/web1/old", ["web1"], 0, 1],
    "move of an unknown section": ["x", "a", "a"],
    "move of no names": ["secrets", None, 1],
}


@pytest.mark.parametrize("part", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_manifest(tmp_path: Path, part: Any) -> None:
    """An entry of it that cannot be read counts as lost; the build goes on without it."""
    build(fleet(given("older"), generated("x")), tmp_path)
    build(fleet(given("old"), generated("x")), tmp_path)
    manifest = tmp_path / ".nixgen/manifest.json"
    rows = json.loads(manifest.read_text())
    for row in rows[1:]:
        row[4:] = [[*row[4], part] if len(row) > 4 else [part]]
    manifest.write_text(json.dumps(rows))
    for name in ("hosts/web1/new", "hosts/web1/old"):
        secret = given(name.rpartition("/")[2])
        build(fleet(secret, generated("x")), tmp_path)
        assert name in (tmp_path / SECRETS_FILE).read_text()
