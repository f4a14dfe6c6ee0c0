"""Changes of one attribute in files of many spellings.

The cases are in `edit_cases/`: a name, the call of a `Document`, the text before, and the text
after or the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from programs import run

from nixgen import nix
from nixgen.diagnostic import render_all
from nixgen.nix import edit
from nixgen.nix.parsing.parser import parse
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.printing.formatter import format as formatted

FOLDER = Path(__file__).parent / "edit_cases"


@frozen
class Case:
    """A file and a change of it; `after` is a message where the change is refused."""

    name: str
    call: str
    before: str
    after: str

    @property
    def refused(self) -> bool:
        """Whether the change must not be made."""
        return self.after.startswith("error: ")

    def apply(self, document: edit.Document) -> Any:
        """Make the change."""
        method, _, arguments = self.call.partition("(")
        return getattr(document, method)(*eval(f"({arguments.removesuffix(')')},)"))


def read_cases() -> Iterator[Case]:
    """All cases of the folder."""
    for file in sorted(FOLDER.iterdir()):
        for part in file.read_text(encoding="utf-8").split("\n=== ")[1:]:
            name, call, rest = part.split("\n", 2)
            before, after = rest.split("---\n", 1)
            yield Case(name, call.removeprefix("--- "), before, after.rstrip("\n") + "\n")


CASES = list(read_cases())
MADE = [case for case in CASES if not case.refused]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    """The text after a change is the expected one, or the refusal says where and why."""
    document = edit.Document(case.before, name="file.nix")
    try:
        case.apply(document)
        after = document.text
    except edit.EditError as error:
        after = render_all(error.diagnostics) + "\n"
        assert document.text == case.before
    assert after == case.after


@pytest.mark.parametrize("case", MADE, ids=lambda case: case.name)
def test_twice_is_once(case: Case) -> None:
    """A script can make its change again without knowing whether it was made."""
    document = edit.Document(case.after)
    assert case.apply(document) is False
    assert document.text == case.after


@pytest.mark.parametrize("case", MADE, ids=lambda case: case.name)
def test_windows_line_ends_stay(case: Case) -> None:
    """A file with CRLF is changed as one with LF, and keeps CRLF on each line."""
    document = edit.Document(case.before.replace("\n", "\r\n"))
    case.apply(document)
    assert document.text.replace("\r\n", "\n") == case.after
    assert document.text.count("\r\n") == document.text.count("\n")


def test_what_nixfmt_laid_out_stays_so(nixfmt: Path, tmp_path: Path) -> None:
    """A file that nixfmt would leave alone is left alone by it after the change, too."""
    fixed = [case for case in MADE if formatted(case.before) == case.before]
    assert len(fixed) > len(MADE) / 2
    for index, case in enumerate(fixed):
        (tmp_path / f"{index:03}.nix").write_text(case.after, encoding="utf-8")
    run([nixfmt, *sorted(tmp_path.iterdir())])
    for index, case in enumerate(fixed):
        assert (tmp_path / f"{index:03}.nix").read_text(encoding="utf-8") == case.after, case.name


def test_get_gives_the_text_of_a_value() -> None:
    """What is read is what is written, moved to the left margin; a spread set is put together."""
    text = (
        "{ lib, ... }:\n{\n  a = lib.mkForce {\n    b = 1; # one\n  };\n"
        '  c.d.e = "x";\n  c.d.${f} = 2;\n  g.inherited = 3;\n}\n'
    )
    assert edit.get(text, "a") == "lib.mkForce {\n  b = 1; # one\n}"
    assert edit.get(text, "a.b") == "1"
    assert edit.get(text, "c.d.e") == '"x"'
    assert edit.get(text, "c.d") == '{\n  e = "x";\n  ${f} = 2;\n}'
    assert edit.get(text, "g.other") is None
    with pytest.raises(edit.EditError, match="may be `z`"):
        edit.get(text, "c.d.z")


def test_values_can_be_trees() -> None:
    """A program that has syntax trees need not print them."""
    value = nix.attribute_set({"a": [1, 2]})
    after = edit.set("{ }\n", ("x", "y z"), value)
    assert after == '{\n  x."y z" = {\n    a = [\n      1\n      2\n    ];\n  };\n}\n'


def test_comments_go_above_a_new_binding() -> None:
    """A program can say why it set something."""
    document = edit.Document("{\n  a = 1;\n}\n")
    document.set("b", "2", comments=("Two.", "", "For a reason."))
    assert document.text == "{\n  a = 1;\n\n  # Two.\n  #\n  # For a reason.\n  b = 2;\n}\n"


def test_a_value_that_is_no_nix_is_refused() -> None:
    """A typo in the value is shown, and the file stays."""
    document = edit.Document("{ }\n")
    with pytest.raises(NixSyntaxError, match="the value:1"):
        document.set("a", "[ 1")
    with pytest.raises(NixSyntaxError):
        document.set("a", "1; b = 2")
    assert document.text == "{ }\n"


@pytest.mark.parametrize("path", ["", "a..b", 'a."b', "a.${b}", ".a"])
def test_a_path_that_is_none_is_refused(path: str) -> None:
    """A path with a typo changes nothing by accident."""
    with pytest.raises(edit.EditError) as caught:
        edit.set("{ }", path, "1")
    assert str(caught.value).count("is no attribute path: ") == 1


def test_a_binding_in_its_place() -> None:
    """A program can tell whether an attribute is as it left it, however the file was laid out."""
    document = edit.Document("{\n  a = {\n    # one\n    b.c = {d = 2;}; # two\n  };\n}\n")
    placed = document.placed("a.b.c")
    assert placed is not None
    assert placed.text == "{\n  # one\n  a.b.c = {\n    d = 2;\n  };\n}\n"
    assert placed.text == edit.canonical("a.b.c", "{ d = 2; }", ["# one"])
    assert (placed.first, placed.last) == (3, 4)
    assert document.placed("x") is None
    with pytest.raises(edit.EditError, match="several places"):
        document.placed("a.b")


def test_comments_are_replaced_where_they_are_given() -> None:
    """A program that wrote the comments above a binding can change them; others stay."""
    text = "{\n  a = 1;\n\n  # heading\n\n  # old\n  # older\n  b = 1; # kept\n}\n"
    document = edit.Document(text)
    assert document.set("b", "1", comments=["new"])
    assert document.text == text.replace("# old\n  # older", "# new")
    assert not document.set("b", "1", comments=["new"])
    assert document.set("b", "2", comments=[])
    assert document.text == text.replace("  # old\n  # older\n  b = 1", "  b = 2")


def test_depth_is_no_danger() -> None:
    """What a machine nested a thousandfold is changed, or refused with a message."""
    deep = 1500
    text = "(" * deep + "{ a = " + "(" * deep + "[ 1 ]" + ")" * deep + "; }" + ")" * deep
    assert "[ 1 2 ]" in edit.append(text, "a", "2")
    assert edit.append(text, "a", "(" * deep + "1" + ")" * deep) == text
    merged = "lib.mkMerge [ (" * deep + "{ a = 1; }" + ") ]" * deep
    assert "a = 2;" in edit.set(f"{{ lib }}: {merged}", "a", "2")
    path = ".".join("a" for _ in range(deep))
    after = edit.set("{ }", path, "1")
    assert edit.get(after, path) == "1"
    nested = "{ a = " * deep + "1" + "; }" * deep
    assert edit.get(nested, path) == "1"


def test_every_result_is_nix() -> None:
    """No change leaves a file that does not parse."""
    for case in MADE:
        assert parse(case.after).source() == case.after
