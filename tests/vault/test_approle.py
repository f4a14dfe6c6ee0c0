"""What `AppRole` says of a host's login holds at the server."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from vault_folder import Project

HOSTS = """\
from nixgen import AppRole, Generated, Host, Vault, VaultSecret

VAULT = Vault(standalone=True)


def host(name, **settings):
    secret = VaultSecret(name="x", key="x", terraform=Generated(length=20))
    return Host(
        name=name, release="25.11", secrets=[secret], vault=VAULT, approle=AppRole(**settings)
    )


hosts = [
    host("plain"),
    host("brief", token_ttl="3s", token_max_ttl="4s"),
    host("bound", bound_cidrs=["127.0.0.8/29"]),
    host("counted", secret_id=True, secret_id_uses=2),
    host("expiring", secret_id=True, secret_id_ttl="3s"),
    host("wrapped", secret_id=True, wrapping_ttl="5m", secret_id_ttl="1h"),
]
"""
SECRET = "secret/data/hosts/{}/x"


@pytest.fixture(scope="module")
def vault(openbao):
    """One namespace for the roles of this file."""
    return openbao.namespace()


@pytest.fixture(scope="module")
def project(tmp_path_factory, tofu_with_provider, vault):
    """The roles, applied."""
    project = Project(tmp_path_factory.mktemp("project"), vault)
    project.write("hosts.py", HOSTS)
    project.build()
    project.apply()
    return project


@pytest.fixture(scope="module")
def outputs(project):
    """The outputs of the Terraform folder."""
    return project.outputs()


def login(vault, name, secret_id):
    """The answer to a login."""
    role_id = vault.approle(name).role_id
    body = {"role_id": role_id, "secret_id": secret_id}
    return replace(vault, token="").ask("POST", "auth/approle/login", body)


def test_outputs_have_the_role_ids(outputs, vault):
    """The role id that a host needs is an output; only roles with secret ids have one."""
    names = {"plain", "brief", "bound", "counted", "expiring", "wrapped"}
    assert outputs["role_ids"] == {name: vault.approle(name).role_id for name in names}
    assert set(outputs["secret_ids"]) == {"counted", "expiring"}
    assert set(outputs["wrapping_tokens"]) == {"wrapped"}


def test_tokens_last_as_long_as_said(project, vault):
    """A token ends with its time, and renewing it goes no further than the maximum."""
    plain = vault.approle("plain").login().read("auth/token/lookup-self")
    assert 3590 < plain["ttl"] <= 3600
    assert plain["explicit_max_ttl"] == 0
    started = time.monotonic()
    host = vault.approle("brief").login()
    assert host.read("auth/token/lookup-self")["creation_ttl"] == 3
    assert host.read(SECRET.format("brief"))
    renewed = host.write("auth/token/renew-self", {"increment": "1h"}).body["auth"]
    assert renewed["lease_duration"] <= 4
    time.sleep(max(0.0, started + 5.0 - time.monotonic()))
    assert host.ask("GET", SECRET.format("brief")).status == 403


def test_bound_networks_hold(project, vault):
    """From elsewhere the host cannot log in, nor use a token that it got where it may."""
    role = vault.approle("bound")
    secret_id = role.secret_id()
    assert login(vault, "bound", secret_id).status >= 400
    inside = replace(vault, source="127.0.0.9")
    host = replace(role, client=inside).login(secret_id)
    assert host.read(SECRET.format("bound"))
    assert replace(host, source="127.0.0.1").ask("GET", SECRET.format("bound")).status == 403


def test_a_secret_id_is_used_up(outputs, vault):
    """A secret id is good for as many logins as said."""
    secret_id = outputs["secret_ids"]["counted"]
    statuses = [login(vault, "counted", secret_id).status for _ in range(3)]
    assert statuses == [200, 200, 400]


def test_a_secret_id_expires(project, vault):
    """A secret id ends with its time, whoever made it."""
    role = vault.approle("expiring")
    secret_id = role.secret_id()
    assert login(vault, "expiring", secret_id).status == 200
    time.sleep(3.1)
    assert login(vault, "expiring", secret_id).status == 400


def test_a_wrapped_secret_id_is_unwrapped_once(project, outputs, vault):
    """Whoever unwraps it second gets nothing, so that a theft shows; the state never has it."""
    token = outputs["wrapping_tokens"]["wrapped"]
    looked = vault.write("sys/wrapping/lookup", {"token": token}).data
    assert looked["creation_ttl"] == 300
    host = replace(vault, token=token)
    secret_id = host.write("sys/wrapping/unwrap").data["secret_id"]
    assert login(vault, "wrapped", secret_id).status == 200
    assert host.ask("POST", "sys/wrapping/unwrap", {}).status == 400
    assert secret_id not in project.state


def test_the_next_apply_replaces_what_is_used_up(project, outputs, vault):
    """A secret id that is used up or expired is made anew; one that holds stays, even unwrapped."""
    for _ in range(2):
        login(vault, "counted", outputs["secret_ids"]["counted"])
    time.sleep(3.1)
    changed = project.planned()
    resource = "vault_approle_auth_backend_role_secret_id.hosts"
    used_up = {f'{resource}["counted"]', f'{resource}["expiring"]'}
    assert set(changed) == {*used_up, "output.secret_ids"}
    project.apply()
    renewed = project.outputs()["secret_ids"]
    assert login(vault, "counted", renewed["counted"]).status == 200
