"""What the tests of a build share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from builds import without_syncing


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    """Tests survive no power cut, so they need not wait for the disk hundreds of times."""
    with without_syncing():
        yield
