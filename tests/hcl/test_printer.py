"""The printer's text, shape by shape; all of it is what `tofu fmt` makes of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hcl import tofu as opentofu

from nixgen import hcl
from nixgen.hcl.printing.direct import print_direct


def attributes(**values: object) -> tuple[hcl.BodyItem, ...]:
    """An attribute for each keyword."""
    return tuple(hcl.Attribute(name, hcl.from_python(value)) for name, value in values.items())


X, Y = hcl.Variable("x"), hcl.Variable("y")
SUM = hcl.BinaryOperation(X, "+", Y)
VARIABLE = hcl.Block(
    "variable",
    ("forgejo_native_runner_token",),
    attributes(
        description="Forgejo Actions runner token for native nix runner on nix-cache02",
        type=hcl.reference("string"),
        default="PLACEHOLDER",
        sensitive=True,
    ),
)
SECRET = hcl.ObjectItem(
    "hosts/nix-cache02/forgejo-native-runner-token",
    hcl.Object(
        (
            ("auto_generate", hcl.from_python(False)),
            (
                "data",
                hcl.Object(
                    (("token", hcl.reference("var.forgejo_native_runner_token")),), multiline=False
                ),
            ),
        )
    ),
    comments=("The runner's unit reads it.",),
)
POLICY = hcl.Block(
    "resource",
    ("vault_policy", "host"),
    (
        hcl.Attribute("for_each", hcl.reference("local.hosts")),
        hcl.BlankLine(),
        hcl.Attribute("name", hcl.string("host-", hcl.reference("each.key"))),
        hcl.Attribute("policy", hcl.call("jsonencode", {"path": {"a/*": {"policy": ["read"]}}})),
        hcl.Block("lifecycle", (), attributes(ignore_changes=[hcl.reference("data_json")])),
    ),
    comments=("One policy a host.",),
)

# name: (items, text)
FILES: dict[str, tuple[tuple[hcl.BodyItem, ...], str]] = {
    "variable": (
        (VARIABLE,),
        """\
variable "forgejo_native_runner_token" {
  description = "Forgejo Actions runner token for native nix runner on nix-cache02"
  type        = string
  default     = "PLACEHOLDER"
  sensitive   = true
}
""",
    ),
    "map": (
        (hcl.Block("locals", (), (hcl.Attribute("secrets", hcl.Object((SECRET,))),)),),
        """\
locals {
  secrets = {
    # The runner's unit reads it.
    "hosts/nix-cache02/forgejo-native-runner-token" = {
      auto_generate = false
      data          = { token = var.forgejo_native_runner_token }
    }
  }
}
""",
    ),
    "resource": (
        (POLICY, VARIABLE),
        """\
# One policy a host.
resource "vault_policy" "host" {
  for_each = local.hosts

  name = "host-${each.key}"
  policy = jsonencode({
    path = {
      "a/*" = {
        policy = ["read"]
      }
    }
  })

  lifecycle {
    ignore_changes = [data_json]
  }
}

variable "forgejo_native_runner_token" {
  description = "Forgejo Actions runner token for native nix runner on nix-cache02"
  type        = string
  default     = "PLACEHOLDER"
  sensitive   = true
}
""",
    ),
    "comments": (
        (
            hcl.Comment("Written by hand."),
            hcl.Comment(""),
            hcl.BlankLine(),
            hcl.Attribute("a", X, trailing="short"),
            hcl.Attribute("longer", hcl.from_python(["é", 1]), trailing="é is one column"),
            hcl.Attribute("b", Y, comments=("of b",)),
        ),
        """\
# Written by hand.
#

a      = x        # short
longer = ["é", 1] # é is one column
# of b
b = y
""",
    ),
    "numbers": (
        attributes(a=-1, b=-1.5, c=0, d=1e300, e=[-1, -0.5], f=None, g=True),
        """\
a = -1
b = -1.5
c = 0
d = 1e+300
e = [-1, -0.5]
f = null
g = true
""",
    ),
    "containers": (
        attributes(
            a=[],
            b={},
            c=[["x"], "y"],
            d=[{"k": 1}],
            e={"null": 1, "for": 2, "a-b": 3, "a b": 4, "": 5, "in": 6},
            f=["0123456789" * 8],
        ),
        """\
