"""Trees made in Python are printed as people expect them; origins lead to lines."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nixgen import nix


def printed(expression: nix.Expression, width: int = 100) -> str:
    """The text of an expression."""
    return nix.print_expression(expression, width=width)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (nix.Identifier("a"), "a"),
        (nix.Integer("7"), "7"),
        (nix.Float("1.5"), "1.5"),
        (nix.SearchPath("<nixpkgs>"), "<nixpkgs>"),
        (nix.Uri("https://example.org"), '"https://example.org"'),
        (nix.string('a "b" ${c}'), '"a \\"b\\" \\${c}"'),
        (nix.text("a $", nix.ref("b.c")), '"a \\$${b.c}"'),
        (nix.indented("one line"), '"one line"'),
        (nix.indented('one "line"'), "''one \"line\"''"),
        (nix.indented("two\n  lines\n"), "''\n  two\n    lines\n''"),
        (nix.indented("  two\nlines"), "''\n    two\n  lines''"),
        (nix.indented("  two\n  lines"), "''\n  ''\\  two\n    lines''"),
        (nix.file_path("a/b.nix"), "./a/b.nix"),
        (nix.file_path("/etc/a b"), '/. + "/etc/a b"'),
        (nix.file_path("./.a b"), './. + "/.a b"'),
        (nix.file_path("../a b"), './. + "/../a b"'),
        (nix.attribute_set({}), "{ }"),
        (nix.attribute_set({"a": 1}), "{ a = 1; }"),
        (nix.attribute_set({"a": 1, "if": 2}), '{\n  a = 1;\n  "if" = 2;\n}'),
        (nix.attribute_set({"a": {"b": 1}}), "{\n  a = {\n    b = 1;\n  };\n}"),
        (nix.attribute_set({"a": 1}, recursive=True), "rec { a = 1; }"),
        (nix.attribute_set([nix.inherit("a", "b")]), "{ inherit a b; }"),
        (nix.attribute_set([nix.inherit("a", source="b.c")]), "{ inherit (b.c) a; }"),
        (nix.from_python([]), "[ ]"),
        (nix.from_python([1]), "[ 1 ]"),
        (nix.from_python([1, -2]), "[\n  1\n  (-2)\n]"),
        (nix.ref('services."a.b".c'), 'services."a.b".c'),
        (nix.Select(nix.ref("a.b"), nix.path("c"), nix.Integer("1")), "a.b.c or 1"),
        (nix.Select(nix.Integer("1"), nix.path("c")), "1 .c"),
        (nix.HasAttribute(nix.ref("a"), nix.path("b.c")), "a ? b.c"),
        (nix.UnaryOperation("!", nix.ref("a")), "!a"),
        (nix.BinaryOperation(nix.ref("a"), "++", nix.ref("b")), "a ++ b"),
        (nix.with_pkgs("a"), "with pkgs; [ a ]"),
        (nix.with_pkgs("a", "b"), "with pkgs;\n[\n  a\n  b\n]"),
        (nix.call("lib.mkForce", [1]), "lib.mkForce [ 1 ]"),
        (nix.mk_if(nix.ref("a"), {"b": 1, "c": 2}), "lib.mkIf a {\n  b = 1;\n  c = 2;\n}"),
        (nix.mk_default(-1), "lib.mkDefault (-1)"),
        (nix.lambda_("x", nix.ref("x")), "x: x"),
        (nix.let({"a": 1}, nix.ref("a")), "let\n  a = 1;\nin\na"),
        (nix.LegacyLet((nix.bind("body", 1),)), "let { body = 1; }"),
        (nix.Assert(nix.ref("a"), nix.ref("b")), "assert a;\nb"),
        (nix.If(nix.ref("a"), nix.ref("b"), nix.ref("c")), "if a then b else c"),
        (nix.commented(nix.ref("a"), "why"), "# why\na"),
    ],
)
def test_every_node_has_its_text(node: nix.Expression, text: str) -> None:
    """What stands where there is room."""
    assert printed(node) == text


def test_a_module_begins_as_modules_do() -> None:
    """Its arguments have a line, its set the next one, though both would fit on one."""
    module = nix.function(["config"], nix.attribute_set({"a": 1}))
    assert nix.print_file(nix.File(module)) == "{ config, ... }:\n{\n  a = 1;\n}\n"


def test_comments_stand_above_bindings() -> None:
    """Of several lines, empty ones too, at the file's head and inside."""
    inner = nix.bind("a", 1, comments=["one\n\ntwo", "three"])
    file = nix.File(nix.commented(nix.attribute_set([inner]), "head"))
    assert nix.print_file(file) == ("# head\n{\n  # one\n  #\n  # two\n  # three\n  a = 1;\n}\n")


def test_what_does_not_fit_continues_on_further_lines() -> None:
    """At the width asked for, counted from the indentation."""
    simple = nix.attribute_set({"x": nix.call("f", nix.ref("aaaa"), nix.ref("bbbb"))})
    assert printed(simple, 16) == "{\n  x = f aaaa bbbb;\n}"
    other = nix.attribute_set({"x": nix.call("f", nix.mk_if(1, [2, 3]), nix.ref("bbbb"))})
    assert printed(other, 24) == ("{\n  x = f (lib.mkIf 1 [\n    2\n    3\n  ]) bbbb;\n}")


def test_origins_lead_to_lines() -> None:
    """Each binding, `inherit` and list that has an origin, its comments included, outer first."""
    numbers = nix.List((nix.Integer("1"), nix.Integer("2")), origin="list")
    body = nix.attribute_set(
        [
            nix.bind("a", 1, origin="a", comments=["why"]),
            nix.bind("b", nix.attribute_set([nix.bind("c", numbers, origin="c")]), origin="b"),
            nix.Inherit((nix.Identifier("d"),), origin="d"),
        ]
    )
    text, ranges = nix.print_with_origins(nix.File(nix.function(["x"], body)))
    lines = text.splitlines()
    assert ranges == ((3, 4, "a"), (5, 10, "b"), (6, 9, "c"), (6, 9, "list"), (11, 11, "d"))
    assert lines[2] == "  # why"
    assert lines[4] == "  b = {"
    assert lines[10] == "  inherit d;"


def test_importing_the_language_loads_no_converter_and_no_parser() -> None:
    """A program pays for what it uses."""
    program = "import sys; import nixgen.nix; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "nixgen.nix.printing.printer" in loaded
    assert not {"cattrs", "jinja2", "rich", "nixgen.nix.parsing.parser"} & loaded


def test_every_exported_name_is_there() -> None:
    """`__all__` names what the package has, whether loaded at once or on demand."""
    for name in nix.__all__:
        assert getattr(nix, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'fromat'"):
        nix.fromat  # noqa: B018 - reading it raises
