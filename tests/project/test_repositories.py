"""Workflows of repositories are files of a build like all others, and those of a whole fleet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nixgen import LoadError, build, check, load_fleet
from nixgen.cli import main

HOST = """\
from nixgen import Host
host = Host(name="{name}", release="25.11", options={{"a.b": 1}})
"""
REPOSITORIES = """\
from nixgen import FleetBuild, Repository

servers = Repository(
    name="alice/servers",
    folder=".",
    workflows=[
        FleetBuild(runs_on="native-nix"),
    ],
)
"""
PATH = ".forgejo/workflows/build-hosts.yaml"


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two hosts, and a file that describes a repository and no host."""
    folder = tmp_path / "hosts"
    folder.mkdir()
    for name in ("web1", "web2"):
        (folder / f"{name}.py").write_text(HOST.format(name=name))
    (folder / "repositories.py").write_text(REPOSITORIES)
    monkeypatch.chdir(tmp_path)
    return folder


def matrix(output: Path) -> list[str]:
    """The hosts that the workflow builds."""
    return re.findall(r"^          - (\S+)$", (output / PATH).read_text(), re.MULTILINE)


def test_a_new_host_joins_the_workflow(hosts: Path, tmp_path: Path) -> None:
    """A build writes the workflow with all hosts, `check` sees what is missing, edits are kept."""
    output = tmp_path / "build"
    assert PATH in build(load_fleet(hosts), output).created
    assert matrix(output) == ["web1", "web2"]
    assert check(load_fleet(hosts), output).differences == ()
    (hosts / "web3.py").write_text(HOST.format(name="web3"))
    assert PATH in {each.path for each in check(load_fleet(hosts), output).differences}
    build(load_fleet(hosts), output)
    assert matrix(output) == ["web1", "web2", "web3"]


def test_a_build_of_one_host_leaves_workflows_alone(hosts: Path, tmp_path: Path) -> None:
    """One host is not the fleet: the matrix stays as it is, and so does the file."""
    output = tmp_path / "build"
    build(load_fleet(hosts), output)
    (hosts / "web3.py").write_text(HOST.format(name="web3"))
    build(load_fleet(hosts, only=["web3"]), output, only=["web3"])
    assert matrix(output) == ["web1", "web2"]


def test_a_workflow_that_is_gone_is_removed(hosts: Path, tmp_path: Path) -> None:
    """Without the repository nixgen takes its file away, as it does with a host's."""
    output = tmp_path / "build"
    build(load_fleet(hosts), output)
    (hosts / "repositories.py").unlink()
    assert PATH in build(load_fleet(hosts), output).removed
    assert not (output / PATH).exists()


def test_explain(hosts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line of the workflow leads back to the line of the repository's file."""
    assert main(["build"]) == 0
    capsys.readouterr()
    assert main(["explain", f"build/{PATH}:12"]) == 0
    out = capsys.readouterr().out
    assert "FleetBuild" in out
    assert "hosts/repositories.py:7" in out


def test_two_repositories_of_one_name(hosts: Path) -> None:
    """Both lines are named."""
    (hosts / "more.py").write_text(REPOSITORIES)
    with pytest.raises(LoadError, match="two repositories are named 'alice/servers'"):
        load_fleet(hosts)
