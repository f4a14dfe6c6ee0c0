"""What the functions and classes that make nodes take, and what they say of all else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nixgen import nix
from nixgen.errors import ConversionFault

BIND = nix.bind("a", 1)
X = nix.ref("x")
MAKERS: dict[str, Callable[[Any], Any]] = {
    "nix.with_pkgs takes names one by one": nix.with_pkgs,
    "nix.with_pkgs": lambda value: nix.with_pkgs("git", value),
    "nix.call takes a function": nix.call,
    "nix.text takes texts and expressions": lambda value: nix.text("a", value),
    "nix.operand takes an expression": nix.operand,
    "nix.Select takes an expression": lambda value: nix.Select(value, nix.path("a")),
    "nix.Select takes a path": lambda value: nix.Select(X, value),
    "nix.List takes a tuple": nix.List,
    "nix.List takes expressions": lambda value: nix.List((X, value)),
    "nix.inherit takes source": lambda value: nix.inherit("a", source=value),
    "nix.ref takes a text": nix.ref,
    "nix.pkg takes the name": nix.pkg,
    "nix.raw takes a text": nix.raw,
    "nix.raw_entry takes a text": nix.raw_entry,
    "nix.string takes a text": nix.string,
    "nix.indented takes a text": nix.indented,
    "nix.file_path takes a text": nix.file_path,
    "nix.Identifier takes a name": nix.Identifier,
    "an attribute path is": nix.path,
    "an attribute path": lambda value: nix.bind(value, 1),
    "an attribute path is a text": nix.split_path,
    "the name of an attribute is a text": nix.inherit,
    "the name of an argument is a text": lambda value: nix.lambda_(value, 1),
    "the name of an argument": lambda value: nix.function([value], 1),
    "a set is made from a dict": nix.attribute_set,
    "a set is made from": lambda value: nix.attribute_set([BIND, value]),
    "a set is made": lambda value: nix.let([value], 1),
    "a comment is a text": lambda value: nix.commented(X, value),
}


@pytest.mark.parametrize(("told", "make"), MAKERS.items(), ids=MAKERS)
@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, "an int"), (object(), "an object"), (b"git", "a bytes"), (1.5, "a float")],
    ids=["int", "object", "bytes", "float"],
)
def test_wrong_kinds_are_told_where_they_are_given(
    told: str, make: Callable[[Any], Any], value: object, kind: str
) -> None:
    """The message says what is taken and what came, and never the value, which may be a secret."""
    with pytest.raises(TypeError) as caught:
        make(value)
    assert isinstance(caught.value, ConversionFault)
    assert str(caught.value).startswith(told)
    assert str(caught.value).endswith(f", and not {kind}")


@pytest.mark.parametrize(
    "make",
    [nix.operand, nix.text, nix.call, nix.with_pkgs],
    ids=["operand", "text", "call", "with_pkgs"],
)
@pytest.mark.parametrize("node", [BIND, nix.inherit("a"), nix.path("a")], ids=str)
def test_what_is_no_expression_stands_in_none(make: Callable[[Any], Any], node: nix.Node) -> None:
    """An entry or a path inside an expression would be text that Nix cannot read."""
    with pytest.raises(TypeError, match=r"and not an? (Binding|Inherit|AttributePath)"):
        make(node)


def test_collections_are_no_texts() -> None:
    """A list of packages, or one name where a list belongs, is not taken apart in silence."""
    with pytest.raises(TypeError, match=r"one by one.* and not a list"):
        nix.with_pkgs(["vim", "htop"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"a list of names.* and not a str"):
        nix.function("pkgs", 1)
    assert nix.with_pkgs(*["vim", "htop"]) == nix.with_pkgs("vim", "htop")


@pytest.mark.parametrize("name", ["a b", "", "1a", "a.b", "a;", "a\n"])
def test_names_are_names(name: str) -> None:
    """What Nix would read as something else is no name of a variable or an argument."""
    with pytest.raises(ValueError, match="no name in Nix"):
        nix.Identifier(name)
    with pytest.raises(ValueError, match="no argument name"):
        nix.function([name], 1)
    assert nix.Identifier("a-b'").name == "a-b'"
