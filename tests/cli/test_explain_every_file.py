"""`nixgen explain` answers for every kind of file that nixgen writes."""

from __future__ import annotations

from pathlib import Path

import pytest

VAULT = """\
from nixgen import SecretsModule, Vault

vault = Vault(
    address="https://vault.example.org",
    standalone=True,
    refuse_placeholders=True,
    secrets_module=SecretsModule(),
)
"""
HOST = """\
from _vault import vault

from nixgen import Host, NixDaemon, ResourceLimits, VaultSecret

secret = VaultSecret(name="{name}", key="key")
host = Host(
    name="mail1",
    release="25.11",
    secrets=[secret],
    nix_daemon=NixDaemon(limits=ResourceLimits(memory_high="8G")),
    options={{"networking.domain": "example.org"}},
    vault=vault,
)
"""
REPOSITORY = """\
from nixgen import FleetBuild, Repository, review_workflow

servers = Repository(
    name="alice/servers",
    folder=".",
    workflows=[FleetBuild(runs_on="native"), review_workflow(runs_on="native")],
)
"""
KINDS = {
    ".forgejo/workflows/nixgen.yaml",
    "hosts/mail1/nix-daemon.nix",
    "hosts/mail1/options.nix",
    "hosts/mail1/secrets.nix",
    "modules/fetch-secret.sh",
    "modules/vault-secrets.nix",
    "modules/vault.nix",
    "terraform/vault/.gitignore",
    "terraform/vault/moved-generated.tf",
    "terraform/vault/provider.tf",
    "terraform/vault/terraform.tfvars.example",
}


@pytest.fixture
def everything(nixgen, project: Path):
    """A project in which a secret was renamed, with files of every kind."""
    hosts = project / "hosts"
    (hosts / "_vault.py").write_text(VAULT)
    (hosts / "repositories.py").write_text(REPOSITORY)
    for name in ("web1", "db1"):
        (hosts / f"{name}.py").unlink()
    for name in ("old", "new"):
        (hosts / "mail1.py").write_text(HOST.format(name=name))
        assert nixgen("build").status == 0
    return nixgen


def files(output: Path) -> list[Path]:
    """All files of an output folder but nixgen's state."""
    return [
        path
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".nixgen" not in path.relative_to(output).parts
    ]


@pytest.mark.parametrize("fresh_clone", [False, True])
def test_every_file_leads_to_python(everything, project: Path, fresh_clone: bool) -> None:
    """Whatever nixgen writes, it says why; in a fresh clone, which has no recorded map, too."""
    output = project / "build"
    found = files(output)
    assert {path.relative_to(output).as_posix() for path in found} >= KINDS
    if fresh_clone:
        (output / ".nixgen/origins.jsonl").unlink()
    for path in found:
        run = everything("explain", str(path), "--json")
        assert (run.status, run.err) == (0, ""), path
        assert any(each["causes"] for each in run.data["explanations"]), path


def test_a_workflow_is_no_hosts(everything) -> None:
    """The answer names the file that describes the repository."""
    out = everything("explain", "build/.forgejo/workflows/nixgen.yaml:1").out
    assert out.endswith("a file that no host owns, described in hosts/repositories.py\n")


@pytest.mark.parametrize("state", ["lost", "of another time"])
def test_a_build_of_one_host_without_the_others_map(built, project: Path, state: str) -> None:
    """A fresh clone has no map, and after a `git pull` it is of older files: the build of one host
    works all the same, and what it keeps of others is explained.
    """
    recorded = project / "build/.nixgen/origins.jsonl"
    if state == "lost":
        recorded.unlink()
    else:
        recorded.write_text(recorded.read_text().replace('["', '["0'))
    file = project / "hosts/web1.py"
    file.write_text(file.read_text().replace("0o440", "0o400"))
    run = built("build", "web1")
    assert (run.status, run.err) == (0, "")
    lines = built("explain", "terraform/vault/secrets.tf").out.splitlines()
    assert "hosts/db1.py:3  " in next(line for line in lines if "auto_generate = true" in line)
