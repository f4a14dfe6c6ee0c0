"""Python values become Nix expressions; what has no form in Nix is refused with its place."""

import enum
import math
from pathlib import PurePosixPath

import attrs
import pytest

from nixgen.nix import build, nodes
from nixgen.nix.convert import ConversionError, from_python
from nixgen.nix.hooks import converter, make_converter


class Colour(enum.Enum):
    RED = "red"


@attrs.frozen
class Limits:
    memory: int = 1


def test_data_becomes_literals():
    """Each Python type has its Nix literal."""
    assert from_python(None) == nodes.Identifier("null")
    assert from_python(True) == nodes.Identifier("true")
    assert from_python(3) == nodes.Integer("3")
    assert from_python(1e22) == nodes.Float("1.0e+22")
    assert from_python(Colour.RED) == nodes.String(("red",))
    assert from_python(PurePosixPath("a/b.nix")) == nodes.Path(("./a/b.nix",))


DATA = [None, True, 0, -1, -(2**63), 1.5, "a\n${b}", [1, ["x"], -2], (), {"a b": {}, "c": [None]}]


@pytest.mark.parametrize("value", DATA)
def test_the_converter_sees_data_alike(value):
    """Plain data do not go through the converter, and have the same form as if they did."""
    assert from_python(value) == converter.unstructure(value)


class Named(str):
    __slots__ = ()


@pytest.mark.parametrize("value", [Named("x"), {"a": Named("x")}, [Named("x")]])
def test_subclasses_are_open_to_hooks(value):
    """A subclass of a plain type is that type, and can have a hook of its own."""
    assert from_python(value) == from_python(eval(repr(value)))


def test_attrs_classes_and_dicts_become_sets():
    """An attrs class is the set of its fields."""
    assert from_python(Limits()) == from_python({"memory": 1})


def test_lists_put_compound_items_in_parentheses():
    """A negative number in a list is one item, not a subtraction."""
    (item,) = from_python([-1]).items
    assert item == nodes.Parentheses(nodes.UnaryOperation("-", nodes.Integer("1")))


@pytest.mark.parametrize("value", [b"x", {1}, math.nan, math.inf, 2**63, {1: 2}, "a\0", "\ud800"])
def test_what_has_no_form_in_nix_is_refused(value):
    """The refusal leads to the part of the value that is meant."""
    with pytest.raises(ConversionError) as caught:
        from_python({"a": [value]})
    assert caught.value.path[:2] == ("a", 0)


def test_a_new_type_needs_one_hook():
    """A user's own type is taught with one hook, without touching the shared converter."""
    mine = make_converter()
    mine.register_unstructure_hook(complex, lambda value: build.string(str(value)))
    assert mine.unstructure(1j) == nodes.String(("1j",))
    with pytest.raises(ConversionError):
        from_python(1j)


@pytest.mark.parametrize(
    ("dotted", "names"),
    [("a.b", ("a", "b")), ('a."b.c".d', ("a", "b.c", "d")), ('"x y"', ("x y",))],
)
def test_attribute_paths_split_and_join(dotted, names):
    """Quoted names hold their dots, and the path prints back."""
    assert build.split_path(dotted) == names
    assert build.join_path(names) == dotted


@pytest.mark.parametrize("dotted", ["", ".", "a..b", 'a."b', 'a."b"c', "a.${b}", 'a"b'])
def test_broken_attribute_paths_are_refused(dotted):
    """A path that Nix could not read is refused when it is given."""
    with pytest.raises(ValueError, match="no attribute path"):
        build.split_path(dotted)


@pytest.mark.parametrize(
    ("dotted", "meant"),
    [
        ("a b", '"a b"'),
        ('x."my host".a b', 'x."my host"."a b"'),
        ("services.nginx .enable", "services.nginx.enable"),
        ("a\tb", '"a\\tb"'),
        ("a\nb.c", '"a\\nb".c'),
    ],
)
def test_blanks_in_attribute_paths_are_quoted(dotted, meant):
    """Nix ends a name at a blank: what was meant is told, and is such a path."""
    with pytest.raises(ValueError, match="blanks need quotes") as caught:
        build.split_path(dotted)
    assert f"but {meant!r} is" in str(caught.value)
    assert build.join_path(build.split_path(meant)) == meant
