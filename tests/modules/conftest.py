"""The host that the tests of this folder fetch secrets on."""

from __future__ import annotations

import os
from pathlib import Path

import openbao as bao
import pytest
from fetching import Machine, machine_of


@pytest.fixture
def machine(vault: bao.Client, tmp_path: Path) -> Machine:
    """A host with a namespace of the session's server."""
    return machine_of(tmp_path, vault)


@pytest.fixture
def as_root() -> None:
    """Skips tests of what only root may do: give files away, mount file systems."""
    if os.geteuid() != 0:
        pytest.skip("only root can do this")
