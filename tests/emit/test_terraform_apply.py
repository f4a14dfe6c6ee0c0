"""A standalone folder, applied by OpenTofu with the real provider to a real server."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openbao as bao
import pytest
from vault_folder import FleetFolder

from nixgen import AppRole, Fleet, Generated, Host, TerraformVariable, Vault, VaultSecret

TOKEN = "hunter2-6c1d9b"
LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
def folder(tmp_path: Path, vault: bao.Client, tofu_with_provider: Path) -> FleetFolder:
    """An empty folder, and a server of the test's own."""
    return FleetFolder(tmp_path, vault)


def fleet(vault: Vault, **more: AppRole) -> Fleet:
    """Two hosts: a given secret, a generated one, one that both use; `web1=AppRole(...)`."""
    shared = VaultSecret(name="smtp", path="shared/smtp", key="password")
    token = VaultSecret(name="token", key="token")
    database = VaultSecret(name="db", key="password", terraform=Generated(length=40))
    other = VaultSecret(name="other", key="key", terraform=Generated(length=100))
    hosts = {"web1": [shared, token, database], "web2": [shared, other]}
    return Fleet(
        hosts=[
            Host(
                name=name,
                release="25.11",
                secrets=secrets,
                vault=vault,
                **({"approle": more[name]} if name in more else {}),
            )
            for name, secrets in hosts.items()
        ]
    )


def login(folder: FleetFolder, host: str, secret_id: str | None = None) -> bao.Client:
    """Who a host is once it has logged in."""
    return bao.AppRole(folder.server, host).login(secret_id)


def value(folder: FleetFolder, path: str) -> dict[str, str]:
    """What Vault has at a path in the mount."""
    return folder.server.read(f"secret/data/{path}")["data"]


def test_each_host_reads_its_secrets_and_nothing_else(folder: FleetFolder) -> None:
    """The folder applies as it is; a second apply has nothing to do; hosts are let in, and kept."""
    folder.write(fleet(Vault(standalone=True)), smtp="mail", token=TOKEN)
    folder.apply()
    assert folder.planned() == {}
    assert value(folder, "hosts/web1/token") == {"token": TOKEN}
    assert value(folder, "shared/smtp") == {"password": "mail"}
    assert set(folder.outputs()["role_ids"]) == {"web1", "web2"}
    web1, web2 = login(folder, "web1"), login(folder, "web2")
    for path in ("hosts/web1/token", "hosts/web1/db", "shared/smtp"):
        assert "data" in web1.read(f"secret/data/{path}")
    assert "data" in web2.read("secret/data/shared/smtp")
    for client, method, path in (
        (web2, "GET", "secret/data/hosts/web1/token"),
        (web1, "GET", "secret/data/hosts/web2/other"),
        (web1, "GET", "secret/data/hosts/web10/token"),
        (web1, "GET", "secret/data/shared/other"),
        (web1, "LIST", "secret/metadata/hosts/web1"),
        (web1, "GET", "secret/metadata/hosts/web1/token"),
        (web1, "POST", "secret/data/hosts/web1/token"),
        (web1, "DELETE", "secret/data/hosts/web1/token"),
        (web1, "GET", "sys/policies/acl/host-web1"),
        (web1, "POST", "auth/approle/role/web1/secret-id"),
    ):
        assert client.ask(method, path, {} if method == "POST" else None).status == 403, path


def test_exact_policies_grant_each_path_alone(folder: FleetFolder) -> None:
    """What somebody else puts into a host's tree is not the host's to read."""
    folder.write(fleet(Vault(standalone=True, exact_policies=True)), smtp="mail", token=TOKEN)
    folder.apply()
    folder.server.write("secret/data/hosts/web1/notes", {"data": {"a": "b"}})
    web1 = login(folder, "web1")
    assert web1.read("secret/data/hosts/web1/token")["data"] == {"token": TOKEN}
    assert web1.ask("GET", "secret/data/hosts/web1/notes").status == 403


