"""Settings of programs have any names and values, whatever the model calls its own."""

from __future__ import annotations

from typing import Any

import pytest
from review_models import container, told, words


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            {"runner": {"labels": ["x:docker://a"]}},
            {"runner": {"labels": "x:host"}},
            (
                "! ~ web1: runner ci: settings.runner.labels x:docker://a -> x:host "
                "(jobs for x leave their container and run on the host)"
            ),
        ),
        (
            {"runner": {"labels": 3}},
            {"runner": {"labels": ["3:docker://a"]}},
            (
                "! ~ web1: runner ci: settings.runner.labels 3 -> 3:docker://a "
                "(jobs run in another image: a)"
            ),
        ),
        (
            {"log": {"kind": ["a"]}},
            {"log": {"kind": {"b": 1}}},
            "  ~ web1: runner ci: settings.log.kind a -> (b 1)",
        ),
        (
            {"log": None},
            {"log": {"kind": 3}},
            "  ~ web1: runner ci: settings.log.kind none -> 3",
        ),
        (
            {"log": [1]},
            {"log": {"kind": 3}},
            "  ~ web1: runner ci: settings.log 1 -> (kind 3)",
        ),
    ],
)
def test_settings_of_any_kind(old: dict[str, Any], new: dict[str, Any], line: str) -> None:
    """A single value in the place of a list, and a name such as `kind`, are told like any other."""
    assert words(told(container(settings=old), container(settings=new))) == [line]
