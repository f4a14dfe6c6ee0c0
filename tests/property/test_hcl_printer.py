"""What holds for every HCL tree that can be printed."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import profiles
import pytest
from attrs import evolve
from hcl import tofu as opentofu
from hcl import trees
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen import hcl
from nixgen.hcl.printing.by_tokens import print_tokens
from nixgen.hcl.printing.direct import print_direct

# What the direct way is made for; the rest of the trees meets it by chance.
simple_values = trees.values(
    trees.scalars
    | st.sampled_from(["var.x", 'local.a["b"].c', "x[0].y", "x[*].y"]).map(hcl.reference)
)
simple_expressions = simple_values.map(hcl.from_python) | st.builds(
    lambda value, text: (
        hcl.call("jsonencode", hcl.string(text, hcl.reference("var.x")), value)
        if text
        else hcl.call("jsonencode", value)
    ),
    simple_values,
    trees.texts,
)


def simple_items(key: st.SearchStrategy[str], make: Any) -> st.SearchStrategy[Any]:
    """Attributes or items of objects of simple shape, with comments and origins."""
    return st.builds(
        make,
        key,
        simple_expressions,
        comments=st.lists(trees.comments, max_size=1).map(tuple),
        origin=st.none() | st.integers(0, 9),
    )


attributes = simple_items(trees.names, hcl.Attribute)
bodies = st.lists(attributes | trees.loose, max_size=4).map(trees.with_distinct_names)
simple_bodies = st.lists(
    attributes
    | trees.loose
    | st.builds(
        hcl.Block,
        st.sampled_from(["variable", "x"]),
        st.lists(trees.labels, max_size=2).map(tuple),
        bodies,
        origin=st.none() | st.integers(0, 9),
    ),
    max_size=4,
).map(trees.with_distinct_names)
item_lists = simple_bodies | st.lists(
    simple_items(st.sampled_from(["a", "long", "a b", "for", "${"]), hcl.ObjectItem), max_size=4
)


def test_printed_files_are_fixed_points(tofu: Path) -> None:
    """Whatever a tree holds, `tofu fmt` in a user's pre-commit hook leaves its text alone."""
    texts = [hcl.print_file(file) for file in trees.sampled(trees.files, 2000)]
    assert opentofu.changed(texts) == []


def test_printed_values_are_fixed_points(tofu: Path) -> None:
    """So are files made of Python data."""
    texts = [hcl.print_file(hcl.File(body)) for body in trees.sampled(simple_bodies, 1000)]
    assert opentofu.changed(texts) == []


@settings(max_examples=profiles.cases(1000))
@given(item_lists | trees.files.map(lambda file: list(file.body)), st.integers(0, 3))
def test_direct_way_equals_general_way(items: list[Any], depth: int) -> None:
    """The fast printer gives the bytes, origins and blank lines of the general one."""
    direct = print_direct(items, depth)
    assert direct is None or direct == print_tokens(items, depth)


@settings(max_examples=profiles.cases(500))
@given(simple_expressions | trees.expressions)
def test_expressions_print_alone_as_in_a_file(expression: Any) -> None:
    """An expression shown in a message reads as it does in the file."""
    item = hcl.ObjectItem("a", expression)
    in_object = print_tokens([item], 0)[0].text
    assert in_object == f"a = {hcl.print_expression(expression)}\n"


@settings(max_examples=profiles.cases(800))
@given(simple_bodies | trees.files.map(lambda file: list(file.body)), st.data())
def test_parts_printed_alone_make_the_same_file(items: list[Any], data: st.DataObject) -> None:
    """Entries printed host by host, and kept between builds, give the bytes of one whole print."""
    cut = data.draw(st.integers(0, len(items)))
    parts = printed_apart(items, cut, 0)
    whole = hcl.print_with_origins(hcl.File(tuple(items)))
    assert parts is None or hcl.print_with_origins(hcl.File(tuple(parts))) == whole


@settings(max_examples=profiles.cases(500))
@given(st.lists(trees.object_items(simple_expressions), max_size=4), st.data())
def test_entries_printed_alone_make_the_same_object(
    items: list[hcl.ObjectItem], data: st.DataObject
) -> None:
    """So do the entries of a map inside of a block."""
    parts = printed_apart(items, data.draw(st.integers(0, len(items))), 2)
    assert parts is None or print_locals(parts) == print_locals(items)


def printed_apart(items: list[Any], cut: int, depth: int) -> list[hcl.Printed] | None:
    """The items printed in two calls; None where a first or last line would be aligned."""
    with contextlib.suppress(ValueError):
        return [hcl.print_items(part, depth=depth) for part in (items[:cut], items[cut:]) if part]
    return None


def print_locals(items: list[Any]) -> tuple[str, tuple[hcl.OriginRange, ...]]:
    """A file whose one map has the items."""
    secrets = hcl.Attribute("secrets", hcl.Object(tuple(items)), origin="secrets")
    return hcl.print_with_origins(hcl.File((hcl.Block("locals", (), (secrets,)),)))


@settings(max_examples=profiles.cases(300))
@given(trees.files)
def test_origins_name_the_lines_of_their_nodes(file: hcl.File) -> None:
    """`explain file:line` leads to the node that printed the line."""
    items = [
        evolve(item, origin=index) if isinstance(item, hcl.Attribute | hcl.Block) else item
        for index, item in enumerate(file.body)
    ]
    text, ranges = hcl.print_with_origins(hcl.File(tuple(items)))
    lines = text.split("\n")
    for first, last, origin in ranges:
        item = items[origin]
        name = item.type if isinstance(item, hcl.Block) else item.name
        moved = isinstance(item, hcl.Attribute) and isinstance(item.value, hcl.Heredoc)
        comments = len(item.comments) + (moved and item.trailing is not None)
        assert lines[first - 1 + comments].startswith(name)
        assert last >= first + len(item.comments)
    assert len(ranges) == sum(isinstance(item, hcl.Attribute | hcl.Block) for item in items)


def test_printed_items_know_their_depth() -> None:
    """Entries printed for another depth are refused, not printed with wrong indentation."""
    entry = hcl.ObjectItem("a", hcl.from_python({"b": 1}))
    printed = hcl.print_items([entry], depth=1)
    for file in (
        hcl.File((hcl.Block("locals", (), (hcl.Attribute("x", hcl.Object((printed,))),)),)),
        hcl.File((hcl.Attribute("x", hcl.Object((printed,), multiline=False)), printed)),
    ):
        with pytest.raises(ValueError, match="depth"):
            hcl.print_file(file)
