"""`nixgen token` against a real Gitea and a real OpenBao: the token arrives, and nobody sees it."""

from __future__ import annotations

import re
import shlex
import stat
import subprocess
from pathlib import Path

import gitea as forge
import openbao as bao
import pytest
from programs import run_tofu

from nixgen import ServerError, WriteError
from nixgen.live.connection import Connection, Token
from nixgen.live.server import Server
from nixgen.live.vault_key import VaultKey
from nixgen.project.secrets.tfvars_file import TfvarsVariable

TFVARS = "build/terraform/vault/terraform.tfvars"
RUNNER = "the runner 'actions-native' of host 'web1'"


@pytest.fixture
def built(project, gitea: forge.Server, user: forge.Account):
    """The host with a runner of the user's scope, and the folder that its Terraform is in."""
    project.host(gitea.address, f"UserScope(user='{user.name}')")
    (project.folder / "build/terraform/vault").mkdir(parents=True)
    # What the forge gives is the same each time, until somebody resets it.
    project.secrets.append(user.registration_token("user"))
    return project


@pytest.fixture
def in_vault(built, vault: bao.Client, monkeypatch: pytest.MonkeyPatch):
    """The same with a Vault, whose token is in the environment; nixgen writes no Terraform."""
    built.change('key="token")', 'key="token", terraform=None)')
    vault.mount_kv("secret")
    for name, value in vault.environment().items():
        monkeypatch.setenv(name, value)
    return built


def test_into_the_file_of_values(built, gitea, user) -> None:
    """The variable's line is made; the file is its owner's alone, and the token registers."""
    run = built.nixgen("token", "web1/actions-native")
    assert run.status == 0
    assert run.out == (
        f"a registration token for the user '{user.name}' is now in {TFVARS}\n"
        "next:\n"
        "  tofu -chdir=build/terraform/vault apply\n"
        "  deploy web1\n"
        "  nixgen verify forge web1 --wait 5m\n"
    )
    assert run.err == ""
    file = built.folder / TFVARS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = re.fullmatch(r'runner_token = "TOKEN=(\w+)"\n', file.read_text())
    assert found
    gitea.register(found[1], "web1-native", ["native-nix"]).go_online()
    assert built.verify().status == 0


