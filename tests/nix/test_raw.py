"""Nix written as text inside Python: entries of sets."""

from __future__ import annotations

import pytest

from nixgen import nix
from nixgen.diagnostic import render_all


def test_an_entry_keeps_its_comments() -> None:
    """What stands around an entry stays with it, an empty line above it too."""
    text = "\n/* of\n  two */\n# why\ninherit (lib) a; # b"
    entry = nix.raw_entry(text)
    assert entry == nix.inherit("a", source="lib")
    made = nix.print_expression(nix.AttributeSet((nix.bind("x", 1), entry)))
    assert made == (
        "{\n  x = 1;\n\n  /*\n    of\n    two\n  */\n  # why\n  inherit (lib) a; # b\n}"
    )
    below = nix.raw_entry("${a}.b = 1;\n# why\n")
    assert nix.print_expression(below) == "# why\n${a}.b = 1;"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a = 1", "Nix text:1:6", "missing `;`"),
        ("inherit x y", "Nix text:1:12", "missing `;`"),
        ("# why\na == 1;", "Nix text:2:3", "expected `=`"),
        ("a = [ 1;", "Nix text:1:8", "the `[` is here\n  --> Nix text:1:5"),
        ("a = 1; }", "Nix text:1:9", "closes nothing"),
        ("a = 1; } // { b = 2;", "", "no single entry"),
        ("a = 1; b = 2;", "", "no single entry"),
        ("", "", "no single entry"),
    ],
)
def test_mistakes_are_shown_in_the_text_and_in_python(text: str, place: str, message: str) -> None:
    """Each is told where it stands in the text, and which line of Python holds that."""
    with pytest.raises(nix.NixSyntaxError) as caught:
        nix.raw_entry(text)
    diagnostic = caught.value.diagnostics[0]
    assert str(diagnostic.location or "") == place
    shown = render_all(caught.value.diagnostics)
    assert message in shown
    assert "note: the text is given here" in shown
    assert diagnostic.related[-1].location.file == __file__