def test_generated_values_are_made_once_and_never_shown(folder: FleetFolder) -> None:
    """They have their length, stay over applies, are made anew for a new version, and go unseen."""
    seen = []
    for version in (1, 2):
        database = VaultSecret(
            name="db", key="password", terraform=Generated(length=100), version=version
        )
        host = Host(name="web1", release="25.11", secrets=[database], vault=Vault(standalone=True))
        folder.write(Fleet(hosts=[host]))
        folder.apply()
        assert folder.planned() == {}
        seen.append(value(folder, "hosts/web1/db")["password"])
    folder.write(Fleet(hosts=[Host(name="web1", release="25.11", vault=Vault(standalone=True))]))
    folder.apply()
    assert [len(password) for password in seen] == [100, 100]
    assert seen[0] != seen[1]
    for password in seen:
        assert password not in folder.shown


def test_write_only_values_stand_nowhere(folder: FleetFolder) -> None:
    """Neither in the state nor in a saved plan, generated ones included; versions send new ones."""
    vault = Vault(standalone=True, write_only=True)
    folder.write(fleet(vault), smtp="mail", token=TOKEN)
    assert folder.planned() != {}
    folder.apply()
    assert folder.planned() == {}
    values = [TOKEN, value(folder, "hosts/web1/db")["password"]]
    assert value(folder, "hosts/web1/token") == {"token": TOKEN}
    assert len(values[1]) == 40
    for each in values:
        assert each.encode() not in everything(folder)
        assert each not in folder.shown

    token = VaultSecret(name="token", key="token", version=2)
    folder.write(
        Fleet(hosts=[Host(name="web1", release="25.11", secrets=[token], vault=vault)]),
        token="another",
    )
    assert folder.planned()['vault_kv_secret_v2.given["hosts/web1/token"]'] == ("update",)
    folder.apply()
    assert value(folder, "hosts/web1/token") == {"token": "another"}


def everything(folder: FleetFolder) -> bytes:
    """What OpenTofu left in the folder, with the content of saved plans unpacked."""
    plan = zipfile.ZipFile(io.BytesIO((folder.terraform / "saved.tfplan").read_bytes()))
    return folder.written() + b"".join(plan.read(name) for name in plan.namelist())


def test_the_plain_form_has_values_in_the_state(folder: FleetFolder) -> None:
    """What write-only avoids: so that the test above looks in the right places."""
    folder.write(fleet(Vault(standalone=True)), smtp="mail", token=TOKEN)
    folder.planned()
    assert TOKEN.encode() in everything(folder)
    folder.apply()
    assert TOKEN.encode() in folder.written()
    assert TOKEN not in folder.shown


def test_logins_are_bound_as_the_approle_says(folder: FleetFolder) -> None:
    """Networks, lifetimes and the number of uses; what is used up is made anew."""
    role = AppRole(
        bound_cidrs=["127.0.0.1/32", "fd00::1/128"],
        token_ttl="10m",
        token_max_ttl="20m",
        secret_id=True,
        secret_id_ttl="1d",
        secret_id_uses=2,
    )
    folder.write(fleet(Vault(standalone=True), web1=role), smtp="mail", token=TOKEN)
    folder.apply()
    assert folder.planned() == {}
    secret_id = folder.outputs()["secret_ids"]["web1"]
    web1 = login(folder, "web1", secret_id)
    token = web1.read("auth/token/lookup-self")
    assert token["creation_ttl"] == 600
    assert sorted(token["policies"]) == ["default", "host-web1"]
    elsewhere = bao.Client(web1.address, web1.token, web1.namespace, source="127.0.0.2")
    assert elsewhere.ask("GET", "secret/data/hosts/web1/token").status == 403
    ids = {"role_id": folder.outputs()["role_ids"]["web1"], "secret_id": secret_id}
    assert elsewhere.ask("POST", "auth/approle/login", ids).status in (400, 403)
    login(folder, "web1", secret_id)
    assert web1.ask("POST", "auth/approle/login", ids).status in (400, 403)
    address = 'vault_approle_auth_backend_role_secret_id.hosts["web1"]'
    assert folder.planned()[address] == ("create",)


