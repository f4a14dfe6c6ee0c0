"""Edits of any file change what they are about, and not one byte besides."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import Any

import profiles
from hcl import tofu as opentofu
from hcl import trees
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nixgen import hcl
from nixgen.hcl.edit.sameness import same

values = trees.values(max_leaves=4).map(hcl.from_python)
keys = (
    st.sampled_from(["hosts/a/x", "hosts/b/x", "m", "zz", "a b", "for", "é", "${x}"]) | trees.texts
)
maps = st.builds(
    lambda items, comments: hcl.File(
        (
            hcl.Attribute("before", hcl.from_python(1), trailing="kept"),
            hcl.Block(
                "locals",
                (),
                (
                    hcl.Attribute("secrets", hcl.Object(tuple(items)), comments=tuple(comments)),
                    hcl.Attribute("after", hcl.from_python(True)),
                ),
            ),
        )
    ),
    st.lists(trees.object_items(values), max_size=5),
    st.lists(trees.comments, max_size=1),
)
dice = st.randoms(use_true_random=False)
layouts = st.sampled_from(["formatted", "by hand", "windows"])


def laid_out(text: str, layout: str, rng: random.Random) -> str:
    """The text with other blanks and newlines, whose values stay."""
    if layout == "formatted":
        return text
    lines = text.split("\n")
    document = hcl.parse(text)
    inside = {
        line
        for token in document.tokens
        if token.kind.name in ("HEREDOC_TEXT", "CLOSE_HEREDOC", "OPEN_HEREDOC")
        for line in range(text.count("\n", 0, token.start), text.count("\n", 0, token.end) + 1)
    }
    if layout == "windows":
        return text if inside else text.replace("\n", "\r\n")
    blanks = [" " * rng.randint(0, 3) for _ in lines]
    return "\n".join(
        line if index in inside or not line else blanks[index] + line
        for index, line in enumerate(lines)
    )


def entries(text: str) -> dict[str, Any]:
    """The values of the map in a text, by key; the last one counts."""
    (block,) = [item for item in hcl.parse(text).body if isinstance(item, hcl.Block)]
    value = next(
        item.value
        for item in block.body
        if isinstance(item, hcl.Attribute) and item.name == "secrets"
    )
    assert isinstance(value, hcl.Object)
    return {str(each.key): each.value for each in value.items if isinstance(each, hcl.ObjectItem)}


def shared(one: str, other: str) -> int:
    """How many characters two texts share at their beginnings and ends, at most the shorter's."""
    shorter = min(len(one), len(other))
    begin = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    rest = shorter - begin
    end = next((at for at in range(rest) if one[-1 - at] != other[-1 - at]), rest)
    return begin + end


def keys_are_distinct(file: hcl.File) -> bool:
    """Whether each key of the map is a text of its own."""
    (block,) = [item for item in file.body if isinstance(item, hcl.Block)]
    (secrets, _) = block.body
    assert isinstance(secrets, hcl.Attribute)
    assert isinstance(secrets.value, hcl.Object)
    found = [item.key for item in secrets.value.items if isinstance(item, hcl.ObjectItem)]
    plain = [key for key in found if isinstance(key, str)]
    return len(plain) == len(found) == len(set(plain))


def checked(before: str, after: str) -> None:
    """A formatted text stays one."""
    if hcl.format(before) == before:
        assert hcl.format(after) == after


@settings(max_examples=profiles.cases(250))
@given(maps.filter(keys_are_distinct), keys, values, layouts, dice)
def test_an_entry_comes_and_goes(
    file: hcl.File, key: str, value: Any, layout: str, rng: random.Random
) -> None:
    """A new entry of a map is there afterwards, all others as they were; without it, all bytes."""
    before = laid_out(hcl.print_file(file), layout, rng)
    assume(key not in entries(before))
    editor = hcl.Editor(before)
    editor.set_entry("locals.secrets", hcl.ObjectItem(key, value, comments=("new",)))
    after = editor.text
    checked(before, after)
    found = entries(after)
    assert same(found.pop(key), value)
    assert found == entries(before)
    if hcl.format(before) != before:  # else what stands around it may be aligned anew
        assert shared(before, after) == len(before) or not found
    assert editor.remove(address(key))
    assert editor.text == before or not found
    assert entries(editor.text) == entries(before)


def address(key: str) -> str:
    """The address of an entry of the map."""
    return f"locals.secrets[{hcl.print_expression(hcl.string(key))}]"


@settings(max_examples=profiles.cases(250))
@given(maps.filter(keys_are_distinct), values, layouts, dice)
def test_an_entry_changes(file: hcl.File, value: Any, layout: str, rng: random.Random) -> None:
    """An entry that is there gets the value; its comments and all other bytes stay."""
    before = laid_out(hcl.print_file(file), layout, rng)
    there = entries(before)
    assume(there)
    key = rng.choice([*there])
    editor = hcl.Editor(before)
    editor.set_entry("locals.secrets", hcl.ObjectItem(key, value))
    after = editor.text
    checked(before, after)
    found = entries(after)
    assert same(found[key], value)
    assert {each: same(found[each], there[each]) for each in there if each != key} == dict.fromkeys(
        there.keys() - {key}, True
    )
    assert comments_outside(before, key) == comments_outside(after, key)
    again = hcl.Editor(after)
    again.set_entry("locals.secrets", hcl.ObjectItem(key, value))
    assert again.text == after


