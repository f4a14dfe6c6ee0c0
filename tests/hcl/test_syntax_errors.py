"""Syntax errors say what is wrong, where, what was expected and what to do.

The messages are for people, and reviewed: a change here is a change to what users read.
"""

from __future__ import annotations

import time

import pytest

from nixgen import hcl
from nixgen.diagnostic import render
from nixgen.errors import SyntaxFault

# text, line:column-end, summary, related place, help
FAULTS: list[tuple[str, str, str, str | None, str | None]] = [
    (
        'variable "x" {\n  type = string\n  default = "a"\n\nresource "a" "b" {\n}\n',
        "7:1-2",
        "expected `}`, found the end of the file",
        "1:14 `{` is opened here",
        "line 5 stands as far left; the closing bracket may be missing there",
    ),
    (
        "a = [1, 2\nb = 3\n",
        "2:1-2",
        "expected `,` or `]`, found `b`",
        "1:5 `[` is opened here",
        "elements are separated by commas",
    ),
    (
        "a = [1\n  2]\n",
        "2:3-4",
        "expected `,` or `]`, found `2`",
        "1:5 `[` is opened here",
        "elements are separated by commas",
    ),
    (
        "a = {\n  b = 1\n  c = 2\n",
        "4:1-2",
        "expected `}`, found the end of the file",
        "1:5 `{` is opened here",
        None,
    ),
    (
        "a = {\n b = 1 c = 2\n}\n",
        "2:8-9",
        "expected a newline, `,` or `}` behind the value, found `c`",
        "1:5 `{` is opened here",
        None,
    ),
    (
        "a = { b }\n",
        "1:9-10",
        "expected `=` and the value of the key, found `}`",
        "1:5 `{` is opened here",
        "every key of an object has a value: `key = value`",
    ),
    (
        "a = { b c = 1 }\n",
        "1:9-10",
        "expected `=` and the value of the key, found `c`",
        "1:5 `{` is opened here",
        "a key with blanks or dots stands in quotes",
    ),
    (
        "a: 1\n",
        "1:2-3",
        "expected `=` or `{` behind `a`, found `:`",
        None,
        "an attribute has `=` between name and value",
    ),
    (
        "a == 1\n",
        "1:3-5",
        "expected `=` or `{` behind `a`, found `==`",
        None,
        "an attribute has one `=`",
    ),
    (
        "a = 1,\nb = 2\n",
        "1:6-7",
        "expected a newline behind the attribute `a`, found `,`",
        None,
        "attributes are separated by newlines; remove the comma",
    ),
    (
        "a = 1 b = 2\n",
        "1:7-8",
        "expected a newline behind the attribute `a`, found `b`",
        None,
        "put `b` on a line of its own",
    ),
    (
        "a = \n",
        "1:5-6",
        "expected an expression, found the end of the line",
        None,
        "an expression begins on the line of the `=` or operator before it",
    ),
    (
        'a = "x\nb = 1\n',
        "1:7-8",
        'expected `"` before the end of the line',
        "1:5 the string begins here",
        "a string is one line: write a newline as `\\n`, or use a heredoc, `<<EOT`",
    ),
    (
        'a = "${b"\n',
        "1:9-10",
        "expected `}`, found a string",
        "1:6 `${` is opened here",
        "`${` has no `}` before the string ends",
    ),
    (
        'a = "${}"\n',
        "1:8-9",
        "expected an expression, found `}`",
        "1:6 `${` is opened here",
        "for the characters `${` themselves write `$${`",
    ),
    (
        'a = "${b c}"\n',
        "1:10-11",
        "expected `}`, found `c`",
        "1:6 `${` is opened here",
        "for the characters `${` themselves write `$${`",
    ),
    (
        'a = "${ab:-x}"\n',
        "1:10-11",
        "expected `}`, found `:`",
        "1:6 `${` is opened here",
        "for the characters `${` themselves write `$${`",
    ),
    (
        "a = <<EOT\nx\n",
        "3:1-2",
        "expected `EOT` on a line of its own before the end of the file",
        "1:5 the heredoc begins here",
        "end the heredoc with a line that is `EOT` and nothing else",
    ),
    (
        "a = <<EOT\nx\nEOT",
        "3:4-5",
        "expected a newline after `EOT`",
        "1:5 the heredoc begins here",
        "end the file with a newline: a heredoc's marker is a whole line",
    ),
    (
        "a = << EOT\nx\nEOT\n",
        "1:5-6",
        "expected an expression, found `<`",
        None,
        "a heredoc begins with `<<` and a marker, and its text with the next line: `<<EOT`",
    ),
    ('a = "\\q"\n', "1:6-8", "`\\q` is no escape sequence", None, "for a backslash write `\\\\`"),
    (
        'a = "\\u12"\n',
        "1:6-10",
        "`\\u12` is no escape sequence",
        None,
        "write `\\uNNNN` or `\\UNNNNNNNN`, with four or eight digits of base 16",
    ),
    ("a = 'x'\n", "1:5-6", "`'` has no meaning here", None, 'strings stand in double quotes: "…"'),
    (
        "a = “x”\n",
        "1:5-6",
        "`“` has no meaning here",
        None,
        'use the straight quote `"`; this one comes from a word processor or a web page',
    ),
    (
        "a = f(1, 2\nb = 1\n",
        "2:1-2",
        "expected `,` or `)`, found `b`",
        "1:6 `(` is opened here",
        None,
    ),
    ("a = f(1 2)\n", "1:9-10", "expected `,` or `)`, found `2`", "1:6 `(` is opened here", None),
    (
        "a = f(x... , y)\n",
        "1:12-13",
        "expected `)` behind `...`, found `,`",
        "1:6 `(` is opened here",
        None,
    ),
    (
        "a = x ? 1\n",
        "1:10-11",
        "expected `:` and the other value of the conditional, found the end of the line",
        "1:7 `?` is opened here",
        None,
    ),
    (
        "a = x ?\n",
        "1:8-9",
        "expected an expression, found the end of the line",
        None,
        "an expression begins on the line of the `=` or operator before it",
    ),
    (
        "a = [for x in y]\n",
        "1:16-17",
        "expected `:` behind the collection, found `]`",
        "1:5 `[` is opened here",
        None,
    ),
    ("a = [for x y : z]\n", "1:12-13", "expected `in`, found `y`", "1:5 `[` is opened here", None),
    (
        "a = [for x in y : k => v]\n",
        "1:21-23",
        "expected `]`, found `=>`",
        "1:5 `[` is opened here",
        "`=>` is for objects: `{for … : key => value}`",
    ),
    (
        "a = {for x in y : v}\n",
        "1:20-21",
        "expected `=>`: a `for` in braces makes a key and a value, found `}`",
        "1:5 `{` is opened here",
        None,
    ),
    (
        "a = (1\n",
        "2:1-2",
        "expected `)`, found the end of the file",
        "1:5 `(` is opened here",
        None,
    ),
    (
        "a = x[1\n",
        "2:1-2",
        "expected `]`, found the end of the file",
        "1:6 `[` is opened here",
        None,
    ),
    (
        "a = x[*\n",
        "1:8-9",
        "expected `]` behind `*`, found the end of the line",
        "1:6 `[` is opened here",
        None,
    ),
    (
        "a = x.\n",
        "1:7-8",
        "expected an attribute's name, a number or `*` behind the dot, found the end of the line",
        None,
        None,
    ),
    ("a = x.0.1\n", "1:7-10", "`.0.1` is one number to HCL", None, "write `[0][1]`"),
    ("a = x.*.y.*\n", "1:11-12", "a second `.*` behind the first", None, "write `[*]`"),
    (
        'resource "a" "b"\n{\n}\n',
        "1:17-18",
        "expected a label in quotes or `{`, found the end of the line",
        None,
        "the `{` of a block stands on the line of `resource`",
    ),
    (
        'resource "a" = {\n}\n',
        "1:14-15",
        "expected a label in quotes or `{`, found `=`",
        None,
        "a block has no `=`; an attribute has no labels",
    ),
    (
        'resource "a${b}" {}\n',
        "1:12-14",
        "the label of a block has no interpolation",
        None,
        "for the characters `${` themselves write `$${`",
    ),
    (
        'resource "$" {}\n',
        "1:1-9",
        "the label '$' has `$`, `%` or what cannot be seen",
        None,
        None,
    ),
    (
        "a { b = 1, c = 2 }\n",
        "1:10-11",
        "expected `}` on the same line, found `,`",
        "1:3 `{` is opened here",
        "a block on one line has one attribute; begin a line behind the `{` of `a`",
    ),
    (
        "a { b {} }\n",
        "1:5-6",
        "the block `b` stands on the line of the block around it",
        None,
        "begin a line behind the `{` of `a`",
    ),
    (
        "a { b = 1\n}\n",
        "1:10-11",
        "expected `}` on the same line, found the end of the line",
        "1:3 `{` is opened here",
        "a block on one line has one attribute; begin a line behind the `{` of `a`",
    ),
    (
        '"a" = 1\n',
        "1:1-2",
        "expected an attribute, `name = value`, or a block, `type { … }`, found a string",
        None,
        "the name of an attribute or block has no quotes; keys of maps may have them",
    ),
    (
        "}\n",
        "1:1-2",
        "expected an attribute, `name = value`, or a block, `type { … }`, found `}`",
        None,
        "no block is open here; remove it, or look for a `{` that is missing before",
    ),
    ("a = 1\na = 2\n", "2:1-2", "`a` is set a second time", "1:1 it is set here already", None),
    (
        "a {\n  b = 1\n  b = 2\n}\n",
        "3:3-4",
        "`b` is set a second time",
        "2:3 it is set here already",
        None,
    ),
    (
        'a = "%{ fi x }y%{ endif }"\n',
        "1:9-11",
        "`fi` is no template directive",
        None,
        "for the characters `%{` themselves write `%%{`",
    ),
    (
        'a = "%{ if x }y"\n',
        "1:16-17",
        "expected `%{endif}` before the end of the string",
        "1:6 `%{if` begins here",
        None,
    ),
    ('a = "%{ else }"\n', "1:9-13", "`else` without `%{if`", None, None),
    (
        'a = "%{ if x }%{ else }%{ else }%{endif}"\n',
        "1:27-31",
        "a second `else`",
        "1:6 this directive is open",
        None,
    ),
    (
        'a = "%{ for x in y }%{ endif }"\n',
        "1:24-29",
        "`endif` without `%{if`",
        "1:6 this directive is open",
        None,
    ),
    (
        "a = 1.2.3\n",
        "1:5-10",
        "`1.2.3` is no number",
        None,
        "a number has one dot and one exponent at most; a version stands in quotes",
    ),
    ("a = 1 ** 2\n", "1:8-9", "expected an expression, found `*`", None, None),
    (
        "a = b & c\n",
        "1:7-8",
        "`&` has no meaning here",
        None,
        "boolean AND is `&&`; HCL has no operators on bits",
    ),
    ("a = @\n", "1:5-6", "`@` has no meaning here", None, None),
    (
        "a = 1; b = 2\n",
        "1:6-7",
        "`;` has no meaning here",
        None,
        "arguments and blocks are separated by newlines, the items of a list by commas",
    ),
    (
        "a /* \n",
        "1:3-5",
        "this comment is never closed",
        None,
        "close it with `*/`; a comment of one line begins with `#`",
    ),
    (
        "a = $x\n",
        "1:5-6",
        "`$` has no meaning here",
        None,
        "an interpolation `${…}` stands inside of a string; outside, write the name alone",
    ),
    ("a = x = y\n", "1:7-8", "expected a newline behind the attribute `a`, found `=`", None, None),
    (
        "a.b = 1\n",
        "1:2-3",
        "expected `=` or `{` behind `a`, found `.`",
        None,
        "the name of an attribute has no dots or brackets",
    ),
    (
        "a = -\n",
        "1:6-7",
        "expected an expression, found the end of the line",
        None,
        "an expression begins on the line of the `=` or operator before it",
    ),
    ("é\n", "1:2-3", "expected `=` or `{` behind `é`, found the end of the line", None, None),
    ("a = [1,,2]\n", "1:8-9", "expected an expression, found `,`", None, None),
    ("a = {,}\n", "1:6-7", "expected an expression, found `,`", None, None),
    (
        "a = x ~}\n",
        "1:7-9",
        "`~}` ends a `${` or `%{` only, and none is open here",
        None,
        "write `}`",
    ),
    (
        'a = "${x ~"\n',
        "1:10-11",
        "`~` has no meaning here",
        None,
        "boolean NOT is `!`; HCL has no operators on bits",
    ),
    (
        "a = if x\n",
        "1:8-9",
        "expected a newline behind the attribute `a`, found `x`",
        None,
        "put `x` on a line of its own",
    ),
    ("a\n", "1:2-3", "expected `=` or `{` behind `a`, found the end of the line", None, None),
    ("\ud800", "1:1-2", "U+D800 is half of a character; HCL is UTF-8", None, None),
    (
        "a = \u00a01\n",
        "1:5-6",
        "`U+00A0` has no meaning here",
        None,
        "this blank is a no-break space; replace it by a plain one",
    ),
    (
        "1 = 2\n",
        "1:1-2",
        "expected an attribute, `name = value`, or a block, `type { … }`, found `1`",
        None,
        None,
    ),
    (
        'a = "${x}" y\n',
        "1:12-13",
        "expected a newline behind the attribute `a`, found `y`",
        None,
        "put `y` on a line of its own",
    ),
    (
        "a = f(\n  1,\n  [2, {\n    x = 1\n  }\n)\n",
        "6:1-2",
        "expected `,` or `]`, found `)`",
        "3:3 `[` is opened here",
        "elements are separated by commas",
    ),
]


