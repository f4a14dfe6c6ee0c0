"""`nix.format` gives what nixfmt gives: every construct in every other, comments in every place."""

from __future__ import annotations

from pathlib import Path

import programs
import pytest
from nix_random import OPERATORS

from nixgen import nix
from nixgen.nix.parsing.lexer import TEXT, Lexer
from nixgen.nix.source import Source

LONG = "someFunction.withAName anArgument.thatIsLong"

# HOLE is where an expression goes.
CONSTRUCTS = (
    "{ a = HOLE; }",
    "{ a = HOLE; b = c; }",
    "{ a.b.c.d.e.f = HOLE; }",
    '{ "a b" = HOLE; }',
    "{ ${HOLE} = b; }",
    "rec { a = HOLE; }",
    "{ inherit (HOLE) a b; }",
    "{ inherit (HOLE) a b c d; inherit e; }",
    "[ (HOLE) ]",
    "[ (HOLE) b ]",
    "(HOLE)",
    "x: HOLE",
    "x: y: z: HOLE",
    "{ }: HOLE",
    "{ a, b, ... }: HOLE",
    "{ a, b, c }: HOLE",
    "{ a ? HOLE, b }: a",
    "args@{ a, ... }: HOLE",
    "{ a }@args: HOLE",
    "f (HOLE)",
    "f (HOLE) b",
    "f a (HOLE) { b = c; }",
    "f a (HOLE) [ b c ]",
    "f [ a (HOLE) ] [ b ]",
    "f (x: HOLE)",
    "let a = HOLE; in b",
    "let a = b; in HOLE",
    "let { body = HOLE; }",
    "with HOLE; a",
    "with a; HOLE",
    "assert HOLE; a",
    "assert a; HOLE",
    "if HOLE then a else b",
    "if a then HOLE else b",
    "if a then b else HOLE",
    "(HOLE) + b",
    "a + (HOLE) + c",
    "a // (HOLE)",
    "(HOLE) ++ [ b ]",
    "a == (HOLE)",
    "a && (HOLE) || c",
    "a |> (HOLE) |> b",
    "!(HOLE)",
    "-(HOLE)",
    "(HOLE).a",
    "(HOLE).a or b",
    "a.b or (HOLE)",
    "a.${HOLE}.b",
    '"text ${HOLE} text"',
    '"${HOLE}"',
    "''\n  text ${HOLE}\n    ${HOLE}\n''",
    "./a/${HOLE}/b",
)
ATOMS = (
    "a",
    "a.b.c",
    "1",
    "-1.5e3",
    '"text"',
    '"two\nlines"',
    "''text''",
    "''\n  two\n  lines\n''",
    "./path",
    "<nixpkgs/lib>",
    "https://example.org",
    "[ ]",
    "{ }",
    "__curPos",
    f"{LONG} {LONG} {LONG}",
)
COMMENTS = (
    " # line\n",
    "\n# line\n",
    " /* block */ ",
    "\n/* of\n  two */\n",
    "\n/** for documentation */\n",
    "\n\n",
    "\n\n# line\n\n# line\n",
)


def filled(template: str, inner: str) -> str:
    """A construct with another inside."""
    return template.replace("HOLE", inner)


def differences(texts: list[str], folder: Path, width: int) -> list[str]:
    """The texts that are formatted unlike nixfmt formats them."""
    expected = programs.nixfmt_texts(texts, folder, width=width)
    assert None not in expected
    made = [nix.format(text, width=width) for text in texts]
    return [text for text, one, two in zip(texts, made, expected, strict=True) if one != two]


@pytest.mark.parametrize("width", [100, 80, 40, 12])
def test_every_construct_in_every_other(nixfmt: Path, tmp_path: Path, width: int) -> None:
    """Each pair of constructs, one inside the other, is laid out as nixfmt does."""
    inner = [*ATOMS, *(filled(each, "c") for each in CONSTRUCTS)]
    texts = [filled(outer, each) for outer in CONSTRUCTS for each in inner]
    assert len(texts) > 3000
    assert differences(texts, tmp_path, width) == []


