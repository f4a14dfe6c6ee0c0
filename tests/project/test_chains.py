"""Chains of names: whatever was renamed in whatever order, OpenTofu can follow it."""

from __future__ import annotations

import profiles
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen.project.moved.chains import chains_of, kept, lengthened, pairs

NAMES = st.sampled_from("abcde")


def renamed(moves: list[tuple[str, str]], old: str, new: str, names: set[str]) -> list[tuple]:
    """The moves after one more rename; `names` are those in use then."""
    return pairs(kept(lengthened(chains_of(moves), [(old, new)]), names))


def test_a_rename_and_back() -> None:
    """The last name counts; an earlier one leads to it."""
    moves = renamed([], "a", "b", {"b"})
    assert moves == [("a", "b")]
    moves = renamed(moves, "b", "c", {"c"})
    assert moves == [("a", "b"), ("b", "c")]
    assert renamed(moves, "c", "a", {"a"}) == [("b", "c"), ("c", "a")]
    assert renamed(moves, "c", "b", {"b"}) == [("a", "c"), ("c", "b")]


def test_what_is_gone_or_in_use_leads_nowhere() -> None:
    """A name of something else is none of the chain's, and a chain that ends nowhere is none."""
    assert list(kept([["a", "b", "c"]], {"a", "c"})) == [["b", "c"]]
    assert list(kept([["a", "b", "c"]], {"d"})) == []


def test_branches_that_both_renamed() -> None:
    """Of two moves to one name one is followed."""
    assert chains_of([("a", "c"), ("b", "c")]) == [["a", "c"]]
    assert chains_of([("a", "b"), ("a", "c")]) == [["a", "b"]]
    assert chains_of([("a", "b"), ("b", "a")]) == []


@settings(max_examples=profiles.cases(300))
@given(st.lists(st.tuples(NAMES, NAMES, st.sampled_from(["rename", "remove", "add"]))))
def test_any_history(history: list[tuple[str, str, str]]) -> None:
    """Each move has source and target of its own, starts at no name in use, and leads to one."""
    names: set[str] = {"a", "b"}
    moves: list[tuple[str, str]] = []
    for old, new, what in history:
        found = []
        if what == "rename" and old in names and new not in names:
            names = names - {old} | {new}
            found = [(old, new)]
        elif what == "remove":
            names = names - {old}
        elif what == "add":
            names = names | {new}
        moves = pairs(kept(lengthened(chains_of(moves), found), names))
        sources, targets = [old for old, _ in moves], [new for _, new in moves]
        assert len({*sources}) == len(sources)
        assert len({*targets}) == len(targets)
        assert not names & {*sources}
        for chain in chains_of(moves):
            assert chain[-1] in names
        assert pairs(chains_of(moves)) == moves
