"""Any text gives a tree that is the text, or a clear error; what Nix accepts is accepted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from nix_trees import EVERY_CONSTRUCT, check_tiling, nix_reads, parenthesised, same_to_nix
from profiles import cases

from nixgen.diagnostic import render_all
from nixgen.nix.nodes import File
from nixgen.nix.parsing.parser import parse, parse_bytes
from nixgen.nix.parsing.syntax_error import NixSyntaxError

PIECES = [
    *("a", "b", "a.b", "or", "x'", "_y-z", "1", "1.5", ".5", "007", "./a", "a/b", "~/a", "<a/b>"),
    *("let", "in", "if", "then", "else", "with", "assert", "rec", "inherit", "x:y", "__curPos"),
    *("{", "}", "[", "]", "(", ")", "${", "''", '"', ";", ":", ",", ".", "...", "@", "?", "="),
    *("+", "-", "*", "/", "++", "//", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "->", "!"),
    *("|>", "<|", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "# c\n", "#\n", "/* c */", "/**/"),
    *("/** d */", "/* a\n * b\n */", "/* lua */", "/*nixfmt:disable*/\n", "/*nixfmt:enable*/\n"),
    *("$", "$$", "\\", "\\${", "''$", "'''", "''\\n", "%", "é", "\u00a0", "\ufeff", "\0", "~", "'"),
]
SOUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def outcome(parser: Callable[[Any], File], text: str | bytes) -> File | NixSyntaxError:
    """The tree of a text, or its error; any other exception fails the test."""
    try:
        return parser(text)
    except NixSyntaxError as error:
        return error


def parsed(text: str) -> bool:
    """Whether a text parses; asserts that it gives the text back, or an error worth reading."""
    result = outcome(parse, text)
    if isinstance(result, NixSyntaxError):
        assert render_all(result.diagnostics)
        for diagnostic in result.diagnostics:
            assert diagnostic.location is not None
            assert 1 <= (diagnostic.location.line or 0) <= text.count("\n") + 1
        return False
    assert result.source() == text
    check_tiling(result)
    return True


@settings(max_examples=cases(400))
@given(SOUP)
def test_soup_of_tokens_parses_or_is_refused(text: str) -> None:
    """Half-written files, as in an editor, never crash a tool that reads them."""
    parsed(text)


@settings(max_examples=cases(200))
@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    """Text in no language at all is refused with a message."""
    parsed(text)


@settings(max_examples=cases(200))
@given(st.binary())
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    """A file of any bytes gives a tree or one kind of error."""
    result = outcome(parse_bytes, data)
    if isinstance(result, NixSyntaxError):
        assert result.diagnostics
    else:
        assert result.source().encode() == data


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """The sample with pieces cut out, doubled, moved, put in, or its end cut off."""
    text = EVERY_CONSTRUCT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        match draw(st.sampled_from(["cut", "double", "put", "truncate", "replace"])):
            case "cut":
                text = text[:start] + text[end:]
            case "double":
                text = text[:end] + text[start:]
            case "put":
                text = text[:start] + draw(st.sampled_from(PIECES)) + text[start:]
            case "truncate":
                text = text[:start]
            case _:
                text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


@settings(max_examples=cases(300))
@given(mutations())
def test_damaged_files_parse_or_are_refused(text: str) -> None:
    """A file with a slip somewhere gives a message about it, or is right after all."""
    parsed(text)


NAMES = st.sampled_from(["a", "b", "c", "or", '"d e"', "${f}", '"g${h}"'])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
BINARY = ["+", "-", "*", "/", "++", "//", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "->"]


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Larger texts of expressions; they need not be right, where parentheses are left out."""
    bindings = st.lists(st.builds("x{0} = {1};".format, st.integers(0, 9**9), inner), max_size=3)
    entries = bindings.map(lambda each: " ".join(dict.fromkeys(each)))
    return st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(BINARY), inner),
        st.builds("{} {}".format, inner, inner),
        st.builds("({})".format, inner),
        st.builds("!{}".format, inner),
        st.builds("- {}".format, inner),
        st.builds("{}.{}".format, inner, PATHS),
        st.builds("{}.{} or {}".format, inner, PATHS, inner),
        st.builds("{} ? {}".format, inner, PATHS),
        st.builds("[ {} {} ]".format, inner, inner),
        st.builds("{{ {} }}".format, entries),
        st.builds("rec {{ {} inherit ({}) y; }}".format, entries, inner),
        st.builds("let {} in {}".format, entries, inner),
        st.builds("with {}; {}".format, inner, inner),
        st.builds("assert {}; {}".format, inner, inner),
        st.builds("if {} then {} else {}".format, inner, inner, inner),
        st.builds("x: {}".format, inner),
        st.builds("{{ p, q ? {}, ... }}@r: {}".format, inner, inner),
        st.builds('"t${{{}}}u"'.format, inner),
        st.builds("''\n  t\n    ${{{}}}\n  ''".format, inner),
        st.builds("./v/${{{}}}".format, inner),
    )


