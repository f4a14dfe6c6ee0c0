"""A secret that another host has now: which one it was, and where that is not certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from renames import VAULT, generated, given, hosts, moves, told

from nixgen import AppRole, Fleet, Host, TerraformVariable, Vault, VaultSecret, build

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


ALL = AppRole(reads=["hosts/*", "shared/*"])
OWN = given("own", terraform=TerraformVariable(name="a_own"))


def with_role(**secrets: list[VaultSecret]) -> Fleet:
    """Hosts that may read everything, so that no policy tells them apart."""
    made = [
        Host(name=name, release="25.11", secrets=some, vault=VAULT, approle=ALL)
        for name, some in secrets.items()
    ]
    return Fleet(hosts=made)


def test_one_secret_becomes_one_secret(tmp_path: Path) -> None:
    """What a renamed host has is what it had; that of another host does not become it, too, where
    the variable is that of the other one now.
    """
    build(
        with_role(a=[OWN], c=[*STAYS, given("x", terraform=TerraformVariable(name="v"))]), tmp_path
    )
    other = given("own", terraform=TerraformVariable(name="v"))
    message = told(with_role(b=[other], c=STAYS), tmp_path)
    assert (
        "1 secret renamed; `tofu apply` destroys nothing for it\n  hosts/a/own -> hosts/b/own\n"
        in (message)
    )
    assert "destroy what Vault has of secret hosts/c/x\n" in message


@pytest.mark.parametrize("beside", [[], ["c"]])
def test_a_shared_secret_of_a_renamed_host(tmp_path: Path, beside: list[str]) -> None:
    """A secret with another path, too, is known by its variable, whoever else has it."""

    def fleet(name: str, path: str) -> Fleet:
        shared = given("s", path=path, terraform=TerraformVariable(name="v"))
        return with_role(**{name: [OWN, shared]}, **{each: [shared] for each in beside}, d=STAYS)

    build(fleet("a", "shared/old"), tmp_path)
    message = told(fleet("b", "shared/new"), tmp_path)
    assert "  a -> b\n" in message
    assert "  hosts/a/own -> hosts/b/own\n  shared/old -> shared/new\n" in message
    assert "destroy what" not in message
