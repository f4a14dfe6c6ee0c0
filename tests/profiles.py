"""Hypothesis profiles: how many cases, and whether they are the same each time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FUZZ_FACTOR = 10


def chosen() -> str:
    """The profile's name, from HYPOTHESIS_PROFILE: `ci` or `fuzz`."""
    return os.environ.get("HYPOTHESIS_PROFILE", "ci")


def cases(count: int) -> int:
    """How many cases a property test runs: `count` in CI, ten times that when fuzzing."""
    return count * FUZZ_FACTOR if chosen() == "fuzz" else count


def load() -> None:
    """Registers both profiles and loads the chosen one."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile(
        "ci", derandomize=True, database=None, deadline=None, suppress_health_check=slow
    )
    settings.register_profile(
        "fuzz",
        max_examples=cases(100),
        deadline=None,
        print_blob=True,
        suppress_health_check=slow,
    )
    settings.load_profile(chosen())