ATOMS = st.sampled_from(
    ["a", "b.c", "1", "2.5", '"s"', "./p", "<q/r>", "u:v", "[ ]", "{ }", "''i''", "null"]
)
EXPRESSIONS = st.recursive(ATOMS, _wider, max_leaves=12)


# Each case is already searched for the text that differs, so it need not shrink.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=cases(12), phases=NO_SHRINKING)
@given(st.lists(EXPRESSIONS, min_size=30, max_size=60))
def test_what_nix_accepts_means_the_same(texts: list[str]) -> None:
    """Precedence, application and nesting group as in Nix; a text is refused where Nix refuses."""
    accepted = {text: parenthesised(parse(text)) for text in texts if parsed(text)}
    if not same_to_nix([*accepted], [*accepted.values()]):
        assert [text for text, tree in accepted.items() if not same_to_nix([text], [tree])] == []
    for text in [text for text in texts if text not in accepted][:3]:
        assert nix_reads([text]) is None, text


@settings(max_examples=cases(12), phases=NO_SHRINKING)
@given(st.lists(SOUP | mutations(), min_size=5, max_size=10))
def test_what_nix_accepts_is_accepted(texts: list[str]) -> None:
    """Nothing that works with Nix is refused, however odd: strange blanks, slips that are none."""
    for text in texts:
        # Old releases of Nix cut a text off at a NUL.
        if not parsed(text) and "\0" not in text:
            assert nix_reads([text]) is None, text


HOSTILE = {
    "digits": "1" * 10**6,
    "name": "a" * 10**6,
    "string": '"' + "x$" * 500_000 + '"',
    "escapes": '"' + "\\\\" * 500_000 + '"',
    "quotes": "''" + "'''" * 300_000 + "''",
    "open strings": '"${' * 100_000,
    "open comments": "/*" * 500_000,
    "stars": "/*" + "*" * 10**6,
    "comment": "1 #" + "#" * 10**6,
    "blank lines": "1" + "\n" * 10**6,
    "dots": ".".join(["a'"] * 200_000) + "+",
    "plus": "a+" * 200_000 + "a",
    "paths": "a/" * 300_000 + "b",
    "schemes": "a+" * 200_000 + "a:b",
    "search paths": "<a" * 200_000,
    "numbers": "1''''" * 100_000,
    "semicolons": "{" + ";" * 200_000 + "}",
    "broken lists": "{ a = [ ; " * 50_000,
    "lets": "let a = " * 100_000,
    "braces": "{" * 300_000,
    "closers": "[" + "]" * 300_000,
    "comments on a line": "[" + "1 /* a */ /* lua */ " * 50_000 + "]",
    "long comments on a line": "[" + "/* a\n */ 1 " * 50_000 + "]",
    "double definitions": "{" + "a = 1; " * 100_000 + "}",
    "double long paths": "{" + ("a." * 100_000 + "a = 1; ") * 2 + "}",
    "sets to merge": "{" + "a = { b = 1; }; " * 50_000 + "}",
    "double arguments": "{ " + "a, " * 100_000 + "}: 1",
    "large numbers": "[ " + "9" * 20 + " 1" * 100 + f" {'9' * 20}" * 50_000 + " ]",
    "wrong closers": "(" + " " * 1000 + "[" * 50_000 + "\n]" * 50_000,
    "directives": "[\n" + "/*nixfmt:disable*/\n/*nixfmt:enable*/\n" * 20_000 + "]",
}
TIME_LIMIT = 20.0
"""Seconds. Each takes about one; with quadratic cost they would take hours."""


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_take_linear_time(text: str) -> None:
    """A service that reads files of strangers cannot be stopped by one of them."""
    began = time.perf_counter()
    result = outcome(parse, text)
    assert time.perf_counter() - began < TIME_LIMIT
    assert isinstance(result, NixSyntaxError) or result.source() == text
