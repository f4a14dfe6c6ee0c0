"""What hosts may read in Vault, and what a fleet's Vault and AppRoles can be."""

from __future__ import annotations

from typing import Any

import openbao as bao
import pytest

from nixgen import (
    AppRole,
    Fleet,
    Generated,
    Host,
    ModelError,
    TerraformVariable,
    Vault,
    VaultSecret,
)
from nixgen.model.access import matches, policy_name, policy_paths, readable_paths


def host(name: str, *secrets: VaultSecret, **fields: Any) -> Host:
    """A host that has secrets."""
    return Host(name=name, release="25.11", secrets=secrets, **fields)


def fault(make: Any) -> str:
    """The only fault of what a function makes."""
    with pytest.raises(ModelError) as caught:
        make()
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.summary


DB = VaultSecret(name="db", key="password")
SMTP = VaultSecret(name="smtp", path="shared/smtp", key="password")
EXISTING = VaultSecret(name="cache", key="key", existing=True)


@pytest.mark.parametrize(
    ("secrets", "fields", "paths"),
    [
        ([DB, SMTP], {}, ("hosts/web1/*", "shared/smtp")),
        ([SMTP], {}, ("shared/smtp",)),
        ([], {}, ()),
        ([DB, SMTP], {"vault": Vault(exact_policies=True)}, ("hosts/web1/db", "shared/smtp")),
        ([DB], {"approle": AppRole(reads=["hosts/web1/*", "x"])}, ("hosts/web1/*", "x")),
        # Written by hand, it is somebody else's to grant; in a folder of its own there is nobody.
        ([EXISTING], {}, ()),
        ([EXISTING], {"vault": Vault(standalone=True)}, ("hosts/web1/*",)),
        (
            [EXISTING, DB],
            {"vault": Vault(standalone=True, exact_policies=True)},
            ("hosts/web1/cache", "hosts/web1/db"),
        ),
    ],
)
def test_a_host_reads_what_it_uses(
    secrets: list[VaultSecret], fields: dict[str, Any], paths: tuple[str, ...]
) -> None:
    """Its own tree where it has secrets there, each path elsewhere, and nothing else."""
    assert readable_paths(host("web1", *secrets, **fields)) == paths


def test_policies_name_the_data_of_the_mount() -> None:
    """KV version 2 has the data of a path below `<mount>/data/`; each host has its own policy."""
    assert policy_paths(host("web1", DB, vault=Vault(mount="kv"))) == ("kv/data/hosts/web1/*",)
    assert policy_name("web1") == "host-web1"


RULES = [
    ("hosts/web1/*", "hosts/web1/db", True),
    ("hosts/web1/*", "hosts/web1/db/replica", True),
    ("hosts/web1/*", "hosts/web10/db", False),
    ("hosts/web1*", "hosts/web10/db", True),
    ("hosts/web1/db", "hosts/web1/db", True),
    ("hosts/web1/db", "hosts/web1/db2", False),
    ("hosts/web.1/db", "hosts/webx1/db", False),
    ("hosts/+/db", "hosts/web1/db", True),
    ("hosts/+/db", "hosts/web1/x/db", False),
    ("hosts/+", "hosts/web1/db", False),
    ("+/web1/*", "hosts/web1/db", True),
    ("*", "anything/at/all", True),
    ("hosts/+", "hosts/web1", True),
]


@pytest.mark.parametrize(("rule", "path", "covered"), RULES)
def test_rules_cover_paths_as_vault_has_it(rule: str, path: str, *, covered: bool) -> None:
    """`*` at the end is whatever follows, `+` is any one part, all else is itself."""
    assert matches(rule, path) is covered


def test_rules_cover_paths_as_a_server_has_it(vault: bao.Client) -> None:
    """The same rules and paths, asked of a server: it grants what `matches` says."""
    paths = sorted({path for _, path, _ in RULES})
    for rule in sorted({rule for rule, _, _ in RULES}):
        policy = f'path "kv/data/{rule}" {{ capabilities = ["read"] }}'
        vault.write("sys/policies/acl/rule", {"policy": policy})
        token = vault.write("auth/token/create", {"policies": ["rule"]}).body["auth"]
        asked = {"token": token["client_token"], "paths": [f"kv/data/{path}" for path in paths]}
        answer = vault.write("sys/capabilities", asked).body
        granted = [path for path in paths if "read" in answer[f"kv/data/{path}"]]
        assert granted == [path for path in paths if matches(rule, path)], rule


