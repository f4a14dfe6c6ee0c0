"""Nodes refuse what has no form in HCL, when they are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nixgen import hcl
from nixgen.hcl.strings import unescape_quoted

X = hcl.Variable("x")

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: hcl.Attribute("a b", X), "no HCL identifier"),
    (lambda: hcl.Block("1a"), "no HCL identifier"),
    (lambda: hcl.Block("a", ("x$",)), "label"),
    (lambda: hcl.Block("a", ("e\u0301",)), "NFC"),
    (lambda: hcl.Block("a", ("\n",)), "label"),
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
    with pytest.raises(ValueError, match=message.replace("+", r"\+")):
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
