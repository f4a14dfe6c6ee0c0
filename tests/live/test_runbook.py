"""The runbook's steps, run as they stand there: bash, OpenTofu, bao, and real servers."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import gitea as forge
import openbao as bao
import programs
import pytest
from vault_folder import Project

from nixgen import load_fleet
from nixgen.emit.runbook import runbook

VALUE = "a-value-that-a-person-gives"
BY_HAND = "a-value-that-goes-to-vault-at-once"
HOST = """\
from nixgen import AppRole, Host, SecretsModule, Vault, VaultSecret

vault = Vault(
    address="{address}",
    standalone=True,
    secrets_module=SecretsModule(
        role_id_file="{folder}/approle/role-id", secret_id_file="{folder}/approle/secret-id"
    ),
)
host = Host(
    name="ci1",
    release="25.11",
    secrets=[
        VaultSecret(name="api", key="key"),
        VaultSecret(name="by-hand", key="key", terraform=None),
    ],
    vault=vault,
    approle=AppRole({approle}),
)
"""
# What is not here: another machine, and a person who logs in to Vault.
STAND_INS = """\
ssh() { shift; bash -c "$*"; }
bao() { [ "$1" = login ] || command bao "$@"; }
nixgen() { PROGRAM "$@"; }
"""


def steps(text: str, first: str, last: str) -> list[str]:
    """The commands of some steps of a runbook, block by block."""
    part = text[text.index(f". {first}\n") : text.index(f". {last}\n")]
    return re.findall(r"^```bash\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    "approle", ["", "secret_id=True", 'secret_id=True, wrapping_ttl="1h", secret_id_uses=3']
)
def test_steps_for_vault(
    approle: str, tmp_path: Path, vault: bao.Client, tofu_with_provider: Path
) -> None:
    """Whoever pastes the commands has the secret in Vault, and a host that logs in and reads it."""
    host = tmp_path / "host"
    host.mkdir()
    project = Project(tmp_path / "repository", vault)
    project.write("ci1.py", HOST.format(address=vault.address, folder=host, approle=approle))
    project.build()
    project.give(api=VALUE)
    text = project.nixgen("runbook", "ci1")
    program = f"{shlex.quote(sys.executable)} -m nixgen"
    blocks = steps(text, "Log in to Vault", "Build")
    there, again = blocks[-2], "echo and then\n"
    script = "\n".join([STAND_INS.replace("PROGRAM", program), *blocks, again, there])
    environment = programs.tofu_environment() | vault.environment()
    environment |= {
        "PATH": os.pathsep.join([str(programs.TOOLS), os.environ["PATH"]]),
        "PYTHONPATH": str(programs.ROOT),
    }
    programs.run(["git", "init", "--quiet"], cwd=project.folder)
    (tmp_path / "script").write_text(script)
    printed = programs.run(
        ["bash", "-o", "pipefail", str(tmp_path / "script")],
        text=f"{BY_HAND}\n",
        cwd=project.folder,
        environment=environment,
    )
    assert "terraform/vault/terraform.tfvars\n" in printed  # git ignores it
    assert "0 to destroy" in printed
    assert "Apply complete!" in printed
    assert "error" not in printed.lower()  # `nixgen verify vault` has nothing to say
    assert VALUE not in printed
    assert BY_HAND not in printed
    modes = [line.partition(":")[0] for line in printed.partition(again[9:])[2].splitlines()]
    assert modes == ["600", "600"]
    role_id, secret_id = (
        (host / "approle" / name).read_text() for name in ("role-id", "secret-id")
    )
    assert secret_id.strip() not in printed
    body = {"role_id": role_id.strip(), "secret_id": secret_id.strip()}
    token = vault.write("auth/approle/login", body).body["auth"]["client_token"]
    client = bao.Client(vault.address, token, vault.namespace)
    assert client.read("secret/data/hosts/ci1/api")["data"] == {"key": VALUE}
    assert client.read("secret/data/hosts/ci1/by-hand")["data"] == {"key": BY_HAND}


def test_workflow_runs_where_the_step_puts_it(tmp_path: Path, gitea: forge.Server) -> None:
    """The file that the last step shows is one that Gitea finds, and its job is the runner's."""
    user = gitea.account()
    repository = user.repository()
    (tmp_path / "ci1.py").write_text(
        f"""from nixgen import Forge, Host, NativeRunner, RepositoryScope, TokenFile

runner = NativeRunner(
    name="native",
    url="{gitea.address}",
    token=TokenFile(path="/run/secrets/token"),
    labels=["native:host"],
    scope=RepositoryScope(repository="{repository}"),
)
known = Forge(url="{gitea.address}", version="1.26", software="gitea")
host = Host(name="ci1", release="25.11", runners=[runner], forges=[known])
"""
    )
    text = runbook(load_fleet(tmp_path).host("ci1"), "ci1.py")
    found = re.search(r"as `(.*?)`:\n\n```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    token = user.registration_token(f"repos/{repository}")
    runner = gitea.register(token, "ci1-native", ["native"])
    runner.go_online()
    user.add_file(repository, ".forgejo/workflows/not-read.yaml", found[2])
    user.add_file(repository, found[1], found[2])
    job = runner.take_job()
    assert job["workflow"] == "native.yaml"
    assert job["repository"] == repository
