"""A secret that another host has now: which one it was, and where that is not certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from renames import generated, given, hosts, moves, told

from nixgen import TerraformVariable, Vault, build

STAYS = [given("stays")]


def test_the_same_variable_is_the_same_secret(tmp_path: Path) -> None:
    """A given secret is written for the other host, and forgotten for the one that had it."""
    token = given("token", terraform=TerraformVariable(name="forge"))
    other = given("forge", key="key", terraform=TerraformVariable(name="forge"))
    build(hosts(a=[*STAYS, token], b=[]), tmp_path)
    message = told(hosts(a=STAYS, b=[other]), tmp_path)
    assert message.startswith(
        "note: 1 secret of another host now; `tofu apply` destroys nothing for it\n"
        "  hosts/a/token -> hosts/b/forge\n"
    )
    assert dict(moves(tmp_path))['vault_kv_secret_v2.given["hosts/a/token"]'] == (
        'vault_kv_secret_v2.forgotten_given["hosts/a/token"]'
    )


def test_the_same_name_is_the_same_secret(tmp_path: Path) -> None:
    """A generated secret keeps its value where there is one that it can be; so does a variable."""
    one = [generated("key"), given("t", terraform=TerraformVariable(name="a_t"))]
    two = [generated("key"), given("t", terraform=TerraformVariable(name="b_t"))]
    build(hosts(a=[*STAYS, *one], b=[given("x", key="x")]), tmp_path)
    message = told(hosts(a=STAYS, b=[given("x", key="x"), *two]), tmp_path)
    assert "2 secrets of another host now" in message
    assert "  hosts/a/key -> hosts/b/key\n  hosts/a/t -> hosts/b/t\n" in message
    assert "  a_t -> b_t\n" in message
    assert "(one that Terraform made keeps its value; raise VaultSecret.version" in message
    assert "destroy what" not in message
    found = dict(moves(tmp_path))['terraform_data.generated["hosts/a/key"]']
    assert found == 'terraform_data.generated["hosts/b/key"]'


@pytest.mark.parametrize(
    ("after", "perhaps"),
    [
        ({"a": STAYS, "b": [generated("key")], "c": [generated("key")]}, "b/key, hosts/c/key"),
        ({"a": [*STAYS, generated("new")], "b": [generated("key")], "c": []}, "b/key"),
        ({"a": STAYS, "b": [generated("key", owner="x")], "c": []}, "b/key"),
        ({"d": [generated("key"), given("x")], "b": [], "c": []}, "d/key"),
    ],
)
def test_what_is_not_certain(tmp_path: Path, after: dict, perhaps: str) -> None:
    """Two hosts, a rename, another owner, a host in another's place: it is told how to keep it."""
    build(hosts(a=[*STAYS, generated("key")], b=[], c=[]), tmp_path)
    message = told(hosts(**after), tmp_path)
    assert "destroy what Vault has of secret hosts/a/key" in message
    assert moves(tmp_path) == []
    new = perhaps.partition(",")[0]
    assert (
        f"""\
warning: 1 generated secret gone from one host and new at another, with a new value
  hosts/a/key: hosts/{perhaps}
help: nixgen cannot be sure that they are the same. To keep the value of one, have OpenTofu
      move it before `tofu apply`:
      `tofu state mv 'terraform_data.generated["hosts/a/key"]' \
'terraform_data.generated["hosts/{new}"]'`"""
        in message
    )


def test_values_that_opentofu_does_not_hold(tmp_path: Path) -> None:
    """In a write-only folder a value can only be copied, and the build says which."""
    vault = Vault(standalone=True, write_only=True)
    build(hosts(vault, a=[*STAYS, generated("key")], b=[], c=[]), tmp_path)
    message = told(hosts(vault, a=STAYS, b=[generated("key")], c=[generated("key")]), tmp_path)
    assert "`bao kv get` of hosts/a/key before `tofu apply`, `bao kv put` to hosts/b/key" in message


def test_a_host_that_is_not_built_is_not_gone(tmp_path: Path) -> None:
    """With only one host built, nothing moves to it from others that keep their secrets."""
    build(hosts(a=[*STAYS, generated("key")], b=[]), tmp_path)
    assert told(hosts(b=[generated("key")]), tmp_path, only=["b"]) == ""
    message = told(hosts(a=STAYS), tmp_path, only=["a"])
    assert "destroy what Vault has of secret hosts/a/key" in message
    assert "with a new value" not in message
