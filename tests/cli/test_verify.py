"""`verify vault` against the real server, from an empty one to one that is all as described."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openbao as bao
import pytest
from terminal import at_terminal

VALUE = "hunter2-9f3b1c77"
"""A part of each secret's value. No output may repeat it."""

WEB1 = """\
from nixgen import AppRole, GlobalScope, Host, NativeRunner, Vault, VaultSecret

token = VaultSecret(
    name="runner-token",
    key="token",
)
runner = NativeRunner(
    name="actions-native",
    url="https://git.example.org",
    token=token,
    labels=["native:host"],
    scope=GlobalScope(),
)
host = Host(
    name="web1",
    release="25.11",
    secrets=[token, VaultSecret(name="mail", path="shared/mail", terraform=None)],
    runners=[runner],
    vault=Vault(standalone=True),
    approle=AppRole(
        bound_cidrs=["127.0.0.0/8", "127.0.0.1/32"],
        secret_id_uses=5,
    ),
)
"""
POLICY = """\
path "secret/data/hosts/web1/*" {
  capabilities = ["read"]
}
path "secret/data/shared/mail" {
  capabilities = ["read"]
}
"""
ROLE = {
    "token_policies": ["host-web1"],
    "token_ttl": 3600,
    "token_max_ttl": "4h",
    "token_bound_cidrs": ["127.0.0.1/32", "127.0.0.0/8"],
    "secret_id_bound_cidrs": ["127.0.0.1/32", "127.0.0.0/8"],
    "secret_id_num_uses": 5,
}

Verify = Callable[..., Any]


@pytest.fixture
def one_host(project: Path) -> Path:
    """The project with one host, whose Terraform folder stands alone."""
    (project / "hosts/db1.py").unlink()
    (project / "hosts/web1.py").write_text(WEB1)
    return project


@pytest.fixture
def verify(nixgen, one_host: Path, vault: bao.Client, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Runs `verify vault` with the environment of the test's server; no value is in its output."""
    for name in ("ADDR", "TOKEN", "NAMESPACE", "CACERT", "CAPATH", "SKIP_VERIFY"):
        monkeypatch.delenv(f"BAO_{name}", raising=False)
        monkeypatch.delenv(f"VAULT_{name}", raising=False)
    monkeypatch.setenv("HOME", str(one_host))
    for name, value in vault.environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str):
        result = nixgen("verify", "vault", *arguments)
        assert VALUE not in result.out + result.err
        assert vault.token not in result.out + result.err
        return result

    return run


@pytest.fixture
def described(vault: bao.Client) -> bao.Client:
    """The server as the host describes it."""
    vault.mount_kv("secret")
    vault.mount_approle("approle")
    vault.write("secret/data/hosts/web1/runner-token", {"data": {"token": f"TOKEN={VALUE}"}})
    vault.write("secret/data/shared/mail", {"data": {"user": "x", "password": VALUE}})
    vault.write("sys/policies/acl/host-web1", {"policy": POLICY})
    vault.write("auth/approle/role/web1", ROLE)
    return vault


def summaries(run: Any) -> list[str]:
    """The summaries of the findings of a run with `--json`."""
    return [each["summary"] for each in run.data["diagnostics"]]


# -- all as described, or not ------------------------------------------------------------------


def test_all_as_described(verify: Verify, described: bao.Client) -> None:
    """Silence, exit status 0; in JSON how much was compared."""
    run = verify()
    assert (run.out, run.err, run.status) == ("", "", 0)
    run = verify("--json")
    assert run.status == 0
    assert run.data == {"diagnostics": [], "compared": {"secrets": 2, "approles": 1}}


def test_empty_server(verify: Verify, vault: bao.Client) -> None:
    """Before the first apply everything is told as missing, each at its line."""
    run = verify("--json")
    assert run.status == 1
    assert summaries(run) == [
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
    ],
)
def test_value_that_will_not_do(
    verify: Verify, described: bao.Client, data: dict[str, Any], summary: str
) -> None:
    """A key that is missing, or a value that the runner could not use, before it is deployed."""
    described.write("secret/data/hosts/web1/runner-token", {"data": data})
    run = verify("--json")
    assert run.status == 1
    (found,) = run.data["diagnostics"]
    assert found["summary"] == f"{summary} at secret/hosts/web1/runner-token"
    assert found["location"] == {"file": "hosts/web1.py", "line": 5}


