"""What somebody else did to a secret in Vault is undone by what `nixgen verify vault` advises."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import openbao as bao
import programs
import pytest
from vault_folder import Project

from nixgen import load_fleet
from nixgen.live.connection import Connection, Token
from nixgen.live.finding import Finding
from nixgen.live.server import Server
from nixgen.live.vault import verify

HOSTS = """\
from nixgen import Generated, Host, Vault, VaultSecret

host = Host(
    name="web",
    release="25.11",
    secrets=[
        VaultSecret(name="given", key="key"),
        VaultSecret(name="made", key="key", terraform=Generated(length=40)),
    ],
    vault=Vault(standalone=True{settings}),
)
"""
KINDS = {"given": "given", "made": "generated"}
NAMES = tuple(KINDS)


def version_of(vault: bao.Client, path: str) -> int:
    """The number of a secret's latest version."""
    return int(vault.read(f"secret/metadata/{path}")["current_version"])


Harm = Callable[[bao.Client, str], object]
HARMS: dict[str, Harm] = {
    "deleted": lambda vault, path: vault.ask("DELETE", f"secret/data/{path}"),
    "destroyed": lambda vault, path: vault.write(
        f"secret/destroy/{path}", {"versions": [version_of(vault, path)]}
    ),
    "placeholder": lambda vault, path: vault.write(
        f"secret/data/{path}", {"data": {"key": "PLACEHOLDER"}}
    ),
    "other key": lambda vault, path: vault.write(f"secret/data/{path}", {"data": {"kee": "x"}}),
    "no key": lambda vault, path: vault.write(f"secret/data/{path}", {"data": {}}),
    "gone": lambda vault, path: vault.ask("DELETE", f"secret/metadata/{path}"),
}


def found(project: Project) -> Sequence[Finding]:
    """What `verify vault` finds."""
    vault = project.server
    login = Token(value=vault.token, source="VAULT_TOKEN")
    server = Server(Connection(address=vault.address, login=login, namespace=vault.namespace))
    return verify(load_fleet(project.folder / "hosts").hosts, server).findings


def helps(project: Project) -> list[str]:
    """What is advised, for each of the two secrets."""
    advice = [each.diagnostic.help or "" for each in found(project)]
    assert len(advice) == len(NAMES)
    return advice


def run_bao(project: Project, advice: str, verb: str) -> None:
    """Runs the command of `bao` with a verb, as it stands in an advice."""
    (command,) = re.findall(rf"`(bao kv {verb} .*?)`", advice)
    environment = os.environ | project.server.environment()
    program = programs.real_program("bao")
    programs.run([program, *shlex.split(command)[1:]], environment=environment)


@pytest.fixture(scope="module")
def applied(
    tmp_path_factory: pytest.TempPathFactory, openbao: bao.Server, tofu_with_provider: Path
) -> Callable[[str], Project]:
    """An applied project, one for each kind of Vault."""
    made: dict[str, Project] = {}

    def project(settings: str) -> Project:
        if settings not in made:
            new = Project(tmp_path_factory.mktemp("project"), openbao.namespace())
            new.write("hosts.py", HOSTS.format(settings=settings))
            new.build()
            new.give(given="a-value")
            new.apply()
            made[settings] = new
        return made[settings]

    return project


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_advised_brings_the_value_back(
    harm: str, applied: Callable[[str], Project]
) -> None:
    """Whatever happened to the path, the commands of the help end with nothing to say.

    The provider sees none of it but a path without metadata, so `tofu apply` alone is not enough.
    """
    project = applied("")
    assert found(project) == ()
    values = [project.value(f"hosts/web/{name}") for name in NAMES]
    for name in NAMES:
        HARMS[harm](project.server, f"hosts/web/{name}")
    seen = harm == "gone"
    for advice in helps(project):
        assert "`tofu apply`" in advice
        assert ("bao kv metadata delete" in advice) is not seen
        assert ("bao kv undelete" in advice) is (harm == "deleted")
    if not seen:
        assert project.planned() == {}
        for advice in helps(project):
            run_bao(project, advice, "metadata delete")
    assert project.apply() == "2 added, 0 changed, 0 destroyed"
    assert found(project) == ()
    assert [project.value(f"hosts/web/{name}") for name in NAMES] == values


def test_a_deleted_version_comes_back(applied: Callable[[str], Project]) -> None:
    """The help names the version that was deleted."""
    project = applied("")
    for name in NAMES:
        project.server.write(f"secret/data/hosts/web/{name}", {"data": {"key": "newer"}})
        HARMS["deleted"](project.server, f"hosts/web/{name}")
    for advice in helps(project):
        run_bao(project, advice, "undelete")
    assert found(project) == ()
    assert project.value("hosts/web/given") == {"key": "newer"}


@pytest.mark.parametrize("harm", [each for each in HARMS if each != "gone"])
def test_a_raised_version_brings_a_write_only_value_back(
    harm: str, applied: Callable[[str], Project]
) -> None:
    """With write_only the help asks for another version, which is written over what is there."""
    project = applied(", write_only=True")
    assert found(project) == ()
    for name in NAMES:
        HARMS[harm](project.server, f"hosts/web/{name}")
    for advice in helps(project):
        assert "raise VaultSecret.version" in advice
        assert "metadata delete" not in advice
    assert project.planned() == {}
    file = project.folder / "hosts/hosts.py"
    text = file.read_text()
    raised = int(re.findall(r"version=(\d+)", f"{text}version=1")[0]) + 1
    text = re.sub(r", version=\d+", "", text).replace('key="key"', f'key="key", version={raised}')
    file.write_text(text)
    project.build()
    assert project.apply() == "0 added, 2 changed, 0 destroyed"
    assert found(project) == ()
    assert project.value("hosts/web/given") == {"key": "a-value"}


def test_what_is_replaced_is_lost(applied: Callable[[str], Project], root: Path) -> None:
    """The page warns of -replace and taint, after which the new version is the deleted one."""
    project = applied("")
    for name in NAMES:
        project.tofu(
            "apply",
            "-auto-approve",
            f'-replace=vault_kv_secret_v2.{KINDS[name]}["hosts/web/{name}"]',
        )
    assert project.planned() == {}
    for each, advice in zip(found(project), helps(project), strict=True):
        assert "its latest version is deleted" in each.diagnostic.summary
        run_bao(project, advice, "metadata delete")
    page = " ".join((root / "docs/vault.md").read_text().split())
    assert "`tofu apply -replace=...` or `tofu taint`" in page
    assert "`bao kv metadata delete -mount=secret PATH` and `tofu apply`" in page
    assert project.apply() == "2 added, 0 changed, 0 destroyed"
    assert found(project) == ()