a = []
b = {}
c = [
  ["x"],
  "y",
]
d = [
  {
    k = 1
  },
]
e = {
  "null" = 1
  "for"  = 2
  a-b    = 3
  "a b"  = 4
  ""     = 5
  in     = 6
}
f = [
  "01234567890123456789012345678901234567890123456789012345678901234567890123456789",
]
""",
    ),
    "strings": (
        attributes(a='"\\', b="${x} $${x} %{if}", c="a\nb\tc\x00\u200b", d="$", e="é 🎉"),
        """\
a = "\\"\\\\"
b = "$${x} $$${x} %%{if}"
c = "a\\nb\\tc\\u0000\\u200b"
d = "$"
e = "é 🎉"
""",
    ),
    "templates": (
        (
            hcl.Attribute("a", hcl.string("$", X, "%", Y, "{")),
            hcl.Attribute("b", hcl.string(X)),
            hcl.Attribute("c", hcl.from_python([hcl.string(X)])),
            hcl.Attribute(
                "d",
                hcl.Template(
                    (
                        hcl.Directive("if", (), X, trim_right=True),
                        "yes",
                        hcl.Directive("else"),
                        hcl.Interpolation(Y, trim_left=True),
                        hcl.Directive("endif"),
                        hcl.Directive("for", ("k", "v"), X),
                        hcl.Directive("endfor"),
                    )
                ),
            ),
        ),
        """\
a = "\\u0024${x}\\u0025${y}{"
b = x
c = ["${x}"]
d = "%{if x~}yes%{else}${~y}%{endif}%{for k, v in x}%{endfor}"
""",
    ),
    "heredocs": (
        (
            hcl.Attribute("a", hcl.Heredoc(("one ${x}\n", hcl.Interpolation(X), "$\n\n"))),
            hcl.Block(
                "b",
                (),
                (
                    hcl.Attribute("c", hcl.Heredoc(("  two\n", "three\n"), "END", flush=True)),
                    hcl.Attribute("d", hcl.call("f", hcl.Heredoc(("x\n",)), 1)),
                ),
            ),
        ),
        """\
a = <<EOT
one $${x}
${x}$

EOT

b {
  c = <<-END
      two
    three
  END
  d = f(<<EOT
x
EOT
  , 1)
}
""",
    ),
    "operators": (
        (
            hcl.Attribute(
                "a",
                hcl.BinaryOperation(
                    hcl.BinaryOperation(X, "+", Y), "*", hcl.UnaryOperation("-", X)
                ),
            ),
            hcl.Attribute("b", hcl.Conditional(X, hcl.Conditional(X, X, Y), Y)),
            hcl.Attribute("c", hcl.BinaryOperation(X, "-", hcl.BinaryOperation(X, "-", Y))),
            hcl.Attribute("d", hcl.UnaryOperation("!", hcl.BinaryOperation(X, "==", Y))),
            hcl.Attribute("e", hcl.GetAttribute(hcl.from_python("s"), "x")),
        ),
        """\
a = (x + y) * -x
b = x ? x ? x : y : y
c = x - (x - y)
d = !(x == y)
e = ("s").x
""",
    ),
    "for expressions": (
        (
            hcl.Attribute("a", hcl.TupleFor(("x",), hcl.from_python([1]), X)),
            hcl.Attribute("b", hcl.ObjectFor(("k", "v"), Y, X, Y, condition=X, grouping=True)),
        ),
        """\
a = [for x in [1] : x]
b = { for k, v in y : x => y... if x }
""",
    ),
    "references": (
        (
            hcl.Attribute("a", hcl.reference('local.secrets["a/b"].data[0].x[*].id')),
            hcl.Attribute("b", hcl.Splat(hcl.Splat(X, attribute_only=True), attribute_only=True)),
            hcl.Attribute("c", hcl.Index(X, hcl.Literal(None))),
            hcl.Attribute("d", hcl.call("merge", [X], expand=True)),
            hcl.Attribute("e", hcl.call("provider::vault::f", "a", {"b": 1})),
        ),
        """\