def test_token_of_a_runner_that_connects(
    verify: Verify, described: bao.Client, one_host: Path
) -> None:
    """The newer module reads the token alone: there TOKEN= would be a part of it."""
    file = one_host / "hosts/web1.py"
    uuid = 'uuid="9d4ed8ad-6de8-4a1c-a8fb-0bd5a2ba0c34",\n    url='
    file.write_text(file.read_text().replace('"25.11"', '"26.11"').replace("url=", uuid))
    place = "of the secret 'runner-token' begins with TOKEN=, which would be a part of the token"
    assert place in summaries(verify("--json"))[0]
    described.write("secret/data/hosts/web1/runner-token", {"data": {"token": VALUE}})
    assert verify().status == 0


def test_all_keys_of_a_secret(verify: Verify, described: bao.Client) -> None:
    """Where no key is named, each of them has to hold a value."""
    described.write("secret/data/shared/mail", {"data": {"password": "changeme", "port": 25}})
    assert summaries(verify("--json")) == [
        "the key 'password' of the secret 'mail' is a placeholder at secret/shared/mail"
    ]
    described.write("secret/data/shared/mail", {"data": {}})
    assert summaries(verify("--json")) == ["the secret 'mail' has no keys at secret/shared/mail"]


def test_deleted_secret(verify: Verify, described: bao.Client) -> None:
    """A deleted version is told apart from a secret that never was."""
    described.ask("DELETE", "secret/data/shared/mail")
    assert summaries(verify("--json")) == [
        "the secret 'mail' is not in Vault: its latest version is deleted, at secret/shared/mail"
    ]


def test_mount_of_another_kind(verify: Verify, described: bao.Client) -> None:
    """KV of version 1 answers as if nothing were there: the mount is told, once."""
    described.ask("DELETE", "sys/mounts/secret")
    described.write("sys/mounts/secret", {"type": "kv", "options": {"version": "1"}})
    run = verify("--json")
    assert summaries(run) == [
        "what is mounted at secret/ is kv version 1, no KV engine of version 2"
    ]
    assert run.data["diagnostics"][0]["help"].startswith("`bao kv enable-versioning secret`")


def test_secret_that_exists_by_hand(verify: Verify, described: bao.Client, one_host: Path) -> None:
    """It is looked for where its path is given: only that says where it is."""
    file = one_host / "hosts/web1.py"
    by_hand = 'VaultSecret(name="key", existing=True, terraform=None), VaultSecret(name="mail"'
    file.write_text(file.read_text().replace('VaultSecret(name="mail"', by_hand))
    assert verify().status == 0
    file.write_text(file.read_text().replace("existing=True,", 'existing=True, path="by/hand",'))
    assert "the secret 'key' is not in Vault" in verify().out


