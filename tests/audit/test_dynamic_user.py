"""Names of users that systemd makes; tests/real asks systemd itself."""

from __future__ import annotations

import pytest

from nixgen.audit.dynamic_user import user_of_unit


@pytest.mark.parametrize("unit", ["a", "_", "A-b_1", "x" * 31])
def test_a_valid_name_is_kept(unit: str) -> None:
    """A unit whose name is a valid user name gives it to its user: up to 31 characters."""
    assert user_of_unit(unit) == unit


@pytest.mark.parametrize("unit", ["x" * 32, "7a", "-a", "a.b", r"a\x2db", "a:b", "Ä", "a\n", ""])
def test_another_name_is_hashed(unit: str) -> None:
    """Any other unit's user has the hash of its name, whose own name is valid."""
    user = user_of_unit(unit)
    assert user.startswith("_du")
    assert user_of_unit(user) == user
    assert len(user) == len("_du") + 16
