"""Literal Nix becomes Python values, the values that Nix itself would compute."""

import json
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import cases

from nixgen.nix.convert import from_python
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.nodes import IndentedString, String
from nixgen.nix.parsing.parser import parse, parse_expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.printing.printer import print_expression

DATA = r"""{
  a.b.c = 1;
  a.b.d = [ 1.5 (-2) true false null ];
  a.e = { };
  a = { f = ((1)); };
  "g h".${"i"} = "x\n\t\"\${y}$z$$";
  j = https://example.org;
  k = -9223372036854775807 - 1;
  l = ''
    one
      two

    ''${three} '''four''' ''\t $five
  '';
  m = ''  x
    y'';
  n = ''

  '';
  o = ''
      a
    ''\n  b
      '';
  p = '' '';
  q = ''
        '
      ${"r"}'';
}"""


def test_data_are_what_nix_evaluates_them_to(eval_nix):
    """What is read from a file without Nix is what Nix would have said: numbers, text, merging."""
    text = DATA.replace('${"r"}', "r")
    assert to_python(parse(text)) == eval_nix(text)


def test_paths_stay_paths():
    """A path is no string: Nix would copy the file."""
    assert to_python(parse_expression("[ ./a/b /c ]")) == [
        PurePosixPath("a/b"),
        PurePosixPath("/c"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ a = x; }", "a.nix:1:7: a variable is no literal data"),
        ("{ a = [ (f 1) ]; }", "a.nix:1:10: a function call is no literal data"),
        ('{ a = "${b}"; }', "a.nix:1:8: an interpolation is no literal data"),
        ("{ inherit a; }", "a.nix:1:3: an inherited name is no literal data"),
        ("{ ${a} = 1; }", "a.nix:1:3: a name that has to be evaluated is no literal data"),
        ("rec { a = 1; }", "a.nix:1:1: a recursive set is no literal data"),
        ("1 + 1", "a.nix:1:1: an operation is no literal data"),
        ("x: x", "a.nix:1:1: a function is no literal data"),
        ("<nixpkgs>", "a.nix:1:1: a search path is no literal data"),
        (
            "{ a = 1; a = 2; }",
            "a.nix:1:10: an attribute that is defined twice is no literal data",
        ),
        (
            "{ a = 1; a.b = 2; }",
            "a.nix:1:10: an attribute that is defined twice is no literal data",
        ),
    ],
)
def test_what_is_no_data_is_refused_with_its_place(text, message):
    """Code is never guessed at: the error says which part has to be evaluated, and where."""
    with pytest.raises(NotDataError) as caught:
        to_python(parse(text, name="a.nix", check=False))
    assert str(caught.value) == message


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab.é$\"'", min_size=1), inner),
    max_leaves=20,
)


@given(VALUES)
def test_values_survive_the_way_to_nix_and_back(value):
    """What is written by nixgen and read again is the same value."""
    tree = from_python(value)
    assert to_python(tree) == value
    assert to_python(parse_expression(print_expression(tree))) == value
    assert json.dumps(to_python(tree)) == json.dumps(value)


TEXT = st.lists(
    st.sampled_from(
        [
            " ",
            "  ",
            "\n",
            "\n  ",
            "a",
            "$",
            "'",
            "''$",
            "'''",
            "''\\n",
            "''\\ ",
            "\\",
            '"',
            "\t",
            "{",
            "é",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=cases(20))
@given(st.lists(TEXT, min_size=20, max_size=40))
def test_texts_of_strings_are_those_that_nix_computes(eval_nix, contents):
    """Indentation and escapes come off exactly as Nix takes them off, in odd strings too."""
    literals = [f"''{content}''" for content in contents] + [f'"{each}"' for each in contents]
    literals = [literal for literal in literals if is_data(literal)]
    assert to_python(parse_expression(f"[ {' '.join(literals)} ]")) == eval_nix(
        f"[ {' '.join(literals)} ]"
    )


def is_data(literal):
    """Whether a text is one string without interpolation."""
    try:
        node = parse_expression(literal)
    except NixSyntaxError:
        return False
    return isinstance(node, String | IndentedString) and len(node.parts) < 2


def test_deep_data_are_read():
    """Depth is no limit here either."""
    value = to_python(parse("[" * 20_000 + "]" * 20_000))
    depth = 0
    while value:
        (value,) = value
        depth += 1
    assert depth == 19_999
