"""Edits that are refused: the message, its place, and the text as it was."""

from __future__ import annotations

import pytest
from hcl.edits import SECRETS, VARIABLES, Edit, attribute, entry

from nixgen import hcl
from nixgen.diagnostic import render
from nixgen.errors import InputError

REFUSED: list[tuple[str, Edit, str]] = [
    (
        SECRETS,
        lambda editor: editor.set_entry("locals.plain", entry("a", 1)),
        """\
error: `locals.plain` is what `merge` returns, not a map
  --> secrets.tf:12:11
     |
  12 |   plain = merge({}, {})
     |           ^^^^^^^^^^^^^
help: only a map that is written out, `{ key = value }`, can be edited""",
    ),
    (
        SECRETS,
        lambda editor: editor.set_entry('locals.secrets["zone"]', entry("a", 1)),
        """\
error: `locals.secrets.zone` is a string, not a map
  --> secrets.tf:10:23
     |
  10 |     "zone"          = "a"
     |                       ^^^
help: only a map that is written out, `{ key = value }`, can be edited""",
    ),
    (
        SECRETS,
        lambda editor: editor.set_entry("locals.secret", entry("a", 1)),
        """\
error: there is no `locals.secret`
  --> secrets.tf:1:1
    |
  1 | locals {
    | ^^^^^^^^
help: did you mean `locals.secrets`?""",
    ),
    (
        SECRETS,
        lambda editor: editor.set_attribute("locals.secrets", attribute("a", 1)),
        """\
error: `locals.secrets` is a map; it has entries, no attributes
  --> secrets.tf:2:13
    |
  2 |   secrets = {
    |             ^""",
    ),
    (
        SECRETS,
        lambda editor: editor.set_entry("locals", entry("a", 1)),
        """\
error: `locals` is no map
  --> secrets.tf:1:1
    |
  1 | locals {
    | ^^^^^^^^""",
    ),
    (
        VARIABLES,
        lambda editor: editor.set_attribute("variable.alpho", attribute("a", 1)),
        """\
error: there is no `variable.alpho`
  --> secrets.tf
help: did you mean `variable.alpha`?""",
    ),
    (
        "a = {\n  b = 1\n  b = 2\n}\n",
        lambda editor: editor.set_entry("a", entry("b", 3)),
        """\
error: there are 2 of `a.b`
  --> secrets.tf:3:3
    |
  3 |   b = 2
    |   ^^^^^
note: the first one
  --> secrets.tf:2:3
    |
  2 |   b = 1
    |   ^^^^^
help: remove the others, or edit by hand""",
    ),
    (
        "moved {}\nmoved {}\n",
        lambda editor: editor.set_block(hcl.Block("moved", (), (attribute("a", 1),))),
        """\
error: there are 2 of `moved`
  --> secrets.tf:2:1
    |
  2 | moved {}
    | ^^^^^^^^
note: the first one
  --> secrets.tf:1:1
    |
  1 | moved {}
    | ^^^^^^^^
help: remove the others, or edit by hand""",
    ),
    (
        "a = { b = 1, /* c */ c = 2 }\n",
        lambda editor: editor.remove("a.b"),
        """\
error: this item shares its line with comments
  --> secrets.tf:1:7
    |
  1 | a = { b = 1, /* c */ c = 2 }
    |       ^^^^^
help: put it on a line of its own first""",
    ),
]


@pytest.mark.parametrize(("before", "edit", "message"), REFUSED)
def test_refused(before: str, edit: Edit, message: str) -> None:
    """What cannot be done is told with its place, and nothing changes."""
    editor = hcl.Editor(before, name="secrets.tf")
    with pytest.raises(InputError) as caught:
        edit(editor)
    assert render(caught.value.diagnostics[0]) == message
    assert editor.text == before


@pytest.mark.parametrize("address", ["a b", "a[0]", "a[*]", "1"])
def test_addresses_that_are_none(address: str) -> None:
    """A wrong address in the caller's code is the caller's mistake."""
    with pytest.raises(ValueError, match=r"reference|address"):
        hcl.Editor("").remove(address)
