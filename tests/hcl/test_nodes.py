"""Nodes refuse what has no form in HCL, when they are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hcl import tofu as opentofu

from nixgen import hcl
from nixgen.hcl.strings import unescape_quoted

X = hcl.Variable("x")

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: hcl.Attribute("a b", X), "no HCL identifier"),
    (lambda: hcl.Block("1a"), "no HCL identifier"),
    (lambda: hcl.Block("a", ("x$",)), "label"),
    (lambda: hcl.Block("a", ("e\u0301",)), "NFC"),
    (lambda: hcl.Block("a", ("\n",)), "label"),
    (lambda: hcl.Block("a", "token"), "Block.labels takes a tuple of texts: ('token',)"),
    (lambda: hcl.Block("a", (1,)), "Block.labels takes a tuple of texts, and an int is none"),
    (lambda: hcl.Block("a", None), "Block.labels takes a tuple of texts, and not None"),
    (lambda: hcl.Block("a", comments="why"), "Block.comments takes a tuple of texts: ('why',)"),
    (lambda: hcl.Attribute("a", X, comments="why"), "Attribute.comments takes a tuple of texts"),
    (lambda: hcl.ObjectItem("a", X, comments="why"), "ObjectItem.comments takes a tuple of texts"),
    (lambda: hcl.Block("a", (), (1, "x")), "blank lines in a tuple, and an int is none of them"),
    (lambda: hcl.Block("a", (), (hcl.string("y"),)), "and a Template is none of them"),
    (lambda: hcl.Block("a", (), hcl.Attribute("a", X)), "in a tuple, and not an Attribute"),
    (lambda: hcl.File(("a = 1",)), "File.body takes attributes, blocks, comments and blank lines"),
    (lambda: hcl.File((hcl.ObjectItem("a", X),)), "and an ObjectItem is none of them"),
    (lambda: hcl.Comment("a\nb"), "one line"),
    (lambda: hcl.Attribute("a", X, trailing="a\rb"), "one line"),
    (lambda: hcl.Attribute("a", X, comments=("a\nb",)), "one line"),
    (lambda: hcl.Literal(-1), "number literal"),
    (lambda: hcl.Literal(float("nan")), "number literal"),
    (lambda: hcl.Literal(float("inf")), "number literal"),
    (lambda: hcl.Directive("while"), "directive"),
    (lambda: hcl.Template(("\ud800",)), "U+D800"),
    (lambda: hcl.ObjectItem("\udfff", X), "U+DFFF"),
    (lambda: hcl.Heredoc(("a",)), "newline"),
    (lambda: hcl.Heredoc(("a\n", "EOT", "\n")), "marker"),
    (lambda: hcl.Heredoc(("a\rb\n",)), "carriage returns"),
    (lambda: hcl.Heredoc((" a\n  b\n",), flush=True), "indentation"),
    (lambda: hcl.Heredoc(("\u0301a\n",), flush=True), "joins"),
    (lambda: hcl.UnaryOperation("+", X), "unary"),
    (lambda: hcl.BinaryOperation(X, "**", X), "binary"),
    (lambda: hcl.reference("a b"), "is no reference"),
    (lambda: hcl.reference("1"), "is no reference"),
    (lambda: hcl.reference("a[b]"), "is no reference"),
    (lambda: hcl.reference(r'a["\q"]'), "escape"),
    (lambda: unescape_quoted(r"\ud800"), "no character"),
    (lambda: unescape_quoted(r"\u12"), "escape"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refused(make: Callable[[], Any], message: str) -> None:
    """A mistake shows where the node is made, not in a file that Terraform refuses later."""
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


UNCONVERTIBLE: list[tuple[Any, str]] = [
    (float("nan"), "nan has no form in HCL"),
    ([1, {"a": float("inf")}], "value[1]['a']: inf has no form in HCL"),
    (1 << 512, "more than 512 bits"),
    ("\ud800", "U+D800"),
    ({1: 2}, "the key 1 is int; object keys are strings"),
    ({"a": [{True: 2}]}, "value['a'][0]: the key True is bool"),
    ({"a": {1, 2}}, "value['a']: a set has no form in HCL"),
    ({"a": b""}, "a bytes has no form in HCL"),
]


@pytest.mark.parametrize(("value", "message"), UNCONVERTIBLE)
def test_values_without_a_form(value: Any, message: str) -> None:
    """The message leads to the value inside of a large structure."""
    with pytest.raises(hcl.ConversionError) as caught:
        hcl.from_python(value)
    assert message in str(caught.value)


def test_values_with_a_form() -> None:
    """Expressions stay as they are; tuples are lists; bool comes before int."""
    assert hcl.from_python((True, X)) == hcl.Tuple((hcl.Literal(True), X))
    assert hcl.from_python({"a": None}) == hcl.Object((("a", hcl.Literal(None)),))
    assert hcl.from_python("") == hcl.Template()
    assert hcl.from_python(-(1 << 511)).operand == hcl.Literal(1 << 511)


def test_texts_of_a_template_are_merged() -> None:
    """Two texts side by side are one, so what spans both is escaped, and equality means meaning."""
    parted = hcl.Template(("$", "", "{", hcl.Interpolation(X), "", "a"))
    assert parted == hcl.Template(("${", hcl.Interpolation(X), "a"))
    assert hcl.print_expression(parted) == '"$${${x}a"'


def test_equality_looks_at_meaning() -> None:
    """Trees compare by what they say, not by where it was written or how many lines it takes."""
    assert hcl.Tuple((X,), multiline=True) == hcl.Tuple((X,))
    assert hcl.Attribute("a", X, origin="here") == hcl.Attribute("a", X)
    assert hcl.Variable("x", span=hcl.Span(0, 1)) == X
    assert hcl.Attribute("a", X, comments=("why",)) != hcl.Attribute("a", X)


def test_constants_are_python_data() -> None:
    """A file written by hand is read into the model: what it spells out is plain data."""
    text = '{ a = [1, -2.5, (true), null], "b c" = <<EOT\nx\nEOT\n}'
    assert hcl.to_python(hcl.parse_expression(text)) == {"a": [1, -2.5, True, None], "b c": "x\n"}
    assert hcl.to_python(hcl.parse_expression("(" * 9000 + "1" + ")" * 9000)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{ a = [var.x] }", "value['a'][0]: `var.x` has to be evaluated"),
        ('"a ${x}"', '`"a ${x}"` has to be evaluated'),
        ("{ (x) = 1 }", "the object has a key that has to be evaluated"),
        ("1 + 1", "`1 + 1` has to be evaluated"),
        ("-true", "`-true` has to be evaluated"),
    ],
)
def test_what_is_no_constant(text: str, message: str) -> None:
    """What only Terraform can know is told with its path."""
    with pytest.raises(hcl.ConversionError) as caught:
        hcl.to_python(hcl.parse_expression(text))
    assert str(caught.value) == message


def test_a_quoted_name_is_a_key_as_any_other() -> None:
    """Its quotes are kept where it is printed, and are no part of the data."""
    text = '{\n  "a"   = 1\n  b     = 2\n  "c d" = 3\n}'
    read = hcl.parse_expression(text)
    assert hcl.print_expression(read) == text
    assert hcl.to_python(read) == {"a": 1, "b": 2, "c d": 3}


def test_bare_words_and_whole_numbers_are_keys_of_text() -> None:
    """`null`, `true` and `1` before a `=` are texts to OpenTofu, and keep their meaning printed."""
    text = "{ null = 1, true = 2, false = 3, 7 = 4, 010 = 5, (true) = 6, 1.5 = 7 }"
    read = hcl.parse_expression(text)
    printed = '{ "null" = 1, "true" = 2, "false" = 3, "7" = 4, "10" = 5, (true) = 6, (1.5) = 7 }'
    assert hcl.print_expression(read) == printed
    assert hcl.print_expression(hcl.parse_expression(printed)) == printed
    assert hcl.to_python(hcl.parse_expression("{ null = 1, 2 = 3 }")) == {"null": 1, "2": 3}
    long = str((1 << 512) + 1)
    assert hcl.print_expression(hcl.parse_expression(f"{{ {long} = 1 }}")) == f"{{ ({long}) = 1 }}"
    assert hcl.format(f"a = {text}\n") == f"a = {text}\n"


def test_keys_that_are_words_mean_the_same_to_opentofu(tofu: Path, tmp_path: Path) -> None:
    """The printed form of an object has the keys that OpenTofu gives to the source."""
    texts = [f"{{ {key} = 1 }}" for key in ("null", "true", "false", "7", "010", "1.50", "1e3")]
    printed = [hcl.print_expression(hcl.parse_expression(text)) for text in texts]
    found = opentofu.values([*texts, *printed], tmp_path)
    assert found[: len(texts)] == found[len(texts) :]
    keys = ["null", "true", "false", "7", "10", "1.5", "1000"]
    assert found[: len(texts)] == [{key: 1} for key in keys]
