"""The editor, edit by edit; the texts before and after are what `tofu fmt` makes of them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hcl import tofu as opentofu
from hcl.edits import SECRET, SECRETS, STRING, VARIABLES, Edit, attribute, entry, variable

from nixgen import hcl

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


@pytest.mark.parametrize("key", ["true", "null", "7"])
def test_a_bare_word_is_found_as_a_key(key: str) -> None:
    """An entry whose key is a word or a number without quotes is changed, not added again."""
    editor = hcl.Editor(f"locals {{\n  m = {{\n    {key} = 2\n  }}\n}}\n")
    editor.set_entry("locals.m", hcl.ObjectItem(key, hcl.from_python(3)))
    assert editor.text == f"locals {{\n  m = {{\n    {key} = 3\n  }}\n}}\n"
    assert editor.remove(("locals", "m", key))
    assert editor.text == "locals {\n  m = {\n  }\n}\n"