@pytest.mark.parametrize(("text", "place", "summary", "related", "hint"), FAULTS)
def test_fault(text: str, place: str, summary: str, related: str | None, hint: str | None) -> None:
    """The first mistake is told, at the very characters that are wrong."""
    with pytest.raises(hcl.HclSyntaxError) as caught:
        hcl.parse(text, name="x.tf")
    (fault,) = caught.value.diagnostics
    at = fault.location
    assert at is not None
    assert at.column is not None
    assert f"{at.line}:{at.column}-{at.column + at.length}" == place
    assert fault.summary == summary
    told = [f"{each.location.line}:{each.location.column} {each.message}" for each in fault.related]
    assert told == ([] if related is None else [related])
    assert fault.help == hint


def test_rendered() -> None:
    """On the terminal the place is shown with the line and carets."""
    with pytest.raises(SyntaxFault) as caught:
        hcl.parse("locals {\n  a = [\n    1\n    22\n  ]\n}\n", name="variables.tf")
    assert (
        render(caught.value.diagnostics[0])
        == """error: expected `,` or `]`, found `22`
  --> variables.tf:4:5
    |
  4 |     22
    |     ^^
note: `[` is opened here
  --> variables.tf:2:7
    |
  2 |   a = [
    |       ^
help: elements are separated by commas"""
    )


