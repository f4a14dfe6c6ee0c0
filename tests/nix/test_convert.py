"""Python values become Nix expressions; what has no form in Nix is refused with its place."""

import enum
import math
import os
from pathlib import Path, PurePosixPath

import attrs
import pytest

from nixgen.nix import build, nodes
from nixgen.nix.convert import ConversionError, from_python
from nixgen.nix.hooks import converter, make_converter
from nixgen.nix.printing.printer import print_expression
from nixgen.nix.raw import raw_entry


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
    for kind in (PurePosixPath, Path):
        assert from_python(kind("a/b.nix")) == nodes.Path(("./a/b.nix",))
        assert from_python([kind("/a")]) == nodes.List((nodes.Path(("/a",)),))


DATA = [None, True, 0, -1, -(2**63), 1.5, "a\n${b}", [1, ["x"], -2], (), {"a b": {}, "c": [None]}]


@pytest.mark.parametrize("value", DATA)
def test_the_converter_sees_data_alike(value):
    """Plain data do not go through the converter, and have the same form as if they did."""
    assert from_python(value) == converter.unstructure(value)


PATHS = [
    *(
        "a/b.nix",
        "./a b/c",
        "../my modules/web.nix",
        "../../a b",
        "../ü.nix",
        "a/../b c",
        "..",
        "a/",
    ),
    *(
        ".hidden dir/y.nix",
        "..hidden dir/y.nix",
        "./.hidden dir/y.nix",
        "/.cfg a/x",
        "/../a b",
        "/a",
    ),
]


def test_paths_lead_where_they_do_in_python(eval_nix, tmp_path, monkeypatch):
    """Nix sees the file that was named, whichever characters its path has."""
    monkeypatch.chdir(tmp_path)
    made = [build.file_path(text) for text in PATHS] + [from_python(Path(text)) for text in PATHS]
    seen = eval_nix(f"map toString {print_expression(nodes.List(tuple(map(build.operand, made))))}")
    assert seen == [os.path.normpath(tmp_path / text) for text in PATHS * 2]


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


@attrs.frozen
class NoValue:
    name: str = "x"

    def __nix_fault__(self) -> str:
        return f"{self.name} is not for options"


@pytest.mark.parametrize("convert", [from_python, make_converter().unstructure])
def test_a_class_says_itself_that_it_is_no_value(convert):
    """An object that stands for something else is not written field by field."""
    with pytest.raises(ConversionError, match="x is not for options") as caught:
        convert({"a": [NoValue()]})
    assert caught.value.path == ("a", 0)


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (raw_entry("a = 1;"), "an entry of a set is no value"),
        (build.bind("a", 1), "an entry of a set is no value"),
        (build.inherit("a"), "an entry of a set is no value"),
        (nodes.File(nodes.Integer("1")), "a File is no value"),
        (build.path("a.b"), "an AttributePath is no value"),
    ],
    ids=["raw_entry", "bind", "inherit", "file", "path"],
)
@pytest.mark.parametrize(
    "around", [lambda node: node, lambda node: {"a": [node]}, build.mk_force, build.node]
)
def test_nodes_that_are_no_expressions_are_no_values(node, told, around):
    """What Nix does not read as a value is refused where it is given, and not when it is read."""
    with pytest.raises(ConversionError, match=told):
        from_python(around(node))


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


class Switch(str, enum.Enum):  # noqa: UP042 - a StrEnum prints as its text
    """A text that prints as something else."""

    ON = "enable-it"


def test_enums_of_texts_as_names() -> None:
    """A key is the enum's text, and so is the same text as a key from then on."""
    for key in (Switch.ON, Switch.ON.value):
        assert print_expression(from_python({key: 1})) == "{ enable-it = 1; }"
        assert print_expression(build.ref(key)) == "enable-it"
