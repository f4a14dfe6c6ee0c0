"""What changes in the model changes in Vault, and nothing else does."""

from __future__ import annotations

import re
import shutil
import subprocess

import hcl2
import pytest
from vault_folder import Project

HOSTS = """\
from nixgen import AppRole, Generated, Host, TerraformVariable, Vault, VaultSecret

VAULT = Vault(standalone=True, exact_policies=True)


def host(name, secrets, **settings):
    approle = AppRole(**settings)
    return Host(name=name, release="25.11", secrets=secrets, vault=VAULT, approle=approle)


def given(name, **settings):
    return VaultSecret(name=name, key="value", terraform=TerraformVariable(name=name), **settings)


made = VaultSecret(name="made", key="x", terraform=Generated(length=20))
hosts = [
    host("db", [given("db_a"), given("db_b", notes=["Kept."])]),
    host("mail", [given("mail_a"), made]),
    host("web", [given("web_a")]),
]
"""
VALUES = {name: f"value of {name}" for name in ("db_a", "db_b", "mail_a", "web_a")}


@pytest.fixture
def project(tmp_path, tofu_with_provider, vault):
    """Three hosts, applied."""
    project = Project(tmp_path, vault)
    project.write("hosts.py", HOSTS)
    project.build()
    project.give(**VALUES)
    project.apply()
    return project


def said_by_diff(project):
    """The entries of the Terraform maps that `nixgen diff` changes, as its patch of them says."""
    patch = project.nixgen("diff")
    patched = project.folder / "patched"
    tofus = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.tfplan")
    shutil.copytree(project.folder / "build", patched, ignore=tofus)
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not on PATH")
    subprocess.run([git, "apply", "-"], cwd=patched, input=patch, text=True, check=True)
    before, after = entries(project.terraform), entries(patched / "terraform" / "vault")
    shutil.rmtree(patched)
    return {name for name in before | after if before.get(name) != after.get(name)}


def entries(folder):
    """Secrets by their path, and roles by their host, as another HCL library reads them."""
    files = (folder / "secrets.tf", folder / "hosts-generated.tf")
    maps = [
        found
        for file in files
        for block in hcl2.loads(file.read_text())["locals"]
        for found in block.values()
        if isinstance(found, dict)
    ]
    return {name.strip('"'): value for found in maps for name, value in found.items()}


def keys(changes):
    """The hosts and paths that resources are of: `vault_policy.hosts["web"]` is of web."""
    return {re.fullmatch(r'[\w.]+\["(.*)"\]', address)[1] for address in changes}


def test_apply_changes_what_the_diff_said(project):
    """A host's new setting, a new secret and a removed one: the plan has these alone.

    `nixgen diff` before the build names the same entries.
    """
    project.change("hosts.py", '[given("web_a")]', '[given("web_a")], token_ttl="30m"')
    project.change("hosts.py", 'given("mail_a"), ', 'given("mail_a"), given("mail_b"), ')
    project.change("hosts.py", ', given("db_b", notes=["Kept."])', "")
    said = said_by_diff(project)
    project.build()
    project.give(**VALUES, mail_b="new")
    changes = project.planned()
    assert changes == {
        'vault_approle_auth_backend_role.hosts["web"]': ("update",),
        'vault_kv_secret_v2.given["hosts/mail/mail_b"]': ("create",),
        'vault_policy.hosts["mail"]': ("update",),
        'vault_kv_secret_v2.given["hosts/db/db_b"]': ("delete",),
        'vault_policy.hosts["db"]': ("update",),
    }
    assert keys(changes) == said
    project.apply()
    assert project.planned() == {}
    assert project.nixgen("diff") == ""


def test_what_is_about_nix_alone_changes_nothing_in_vault(project):
    """A secret's mode, owner and notes are the host's business."""
    project.change("hosts.py", 'given("mail_a")', 'given("mail_a", mode=0o440, notes=["Read."])')
    assert said_by_diff(project) == set()
    project.build()
    assert project.planned() == {}


def test_a_new_value_changes_one_secret(project, vault):
    """Of all values, the one that was changed in terraform.tfvars is written."""
    project.give(**VALUES | {"web_a": "newer"})
    assert project.planned() == {'vault_kv_secret_v2.given["hosts/web/web_a"]': ("update",)}
    project.apply()
    web = vault.approle("web").login()
    secret = web.read("secret/data/hosts/web/web_a")
    assert secret["data"] == {"value": "newer"}
    assert secret["metadata"]["version"] == 2


def test_renames_destroy_nothing(project, vault):
    """A host, secrets and a variable, one after the other: values are at new paths, old ones stay.

    The machine reads its secrets and logs in as before, until it is deployed under its new name.
    """
    running = vault.approle("mail").login()
    made = running.read("secret/data/hosts/mail/made")["data"]
    for old, new in (
        ('host("mail"', 'host("post"'),
        ('name="made"', 'name="new"'),
        ('given("mail_a")', 'given("post_a")'),
    ):
        project.change("hosts.py", old, new)
        project.build()
    project.give(**VALUES | {"post_a": VALUES["mail_a"]})
    changes = project.planned()
    assert changes.pop("output.role_ids") == ("update",)
    assert set(changes.values()) == {("create",), ("forget",), ("move",)}
    project.apply()
    deployed = vault.approle("post").login()
    for host, secrets in (
        (running, ("mail/mail_a", "mail/made")),
        (vault.approle("mail").login(), ("mail/mail_a", "mail/made")),
        (deployed, ("post/post_a", "post/new")),
    ):
        values = [host.read(f"secret/data/hosts/{path}")["data"] for path in secrets]
        assert values == [{"value": VALUES["mail_a"]}, made]
    assert deployed.ask("GET", "secret/data/hosts/mail/made").status == 403
    assert project.planned() == {}
