"""Python data that goes through HCL comes back equal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hcl2
import profiles
from hcl import tofu as opentofu
from hcl import trees
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen import hcl
from nixgen.hcl.strings import escape_quoted, unescape_quoted


def same(expected: Any, found: Any) -> bool:
    """Whether two values are equal; a float equals the number that its digits spell."""
    if isinstance(expected, float):
        return isinstance(found, int | float) and float(found) == expected
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, expected, found))
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(value, found[key]) for key, value in expected.items()
        )
    return type(expected) is type(found) and bool(expected == found)


def test_values_through_opentofu(tofu: Path, tmp_path: Path) -> None:
    """What the model holds is what Terraform sees: no text, number or key changes on the way."""
    cases = trees.sampled(trees.values(), 2000)
    texts = [hcl.print_expression(hcl.from_python(case)) for case in cases]
    found = opentofu.values(texts, tmp_path)
    wrong = [
        (case, text, value)
        for case, text, value in zip(cases, texts, found, strict=True)
        if not same(trees.normalized(case), value)
    ]
    assert wrong == []


def test_heredocs_through_opentofu(tofu: Path, tmp_path: Path) -> None:
    """A heredoc says exactly its text, however deep in the file its lines are indented."""
    cases = trees.sampled(st.lists(trees.heredoc_lines, min_size=1, max_size=3), 500)
    texts, expected = [], []
    for lines in cases:
        text = "".join(f"{line}\n" for line in lines)
        for flush in (False, True):
            try:
                node = hcl.Heredoc((text,), flush=flush)
            except ValueError:
                continue
            texts.append(hcl.print_expression(hcl.Tuple((node,), multiline=True)))
            expected.append([trees.normalized(text)])
    assert opentofu.values(texts, tmp_path) == expected
    assert len(texts) > len(cases) / 2


def test_templates_through_opentofu(tofu: Path, tmp_path: Path) -> None:
    """Interpolated values stand between exactly the texts that were given."""
    cases = trees.sampled(st.lists(trees.texts, min_size=1, max_size=4), 1000)
    nodes = [hcl.string(*(part for text in case for part in (text, INNER))) for case in cases]
    expected = ["".join(f"{text}<$>" for text in case) for case in cases]
    found = opentofu.values([hcl.print_expression(node) for node in nodes], tmp_path)
    assert found == [trees.normalized(text) for text in expected]


INNER = hcl.call("join", "", ["<", "$", ">"])


@settings(max_examples=profiles.cases(2000))
@given(trees.texts, st.booleans())
def test_escapes_go_both_ways(text: str, before_sequence: bool) -> None:
    """A quoted text is read back as it was written."""
    assert unescape_quoted(escape_quoted(text, before_sequence=before_sequence)) == text


@settings(max_examples=profiles.cases(200))
@given(st.dictionaries(st.sampled_from("abc"), st.booleans() | st.integers(0, 999)))
def test_python_hcl2_reads_the_same(value: dict[str, Any]) -> None:
    """Another parser of HCL, in Python, agrees on the shape of what is printed."""
    text = hcl.print_file(hcl.File((hcl.Attribute("x", hcl.from_python([value, [value]])),)))
    found = json.loads(json.dumps(hcl2.loads(text)))["x"]
    assert found == [value, [value]]
