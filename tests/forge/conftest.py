"""A project in the working directory, and the command run in this process, with a forge's token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gitea as forge
import pytest
from attrs import frozen
from command import Nixgen, Run, in_process, without_servers

HOST = """\
from nixgen import Host, NativeRunner, OrganizationScope, RepositoryScope, UserScope, VaultSecret
from nixgen import ContainerRunner, Forge, GlobalScope, TokenFile

token = VaultSecret(name="runner-token", key="token")
runner = NativeRunner(
    name="actions-native",
    url="{url}",
    token=token,
    labels=["native-nix:host"],
    scope={scope},
    trusted_repositories={repositories},
)
host = Host(
    name="web1",
    release="25.11",
    secrets=[token],
    runners=[runner],
)
"""


@frozen
class Project:
    """A folder with `hosts/`, and the command run in it; no token is in what it prints."""

    folder: Path
    secrets: list[str]
    _run: Nixgen

    def host(self, url: str, scope: str, *repositories: str, **changes: str) -> None:
        """Writes `hosts/web1.py`: a host with a native runner; `changes` are further fields."""
        text = HOST.format(url=url, scope=scope, repositories=list(repositories))
        for name, value in changes.items():
            text = text.replace("    labels=", f"    {name}={value},\n    labels=", 1)
        (self.folder / "hosts/web1.py").write_text(text)

    def change(self, old: str, new: str) -> None:
        """Replaces a text of the host's file."""
        file = self.folder / "hosts/web1.py"
        text = file.read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in it"
        file.write_text(text.replace(old, new))

    def nixgen(self, *arguments: str) -> Run:
        """Runs the command."""
        run = self._run(*arguments)
        for secret in self.secrets:
            assert secret not in run.out + run.err
        return run

    def verify(self, *arguments: str) -> Run:
        """`nixgen verify forge --json`."""
        return self.nixgen("verify", "forge", "--json", *arguments)


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Project:
    """An empty project; the environment has no forge and no Vault."""
    (tmp_path / "hosts").mkdir()
    (tmp_path / "nixgen.toml").write_text('formatter = "builtin"\n')
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    without_servers(monkeypatch, tmp_path)
    return Project(tmp_path, [], in_process(capsys))


@pytest.fixture
def use_token(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a forge's token into the environment; no output may have it in it."""

    def use(token: str) -> None:
        monkeypatch.setenv("FORGEJO_TOKEN", token)
        project.secrets.append(token)

    return use


@pytest.fixture
def user(gitea: forge.Server, use_token) -> forge.Account:
    """A new user of the forge, whose token is in the environment."""
    account = gitea.account()
    use_token(account.token)
    return account