def test_secret_that_hosts_share_is_told_once(
    verify: Verify, described: bao.Client, one_host: Path
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


# -- policies and AppRoles ---------------------------------------------------------------------


def test_policy_that_differs(verify: Verify, described: bao.Client) -> None:
    """What the host may not do and what it may do beyond the model, path by path."""
    policy = POLICY.replace("shared/mail", "shared/*").replace('["read"]', '["read", "list"]')
    described.write("sys/policies/acl/host-web1", {"policy": policy})
    run = verify()
    assert run.status == 1
    assert (
        run.out
        == """\
error: the AppRole of host 'web1' may not do what the model says
  --> hosts/web1.py:14
     |
  14 | host = Host(
  lacking: read secret/data/shared/mail
help: `tofu apply` in terraform/vault makes it so

error: the AppRole of host 'web1' may do more than the model says
  --> hosts/web1.py:14
     |
  14 | host = Host(
  more: list secret/data/hosts/web1/*
  more: list, read secret/data/shared/*
help: `tofu apply` in terraform/vault makes it so
"""
    )


def test_policy_that_does_not_exist(verify: Verify, described: bao.Client) -> None:
    """A role can name a policy that is gone; the host then reads nothing."""
    described.ask("DELETE", "sys/policies/acl/host-web1")
    assert summaries(verify("--json"))[0] == (
        "the policy 'host-web1', which the AppRole of host 'web1' has, does not exist"
    )


@pytest.mark.parametrize(
    ("changed", "summary", "line"),
    [
        ({"token_ttl": 600}, "token_ttl 10m; the model says 1h", 20),
        ({"token_max_ttl": 0}, "token_max_ttl 0s; the model says 4h", 20),
        ({"secret_id_ttl": 60}, "secret_id_ttl 1m; the model says 0s", 20),
        ({"secret_id_num_uses": 0}, "secret_id_num_uses 0; the model says 5", 22),
        (
            {"token_bound_cidrs": ["127.0.0.0/8"]},
            "token_bound_cidrs 127.0.0.0/8; the model says 127.0.0.0/8, 127.0.0.1/32",
            21,
        ),
        (
            {"token_policies": ["host-web1", "admin"]},
            "token_policies admin, host-web1; the model says host-web1",
            14,
        ),
    ],
)
def test_approle_that_differs(
    verify: Verify, described: bao.Client, changed: dict[str, Any], summary: str, line: int
) -> None:
    """Each setting that differs is told with both values, at its own line where it has one."""
    described.write("auth/approle/role/web1", {**ROLE, **changed})
    described.write("sys/policies/acl/admin", {"policy": POLICY})
    run = verify("--json")
    assert run.status == 1
    (found,) = run.data["diagnostics"]
    assert found["summary"] == f"the AppRole of host 'web1' has {summary}"
    assert found["location"]["line"] == line


def test_folder_that_does_not_stand_alone(
    verify: Verify, described: bao.Client, one_host: Path
) -> None:
    """Policies that others write may have any name, and more in them: that is a remark only."""
    file = one_host / "hosts/web1.py"
    text = file.read_text()
    file.write_text(text[: text.index("    vault=Vault")] + ")\n")
    more = POLICY + 'path "secret/metadata/*" {\n  capabilities = ["list"]\n}\n'
    described.write("sys/policies/acl/by-hand", {"policy": more})
    described.write(
        "auth/approle/role/web1", {"token_policies": ["by-hand", "default"], "token_ttl": 60}
    )
    run = verify("--json")
    assert run.status == 0
    (found,) = run.data["diagnostics"]
    assert (found["severity"], found["detail"]) == ("note", "more: list secret/metadata/*")
    described.write("sys/policies/acl/by-hand", {"policy": POLICY.replace("web1", "web2")})
    assert verify().status == 1


# -- what the login may not see ----------------------------------------------------------------


def test_forbidden_is_not_absent(
    verify: Verify, described: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login that may see nothing learns nothing: warnings and exit status 2, no differences."""
    body = {"policies": ["default"]}
    token = described.write("auth/token/create", body).body["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", token)
    run = verify("--json")
    assert run.status == 2
    assert {each["severity"] for each in run.data["diagnostics"]} == {"warning"}
    assert summaries(run)[0] == (
        "whether the secret 'runner-token' is in Vault cannot be seen: reading "
        "secret/hosts/web1/runner-token is forbidden"
    )
    assert summaries(run)[2:] == [
        "the AppRole of host 'web1' cannot be seen: reading auth/approle/role/web1 is forbidden",
        "the policy 'host-web1' of host 'web1' cannot be seen: reading it is forbidden",
    ]


def test_differences_count_before_what_is_unseen(
    verify: Verify, described: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known to differ is exit status 1, whatever else could not be seen."""
    described.write("secret/data/shared/mail", {"data": {"password": ""}})
    token = described.approle("reader", POLICY).login().token
    monkeypatch.setenv("VAULT_TOKEN", token)
    run = verify("--json")
    assert run.status == 1
    assert {each["severity"] for each in run.data["diagnostics"]} == {"error", "warning"}


def test_as_the_host_itself(verify: Verify, described: bao.Client, one_host: Path) -> None:
    """On the host its own AppRole tells whether its secrets are there; without a token."""
    role = bao.AppRole(described, "web1")
    (one_host / "role-id").write_text(role.role_id)
    (one_host / "secret-id").write_text(role.secret_id())
    files = ("--role-id-file", "role-id", "--secret-id-file", "secret-id")
    run = verify("web1", "--secrets-only", *files)
    assert (run.status, run.out, run.err) == (0, "", "")
    assert verify("web1", *files).status == 2
    run = verify("web1", *files[:2])
    assert (run.status, run.out) == (2, "")
    assert "needed together" in run.err


# -- servers that cannot be asked --------------------------------------------------------------


def test_errors_are_one_line_and_exit_status_2(
    verify: Verify, vault: bao.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unreachable server, a wrong token, and settings that are missing: one clear error each."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = f"http://127.0.0.1:{listening.getsockname()[1]}"
    monkeypatch.setenv("VAULT_ADDR", closed)
    run = verify()
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(
        f"error: the Vault server at {closed} cannot be reached: connection refused\nhelp: "
    )
    assert verify("--json").data["diagnostics"][0]["severity"] == "error"
    monkeypatch.setenv("VAULT_ADDR", vault.address)
    monkeypatch.setenv("VAULT_TOKEN", f"s.{VALUE}")
    run = verify("--debug")
    assert run.status == 2
    assert run.err.startswith(
        f"error: the Vault server at {vault.address} refuses the token of VAULT_TOKEN\nhelp: "
    )
    monkeypatch.delenv("VAULT_TOKEN")
    assert verify().err.startswith("error: there is no token for the Vault server\nhelp: ")
    monkeypatch.delenv("VAULT_ADDR")
    assert verify().err.startswith("error: there is no address of a Vault server\nhelp: ")


def test_sealed_server(verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that somebody has to unseal is told as such."""
    folder = tmp_path / "server"
    folder.mkdir()
    with bao.running(folder) as server:
        server.seal()
        monkeypatch.delenv("VAULT_NAMESPACE")
        monkeypatch.setenv("VAULT_ADDR", server.address)
        run = verify()
    assert run.status == 2
    assert run.err == (
        f"error: the Vault server at {server.address} is sealed\n"
        "help: unseal it: `bao operator unseal`\n"
    )


def test_timeout(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    """--timeout bounds the wait; nonsense is refused before anything is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{listening.getsockname()[1]}")
        run = verify("--timeout", "0.2")
    assert run.status == 2
    assert "did not answer within 0.2 seconds" in run.err
    assert verify("--timeout", "0").status == 2
    assert "Invalid value for '--timeout'" in verify("--timeout", "soon").err


def test_people_are_told_what_was_compared(
    verify: Verify, described: bao.Client, one_host: Path
) -> None:
    """A person gets a last line with the server, so that the wrong one is noticed."""
    status, seen = at_terminal("verify", "vault", folder=one_host)
    assert status == 0
    assert seen == (
        f"compared 2 secrets and 1 AppRole with {described.address}: all as described\n"
    )
    described.write("secret/data/shared/mail", {"data": {}})
    status, seen = at_terminal("verify", "vault", folder=one_host, NO_COLOR="1")
    assert status == 1
    assert seen.splitlines()[-1].endswith(": 1 different")


def test_many_secrets_in_their_order(verify: Verify, described: bao.Client, one_host: Path) -> None:
    """Requests are under way together; findings come in the order of paths, each time."""
    names = [f"s{number:03}" for number in range(60)]
    secrets = ", ".join(f'VaultSecret(name="{name}", key="k")' for name in names)
    file = one_host / "hosts/web1.py"
    file.write_text(file.read_text().replace("secrets=[", f"secrets=[{secrets}, "))
    for name in names[::2]:
        described.write(f"secret/data/hosts/web1/{name}", {"data": {"k": VALUE}})
    run = verify("--json")
    told = [summary.split("'")[1] for summary in summaries(run)]
    assert told == names[1::2]
    assert run.data["compared"]["secrets"] == 62


def test_json_is_the_whole_answer(verify: Verify, described: bao.Client) -> None:
    """A program reads one document, with the same findings as a person."""
    described.write("secret/data/shared/mail", {"data": {}})
    run = verify("--json")
    assert (run.status, run.err) == (1, "")
    assert json.loads(run.out)["diagnostics"][0]["summary"] in verify().out
