"""Secrets: all there, or what is wrong with each, at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openbao as bao
import pytest
from command import Nixgen
from described_server import VALUE


def test_all_as_described(verify: Nixgen, described: bao.Client) -> None:
    """Silence, exit status 0; in JSON how much was compared."""
    run = verify()
    assert (run.out, run.err, run.status) == ("", "", 0)
    run = verify("--json")
    assert run.status == 0
    assert run.data == {"diagnostics": [], "compared": {"secrets": 2, "approles": 1}}


def test_empty_server(verify: Nixgen, vault: bao.Client) -> None:
    """Before the first apply everything is told as missing, each at its line."""
    run = verify("--json")
    assert run.status == 1
    assert run.summaries == [
        (
            "the secret 'runner-token' is not in Vault: nothing is mounted for "
            "secret/hosts/web1/runner-token"
        ),
        "the secret 'mail' is not in Vault: nothing is mounted for secret/shared/mail",
        "host 'web1' has no AppRole: there is nothing at auth/approle/role/web1",
    ]
    vault.mount_kv("secret")
    vault.mount_approle("approle")
    run = verify()
    assert run.status == 1
    assert (
        run.out
        == """\
error: the secret 'runner-token' is not in Vault: there is nothing at secret/hosts/web1/runner-token
  --> hosts/web1.py:3
    |
  3 | token = VaultSecret(
help: `tofu apply` in terraform/vault writes it

error: the secret 'mail' is not in Vault: there is nothing at secret/shared/mail
  --> hosts/web1.py:17
     |
  17 |     secrets=[token, VaultSecret(name="mail", path="shared/mail", terraform=None)],
help: put it there; nixgen writes no Terraform for it

error: host 'web1' has no AppRole: there is nothing at auth/approle/role/web1
  --> hosts/web1.py:14
     |
  14 | host = Host(
help: `tofu apply` in terraform/vault makes it so
"""
    )


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        ({"tokn": f"TOKEN={VALUE}"}, "the secret 'runner-token' has no key 'token'"),
        ({"token": ""}, "the key 'token' of the secret 'runner-token' is empty"),
        ({"token": None}, "the key 'token' of the secret 'runner-token' is empty"),
        ({"token": "TOKEN="}, "the key 'token' of the secret 'runner-token' is empty"),
        ({"token": "PLACEHOLDER"}, "the key 'token' of the secret 'runner-token' is a placeholder"),
        ({"token": "TOKEN=TODO"}, "the key 'token' of the secret 'runner-token' is a placeholder"),
        (
            {"token": VALUE},
            (
                "the key 'token' of the secret 'runner-token' is a bare token, which the runner "
                "would not find"
            ),
        ),
        (
            {"token": f"TOKEN={VALUE}\nuuid"},
            "the key 'token' of the secret 'runner-token' holds more than a token",
        ),
        ({"token": {"a": VALUE}}, "the key 'token' of the secret 'runner-token' is no text"),
        ({"token": ["changeme"]}, "the key 'token' of the secret 'runner-token' is no text"),
        ({"token": False}, "the key 'token' of the secret 'runner-token' is no text"),
        (
            {"token": f"TOKEN={VALUE}\a"},
            "the key 'token' of the secret 'runner-token' holds a control character",
        ),
    ],
)
def test_value_that_will_not_do(
    verify: Nixgen, described: bao.Client, data: dict[str, Any], summary: str
) -> None:
    """A key that is missing, or a value that the runner could not use, before it is deployed."""
    described.write("secret/data/hosts/web1/runner-token", {"data": data})
    run = verify("--json")
    assert run.status == 1
    (found,) = run.data["diagnostics"]
    assert found["summary"] == f"{summary} at secret/hosts/web1/runner-token"
    assert found["location"] == {"file": "hosts/web1.py", "line": 5}


def test_token_of_a_runner_that_connects(
    verify: Nixgen, described: bao.Client, one_host: Path
) -> None:
    """The newer module reads the token alone: there TOKEN= would be a part of it."""
    file = one_host / "hosts/web1.py"
    uuid = 'uuid="9d4ed8ad-6de8-4a1c-a8fb-0bd5a2ba0c34",\n    url='
    file.write_text(file.read_text().replace('"25.11"', '"26.11"').replace("url=", uuid))
    place = "of the secret 'runner-token' begins with TOKEN=, which would be a part of the token"
    assert place in verify("--json").summaries[0]
    described.write("secret/data/hosts/web1/runner-token", {"data": {"token": VALUE}})
    assert verify().status == 0


def test_all_keys_of_a_secret(verify: Nixgen, described: bao.Client) -> None:
    """Where no key is named, each of them has to hold a value."""
    described.write("secret/data/shared/mail", {"data": {"password": "changeme", "port": 25}})
    assert verify("--json").summaries == [
        "the key 'password' of the secret 'mail' is a placeholder at secret/shared/mail"
    ]
    described.write("secret/data/shared/mail", {"data": {}})
    assert verify("--json").summaries == ["the secret 'mail' has no keys at secret/shared/mail"]


def test_value_that_the_file_cannot_hold(
    verify: Nixgen, described: bao.Client, one_host: Path
) -> None:
    """What nixgen's module would refuse on the host is told before; what it writes as JSON is not.

    An EnvironmentFile holds several lines and tabs, and no other control character.
    """
    file = one_host / "hosts/web1.py"
    text = file.read_text().replace("import AppRole", "import SecretsModule, AppRole")
    module = 'standalone=True, secrets_module=SecretsModule(address="https://vault.example.org")'
    text = text.replace("standalone=True", module)
    file.write_text(text.replace("terraform=None", 'key="password", format="env", terraform=None'))
    for value in (f"{VALUE}\a", f"{VALUE}\r\n", f"{VALUE}\x7f"):
        described.write("secret/data/shared/mail", {"data": {"password": value}})
        (said,) = verify("--json").summaries
        assert said.startswith("the key 'password' of the secret 'mail' holds a control character")
    for fine in (f"{VALUE}\n\t{VALUE}\n", {"user": VALUE}, False, 25):
        described.write("secret/data/shared/mail", {"data": {"password": fine}})
        assert verify("--json").summaries == []


def test_deleted_secret(verify: Nixgen, described: bao.Client) -> None:
    """A deleted version is told apart from a secret that never was."""
    described.ask("DELETE", "secret/data/shared/mail")
    assert verify("--json").summaries == [
        "the secret 'mail' is not in Vault: its latest version is deleted, at secret/shared/mail"
    ]


def test_mount_of_another_kind(verify: Nixgen, described: bao.Client) -> None:
    """KV of version 1 answers as if nothing were there: the mount is told, once."""
    described.ask("DELETE", "sys/mounts/secret")
    described.write("sys/mounts/secret", {"type": "kv", "options": {"version": "1"}})
    run = verify("--json")
    assert run.summaries == [
        "what is mounted at secret/ is kv version 1, no KV engine of version 2"
    ]
    assert run.data["diagnostics"][0]["help"].startswith("`bao kv enable-versioning secret`")


def test_secret_that_exists_by_hand(verify: Nixgen, described: bao.Client, one_host: Path) -> None:
    """It is looked for where its path is given: only that says where it is."""
    file = one_host / "hosts/web1.py"
    by_hand = 'VaultSecret(name="key", existing=True, terraform=None), VaultSecret(name="mail"'
    file.write_text(file.read_text().replace('VaultSecret(name="mail"', by_hand))
    assert verify().status == 0
    file.write_text(file.read_text().replace("existing=True,", 'existing=True, path="by/hand",'))
    assert "the secret 'key' is not in Vault" in verify().out


def test_secret_that_hosts_share_is_told_once(
    verify: Nixgen, described: bao.Client, one_host: Path
) -> None:
    """Ten hosts that lack one secret are one finding."""
    (one_host / "hosts/_shared.py").write_text(
        "from nixgen import *\n\n"
        'mail = VaultSecret(name="mail", path="shared/mail", terraform=None)\n'
        "vault = Vault(standalone=True)\n"
    )
    for name in ("web1", "web2"):
        (one_host / f"hosts/{name}.py").write_text(
            "from _shared import *\n\n"
            f'host = Host(name="{name}", release="25.11", secrets=[mail], vault=vault)\n'
        )
    described.write("secret/data/shared/mail", {"data": {"password": "TODO"}})
    run = verify("--secrets-only", "--json")
    assert len(run.data["diagnostics"]) == 1
    assert run.data["compared"] == {"secrets": 1, "approles": 0}
