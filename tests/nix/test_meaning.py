"""Two texts can be compared by what they say."""

from __future__ import annotations

import pytest

from nixgen.nix.meaning import same_values
from nixgen.nix.parsing.parser import parse

PLAIN = "{ a = { b = 1; c.d = [ { x.y = 1; } ]; }; e = 2; }"


@pytest.mark.parametrize(
    "other",
    [
        "{ e = 2; a.c.d = [ { x = { y = 1; }; } ]; a.b = 1; }",
        '{ "e" = 2; a.c."d" = [ { x = { y = 1; }; } ]; a.${"b"} = 1; }',
        "# why\n{ e = 2; # here\n  a = { c = { d = [ { x.y = 1; } ]; }; b = 1; }; }",
    ],
)
def test_order_nesting_and_comments_do_not_count(other: str) -> None:
    """A file that was only laid out anew has the same values."""
    assert same_values(parse(PLAIN), parse(other))


@pytest.mark.parametrize(
    "other",
    [
        "{ a = { b = 1; c.d = [ { x.y = 1; } ]; }; e = 3; }",
        "{ a = { b = 1; c.d = [ { x.z = 1; } ]; }; e = 2; }",
        "{ a = { c.d = [ { x.y = 1; } ]; }; e = 2; }",
        "rec { a = { b = 1; c.d = [ { x.y = 1; } ]; }; e = 2; }",
        "{ a = { b = 1; c.d = [ { x.y = 1; } ]; inherit e; }; e = 2; }",
        "{ a = { b = 1; c.d = [ { x.y = 1; } { } ]; }; e = 2; }",
        "{ ... }: { a = { b = 1; c.d = [ { x.y = 1; } ]; }; e = 2; }",
    ],
)
def test_values_count(other: str) -> None:
    """A value, a name or an item more or less, and what stands around, make a difference."""
    assert not same_values(parse(PLAIN), parse(other))


def test_what_is_inherited_is_a_value_like_others() -> None:
    """`inherit` is the binding that it stands for, at any depth, but not in a recursive set."""
    one = parse("{ a = { inherit b; inherit (c.d) e f; g = 1; }; }")
    assert same_values(one, parse("{ a.g = 1; a = { inherit (c.d) f e; b = b; }; }"))
    assert same_values(one, parse('{ a = { e = c.d."e"; f = c.d.f; g = 1; inherit "b"; }; }'))
    assert not same_values(one, parse("{ a = { inherit b e f; g = 1; }; }"))
    assert not same_values(parse("rec { inherit b; }"), parse("rec { b = b; }"))


def test_indented_strings() -> None:
    """The place of an indented string in its file is no part of its text; its blanks are."""
    one = "{ a = ''\n  x ${y}\n    z\n''; }"
    assert same_values(parse(one), parse("{ a =\n  ''\n      x ${y}\n        z\n    ''; }"))
    assert not same_values(parse(one), parse("{ a = ''\n  x ${y}\n  z\n''; }"))
    assert not same_values(parse(one), parse("{ a = ''\n  x ${z}\n    z\n''; }"))


def test_depth() -> None:
    """Sets of any depth are compared."""
    deep = "{ a = " * 3000 + "1" + "; }" * 3000
    assert same_values(parse(deep), parse(deep))