def test_expressions_by_themselves() -> None:
    """An expression that a user gives in Python is checked when it is given."""
    assert hcl.parse_expression("var.x[0]") == hcl.Index(hcl.reference("var.x"), hcl.Literal(0))
    with pytest.raises(hcl.HclSyntaxError, match="expected the end of the expression, found `b`"):
        hcl.parse_expression("a b")


@pytest.mark.parametrize(
    "opener", ["[", "(", "{ a = ", '"${', "f(", "a ? b : ", "-", "[for x in ", "a["]
)
def test_deep_nesting(opener: str) -> None:
    """Ten thousand levels are a syntax error like any other, not a crash."""
    with pytest.raises(hcl.HclSyntaxError, match=r"the end of the file|expected an expression"):
        hcl.parse("a = " + opener * 10_000)


@pytest.mark.parametrize(
    ("opener", "inside", "closer"),
    [
        ("a = " + "[" * 10_000, "1", "]" * 10_000),
        ("a = " + "(" * 10_000, "1", ")" * 10_000),
        ("a = " + "{ b = " * 10_000, "1", " }" * 10_000),
        ("a = " + '"x${' * 10_000, "1", '}"' * 10_000),
        ("a {\n" * 10_000, "b = 1\n", "}\n" * 10_000),
        ("a = " + "!" * 10_000, "b", ".c" * 10_000),
        ("a = b", " ? c : d" * 10_000, " + e" * 10_000),
    ],
    ids=["lists", "parentheses", "objects", "templates", "blocks", "steps", "operators"],
)
def test_deep_texts(opener: str, inside: str, closer: str) -> None:
    """What is nested deep parses and formats, in time that grows with the text."""
    text = f"{opener}{inside}{closer}\n"
    document = hcl.parse(text)
    assert document.text == text
    if not opener.startswith("a {"):  # its indentation alone would be 200 MB
        assert len(hcl.format(text)) >= len(text)


