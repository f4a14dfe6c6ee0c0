"""The way of nix-cache02's token, for real: `hosts/`, `tofu apply`, the server, the AppRole."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from programs import ROOT
from vault_folder import Project

TOKEN = "TOKEN=a-token-that-nothing-else-holds"
WEB = """\
from nixgen import Generated, Host, TerraformVariable, Vault, VaultSecret

key = VaultSecret(name="key", key="value", terraform=TerraformVariable(name="web_key"))
password = VaultSecret(name="password", key="password", terraform=Generated(length=40))
mail = Generated(length=80)
shared = VaultSecret(name="mail", path="shared/mail", key="password", terraform=mail)
host = Host(name="web", release="25.11", secrets=[key, password, shared], vault=Vault(VAULT))
# Its name begins with that of another host.
other = Host(name="nix-cache020", release="25.11", secrets=[shared, password], vault=Vault(VAULT))
"""
OWN = "secret/data/hosts/nix-cache02/forgejo-native-runner-token"


def project_of(folder, vault, settings="standalone=True"):
    """The repository's own host, and two more, as a standalone Terraform folder."""
    project = Project(folder, vault)
    text = (ROOT / "hosts/nix-cache02.py").read_text()
    text = text.replace("from nixgen import (\n", "from nixgen import (\n    Vault,\n", 1)
    text = text.replace("host = Host(\n", f"host = Host(\n    vault=Vault({settings}),\n", 1)
    project.write("nix-cache02.py", text)
    project.write("web.py", WEB.replace("VAULT", settings))
    project.build()
    project.give(forgejo_native_runner_token=TOKEN, web_key="the-key-of-web")
    return project


@pytest.fixture(scope="module")
def vault(openbao):
    """One namespace for the tests of this file, which change nothing in it."""
    vault = openbao.namespace()
    vault.mount_kv("other")
    vault.write("other/data/hosts/nix-cache02/x", {"data": {"a": "b"}})
    return vault


@pytest.fixture(scope="module")
def project(tmp_path_factory, tofu_with_provider, vault):
    """The project, applied."""
    project = project_of(tmp_path_factory.mktemp("project"), vault)
    project.apply()
    return project


@pytest.fixture(scope="module")
def nix_cache02(project, vault):
    """nix-cache02, logged in."""
    return vault.approle("nix-cache02").login()


def test_a_host_reads_its_secret(nix_cache02):
    """What a person wrote to terraform.tfvars is what the host's AppRole reads."""
    assert nix_cache02.read(OWN)["data"] == {"token": TOKEN}


def test_secrets_are_made_where_nobody_gives_them(project, vault):
    """A generated value has its length; hosts that share a secret read one value."""
    web, other = vault.approle("web").login(), vault.approle("nix-cache020").login()
    assert web.read("secret/data/hosts/web/key")["data"] == {"value": "the-key-of-web"}
    password = web.read("secret/data/hosts/web/password")["data"]["password"]
    assert len(password) == 40
    assert other.read("secret/data/hosts/nix-cache020/password")["data"]["password"] != password
    shared = web.read("secret/data/shared/mail")["data"]
    assert len(shared["password"]) == 80
    assert other.read("secret/data/shared/mail")["data"] == shared


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "secret/data/hosts/web/key"),
        ("GET", "secret/data/hosts/nix-cache020/password"),  # not a prefix of names
        ("GET", "secret/data/hosts/nix-cache02"),
        ("GET", "secret/data/hosts"),
        ("GET", "secret/data/shared/mail"),
        ("GET", "other/data/hosts/nix-cache02/x"),  # the same path in another mount
        ("LIST", "secret/metadata/hosts"),
        ("LIST", "secret/metadata/hosts/nix-cache02"),
        ("GET", OWN.replace("data", "metadata", 1)),
        ("POST", OWN),
        ("PATCH", OWN),
        ("DELETE", OWN),
        ("POST", OWN.replace("data", "delete", 1)),
        ("POST", OWN.replace("data", "destroy", 1)),
        ("POST", OWN.replace("data", "undelete", 1)),
        ("POST", OWN.replace("data", "metadata", 1)),
        ("DELETE", OWN.replace("data", "metadata", 1)),
        ("POST", "secret/data/hosts/nix-cache02/new"),
        ("POST", "secret/config"),
        ("GET", "sys/mounts"),
        ("POST", "sys/mounts/mine"),
        ("GET", "sys/auth"),
        ("GET", "sys/policies/acl/host-nix-cache02"),
        ("POST", "sys/policies/acl/host-nix-cache02"),
        ("LIST", "sys/policies/acl"),
        ("GET", "auth/approle/role/nix-cache02"),
        ("POST", "auth/approle/role/nix-cache02"),
        ("GET", "auth/approle/role/nix-cache02/role-id"),
        ("POST", "auth/approle/role/nix-cache02/secret-id"),
        ("LIST", "auth/approle/role"),
        ("POST", "auth/token/create"),
        ("POST", "auth/token/create-orphan"),
        ("LIST", "auth/token/accessors"),
        ("POST", "identity/entity"),
        ("LIST", "sys/namespaces"),
    ],
)
def test_a_host_can_do_nothing_else(nix_cache02, method, path):
    """Not another host's secrets, no list, no write, no policy, no role, no token of its own."""
    answer = nix_cache02.ask(method, path, {"policies": ["everything"], "data": {"a": "b"}})
    assert answer.status == 403, answer


