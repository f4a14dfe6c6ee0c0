"""Whatever a workflow holds, both versions of YAML read it back as it was written."""

from __future__ import annotations

from typing import Any

import profiles
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nixgen.emit.contribution import Cause
from nixgen.emit.yaml_text import Entry, print_yaml

# Forms that one of the versions takes for a number, a date, a boolean, or nothing.
AMBIGUOUS = st.sampled_from(
    [
        *("on", "Off", "yes", "no", "y", "N", "true", "null", "~", "1.10", "1_000", "0o7", "07"),
        *("0b1", "0x1F", "12:30", "190:20:30.15", "1e3", "1.5e-3", ".inf", "-.NaN", "2026-11-24"),
        *("2026-11-24t10:00:00z", "<<", "=", "+", "-", "?", ":", "#", "&", "*", "!", "|", ">"),
        *("%", "@", "`", "'", '"', "{", "}", "[", "]", "---", "...", "a: b", " - a", "${{ a }}"),
    ]
)
texts = st.one_of(
    AMBIGUOUS,
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30),
    st.lists(st.text("ab #:\t", max_size=9), max_size=4).map("\n".join),
)
values = st.recursive(
    st.one_of(texts, st.booleans(), st.integers(-(2**40), 2**40)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4),
        st.dictionaries(texts, inner, min_size=1, max_size=4),
    ),
    max_leaves=8,
)
CAUSE = Cause("x", ())


def entries(data: dict[str, Any]) -> tuple[Entry, ...]:
    """The data as entries."""
    return tuple(Entry(key, _value(value), CAUSE) for key, value in data.items())


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return entries(value)
    return [_value(each) for each in value] if isinstance(value, list) else value


@settings(max_examples=profiles.cases(300))
@given(st.dictionaries(texts, values, min_size=1, max_size=5))
@example({"on": {"1.10": "${{ a }}"}, "a": "x\n\n y \n", "b": " \n", "c": "\n"})
@example({"a": [["b", {"c": "d: e"}], "\ta\n", "a\n b"]})
def test_both_versions_read_what_was_written(data: dict[str, Any]) -> None:
    """YAML 1.1 (PyYAML) and YAML 1.2 (ruamel.yaml) agree, and each line has its causes."""
    text, ranges = print_yaml(entries(data))
    assert yaml.safe_load(text) == data
    assert YAML(typ="safe").load(text) == data
    height = text.count("\n")
    covered = {line for first, last, _ in ranges for line in range(first, last + 1)}
    assert covered == set(range(1, height + 1))
