"""The direct path and the document write the same bytes, with the same origins."""

from __future__ import annotations

from random import Random
from typing import Any

import profiles
import programs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nix_random import RandomNix, laid_out

from nixgen import nix
from nixgen.nix import build, nodes
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing import by_document
from nixgen.nix.printing.direct import Direct
from nixgen.nix.printing.printer import INDENT, WIDTH
from nixgen.nix.strings import is_identifier

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
words = st.from_regex(r"[a-z][a-zA-Z0-9_'-]{0,40}", fullmatch=True).filter(is_identifier)
names = st.one_of(words, st.sampled_from(["or", "a.b", "", "x y", "${a}", "9", '"']))
references = st.lists(words, min_size=1, max_size=4).map(lambda path: nix.ref(f"v{'.'.join(path)}"))
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
        texts,
        references,
        st.tuples(texts, references, texts).map(lambda parts: nix.text(*parts)),
        st.lists(words, max_size=4).map(lambda packages: nix.with_pkgs(*packages)),
        words.map(nix.file_path),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(names, inner, max_size=4),
        st.tuples(references, inner).map(lambda call: nix.call(*call)),
    ),
    max_leaves=12,
)
comments = st.lists(texts, max_size=2)


@st.composite
def bindings(draw: st.DrawFn) -> nodes.Binding:
    """A binding with comments and perhaps a blank line above it, and an origin."""
    path = draw(st.lists(names, min_size=1, max_size=3))
    made = nix.bind(path, draw(values), comments=draw(comments), origin=draw(st.integers()))
    blank = draw(st.booleans())
    return build.with_leading(made, (nodes.BlankLine(),)) if blank else made


@st.composite
def modules(draw: st.DrawFn) -> nodes.File:
    """A module with comments at its head."""
    arguments = draw(st.lists(words, max_size=4, unique=True))
    body = nodes.AttributeSet(tuple(draw(st.lists(bindings(), min_size=1, max_size=4))))
    return nodes.File(build.commented(build.function(arguments, body), *draw(comments)))


def printed_by_document(module: nodes.File) -> tuple[str, tuple[Any, ...]]:
    """What the document and the engine make of it."""
    return by_document.print_with_origins(module, WIDTH, INDENT)


def test_both_ways_agree_on_modules() -> None:
    """A module has the same bytes and origins whichever way it was printed."""

    @settings(max_examples=profiles.cases(400))
    @given(modules())
    def agree(module: nodes.File) -> None:
        made = nix.print_with_origins(module)
        assert made == printed_by_document(module)
        assert nix.print_file(module) == made[0]

    agree()


def test_models_need_no_document(root, monkeypatch) -> None:
    """What hosts become is printed by the direct path alone, as the document would print it."""
    from nixgen import load_fleet
    from nixgen.emit.host import emit

    trees = [
        file.tree
        for host in load_fleet(root / "hosts").hosts
        for file in emit(host, "hosts/x.py").files
    ]
    expected = [printed_by_document(tree) for tree in trees]

    def refuse(*_: Any, **__: Any) -> str:
        raise AssertionError("a part of a model's tree went through the document")

    monkeypatch.setattr(Direct, "_laid_out", refuse)
    assert [nix.print_with_origins(tree) for tree in trees] == expected


def test_both_ways_agree_on_parsed_files() -> None:
    """Whatever a person wrote, in whatever layout, both ways give the same bytes."""
    for seed in range(profiles.cases(600)):
        random = Random(seed)
        made = RandomNix(random).file()
        text = laid_out(nix.print_file(made), random, random.choice([0, 0, 0.05, 0.3]))
        file = parse(text, check=False)  # names may come twice
        for tree in (made, file):
            for width in (100, 50, 20):
                expected = by_document.print_file(tree, width, 2)
                assert nix.print_file(tree, width=width) == expected


FOUND = (
    # The function goes to the line of `with` where the whole is a group.
    "with a; { b, ... }: ''\n  c\n  d\n''",
    "with a; with b; { c }: [\n  d\n  e\n]",
    # Only a set or list with something in it follows the names of a function.
    "let\n  a = b;\nin\n{ ... }:\nwith c;\nd",
    "let\n  a = b;\nin\n{ ... }: with c; [ d ]",
    "let\n  a = b;\nin\n{ c, d }: { }",
    # A comment before a set without entries parts its braces.
    "a (b:\n# why\n{ })",
    "a (b\n# why\n{ })",
)


@pytest.mark.parametrize("text", FOUND)
@pytest.mark.usefixtures("nixfmt")
def test_both_ways_agree_where_they_did_not(text: str) -> None:
    """What random files found stays found, and is as nixfmt has it."""
    tree = parse(text)
    printed = nix.print_file(tree)
    assert printed == by_document.print_file(tree, WIDTH, INDENT)
    assert printed == programs.nixfmt_text(text)


def test_the_body_of_a_made_module_starts_a_line() -> None:
    """Also where its arguments do not fit on one line."""
    pattern = nodes.SetPattern(tuple(nodes.FormalArgument(nodes.Identifier(name)) for name in "ab"))
    body = nodes.AttributeSet((nix.bind(["d"], "c" * 20),))
    module = nodes.File(nodes.Lambda(pattern, body))
    assert nix.print_file(module, width=8).startswith("{\n  a,\n  b,\n}:\n{\n")
