"""Tokens as Nix's lexer makes them, and comments where nixfmt hangs them."""

import pytest

from nixgen.nix.nodes import (
    BlankLine,
    BlockComment,
    FormatDirective,
    LanguageAnnotation,
    LineComment,
    Node,
    Token,
)
from nixgen.nix.parsing.lexer import Lexer
from nixgen.nix.parsing.parser import parse
from nixgen.nix.source import Source
from nixgen.nix.spans import node_span, tokens


def lexed(text):
    """The tokens of a text, each as its source."""
    lexer = Lexer(Source(text, "test.nix"))
    shown = []
    for value in lexer.values[:-1]:
        if isinstance(value, Node):
            span = node_span(value)
            shown.append(text[span.start : span.end])
        else:
            shown.append(value.text if isinstance(value, Token) else value)
    return shown


def hung(text):
    """The trivia of a text: for each token that has some, what is before it and after it."""
    found = []
    for token in tokens(parse(text)):
        if token.leading or token.trailing:
            trailing = token.trailing.text if token.trailing else None
            found.append((token.text, list(token.leading), trailing))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b.c", "a . b . c"),
        ("a-b'c_d", "a-b'c_d"),
        ("a.b/c", "a.b/c"),
        ("a/b", "a/b"),
        ("a / b", "a / b"),
        ("a/ b", "a / b"),
        ("a //b", "a // b"),
        ("a//b", "a // b"),
        ("a+b/c", "a+b/c"),
        ("a+b", "a + b"),
        ("a'b/c", "a'b /c"),
        ("1+1", "1 + 1"),
        ("1.5.6", "1.5 .6"),
        ("1.a", "1. a"),
        ("00.5", "00 .5"),
        ("1.e3", "1.e3"),
        ("1e3", "1 e3"),
        ("1-2", "1 - 2"),
        ("a-2", "a-2"),
        ("1->2", "1 -> 2"),
        ("a->b", "a- > b"),
        ("x:y", "x:y"),
        ("x: y", "x : y"),
        ("x_y:z", "x_y : z"),
        ("a+b:c", "a+b:c"),
        ("1+a:b", "1 + a:b"),
        ("http://a.b/c?d=e#f", "http://a.b/c?d=e"),
        ("a:b:c", "a:b:c"),
        ("<a/b>", "<a/b>"),
        ("a <b> c", "a <b> c"),
        ("a<b", "a < b"),
        ("a<=b", "a <= b"),
        ("a <|b", "a <| b"),
        ("a|>b||c", "a |> b || c"),
        ("a==b!=!c", "a == b != ! c"),
        ("~/a", "~/a"),
        ("a~/b", "a ~/b"),
        ("...", "..."),
        (".../a", ".../a"),
        ("..a", ". . a"),
        ("a.5", "a .5"),
        ("-x/y", "-x/y"),
        ("- x", "- x"),
        ("a ? b", "a ? b"),
        ("{a}:a", "{ a } : a"),
        ("1''a''", "1 ''a''"),
        ("ifx then", "ifx then"),
        ("a.if.or", "a . if . or"),
    ],
)
def test_tokens_are_those_of_nix(text, expected):
    """The longest match wins, as in Nix: text means the same to nixgen as to Nix."""
    assert lexed(text) == expected.split(" ")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (r'"a\"b"', [r"a\"b"]),
        ('"a$"', ["a$"]),
        ('"$$"', ["$$"]),
        ('"$${a}"', ["$${a}"]),
        (r'"\${a}"', [r"\${a}"]),
        ('"a${b}c"', ["a", None, "c"]),
        ('"$$${b}"', ["$$", None]),
        ("''a''", ["a"]),
        ("''$${a}''", ["$${a}"]),
        ("''''${a}''", ["''${a}"]),
        ("''a'''b''", ["a'''b"]),
        ("'''${a}''", ["'", None]),
        ("''$''", ["$"]),
        ("''''\\n''", ["''\\n"]),
        ("''''\\${a}''", ["''\\${a}"]),
        ("./a${b}c", ["./a", None, "c"]),
        ("./${b}", ["./", None]),
        ("~/${b}/c", ["~/", None, "/c"]),
    ],
)
def test_strings_split_at_their_interpolations(text, parts):
    """An escape is no interpolation, and the text of a string stands as it was written."""
    found = parse(text).expression.parts
    assert [part if isinstance(part, str) else None for part in found] == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n1", [("1", [LineComment(" a")], None)]),
        ("1 # a", [("1", [], " a")]),
        ("1 /* a */ /* b */ # c\n", [("1", [], " a b c")]),
        ("1 #\n", []),
        ("1\n# a", [("", [LineComment(" a")], None)]),
        ("[ 1\n\n\n2 ]", [("2", [BlankLine()], None)]),
        ("[ 1\r\n\r\n2 ]", [("2", [BlankLine()], None)]),
        ("[ # a\n  # b\n  1 ]", [("1", [LineComment(" a"), LineComment(" b")], None)]),
        ("[ # a\n # b\n  1 ]", [("[", [], " a"), ("1", [LineComment(" b")], None)]),
        ("[ # a\n  1 ]", [("1", [LineComment(" a")], None)]),
        ("[ # a\n  # b\n 1 ]", [("1", [LineComment(" a"), LineComment(" b")], None)]),
        ("/* a */ 1", [("1", [LineComment(" a")], None)]),
        ("/**/ 1", []),
        ("/** a */ 1", [("1", [BlockComment(("a",), True)], None)]),
        ("/* a\n b */ 1", [("1", [BlockComment(("a", "b"))], None)]),
        ("/*\n * a\n *  b\n */ 1", [("1", [BlockComment(("a", " b"))], None)]),
        ("/*\n   a\n     b\n\n   c\n*/ 1", [("1", [BlockComment((" a", "   b", "", " c"))], None)]),
        ("/*\n a\n*/ 1", [("1", [LineComment(" a")], None)]),
        ("1 /*\n a\n b */", [("", [BlockComment(("a", "b"))], None)]),
        ("{ a = /* lua */ ''b''; }", [("''", [LanguageAnnotation("lua")], None)]),
        ('{ a = /* lua */\n"b"; }', [('"', [LanguageAnnotation("lua")], None)]),
        ("{ a = /* no lua */ ''b''; }", [("=", [], " no lua")]),
        ("{ a = /* lua */ 1; }", [("=", [], " lua")]),
        ('"${ # a\n b # c\n}"', [("b", [LineComment(" a")], " c")]),
        ('"a" # b', [('"', [], " b")]),
        ("./a # b", [("", [], " b")]),
        ("a.b # c", [("b", [], " c")]),
        ("1 # a\u00a0\u2003\n", [("1", [], " a")]),
        (
            "[\n/*nixfmt:disable*/\n1   2\n/*nixfmt:enable*/\n]",
            [
                ("1", [FormatDirective("disable")], None),
                (
                    "]",
                    [FormatDirective("enable", "/*nixfmt:disable*/\n1   2\n/*nixfmt:enable*/")],
                    None,
                ),
            ],
        ),
        ("1 /*nixfmt:disable*/\n", [("1", [], " nixfmt:disable")]),
        (
            "/*nixfmt:disable*/\n1",
            [
                ("1", [FormatDirective("disable")], None),
                ("", [FormatDirective("end", "/*nixfmt:disable*/\n1")], None),
            ],
        ),
    ],
)
def test_comments_hang_where_nixfmt_hangs_them(text, expected):
    """Comments stay with what they describe, however the file is laid out anew."""
    assert hung(text) == expected


def test_a_region_that_enters_a_string_is_marked():
    """Text that is not formatted can end inside an interpolation; the string must keep its form."""
    text = "''\n${\n/*nixfmt:disable*/\na}\n''"
    assert parse(text).expression.cut
    assert not parse("''\n${a}\n''").expression.cut