def test_values_of_others_stay(built) -> None:
    """Another line, a comment and an old value: only the value changes; the mode is narrowed."""
    file = built.folder / TFVARS
    file.write_text('# mine\nother = "x"   # kept\nrunner_token = "PLACEHOLDER" # the runner\'s\n')
    file.chmod(0o644)
    assert built.nixgen("token", "actions-native").status == 0
    (token,) = re.findall(r"TOKEN=\w+", file.read_text())
    assert file.read_text() == (
        f'# mine\nother = "x"   # kept\nrunner_token = "{token}" # the runner\'s\n'
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert built.nixgen("token", "actions-native").status == 0
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == ["terraform.tfvars"]


def test_file_elsewhere_that_is_linked(built) -> None:
    """A link to where people keep their values stays a link."""
    kept = built.folder / "values.tfvars"
    kept.write_text("")
    (built.folder / TFVARS).symlink_to(kept)
    run = built.nixgen("token", "actions-native")
    assert run.status == 0
    assert "  tofu -chdir=build/terraform/vault apply\n" in run.out
    assert (built.folder / TFVARS).is_symlink()
    assert kept.read_text().startswith("runner_token = ")


def test_apply_takes_the_file(built) -> None:
    """Wherever the file is, the command that is told has OpenTofu read its value."""
    generated, own = built.folder / "build/terraform/vault", built.folder / "my own"
    own.mkdir()
    for folder in (generated, own):
        (folder / "main.tf").write_text(
            'variable "runner_token" {}\noutput "length" {\n  value = length(var.runner_token)\n}\n'
        )
    (built.folder / "kept").mkdir()
    for file, told in {
        TFVARS: "tofu -chdir=build/terraform/vault apply",
        "build/terraform/vault/ci.auto.tfvars": "tofu -chdir=build/terraform/vault apply",
        "build/terraform/vault/prod.tfvars": "tofu -chdir=build/terraform/vault apply "
        f"-var-file={generated}/prod.tfvars",
        "my own/terraform.tfvars": "tofu -chdir='my own' apply",
        "kept/terraform.tfvars": "tofu -chdir=build/terraform/vault apply "
        f"-var-file={built.folder}/kept/terraform.tfvars",
    }.items():
        run = built.nixgen("token", "actions-native", "--tfvars", file)
        (line,) = (each.strip() for each in run.out.splitlines() if each.startswith("  tofu"))
        assert line == told
        command = [*shlex.split(line)[1:], "-auto-approve", "-input=false", "-no-color"]
        assert "Apply complete!" in run_tofu(*command, folder=built.folder)
        for each in built.folder.rglob("*.tf*"):
            if each.suffix != ".tf" and each.is_file():
                each.unlink()


def test_file_that_changes_meanwhile(tmp_path: Path) -> None:
    """What somebody writes while the forge is asked is not lost."""
    file = tmp_path / "terraform.tfvars"
    variable = TfvarsVariable(file, "runner_token")
    file.write_text('other = "x"\n')
    with pytest.raises(WriteError, match="has changed meanwhile"):
        variable.write("TOKEN=abc")
    assert file.read_text() == 'other = "x"\n'


def test_value_as_the_host_needs_it(built) -> None:
    """Where the host's own module writes TOKEN=, the value is the token alone."""
    built.change(
        "    runners=",
        "    vault=Vault(address='https://vault.example.org', standalone="
        "True, secrets_module=SecretsModule()),\n    runners=",
    )
    built.change("token = Vault", "from nixgen import SecretsModule, Vault\n\ntoken = Vault")
    assert built.nixgen("token", "actions-native").status == 0
    assert re.fullmatch(r'runner_token = "\w+"\n', (built.folder / TFVARS).read_text())


def test_file_that_git_would_commit(built) -> None:
    """A file of values that git does not ignore is warned of."""
    subprocess.run(["git", "init", "-q"], cwd=built.folder, check=True)
    run = built.nixgen("token", "actions-native")
    assert run.status == 0
    assert "warning: git does not ignore terraform.tfvars, which holds secrets" in run.err
    (built.folder / ".gitignore").write_text("*.tfvars\n")
    assert built.nixgen("token", "actions-native").err == ""


def test_shown_where_asked(built, user) -> None:
    """--show prints the token, and writes nothing; with --to it does both."""
    token = built.secrets.pop()
    run = built.nixgen("token", "actions-native", "--show")
    assert (run.status, run.out, run.err) == (0, f"TOKEN={token}\n", "")
    assert not (built.folder / TFVARS).exists()
    run = built.nixgen("token", "actions-native", "--show", "--to", "tfvars", "--json")
    assert run.data == {
        "host": "web1",
        "runner": "actions-native",
        "uuid": None,
        "place": TFVARS,
        "next": [
            "tofu -chdir=build/terraform/vault apply",
            "deploy web1",
            "nixgen verify forge web1 --wait 5m",
        ],
        "token": f"TOKEN={token}",
    }
    assert token in (built.folder / TFVARS).read_text()


def test_into_vault(in_vault, gitea, user, vault: bao.Client) -> None:
    """A secret without Terraform goes to Vault: its key is written, the others stay."""
    vault.write("secret/data/hosts/web1/runner-token", {"data": {"user": "x", "token": "old"}})
    run = in_vault.nixgen("token", "actions-native")
    assert run.status == 0
    assert run.out == (
        f"a registration token for the user '{user.name}' is now in "
        "secret/hosts/web1/runner-token in Vault\n"
        "next:\n"
        "  deploy web1\n"
        "  nixgen verify forge web1 --wait 5m\n"
    )
    data = vault.read("secret/data/hosts/web1/runner-token")["data"]
    assert data["user"] == "x"
    token = data["token"].removeprefix("TOKEN=")
    gitea.register(token, "web1-native", ["native-nix"]).go_online()
    assert in_vault.verify().status == 0


def test_into_vault_at_a_new_or_deleted_path(in_vault, vault: bao.Client) -> None:
    """Check-and-set knows a path that was never there from one whose last version is deleted."""
    path = "secret/data/hosts/web1/runner-token"
    assert in_vault.nixgen("token", "actions-native").status == 0
    assert vault.read(path)["metadata"]["version"] == 1
    vault.ask("DELETE", path)
    assert in_vault.nixgen("token", "actions-native").status == 0
    assert vault.read(path)["metadata"]["version"] == 2
    assert set(vault.read(path)["data"]) == {"token"}


def test_vault_against_terraform(built, vault: bao.Client, monkeypatch) -> None:
    """A variable's secret can go to Vault at once; an apply that would overwrite it is told."""
    vault.mount_kv("secret")
    for name, value in vault.environment().items():
        monkeypatch.setenv(name, value)
    run = built.nixgen("token", "actions-native", "--to", "vault")
    assert run.status == 0
    assert (
        "  give the variable runner_token the same value: a `tofu apply` that makes the secret, "
        "or has another value for it, overwrites this one\n" in run.out
    )


def test_nobody_elses_value_is_lost(vault: bao.Client) -> None:
    """A path that changed since it was looked at is not written."""
    vault.mount_kv("secret")
    login = Token(value=vault.token, source="VAULT_TOKEN")
    server = Server(
        Connection(address=vault.address, login=login, namespace=vault.namespace or None)
    )
    key = VaultKey(server, "secret", "x", "token")
    vault.write("secret/data/x", {"data": {"token": "somebody's"}})
    with pytest.raises(ServerError, match="check-and-set parameter did not match"):
        key.write("mine")
    assert vault.read("secret/data/x")["data"] == {"token": "somebody's"}


def test_vault_that_forbids(in_vault, user, vault: bao.Client, monkeypatch) -> None:
    """What may not be read may not be written either: keys could be lost. No token is asked for."""
    vault.mount_approle("approle")
    path = "secret/data/hosts/web1/runner-token"
    nobody = vault.approle("nobody", 'path "x" { capabilities = ["read"] }').login()
    monkeypatch.setenv("VAULT_TOKEN", nobody.token)
    run = in_vault.nixgen("token", "actions-native", "--json")
    assert run.status == 2
    assert run.summaries == [
        f"the Vault server at {vault.address} forbids to read secret/hosts/web1/runner-token"
    ]
    reader = vault.approle("reader", f'path "{path}" {{ capabilities = ["read"] }}').login()
    monkeypatch.setenv("VAULT_TOKEN", reader.token)
    run = in_vault.nixgen("token", "actions-native", "--json")
    assert run.summaries == [
        f"the Vault server at {vault.address} forbids to write secret/hosts/web1/runner-token"
    ]
    assert path in run.data["diagnostics"][0]["help"]


def test_forge_that_refuses(built, gitea, user, use_token) -> None:
    """A token that may only read gets no registration token; nothing is written."""
    use_token(gitea.token(user.name, "read:user"))
    run = built.nixgen("token", "actions-native", "--json")
    assert run.status == 2
    (said,) = run.summaries
    assert "gives no registration token for the user" in said
    assert "required=[write:user]" in said
    assert run.data["diagnostics"][0]["help"] == "the token needs the scope write:user"
    assert not (built.folder / TFVARS).exists()
    built.change(f"UserScope(user='{user.name}')", "OrganizationScope(organization='absent')")
    use_token(user.token)
    (said,) = built.nixgen("token", "actions-native", "--json").summaries
    assert "gives no registration token for the organization 'absent'" in said


def test_scope_that_the_token_needs(built, gitea, user, use_token) -> None:
    """The one of the runner's scope is named; who is no administrator needs another token."""
    scopes = "read:user,read:organization,read:repository,read:admin"
    use_token(gitea.token(user.name, scopes))
    before = f"UserScope(user='{user.name}')"
    for scope, needed in {
        f"OrganizationScope(organization='{user.organization()}')": "write:organization",
        f"RepositoryScope(repository='{user.repository()}')": "write:repository",
        "GlobalScope()": "write:admin",
    }.items():
        built.change(before, scope)
        before = scope
        run = built.nixgen("token", "actions-native", "--json")
        assert run.data["diagnostics"][0]["help"] == f"the token needs the scope {needed}"
        assert f"required=[{needed}]" in run.summaries[0]
    use_token(user.token)
    run = built.nixgen("token", "actions-native", "--json")
    assert run.summaries[0].endswith("for the whole forge: user should be the site admin")
    assert run.data["diagnostics"][0]["help"] == "ask with a token of an administrator"


def test_mistakes(built, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told before a forge is asked."""
    monkeypatch.delenv("FORGEJO_TOKEN")
    (built.folder / "build/terraform/vault").rmdir()

    def said(*arguments: str) -> str:
        run = built.nixgen("token", *arguments, "--json")
        assert run.status == 2
        (summary,) = run.summaries
        return summary

    assert said("action-native") == "there is no runner 'action-native'"
    assert said("web1/other") == "there is no runner 'other' on host 'web1'"
    assert built.nixgen("token", "web1").err.endswith("help: the runners are web1/actions-native\n")
    assert said("actions-native") == "there is no folder build/terraform/vault"
    assert said("actions-native", "--tfvars", "x.json") == (
        "x.json is no file of values in HCL, *.tfvars"
    )
    value = "hunter2-9f3b1c77"
    built.secrets.append(value)
    (built.folder / "broken.tfvars").write_text(f'runner_token = "{value}\n')
    assert said("actions-native", "--tfvars", "broken.tfvars") == "broken.tfvars is no HCL"
    (built.folder / "twice.tfvars").write_text(f'runner_token = "{value}"\n' * 2)
    assert (
        said("actions-native", "--tfvars", "twice.tfvars") == "twice.tfvars sets a variable twice"
    )
    built.change('key="token")', 'key="token", existing=True)')
    assert said("actions-native") == (
        f"the token of {RUNNER} is in Vault at a path that the model does not say"
    )
    assert said("actions-native", "--to", "tfvars") == (
        f"the token of {RUNNER} is the value of no variable: nixgen writes no Terraform for it"
    )
    built.change("    token=token", "    token=TokenFile(path='/run/token')")
    assert said("actions-native") == (
        f"the token of {RUNNER} is the file /run/token, which nixgen does not write"
    )
    assert said("actions-native", "--show") == "there is no token for the forge"


def test_runners_of_one_name(built) -> None:
    """A name that several hosts have is asked for with the host's."""
    text = (built.folder / "hosts/web1.py").read_text().replace('"web1"', '"web2"')
    (built.folder / "hosts/web2.py").write_text(text)
    run = built.nixgen("token", "actions-native", "--json")
    assert run.summaries == ["2 hosts have a runner 'actions-native'"]
    assert run.data["diagnostics"][0]["help"] == (
        "name one of web1/actions-native, web2/actions-native"
    )
    run = built.nixgen("token", "web2/actions-native", "--json")
    assert (run.status, run.data["host"]) == (0, "web2")
