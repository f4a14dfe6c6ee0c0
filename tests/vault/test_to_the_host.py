"""The whole way of the plan's token: `hosts/`, `tofu apply`, the server, NixOS, the host's file.

Nothing in between is made by the test: the AppRole is Terraform's, and the script runs in the
environment that its unit has on the host, as Nix evaluates the built files.
"""

from __future__ import annotations

import os
import stat

import nixos
import pytest
from fetching import Machine
from programs import ROOT
from vault_folder import Project

SECRET = "forgejo-native-runner-token"
UNIT = r"gitea-runner-actions\x2dnative.service"


@pytest.fixture
def project(tmp_path, tofu_with_provider, nix_instantiate, vault):
    """The repository's own host with nixgen's NixOS module, applied."""
    project = Project(tmp_path / "project", vault)
    text = (ROOT / "hosts/nix-cache02.py").read_text()
    text = text.replace("import (\n", "import (\n    SecretsModule,\n    Vault,\n", 1)
    settings = f'address="{vault.address}", standalone=True, secrets_module=SecretsModule()'
    text = text.replace("host = Host(\n", f"host = Host(\n    vault=Vault({settings}),\n", 1)
    project.write("nix-cache02.py", text)
    project.build()
    project.give(forgejo_native_runner_token="the first token")
    project.apply()
    return project


def machine_of(project, vault, folder) -> Machine:
    """nix-cache02, with the credentials of its AppRole and the environment of its unit.

    Paths of the host are the test's, and there is no root to own the file.
    """
    file = project.folder / "build/hosts/nix-cache02/actions-runner.nix"
    services = nixos.evaluate(nixos.host(file))["systemd"]["services"]
    unit = services[f"vault-secret-{SECRET}"]["environment"]
    folder.mkdir()
    elsewhere = {
        "VAULT_CACERT": "",
        "VAULT_NAMESPACE": vault.namespace,
        "ROLE_ID_FILE": str(folder / "role-id"),
        "SECRET_ID_FILE": str(folder / "secret-id"),
        "OUTPUT": str(folder / "secrets" / "token"),
        "CACHED_COPY": str(folder / "cache" / "token"),
        "OWNER": str(os.geteuid()),
        "GROUP": str(os.getegid()),
    }
    machine = Machine(folder, vault, {**unit, **elsewhere})
    machine.give_credentials(vault.approle("nix-cache02"))
    return machine


def test_the_token_arrives(project, vault, tmp_path) -> None:
    """What a person wrote to terraform.tfvars is what the runner's unit reads, and a new token
    restarts the runner, once.
    """
    machine = machine_of(project, vault, tmp_path / "nix-cache02")
    done = machine.fetch("--wait")
    assert (done.status, done.said, done.restarted) == (0, "", (UNIT,))
    assert machine.output.read_text() == 'TOKEN="the first token"\n'
    assert stat.S_IMODE(machine.output.stat().st_mode) == 0o444  # as hosts/nix-cache02.py wants it
    assert machine.fetch().restarted == ()

    project.give(forgejo_native_runner_token="a-newer-token")
    project.apply()
    assert machine.fetch().restarted == (UNIT,)
    assert machine.output.read_text() == "TOKEN=a-newer-token\n"


def test_a_placeholder_does_not_arrive(project, vault, tmp_path) -> None:
    """Applied without a value, the plan's default is in Vault, and never in the runner's file."""
    machine = machine_of(project, vault, tmp_path / "nix-cache02")
    project.give()
    project.apply()
    done = machine.fetch("--wait")
    assert (done.status, machine.files) == (1, [])
    assert "has a placeholder for token, no value" in done.said


def test_another_hosts_secret_does_not_arrive(project, vault, tmp_path) -> None:
    """A host whose unit was pointed at another host's secret is refused by the server."""
    vault.write("secret/data/hosts/web/key", {"data": {"token": "x"}})
    machine = machine_of(project, vault, tmp_path / "nix-cache02")
    done = machine.fetch("--wait", SECRET_PATH="hosts/web/key")
    assert (done.status, machine.files) == (1, [])
    assert "cannot read secret/hosts/web/key: HTTP status 403" in done.said