@pytest.mark.parametrize("width", [100, 40])
def test_comments_in_every_place(nixfmt: Path, tmp_path: Path, width: int) -> None:
    """Each kind of comment, and blank lines, between each two tokens of each construct."""
    texts = [
        commented
        for template in CONSTRUCTS
        for inner in ("c", "{ d = 1; }", '"e"')
        for comment in COMMENTS
        for commented in with_comment(filled(template, inner), comment)
    ]
    assert len(texts) > 3000
    assert differences(texts, tmp_path, width) == []


def with_comment(text: str, comment: str) -> list[str]:
    """The text with a comment in each of its gaps, one at a time.

    None comes after an operator, where nixfmt_rs 0.5.3 differs from nixfmt.
    """
    lexer = Lexer(Source(text, "<nix>"))
    places = []
    before = ""
    end = 0
    for kind, value in zip(lexer.kinds, lexer.values, strict=True):
        if kind is TEXT:
            end += len(value)
            continue
        first = getattr(value, "open", None) or getattr(value, "token", None) or value
        last = getattr(value, "close", None) or first
        if text[end : first.start].isspace() and before not in OPERATORS:
            places.append((end, first.start))
        end = last.start + len(last.text)
        before = text[first.start : end]
    return [text[:start] + comment + text[stop:] for start, stop in places]


# Where the reference, nixfmt 1.4.0, and nixfmt_rs 0.5.3 differ, the reference is followed.
KNOWN = {
    "a wrapped `?` is not indented": ("a\n\n? b", "a\n\n? b\n"),
    "a comment after an operator goes before it": (
        "{ a = b // # why\n { c = 1; }; }",
        "{\n  a =\n    b\n    # why\n    // {\n      c = 1;\n    };\n}\n",
    ),
    "integers may have more than 64 bits": (
        "99999999999999999999",
        "99999999999999999999\n",
    ),
    "an argument may appear twice": ("{ a, a }: a", "{ a, a }: a\n"),
    "directives may stand among the arguments of a pattern": (
        "{ a\n/*nixfmt:disable*/\n, b    ? 3\n/*nixfmt:enable*/\n, d }: a",
        "{\n  a\n/*nixfmt:disable*/\n, b    ? 3\n/*nixfmt:enable*/\n  ,\n  d,\n}:\na\n",
    ),
    "directives in an interpolation keep the columns of the string that they cut": (
        (
            "{\n  a = ''\n    b ${\n/*nixfmt:disable*/\n      1\n    }\n  c\n  '';\n  d   = 1;\n"
            "/*nixfmt:enable*/\n  e   = 2;\n}"
        ),
        (
            "{\n  a = ''\n    b ${\n/*nixfmt:disable*/\n      1\n    }\n  c\n  '';\n  d   = 1;\n"
            "/*nixfmt:enable*/\n  e = 2;\n}\n"
        ),
    ),
    "a string on one line that directives cut keeps its quotes": (
        "{\n  a = ''${\n/*nixfmt:disable*/\n f   x\n  }'';\n/*nixfmt:enable*/\n}",
        "{\n  a = ''${\n/*nixfmt:disable*/\n f   x\n  }'';\n/*nixfmt:enable*/\n}\n",
    ),
    "a comment that moves before a call goes before the language of its string": (
        '# why\n/* sh */ "a" # because\nb',
        '# why\n# because\n/* sh */ "a" b\n',
    ),
    "the language of a string stays at it where the comments above a call move": (
        '{ a =\n# why\n/* sh */ "b"\n# because\nc; }',
        '{\n  a =\n    # why\n    /* sh */ "b"\n      # because\n      c;\n}\n',
    ),
    "a comment after a parenthesis makes the call in it one that can break": (
        f'a ( # why\nb "{"c" * 100}")',
        f'a (\n  # why\n  b\n    "{"c" * 100}"\n)\n',
    ),
    "a comment after a string over lines goes to the item below it": (
        '[\n  "\n" # c\n  t\n]',
        '[\n  "\n"\n  # c\n  t\n]\n',
    ),
}


@pytest.mark.parametrize("case", KNOWN)
def test_known_differences(case: str, nixfmt: Path, tmp_path: Path) -> None:
    """Each place where nixfmt_rs is known to differ from nixfmt; it goes when they agree."""
    text, expected = KNOWN[case]
    assert nix.format(text) == expected
    assert programs.nixfmt_texts([text], tmp_path) != [expected]