@pytest.mark.parametrize("piece", ["<<a", "1.", "/* ", "%{", "~}", "é ", "a{", "\\", '"${'])
def test_long_lines(piece: str) -> None:
    """A broken file of one long line is refused in time that grows with its length."""
    begin = time.perf_counter()
    with pytest.raises(hcl.HclSyntaxError):
        hcl.parse("a = " + piece * 50_000)
    assert time.perf_counter() - begin < 20  # a second, mostly; hours if each piece scans the rest


@pytest.mark.parametrize(
    "number",
    [
        "1e2147483647",
        "1e-99999999999",
        "0.001e2147483651",
        f"1e{'9' * 5000}",
        f"{'9' * 5000}e2147483647",
    ],
)
def test_numbers_out_of_range(number: str) -> None:
    """A number whose exponent HCL cannot hold is refused, as OpenTofu does."""
    with pytest.raises(hcl.HclSyntaxError, match="the exponent of this number is out of range"):
        hcl.parse(f"a = {number}\n")


@pytest.mark.parametrize(
    "number",
    [
        "1e2147483646",
        "0e99999999999",
        "1e-2147483649",
        f"1e{'0' * 5000}1",
        "9" * 5000,
        "0." + "1" * 5000,
    ],
)
def test_numbers_of_any_size(number: str) -> None:
    """Other numbers keep all of their digits."""
    text = f"a = {number}\n"
    assert hcl.format(text) == text
    (item,) = hcl.parse(text).body
    again = hcl.parse(hcl.print_file(hcl.File((item,))))
    assert again.body == (item,)
