"""The editor, edit by edit; the texts before and after are what `tofu fmt` makes of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hcl import tofu as opentofu

from nixgen import hcl
from nixgen.diagnostic import render
from nixgen.errors import InputError

Edit = Callable[[hcl.Editor], object]


def attribute(name: str, value: object, **more: tuple[str, ...]) -> hcl.Attribute:
    """An attribute of Python data."""
    return hcl.Attribute(name, hcl.from_python(value), **more)


def entry(key: str, value: object, *comments: str) -> hcl.ObjectItem:
    """An entry of Python data."""
    return hcl.ObjectItem(key, hcl.from_python(value), comments=comments)


def variable(name: str, *attributes: hcl.BodyItem) -> hcl.Block:
    """A variable."""
    return hcl.Block("variable", (name,), attributes)


STRING = hcl.Attribute("type", hcl.reference("string"))
SECRET = {"auto_generate": False, "data": {"token": hcl.reference("var.token")}}

VARIABLES = """\
# What Vault is told by hand.

variable "alpha" {
  type = string # a token
}

# The last one.
variable "omega" {
  # Nobody knows why.
  default   = "x"
  sensitive = true
}
"""

SECRETS = """\
locals {
  secrets = {
    # by hand
    "hosts/a/token" = {
      auto_generate = true # for now
      length        = 20
    }

    "hosts/c/token" = { auto_generate = true }
    "zone"          = "a"
  }
  plain = merge({}, {})
}
"""

# name: (before, edit, after)
EDITS: dict[str, tuple[str, Edit, str]] = {
    "a block goes where its name says": (
        VARIABLES,
        lambda editor: editor.set_block(variable("beta", STRING)),
        VARIABLES.replace(
            "# The last one.", 'variable "beta" {\n  type = string\n}\n\n# The last one.'
        ),
    ),
    "a block behind the last one": (
        VARIABLES,
        lambda editor: editor.set_block(variable("zeta", STRING)),
        VARIABLES + '\nvariable "zeta" {\n  type = string\n}\n',
    ),
    "a block of another type": (
        VARIABLES,
        lambda editor: editor.set_block(hcl.Block("locals", (), (attribute("a", 1),))),
        VARIABLES + "\nlocals {\n  a = 1\n}\n",
    ),
    "the first block of an empty file": (
        "",
        lambda editor: editor.set_block(variable("a", STRING)),
        'variable "a" {\n  type = string\n}\n',
    ),
    "a block that says the same": (
        VARIABLES,
        lambda editor: editor.set_block(
            variable("omega", attribute("sensitive", True), attribute("default", "x"))
        ),
        VARIABLES,
    ),
    "a block that changes": (
        VARIABLES,
        lambda editor: editor.set_block(
            variable("omega", STRING, attribute("default", "y"), attribute("nullable", False))
        ),
        VARIABLES.replace(
            """\
  # Nobody knows why.
  default   = "x"
  sensitive = true
""",
            """\
  type = string
  # Nobody knows why.
  default  = "y"
  nullable = false
