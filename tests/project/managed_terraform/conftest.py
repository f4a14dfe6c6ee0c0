"""An output folder with Terraform files of people in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from terraform_entries import EXISTING, FOLDER


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder in which the files are already."""
    (tmp_path / FOLDER).mkdir(parents=True)
    for name, text in EXISTING.items():
        (tmp_path / FOLDER / name).write_text(text)
    return tmp_path