def test_wrapped_secret_ids_are_unwrapped_once(folder: FleetFolder) -> None:
    """The state has the wrapping token alone, and stays content when the host has unwrapped it."""
    role = AppRole(secret_id=True, wrapping_ttl="1h")
    folder.write(
        fleet(Vault(standalone=True, write_only=True), web1=role), smtp="mail", token=TOKEN
    )
    folder.apply()
    outputs = folder.outputs()
    assert outputs["secret_ids"] == {}
    wrapped = outputs["wrapping_tokens"]["web1"]
    nobody = bao.Client(folder.server.address, wrapped, folder.server.namespace)
    secret_id = nobody.write("sys/wrapping/unwrap").data["secret_id"]
    assert nobody.ask("POST", "sys/wrapping/unwrap", {}).status in (400, 403)
    assert secret_id.encode() not in folder.written()
    assert login(folder, "web1", secret_id).read("secret/data/hosts/web1/token")
    assert folder.planned() == {}


def test_mounts_that_exist_are_used(folder: FleetFolder) -> None:
    """A server that has its mounts already needs no import."""
    folder.server.mount_kv("secret")
    folder.server.mount_approle("approle")
    folder.write(fleet(Vault(standalone=True, manage_mounts=False)), smtp="mail", token=TOKEN)
    folder.apply()
    assert login(folder, "web2").read("secret/data/shared/smtp")["data"] == {"password": "mail"}


def test_mounts_that_were_made_here_are_let_go(folder: FleetFolder) -> None:
    """Giving them to somebody else destroys neither a mount nor what is in it."""
    folder.write(fleet(Vault(standalone=True)), smtp="mail", token=TOKEN)
    folder.apply()
    folder.write(fleet(Vault(standalone=True, manage_mounts=False)), smtp="mail", token=TOKEN)
    forgotten = {"vault_mount.kv": ("forget",), "vault_auth_backend.approle": ("forget",)}
    assert folder.planned() == forgotten
    folder.apply()
    assert folder.planned() == {}
    assert value(folder, "hosts/web1/token") == {"token": TOKEN}


def test_other_mounts(folder: FleetFolder) -> None:
    """Both mounts have the names that the model gives them, also with slashes."""
    vault = Vault(standalone=True, mount="kv/hosts", approle_mount="nixos/approle")
    folder.write(fleet(vault), smtp="mail", token=TOKEN)
    folder.apply()
    web1 = bao.AppRole(folder.server, "web1", "nixos/approle").login()
    assert web1.read("kv/hosts/data/hosts/web1/token")["data"] == {"token": TOKEN}


def test_types_of_variables(folder: FleetFolder) -> None:
    """A secret can be more than a string, and is stored as JSON."""
    ports = VaultSecret(name="ports", key="ports", terraform=TerraformVariable(type="list(number)"))
    host = Host(name="web1", release="25.11", secrets=[ports], vault=Vault(standalone=True))
    folder.write(Fleet(hosts=[host]), ports=[80, 443])
    folder.apply()
    assert value(folder, "hosts/web1/ports") == {"ports": [80, 443]}
    assert folder.planned() == {}


def test_odd_names(folder: FleetFolder) -> None:
    """What the model lets in as a name, a path, a key or a description works to the end."""
    described = TerraformVariable(description='${a} %{b} " \\ \x07 \ufeff \u2028 \r x\n\n y')
    secrets = [
        VaultSecret(name="odd", path="odd/a.b_c@d:e=f+g-h", key="k"),
        VaultSecret(name="9.lives-x", key="k.e-y_z", terraform=described),
    ]
    host = Host(name="WEB1", release="25.11", secrets=secrets, vault=Vault(standalone=True))
    folder.write(Fleet(hosts=[host]), odd="x", _9_lives_x="y ${z} \n")
    folder.apply()
    assert folder.planned() == {}
    web1 = login(folder, "WEB1")
    assert web1.read("secret/data/odd/a.b_c@d:e=f+g-h")["data"] == {"k": "x"}
    assert web1.read("secret/data/hosts/WEB1/9.lives-x")["data"] == {"k.e-y_z": "y ${z} \n"}


def test_a_fleet_without_secrets_applies(folder: FleetFolder) -> None:
    """The first build of a repository, and the last one, are no special cases."""
    folder.write(Fleet(hosts=[Host(name="web1", release="25.11", vault=Vault(standalone=True))]))
    folder.apply()
    assert folder.outputs() == {"role_ids": {}, "secret_ids": {}, "wrapping_tokens": {}}
