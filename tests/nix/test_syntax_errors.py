"""What people read when their Nix does not parse. The golden files hold the messages in full.

A changed message shows in the diff of `make snapshots`; read it as someone who made that mistake.
"""

import pytest

from nixgen.diagnostic import render_all
from nixgen.nix.parsing.parser import parse
from nixgen.nix.parsing.syntax_error import NixSyntaxError

MISTAKES = {
    "semicolons": [
        "{ a = 1 }",
        "{\n  a = 1\n  b.c = 2;\n  d = 3\n}",
        "{\n  a =\n    f x\n  ;\n  b =\n    g y\n  c = 1;\n}",
        "{ a = 1;; b = 2; }",
        "{ a = 1, b = 2 }",
        "let a = 1\nin a",
        "with a b",
        "{\n  a = with b [\n    c\n  ];\n  d = 1;\n}",
        "assert a b",
        "{ inherit a b }",
        "{\n  inherit a\n  b = 1;\n}",
        "{ a = 1; b = 2",
    ],
    "equals": [
        "{ a: 1, b: 2 }",
        "{ a == 1; }",
        "{ a = b = 1; }",
        "{ a; }",
        "{ a.b }",
        "{ = 1; }",
        "{ a = ; }",
        "{ a 1; }",
        "{ a.b [ c ]; d e; }",
        "if a = b then c else d",
        "(a = b)",
    ],
    "closers": [
        "[ 1 2",
        "(1 + 2",
        "f (a b",
        "[ 1 2 )",
        "{ a = [ 1 2; b = 3; c = }",
        "{ a = (1 + 2; b = 3; c = }",
        "{ a = [ 1 ]; ]",
        "{ x = [ a b c; ];\n y = 1 }",
        "{\n  a = {\n    b = 1;\n  c = 2;\n}\n",
        "{\n  a = [\n    (f x\n  ];\n  b = 1;\n}",
        "{ pkgs, ... }:\n{\n  packages = with pkgs; [\n    git\n  };\n}",
        "(a))",
        "1 }",
    ],
    "patterns": [
        "{ a, b }",
        "{ config, ... }\n{\n  a = 1;\n}",
        "{ a b }: a",
        "{ a; b }: a",
        "{ a = 1 }: a",
        "{ a, b ? }: a",
        "{ a, b = 1 }: a",
        "{ ..., a }: a",
        "{ a, a }: a",
        "a@{ a }: a",
        "a@b: a",
        "{ a }@: a",
        "{ if, a }: a",
        "{ ... }",
        "f { a, b }: a",
        "map x: x list",
        "a && x: x",
    ],
    "names": [
        "{ in = 1; }",
        "{ if.a = 1; }",
        "a.if",
        "a.(b)",
        "a.",
        "a ? 1",
        "{ 1 = 2; }",
        "a${b}",
        "f ${a}",
        "${a}",
        "{ a.b${c} = 1; }",
        "{ inherit ${a}; }",
        "{ inherit a.b; }",
        "{ inherit a, b; }",
        "let ${a} = 1; in a",
        "inherit a;",
        "or",
    ],
    "keywords": [
        "let a = 1; a + 1",
        "let a = 1; in",
        "let a = 1; }",
        "let { a = 1; }; in a",
        "if a then b",
        "if a else b",
        "then",
        "{ a = 1; in a }",
        "f if a then b else c",
        "1 + let a = 1; in a",
        "[ let a = 1; in a ]",
        "rec a",
    ],
    "operators": [
        "a == b == c",
        "a < b > c",
        "a |> f <| b",
        "a +",
        "a + * b",
        "* a",
        "! ",
        "a & b",
        "a | b",
        "a % b",
        "[ a, b ]",
        "[ a + b ]",
        "[ x: x ]",
        "[ a = 1; ]",
        "f(a, b)",
        "( )",
    ],
    "strings": [
        '"abc',
        "''abc",
        '{\n  a = "x;\n  b = "y";\n}',
        '{\n  a = "x;\n  b = 1;\n  c = "y" + "z";\n}',
        '{\n  a = "x;\n  b = "y";\n  c = "z";\n  d = "z";\n}',
        '"${a"',
        '"${}"',
        '"a ${b + } c"',
        "'abc'",
        "\u201cabc\u201d",
        '"a\0b"',
        "/* abc",
    ],
    "literals": [
        "99999999999999999999",
        "1.0e400",
        "./a/",
        "./a//b",
        "./a/${b}/",
        "..",
        "../",
        "~",
        "a\u00a0b",
        "a $ b",
        "\\x",
        "`a`",
        "\x01",
    ],
    "files": [
        "",
        "# only a comment\n",
        "a = 1;",
        "a; b",
        "1, 2",
        "{ a = 1; }\n{ b = 2; }\n;",
    ],
    "several": [
        "{\n  a = [\n    1\n  ;\n  b = x: ;\n  c = 3\n  d = if a then b;\n  e = 1;\n}",
        "let\n  a = 1\n  b = ;\nin\n{ c = a b }",
        "{\n  a = 99999999999999999999;\n  b = { x, x }: x\n}",
    ],
}


def messages(text):
    """The text as a person sees it, and all that is said about it."""
    with pytest.raises(NixSyntaxError) as caught:
        parse(text, name="example.nix")
    shown = "".join(f"    {line}\n" for line in text.split("\n"))
    return f"{shown}\n{render_all(caught.value.diagnostics)}\n"


@pytest.mark.parametrize("topic", MISTAKES)
def test_messages_say_what_is_wrong_and_what_to_do(topic, file_regression):
    """A message names the place, what was expected there, where it began, and the usual slip."""
    rule = "\n" + "-" * 80 + "\n\n"
    text = rule.join(messages(mistake) for mistake in MISTAKES[topic])
    file_regression.check(text.replace("\0", "<NUL>").replace("\x01", "<SOH>"), encoding="utf-8")


@pytest.mark.parametrize("mistake", [each for topic in MISTAKES.values() for each in topic])
def test_places_are_inside_the_text(mistake):
    """An editor can jump to every place that a message names."""
    with pytest.raises(NixSyntaxError) as caught:
        parse(mistake, name="example.nix")
    lines = mistake.split("\n")
    for diagnostic in caught.value.diagnostics:
        for place in [diagnostic.location, *(related.location for related in diagnostic.related)]:
            assert place.file == "example.nix"
            assert 1 <= place.line <= len(lines)
            assert 1 <= place.column <= len(lines[place.line - 1]) + 1
            assert place.source == lines[place.line - 1]


def test_a_long_line_is_shown_around_the_mistake():
    """A generated file on one line does not flood the terminal; the caret is at the right place."""
    text = "[ " + "a " * 500 + "+ " + "b " * 500 + "]"
    with pytest.raises(NixSyntaxError) as caught:
        parse(text)
    _, place, _, line, carets, *_ = render_all(caught.value.diagnostics).splitlines()
    assert place == "  --> <nix>:1:1003"
    assert len(line) < 250
    assert line[carets.index("^")] == "+"


def test_mistakes_come_in_the_order_of_the_text_and_are_few():
    """A text that is no Nix at all does not bury its reader in messages."""
    with pytest.raises(NixSyntaxError) as caught:
        parse("{" + "a = ;\n" * 1000 + "}")
    lines = [diagnostic.location.line for diagnostic in caught.value.diagnostics]
    assert lines == list(range(1, 21))
