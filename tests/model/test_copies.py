"""Copies of what objects hold."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError

from nixgen import Host


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda given: pickle.loads(pickle.dumps(given))]
)
def test_a_copy_of_a_mapping_can_change(copied: Callable[[Any], Any]) -> None:
    """The mapping of an object stays as it was checked; who wants another one copies it."""
    host = Host(name="web1", release="25.11", options={"networking.domain": "a.example"})
    with pytest.raises(FrozenInstanceError):
        host.options["networking.domain"] = "b.example"  # type: ignore[index]
    changed = copied(host.options)
    changed["networking.domain"] = "b.example"
    assert type(changed) is dict
    assert host.options == {"networking.domain": "a.example"}
