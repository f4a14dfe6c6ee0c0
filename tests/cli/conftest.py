"""A small project in the working directory, and the command run in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Nixgen, in_process

PARTS = """\
from nixgen import Option, Profile


def base(domain):
    return Profile(
        options={
            "networking.domain": domain,
            "services.openssh": Option(value={"enable": True}, notes=["for everyone"]),
        },
    )
"""
WEB1 = """\
from _parts import base

from nixgen import GlobalScope, Host, NativeRunner, RunnerCache, VaultSecret

token = VaultSecret(
    name="runner-token",
    key="token",
    mode=0o440,
)
runner = NativeRunner(
    name="actions-native",
    url="https://git.example.org",
    token=token,
    labels=["native:host"],
    scope=GlobalScope(),
    cache=RunnerCache(),
)
host = Host(
    name="web1",
    release="25.11",
    parts=[base("example.org")],
    secrets=[token],
    runners=[runner],
)
"""
DB1 = """\
from nixgen import Generated, Host, VaultSecret

password = VaultSecret(name="postgres", terraform=Generated(length=40))
host = Host(name="db1", release="25.05", secrets=[password])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two hosts and a part, in the working directory; colour and nixfmt left alone."""
    (tmp_path / "hosts").mkdir()
    for name, text in {"_parts": PARTS, "web1": WEB1, "db1": DB1}.items():
        (tmp_path / f"hosts/{name}.py").write_text(text)
    (tmp_path / "nixgen.toml").write_text('formatter = "builtin"\n')
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):  # test runners set COLUMNS
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def nixgen(project: Path, capsys: pytest.CaptureFixture[str]) -> Nixgen:
    """Runs the command in the project: `nixgen("build", "web1").out`."""
    return in_process(capsys)


@pytest.fixture
def built(nixgen: Nixgen) -> Nixgen:
    """The same, once the project is built."""
    assert nixgen("build").status == 0
    return nixgen
