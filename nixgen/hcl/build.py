"""Makes expressions from short texts and Python data.

hcl.reference("var.forgejo_token")                 var.forgejo_token
hcl.reference('local.secrets["a/b"].data')         local.secrets["a/b"].data
hcl.string("secret/", hcl.reference("each.key"))   "secret/${each.key}"
hcl.call("jsonencode", {"a": 1})                   jsonencode({ ... })
"""

from __future__ import annotations

import re
from typing import Any

from nixgen.hcl import nodes
from nixgen.hcl.convert import from_python
from nixgen.hcl.nodes import Expression
from nixgen.hcl.strings import unescape_quoted

_STEP = re.compile(
    r"""\.(?P<name>[A-Za-z_][A-Za-z0-9_-]*)
      | \[(?P<index>[0-9]+)\]
      | \["(?P<key>(?:[^"\\$%]|\\.|\$\$\{|%%\{|[$%](?!\{))*)"\]
      | (?P<splat>\[\*\])""",
    re.VERBOSE,
)


def reference(text: str) -> Expression:
    """The reference that a text spells: a name, then `.name`, `["key"]`, `[0]` or `[*]`.

    Raises ValueError where the text is anything else.
    """
    found = re.match(r"[A-Za-z_][A-Za-z0-9_-]*", text)
    if found is None:
        raise ValueError(f"{text!r} is no reference; it begins with a name")
    expression: Expression = nodes.Variable(found[0])
    end = found.end()
    while end < len(text):
        step = _STEP.match(text, end)
        if step is None:
            raise ValueError(f"{text!r} is no reference: {text[end:]!r} is no `.name` or `[...]`")
        expression = _step(expression, step)
        end = step.end()
    return expression


def _step(source: Expression, step: re.Match[str]) -> Expression:
    if step["name"]:
        return nodes.GetAttribute(source, step["name"])
    if step["splat"]:
        return nodes.Splat(source)
    if step["index"]:
        return nodes.Index(source, nodes.Literal(int(step["index"])))
    return nodes.Index(source, nodes.Template((unescape_quoted(step["key"]),)))


def string(*parts: str | Expression) -> nodes.Template:
    """A quoted string: texts as they are, expressions interpolated."""
    return nodes.Template(
        tuple(part if isinstance(part, str) else nodes.Interpolation(part) for part in parts)
    )


def call(name: str, *arguments: Any, expand: bool = False) -> nodes.FunctionCall:
    """A function call; arguments are expressions or Python data. `expand` adds `...`."""
    return nodes.FunctionCall(name, tuple(map(from_python, arguments)), expand)