@pytest.mark.parametrize("dots", ["..", "%2e%2e", "..%2f..", "."])
def test_a_path_does_not_climb(nix_cache02, dots):
    """Dots in a path lead to no other host's secret: at most to the path that they mean."""
    answer = nix_cache02.ask("GET", f"secret/data/hosts/nix-cache02/{dots}/web/key")
    assert answer.status in {307, 400, 403}
    assert answer.data is None


def test_a_second_apply_changes_nothing(project):
    """What was applied is what the files say."""
    assert project.planned() == {}


def test_the_value_is_nowhere_in_the_repository(project):
    """Of a repository with the whole project, Git sees no file that holds a value."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not on PATH")

    def run_git(*arguments):
        command = [git, "-C", project.folder, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    run_git("init", "--quiet")
    run_git("add", "--all", ".")
    files = run_git("ls-files", "--cached").split("\n")[:-1]
    assert "build/terraform/vault/secrets.tf" in files
    holding = {
        str(path.relative_to(project.folder))
        for path in project.folder.rglob("*")
        if path.is_file() and ".git" not in path.parts and TOKEN.encode() in path.read_bytes()
    }
    assert "build/terraform/vault/terraform.tfvars" in holding
    assert not holding & set(files)


def test_write_only_values_are_not_in_the_state(tmp_path, tofu_with_provider, openbao):
    """With write_only, neither given nor generated values stand in the state or in a saved plan.

    A new value is written when the version is raised, and only then.
    """
    vault = openbao.namespace()
    project = project_of(tmp_path, vault, "standalone=True, write_only=True")
    project.apply()
    web = vault.approle("web").login()
    password = web.read("secret/data/hosts/web/password")["data"]["password"]
    assert len(password) == 40
    host = vault.approle("nix-cache02").login()
    assert host.read(OWN)["data"] == {"token": TOKEN}
    assert project.planned() == {}

    project.give(forgejo_native_runner_token="a-newer-token", web_key="the-key-of-web")
    assert project.planned() == {}
    project.change("nix-cache02.py", '    key="token",\n', '    key="token",\n    version=2,\n')
    project.build()
    address = f'vault_kv_secret_v2.given["{OWN.removeprefix("secret/data/")}"]'
    assert project.planned() == {address: ("update",)}
    project.apply()
    assert host.read(OWN)["data"] == {"token": "a-newer-token"}
    assert web.read("secret/data/hosts/web/password")["data"]["password"] == password
    values = (TOKEN, "a-newer-token", "the-key-of-web", password)
    for file in project.terraform.iterdir():
        if file.is_file() and file.name != "terraform.tfvars":
            text = file.read_bytes()
            assert not [value for value in values if value.encode() in text], file.name
