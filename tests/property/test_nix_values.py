"""Python values become Nix that Nix reads back as the same values, laid out as nixfmt does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import profiles
import programs
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nixgen import nix

CASES = 1000
BATCH = 100  # values that one process of Nix evaluates

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    st.text("'$ {}\\\"\n\t\ra", max_size=12),
    st.lists(st.sampled_from(["", "  ", " a", "a", "'", "''", "$", "${", "{", "\t", "a b"])).map(
        "\n".join
    ),
)
names = st.one_of(
    texts, st.sampled_from(["if", "or", "inherit", "a.b", "", "9", "a-b", "x'", "__functor"])
).filter(lambda name: name not in {"__functor", "outPath", "__toString", "type"})
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        texts,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(names, inner, max_size=5)),
    max_leaves=15,
)


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Values of a strategy."""
    found: list[Any] = []

    @settings(max_examples=profiles.cases(count), phases=[Phase.explicit, Phase.generate])
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def evaluated(expressions: list[str]) -> list[Any]:
    """What Nix makes of expressions, many in one process."""
    found: list[Any] = []
    for start in range(0, len(expressions), BATCH):
        batch = expressions[start : start + BATCH]
        found += programs.eval_nix("[" + "\n".join(f"({each})" for each in batch) + "]")
    return found


def test_values_survive_the_way_through_nix(eval_nix: Any) -> None:
    """Whatever data a model holds, Nix evaluates to it."""
    made = drawn(values, CASES)
    printed = [nix.print_expression(nix.from_python(value)) for value in made]
    for value, text, found in zip(made, printed, evaluated(printed), strict=True):
        assert same(value, found), text


def same(value: Any, found: Any) -> bool:
    """Equality, with floats as near as Nix prints them."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return type(value) is type(found) and value == found
    if isinstance(value, float):
        return abs(value - found) <= 1e-5 * abs(value)
    if isinstance(value, dict):
        return value.keys() == found.keys() and all(same(value[k], found[k]) for k in value)
    if isinstance(value, list):
        return len(value) == len(found) and all(map(same, value, found))
    return bool(value == found)


def test_indented_strings_hold_their_text(eval_nix: Any) -> None:
    """The printer's indentation is no part of the text, the text's own is; nothing is an escape."""
    made = drawn(texts, CASES)
    printed = [
        nix.print_expression(nix.attribute_set({"a": {"b": [nix.indented(text), 1]}}))
        for text in made
    ]
    expected = [{"a": {"b": [text, 1]}} for text in made]
    assert evaluated(printed) == expected


def test_interpolated_strings_hold_their_text(eval_nix: Any) -> None:
    """Text next to an interpolation stays text."""
    made = drawn(st.tuples(texts, texts, texts), CASES // 2)
    printed = [
        f'let x = "X"; in {nix.print_expression(nix.text(a, nix.ref("x"), b, nix.ref("x"), c))}'
        for a, b, c in made
    ]
    assert evaluated(printed) == [f"{a}X{b}X{c}" for a, b, c in made]


def test_printed_values_are_fixed_points(nixfmt: Path, tmp_path: Path) -> None:
    """Nixfmt changes nothing in printed data, nor does `format`."""
    made = drawn(values, CASES)
    printed = [
        nix.print_file(nix.File(nix.attribute_set({"v": value, "t": nix.indented(str(value))})))
        for value in made
    ]
    assert programs.nixfmt_texts(printed, tmp_path) == printed
    assert [nix.format(text) for text in printed] == printed