def comments_outside(text: str, key: str) -> list[str]:
    """All comments of a text but those inside of one entry's value."""
    span = entries(text)[key].span
    return [
        token.text.strip()
        for token in hcl.parse(text).tokens
        if token.kind.name == "COMMENT" and not span.start <= token.start < span.end
    ]


@settings(max_examples=profiles.cases(250))
@given(maps.filter(keys_are_distinct), layouts, dice)
def test_an_entry_goes(file: hcl.File, layout: str, rng: random.Random) -> None:
    """An entry goes with its comments, and nothing else does."""
    before = laid_out(hcl.print_file(file), layout, rng)
    there = entries(before)
    assume(there)
    key = rng.choice([*there])
    editor = hcl.Editor(before)
    assert editor.remove(address(key))
    after = editor.text
    checked(before, after)
    del there[key]
    assert entries(after) == there
    if hcl.format(before) != before:
        assert shared(before, after) == len(after)
    assert not editor.remove(address(key))
    assert editor.text == after


blocks = st.builds(
    hcl.Block,
    st.sampled_from(["variable", "resource"]),
    st.lists(st.sampled_from(["a", "b", "token"]), min_size=1, max_size=2).map(tuple),
    st.lists(
        st.builds(hcl.Attribute, trees.names, values)
        | st.builds(
            hcl.Block,
            st.sampled_from(["lifecycle", "validation"]),
            st.just(()),
            st.lists(st.builds(hcl.Attribute, trees.names, values), max_size=2).map(
                trees.with_distinct_names
            ),
        ),
        max_size=4,
    ).map(trees.with_distinct_names),
)


def meaning(block: hcl.Block) -> Any:
    """What a block says, comments and order aside."""
    attributes = {item.name: item.value for item in block.body if isinstance(item, hcl.Attribute)}
    inner = [meaning(item) for item in block.body if isinstance(item, hcl.Block)]
    return block.type, block.labels, attributes, inner


def test_blocks_come_and_change(tofu: Path) -> None:
    """A block is there as it was given, whatever stood there; the file stays formatted."""
    cases = trees.sampled(st.tuples(trees.files, st.lists(blocks, min_size=1, max_size=4)), 300)
    texts = []
    for file, blocks_given in cases:
        editor = hcl.Editor(hcl.print_file(file))
        for block in blocks_given:
            with contextlib.suppress(hcl.HclEditError):  # several blocks of this name
                editor.set_block(block)
        wanted = {(block.type, block.labels): block for block in blocks_given}
        found = [item for item in hcl.parse(editor.text).body if isinstance(item, hcl.Block)]
        for name, block in wanted.items():
            there = [item for item in found if (item.type, item.labels) == name]
            if len(there) == 1:
                assert says_the_same(meaning(there[0]), meaning(block))
        texts.append(editor.text)
    assert opentofu.changed(texts) == []


def says_the_same(one: Any, other: Any) -> bool:
    """Whether two blocks say the same; blocks inside of one type stay in their order."""
    (kind, labels, attributes, inner), (kind_2, labels_2, attributes_2, inner_2) = one, other
    return (
        (kind, labels) == (kind_2, labels_2)
        and attributes.keys() == attributes_2.keys()
        and all(same(value, attributes_2[name]) for name, value in attributes.items())
        and len(inner) == len(inner_2)
        and all(
            map(
                says_the_same,
                sorted(inner, key=lambda each: each[0]),
                sorted(inner_2, key=lambda each: each[0]),
            )
        )
    )


@settings(max_examples=profiles.cases(300))
@given(trees.files, dice)
def test_items_go(file: hcl.File, rng: random.Random) -> None:
    """Any attribute or block of a file can be removed, and the rest is what it was."""
    before = hcl.print_file(file)
    items = [item for item in file.body if isinstance(item, hcl.Attribute | hcl.Block)]
    names = [
        (item.name,) if isinstance(item, hcl.Attribute) else (item.type, *item.labels)
        for item in items
    ]
    once = [name for name in names if names.count(name) == 1]
    assume(once)
    name = rng.choice(once)
    steps = "".join(f"[{hcl.print_expression(hcl.string(step))}]" for step in name[1:])
    editor = hcl.Editor(before)
    assert editor.remove(name[0] + steps)
    checked(before, editor.text)
    left = [
        (item.name,) if isinstance(item, hcl.Attribute) else (item.type, *item.labels)
        for item in hcl.parse(editor.text).body
        if isinstance(item, hcl.Attribute | hcl.Block)
    ]
    names.remove(name)
    assert left == names