def test_a_secret_that_the_approle_cannot_read_is_told() -> None:
    """Paths that are given are not widened without a word."""
    role = AppRole(reads=["hosts/web1/*"])
    message = fault(lambda: host("web1", DB, SMTP, approle=role))
    assert "'smtp' at shared/smtp, which its AppRole cannot read" in message


def test_a_hosts_tree_holds_no_secret_of_others_alone() -> None:
    """Its wildcard would grant what it does not use; exact paths, or using it, make it right."""
    foreign = VaultSecret(name="key", path="hosts/web1/key", key="key")

    def fleet(vault: Vault, *of_web1: VaultSecret) -> Fleet:
        return Fleet(
            hosts=[host("web1", *of_web1, vault=vault), host("web2", foreign, vault=vault)]
        )

    standalone = Vault(standalone=True)
    message = fault(lambda: fleet(standalone, DB))
    assert "hosts/web1/key, which host 'web1' can read, too, and does not use" in message
    assert fleet(standalone, DB, foreign).sound
    assert fleet(standalone).sound
    assert fleet(Vault(standalone=True, exact_policies=True), DB).sound


def test_a_fleet_has_one_vault() -> None:
    """Equal ones are one; different ones would be two folders."""
    one, two = Vault(mount="kv"), Vault(mount="other")
    assert Fleet(hosts=[host("a", vault=one), host("b", vault=Vault(mount="kv"))]).vault == one
    message = fault(lambda: Fleet(hosts=[host("a", vault=one), host("b", vault=two)]))
    assert message == "the hosts 'a' and 'b' have different Vaults; a fleet has one"


def test_two_secrets_of_a_host_have_two_variables() -> None:
    """Names that become one identifier are told; a name given twice is one value on purpose."""
    message = fault(
        lambda: host("web1", *(VaultSecret(name=name, key="k") for name in ("a-b", "a.b")))
    )
    assert message.endswith("'a-b' and 'a.b' of host 'web1' both want the Terraform variable 'a_b'")
    same = [
        VaultSecret(name=name, key="k", terraform=TerraformVariable(name="x"))
        for name in ("a", "b")
    ]
    assert host("web1", *same).sound


def test_the_state_of_a_write_only_fleet_gets_no_secret_id() -> None:
    """It would open all that the state is kept free of; wrapped, it is of use once."""
    vault = Vault(standalone=True, write_only=True)
    message = fault(lambda: host("web1", vault=vault, approle=AppRole(secret_id=True)))
    assert "would stand in the state" in message
    assert host("web1", vault=vault, approle=AppRole(secret_id=True, wrapping_ttl="1d")).sound


@pytest.mark.parametrize(
    "field", [{"bound_cidrs": ["10.0.0.0/8"]}, {"token_ttl": "20m"}, {"secret_id": True}], ids=str
)
def test_a_folder_with_resources_of_its_own_says_how_hosts_log_in(field: dict[str, Any]) -> None:
    """Whoever binds logins to a network is told where nothing would come of it."""
    message = fault(lambda: host("web1", DB, approle=AppRole(**field)))
    assert message.startswith(f"AppRole.{next(iter(field))} of host 'web1' has no effect")
    assert host("web1", DB, approle=AppRole(**field), vault=Vault(standalone=True)).sound
    assert host("web1", DB, approle=AppRole(reads=["hosts/web1/*"])).sound


def test_a_generated_secret_needs_a_key_where_nixgen_stores_it() -> None:
    """A folder with resources of its own may have a default key."""
    made = VaultSecret(name="db", terraform=Generated())
    assert host("web1", made).sound
    assert "so it needs a key" in fault(lambda: host("web1", made, vault=Vault(standalone=True)))