""",
        ),
    ),
    "a block goes": (
        VARIABLES,
        lambda editor: editor.remove("variable.omega"),
        VARIABLES[: VARIABLES.index("\n# The last")],
    ),
    "the first block goes": (
        VARIABLES[VARIABLES.index("variable") :],
        lambda editor: editor.remove("variable.alpha"),
        VARIABLES[VARIABLES.index("# The last") :],
    ),
    "an attribute comes": (
        VARIABLES,
        lambda editor: editor.set_attribute("variable.alpha", attribute("sensitive", True)),
        VARIABLES.replace(
            "  type = string # a token", "  type      = string # a token\n  sensitive = true"
        ),
    ),
    "an attribute changes": (
        VARIABLES,
        lambda editor: editor.set_attribute("variable.omega", attribute("default", ["a", "b"])),
        VARIABLES.replace('"x"', '["a", "b"]'),
    ),
    "an attribute goes with its comment": (
        VARIABLES,
        lambda editor: editor.remove("variable.omega.default"),
        VARIABLES.replace(
            '  # Nobody knows why.\n  default   = "x"\n  sensitive = true', "  sensitive = true"
        ),
    ),
    "an attribute before the blocks inside": (
        "a {\n  b {}\n}\n",
        lambda editor: editor.set_attribute("a", attribute("c", 1)),
        "a {\n  c = 1\n\n  b {}\n}\n",
    ),
    "an attribute of an empty block": (
        "a {}\n",
        lambda editor: editor.set_attribute("a", attribute("c", 1)),
        "a {\n  c = 1\n}\n",
    ),
    "an attribute of a block on one line": (
        "a { b = 1 }\n",
        lambda editor: editor.set_attribute("a", attribute("long", 1)),
        "a {\n  b    = 1\n  long = 1\n}\n",
    ),
    "a value in a file of variables": (
        'a = "1" # one\nlonger = 2\n',
        lambda editor: editor.set_attribute("", attribute("b", "x")),
        'a = "1" # one\nb = "x"\nlonger = 2\n',
    ),
    "an entry where its key says": (
        SECRETS,
        lambda editor: editor.set_entry("locals.secrets", entry("hosts/b/token", SECRET, "new")),
        SECRETS.replace(
            '    "hosts/c/token"',
            """\
    # new
    "hosts/b/token" = {
      auto_generate = false
      data = {
        token = var.token
      }
    }
    "hosts/c/token\"""",
        ),
    ),
    "an entry that changes inside": (
        SECRETS,
        lambda editor: editor.set_entry("locals.secrets", entry("hosts/a/token", SECRET)),
        SECRETS.replace(
            """\
      auto_generate = true # for now
      length        = 20
""",
            """\
      auto_generate = false # for now
      data = {
        token = var.token
      }
""",
        ),
    ),
    "an entry on one line that changes": (
        SECRETS,
        lambda editor: editor.set_entry(
            "locals.secrets", entry("hosts/c/token", {"auto_generate": False})
        ),
        SECRETS.replace("{ auto_generate = true }", "{ auto_generate = false }"),
    ),
    "an entry goes": (
        SECRETS,
        lambda editor: editor.remove('locals.secrets["hosts/a/token"]'),
        """\
locals {
  secrets = {
    "hosts/c/token" = { auto_generate = true }
    "zone"          = "a"
  }
  plain = merge({}, {})
}
""",
    ),
    "an entry given by the names": (
        SECRETS,
        lambda editor: editor.remove(("locals", "secrets", "zone")),
        SECRETS.replace('    "zone"          = "a"\n', ""),
    ),
    "an entry inside of an entry": (
        SECRETS,
        lambda editor: editor.set_entry('locals.secrets["hosts/c/token"]', entry("length", 9)),
        SECRETS.replace("{ auto_generate = true }", "{ auto_generate = true, length = 9 }"),
    ),
    "the first entry": (
        "a = {}\n",
        lambda editor: editor.set_entry("a", entry("b", 1)),
        "a = {\n  b = 1\n}\n",
    ),
    "the last entry goes": (
        "a = {\n  b = 1\n}\n",
        lambda editor: editor.remove("a.b"),
        "a = {\n}\n",
    ),
    "an entry of a line goes": (
        "a = { b = 1, c = 2, d = 3 }\n",
        lambda editor: (editor.remove("a.c"), editor.remove("a.d")),
        "a = { b = 1 }\n",
    ),
    "entries in no order": (
        "a = {\n  z = 1\n  b = 2,\n  y = 3 # last\n}\n",
        lambda editor: (editor.set_entry("a", entry("n", 4)), editor.set_entry("a", entry("c", 5))),
        "a = {\n  z = 1\n  b = 2,\n  y = 3 # last\n  n = 4\n  c = 5\n}\n",
    ),
    "edits on top of each other": (
        "a = {}\n",
        lambda editor: (
            editor.set_entry("a", entry("b", {"c": 1})),
            editor.set_entry("a.b", entry("d", 2)),
            editor.remove("a.b.c"),
            editor.set_block(variable("x")),
            editor.set_attribute("variable.x", STRING),
        ),
        'a = {\n  b = {\n    d = 2\n  }\n}\n\nvariable "x" {\n  type = string\n}\n',
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_edit(name: str) -> None:
    """Each edit changes its lines, keeps comments, and comes out formatted."""
    before, edit, after = EDITS[name]
    if hcl.format(before) != before:
        assert name == "a value in a file of variables"
    editor = hcl.Editor(before, name="x.tf")
    edit(editor)
    assert editor.text == after


def test_edits_are_fixed_points(tofu: Path) -> None:
    """What the editor writes passes a user's `tofu fmt -check`."""
    texts = [after for before, _, after in EDITS.values() if hcl.format(before) == before]
    assert opentofu.changed(texts) == []
    assert len(texts) == len(EDITS) - 1


def test_unformatted_files_keep_their_bytes() -> None:
    """In a file that nobody formats, the edit's own lines are all that changes."""
    before = 'locals {\r\n\tsecrets = {\r\n\t"b"=1,\r\n\t  "d" =   [ 2 ]  # two\r\n\t}\r\n}'
    editor = hcl.Editor(before)
    editor.set_entry("locals.secrets", entry("c", {"x": 1}))
    editor.set_entry("locals.secrets", entry("d", 3))
    assert editor.text == (
        'locals {\r\n\tsecrets = {\r\n\t"b"=1,\r\n\t  c = {\r\n\t    x = 1\r\n\t  }\r\n'
        '\t  "d" =   3  # two\r\n\t}\r\n}'
    )


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


def test_what_is_not_there_is_not_removed() -> None:
    """Removing twice is removing once."""
    editor = hcl.Editor(SECRETS)
    assert not editor.remove("variable.a")
    assert not editor.remove('locals.secrets["x"]')
    with pytest.raises(hcl.HclEditError, match="is a string, not a map"):
        editor.remove("locals.secrets.zone.x")
    assert editor.text == SECRETS


def test_thousands_of_edits() -> None:
    """A fleet's entries go into one file in time that grows with their number."""
    keys = [f"hosts/host-{number:05}/token" for number in range(3000)]
    editor = hcl.Editor("locals {\n  secrets = {\n  }\n}\n")
    begin = time.perf_counter()
    for key in keys[::2] + keys[1::2]:
        editor.set_entry("locals.secrets", entry(key, SECRET))
        editor.set_block(variable(key.replace("/", "_"), STRING))
    text = editor.text
    for key in keys[::3]:
        assert editor.remove(("locals", "secrets", key))
        assert editor.remove(("variable", key.replace("/", "_")))
    shorter = editor.text
    assert time.perf_counter() - begin < 60
    assert text.count('"hosts/') == text.count('variable "') == 3000
    assert shorter.count('"hosts/') == shorter.count('variable "') == 2000
    positions = [text.index(f'"{key}"') for key in keys]
    assert positions == sorted(positions)


def test_what_stands_at_an_address() -> None:
    """An item's lines with its comments, and a text that is the same for all that mean the same."""
    editor = hcl.Editor(SECRETS)
    found = editor.placed('locals.secrets["hosts/a/token"]')
    assert found is not None
    assert (found.first, found.line, found.last) == (3, 4, 7)
    other = '{ "hosts/a/token" = { "length" = (20), auto_generate = true } }'
    editor = hcl.Editor(f"locals {{\n  secrets = {other}\n}}\n")
    again = editor.placed('locals.secrets["hosts/a/token"]')
    assert again is not None
    assert again.text == found.text
    assert editor.placed("locals.secrets.other") is None
    changed = hcl.Editor(SECRETS.replace("= 20", "= 21"))
    different = changed.placed('locals.secrets["hosts/a/token"]')
    assert different is not None
    assert different.text != found.text
    blocks = (
        'variable "x" {\n  type = string\n  default = 1\n}\n',
        '# y\nvariable "x" {\n  default = 1 # z\n  type = string\n}\n',
    )
    one, two = (hcl.Editor(text).placed("variable.x") for text in blocks)
    assert one is not None
    assert two is not None
    assert one.text == two.text
    assert (two.first, two.line, two.last) == (1, 2, 5)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'locals {\n  secrets = {\n    "a" = 1\n  }\n}\n'),
        ("locals {\n  b = 1\n}\n", 'locals {\n  b = 1\n  secrets = {\n    "a" = 1\n  }\n}\n'),
        ("locals {\n  secrets = {}\n}\n", 'locals {\n  secrets = {\n    "a" = 1\n  }\n}\n'),
    ],
)
def test_a_map_is_made_for_its_first_entry(before: str, after: str) -> None:
    """With `make_map` the map, and the block around it, need not be there."""
    editor = hcl.Editor(before)
    item = hcl.ObjectItem(hcl.string("a"), hcl.from_python(1))
    editor.set_entry("locals.secrets", item, make_map=True)
    assert editor.text == after
    with pytest.raises(hcl.HclEditError, match="is a plain value"):
        hcl.Editor("locals {\n  secrets = 1\n}\n").set_entry("locals.secrets", item, make_map=True)