a = local.secrets["a/b"].data[0].x[*].id
b = (x.*).*
c = x[(null)]
d = merge([x]...)
e = provider::vault::f("a", {
  b = 1
})
""",
    ),
    "types of variables": (
        (
            hcl.Block("variable", ("a",), attributes(type=hcl.Variable("list"))),
            hcl.Block("variable", ("b",), attributes(type="string")),
            hcl.Block("variable", ("c",), attributes(type="map")),
            hcl.Block("x", (), (hcl.Block("variable", ("d",), attributes(type="string")),)),
        ),
        """\
variable "a" {
  type = list(any)
}

variable "b" {
  type = string
}

variable "c" {
  type = map(string)
}

x {
  variable "d" {
    type = "string"
  }
}
""",
    ),
    "nothing": ((), ""),
    "an empty block": ((hcl.Block("x", ("a b", 'c"d')),), 'x "a b" "c\\"d" {}\n'),
}


@pytest.mark.parametrize("name", FILES)
def test_text(name: str) -> None:
    """Each shape prints as people write it."""
    items, text = FILES[name]
    assert hcl.print_file(hcl.File(items)) == text


def test_texts_are_fixed_points(tofu: Path) -> None:
    """`tofu fmt` changes nothing of any shape."""
    assert opentofu.changed([text for _, text in FILES.values()]) == []


@pytest.mark.parametrize("items", [(VARIABLE,), (SECRET,), (VARIABLE, POLICY)])
def test_what_hosts_print_goes_the_direct_way(items: tuple[hcl.BodyItem, ...]) -> None:
    """Ten thousand hosts print in a second because their shapes are printed straight to text."""
    assert print_direct(items, 0) is not None


def test_origins() -> None:
    """`explain file:line` finds the innermost node of a line; comments belong to their node."""
    inner = hcl.Attribute("b", X, comments=("of b",), origin="b")
    block = hcl.Block("a", (), (inner, hcl.Attribute("c", Y)), origin="a")
    text, ranges = hcl.print_with_origins(hcl.File((hcl.Attribute("d", X), block)))
    assert text == "d = x\n\na {\n  # of b\n  b = x\n  c = y\n}\n"
    assert ranges == ((3, 7, "a"), (4, 5, "b"))


def test_items_that_need_their_neighbours() -> None:
    """A single line cannot be printed apart: its `=` stands below that of the line before it."""
    for item in (
        hcl.Attribute("a", X),
        hcl.ObjectItem("a", hcl.from_python({"b": 1}), trailing="aligned, too"),
    ):
        with pytest.raises(ValueError, match="print all of them in one call"):
            hcl.print_items([item], depth=1)


@pytest.mark.parametrize(("comment", "text"), [("why", " # why"), ("", " #")])
def test_a_comment_behind_an_item_breaks_the_line(comment: str, text: str) -> None:
    """An object on one line gets a line for each item where one has a comment, an empty one too."""
    item = hcl.ObjectItem("a", X, trailing=comment)
    tree = hcl.File((hcl.Attribute("o", hcl.Object((item,), multiline=False)),))
    assert hcl.print_file(tree) == f"o = {{\n  a = x{text}\n}}\n"


def test_deep_trees() -> None:
    """Nesting costs time in proportion, and no recursion."""
    depth = 10_000
    value: hcl.Expression = X
    for _ in range(depth):
        value = hcl.Tuple((value,))
    text = hcl.print_file(hcl.File((hcl.Attribute("a", value),)))
    assert text == f"a = {'[' * depth}x{']' * depth}\n"
    block = hcl.Block("x")
    for _ in range(depth):
        block = hcl.Block("x", (), (block,))
    assert hcl.print_file(hcl.File((block,))).count("{") == depth + 1
    assert hcl.print_expression(hcl.from_python(nested(depth))).count("[") == depth


def nested(depth: int) -> object:
    """Lists in lists."""
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def test_import_is_light(root: Path) -> None:
    """`nixgen --help` and a build that prints nothing pay for no printer: no heavy import."""
    heavy = {"cattrs", "jinja2", "rich", "hcl2", "asyncio", "difflib", "decimal"}
    heavy |= {
        "nixgen.hcl.printing.grapheme_table",
        "nixgen.hcl.parsing.parser",
        "nixgen.hcl.edit.editor",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys, nixgen.hcl; print(*sys.modules)"],
        capture_output=True,
        text=True,
        cwd=root,
        check=True,
    )
    assert heavy & set(done.stdout.split()) == set()