def test_the_language_of_a_string_breaks_no_line(nixfmt: Path, tmp_path: Path) -> None:
    """`/* sh */ "text"` stands on one line with what is around it, as the string alone would."""
    strings = ('/* sh */ "e"', "/* sh */ ''e''", "/* sh */ ''\n  e\n''")
    texts = [filled(outer, inner) for outer in CONSTRUCTS for inner in strings]
    assert differences(texts, tmp_path, 100) == []
    assert nix.format('{ a = /* sh */ "e"; }') == '{ a = /* sh */ "e"; }\n'


def test_a_region_may_reach_to_the_end() -> None:
    """What follows a directive that is not ended stays byte for byte, last line and all."""
    text = "{ a   =  1; }\n"
    assert nix.format(f"/*nixfmt:disable*/\n{text}") == f"/*nixfmt:disable*/\n{text}"
    kept = "/*nixfmt:disable*/\n  b   = 2;   }   "
    assert nix.format("{\n  a   = 1;\n" + kept) == "{\n  a = 1;\n" + kept


def test_a_directive_among_other_tokens_is_a_comment() -> None:
    """Only a line of its own makes a directive."""
    assert nix.format("{ a = 1; /*nixfmt:disable*/\nb   = 2; }") == (
        "{\n  a = 1; # nixfmt:disable\n  b = 2;\n}\n"
    )


def test_regions_between_directives_are_kept() -> None:
    """Whole lines, with those of both directives, stand in the source's columns."""
    region = "  /*nixfmt:disable*/\n  b   = [ 1 2\n  ];\n  /*nixfmt:enable*/\n"
    assert nix.format(f"{{\n  a   = 1;\n{region}  c   = 3;\n}}\n") == (
        f"{{\n  a = 1;\n{region}  c = 3;\n}}\n"
    )


def test_line_breaks_of_the_author() -> None:
    """A set, a list, a pattern and a body stay apart where they were; not in strict mode."""
    for apart, strict in {
        "{\n}": "{ }",
        "[\n]": "[ ]",
        "{\n  a = 1;\n}": "{ a = 1; }",
        "[\n  a\n]": "[ a ]",
        "{ a }:\na": "{ a }: a",
        "{\n  a,\n}:\na": "{ a }: a",
        "{\n  inherit\n    a\n    ;\n}": "{ inherit a; }",
    }.items():
        assert nix.format(apart) == apart + "\n"
        assert nix.format(strict) == strict + "\n"
        assert nix.format(apart, strict=True) == strict + "\n"


def test_or_as_a_name(nixfmt: Path, tmp_path: Path) -> None:
    """`f or` is a call to Nix even in a list; nixfmt takes it for two items."""
    texts = [
        "[ f or ]",
        "[ (x: x) or a ]",
        "{ a = { b = 1; }.b or (x: x) or; }",
        "{ a = b.c or (x: x) or; }",
        "a.b or c or",
        "f (x) or",
    ]
    assert differences(texts, tmp_path, 100) == []


def test_indentation_can_be_chosen() -> None:
    """As nixfmt's `--indent`."""
    assert nix.format("{ a = { b = 1; }; }", indent=4) == (
        "{\n    a = {\n        b = 1;\n    };\n}\n"
    )


def test_a_text_that_is_no_nix_is_refused() -> None:
    """With the file's name in the message."""
    with pytest.raises(nix.NixSyntaxError, match=r"x\.nix"):
        nix.format("{ a = ; }", name="x.nix")


def test_depth_is_no_limit() -> None:
    """Ten thousand levels of whatever nests are formatted; nothing is deeper in print than wide."""
    for text in ("(" * 10_000 + "a" + ")" * 10_000, "!" * 10_000 + "a", "x: " * 10_000 + "a"):
        assert nix.format(text)


def test_much_of_one_thing_takes_linear_time() -> None:
    """Long chains of each kind, of which a wrong loop would make a test that never ends."""
    for piece in ("a: ", "a ", "a + ", "a ++ ", "with a; ", "assert a; ", "if a then b else "):
        assert nix.format(piece * 5_000 + "a")
