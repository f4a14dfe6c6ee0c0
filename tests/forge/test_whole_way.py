"""The whole way of a runner: from `hosts/` to a forge that sees it online.

Nothing in between is made by the test. nixgen builds the files and gets the token from a real
Gitea; OpenTofu applies them to a real OpenBao; the host's script fetches the token, in the
environment that Nix evaluates; a runner registers with what Nix says of it; and `verify` looks.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import gitea as forge
import nixos
import openbao as bao
import programs
import pytest
from fetching import Machine
from vault_folder import Project

HOST = "nix-cache02"
SECRET = "forgejo-native-runner-token"
UNIT = r"gitea-runner-actions\x2dnative.service"
REPOSITORIES = ("nixos-servers", "nixos-exporter", "nixos")
TFVARS = "build/terraform/vault/terraform.tfvars"


@pytest.fixture
def owner(gitea: forge.Server) -> forge.Account:
    """The user whose repositories the native runner is for; they are all there."""
    account = gitea.account()
    for name in REPOSITORIES:
        account.granted("POST", "user/repos", {"name": name})
    return account


@pytest.fixture
def project(tmp_path: Path, vault: bao.Client, gitea, owner, monkeypatch) -> Project:
    """The repository's own host, with the servers of the test; an administrator runs nixgen."""
    project = Project(tmp_path / "project", vault)
    text = (programs.ROOT / f"hosts/{HOST}.py").read_text()
    text = text.replace("https://code.t-juice.club", gitea.address).replace("torjus", owner.name)
    text = text.replace("import (\n", "import (\n    SecretsModule,\n    Vault,\n", 1)
    settings = f'address="{vault.address}", standalone=True, secrets_module=SecretsModule()'
    text = text.replace("host = Host(\n", f"host = Host(\n    vault=Vault({settings}),\n", 1)
    project.write(f"{HOST}.py", text)
    for name, value in vault.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FORGEJO_TOKEN", gitea.administrator.token)
    return project


def nixgen(project: Project, *arguments: str) -> tuple[int, str]:
    """Runs the command: its exit status, and all that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "nixgen", *arguments],
        cwd=project.folder,
        env=os.environ | {"PYTHONPATH": str(programs.ROOT)},
        capture_output=True,
        text=True,
        timeout=programs.TIME_LIMIT,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def evaluated(project: Project) -> Any:
    """The host's configuration, as NixOS makes it of the built files."""
    file = project.folder / f"build/hosts/{HOST}/actions-runner.nix"
    return nixos.evaluate(nixos.host(file, f'{{ networking.hostName = "{HOST}"; }}'))


def fetched(configuration: Any, vault: bao.Client, folder: Path) -> Path:
    """The file of the token, written by the host's script with the AppRole's credentials."""
    unit = configuration["systemd"]["services"][f"vault-secret-{SECRET}"]["environment"]
    folder.mkdir()
    elsewhere = {
        "VAULT_CACERT": "",
        "VAULT_NAMESPACE": vault.namespace,
        "ROLE_ID_FILE": str(folder / "role-id"),
        "SECRET_ID_FILE": str(folder / "secret-id"),
        "OUTPUT": str(folder / "secrets/token"),
        "CACHED_COPY": str(folder / "cache/token"),
        "OWNER": str(os.geteuid()),
        "GROUP": str(os.getegid()),
    }
    machine = Machine(folder, vault, {**unit, **elsewhere})
    machine.give_credentials(vault.approle(HOST))
    done = machine.fetch("--wait")
    assert (done.status, done.said, done.restarted) == (0, "", (UNIT,))
    return machine.output


def registered(configuration: Any, token_file: Path, gitea: forge.Server) -> forge.Runner:
    """A runner that registers as nixpkgs' module has it: TOKEN of its environment file, and what
    the instance says of URL, name and labels; the forge is told labels by their names.
    """
    instance = configuration["services"]["gitea-actions-runner"]["instances"]["actions-native"]
    assert instance["url"] == gitea.address
    assert instance["tokenFile"] == f"/run/secrets/{SECRET}"
    environment = dict(line.split("=", 1) for line in shlex.split(token_file.read_text()))
    labels = [label.partition(":")[0] for label in instance["labels"]]
    return gitea.register(environment["TOKEN"], instance["name"], labels)


@pytest.mark.usefixtures("tofu_with_provider", "nix_instantiate")
def test_from_hosts_to_a_runner_online(
    project: Project, vault: bao.Client, gitea: forge.Server, owner: forge.Account, tmp_path: Path
) -> None:
    """Each step does its part, and no token is seen on the way."""
    said = [project.build()]
    status, printed = nixgen(project, "token", f"{HOST}/actions-native")
    said.append(printed)
    assert status == 0
    assert f"a registration token for the user '{owner.name}' is now in {TFVARS}" in printed
    project.apply()

    configuration = evaluated(project)
    token_file = fetched(configuration, vault, tmp_path / HOST)
    status, printed = nixgen(project, "verify", "forge", HOST)
    said.append(printed)
    assert status == 1
    assert "the runner 'actions-native' of host 'nix-cache02' is not registered" in printed

    # The container runner, which hosts/ only tells of, is there already.
    everybody = gitea.administrator.registration_token("admin")
    gitea.register(everybody, f"{HOST}-actions1", ["nix"]).go_online()
    runner = registered(configuration, token_file, gitea)
    runner.go_online()
    for server in ("forge", "vault"):
        status, printed = nixgen(project, "verify", server, HOST)
        said.append(printed)
        assert (status, printed) == (0, "")
    (seen,) = owner.granted("GET", "user/actions/runners")["runners"]
    assert (seen["name"], seen["status"]) == (f"{HOST}-native", "online")

    token = owner.registration_token("user")
    assert token in token_file.read_text()
    assert not any(secret in "".join(said) for secret in (token, gitea.administrator.token))
    files = [each for each in (project.folder / "build").rglob("*") if each.is_file()]
    # The state holds it too, as that of Terraform does, and the plan, which is packed.
    holding = {str(each) for each in files if token.encode() in each.read_bytes()}
    assert {each for each in holding if "tfstate" not in each} == {str(project.folder / TFVARS)}
