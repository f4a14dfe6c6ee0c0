"""The command `nixgen`, run in this process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from nixgen.cli import main


@frozen
class Run:
    """What a run of the command gave."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The answer of `--json`."""
        return json.loads(self.out)

    @property
    def summaries(self) -> list[str]:
        """What the findings or errors of `--json` say."""
        return [each["summary"] for each in self.data["diagnostics"]]


Nixgen = Callable[..., Run]


def in_process(capsys: pytest.CaptureFixture[str]) -> Nixgen:
    """Runs the command in the working directory: `nixgen("build", "web1").out`."""

    def run(*arguments: str) -> Run:
        capsys.readouterr()
        status = main(arguments)
        return Run(status, *capsys.readouterr())

    return run


def without_servers(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Neither the environment nor the user's folder leads to a Vault server or to a forge."""
    for name in list(os.environ):
        if name.startswith(("VAULT_", "BAO_")) or name in ("FORGEJO_TOKEN", "GITEA_TOKEN"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
