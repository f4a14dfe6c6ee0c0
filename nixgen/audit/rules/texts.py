"""Texts that are written as they stand, and look as if Nix were to evaluate them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nixgen.audit.rule import Evidence, host_rule
from nixgen.audit.settings import literal
from nixgen.audit.view import HostView
from nixgen.diagnostic import Severity
from nixgen.nix import nodes

# A shell's variables are in capitals, or short: these are the arguments of NixOS modules.
_EXPRESSION = re.compile(r"(?<!\$)\$\{(?:config|inputs|lib|options|pkgs|self)\.[^{}]*\}")


@host_rule(
    "NG410",
    Severity.WARNING,
    "A text has an interpolation that Nix does not evaluate",
    why="What Python calls a text is one to Nix, too: nixgen escapes `${`, and the option holds "
    "these very characters, not what they stand for.",
    advice='write nix.text(nix.ref("config.networking.hostName"), "-suffix"), or Nix as it is with '
    "nix.raw(...)",
    source="Nix manual, string literals: `${` interpolates, `\\${` is text",
)
def not_evaluated(view: HostView) -> Iterator[Evidence]:
    """`"${config.x}"` as the value of an option, or inside of it."""
    for setting in view.every_definition:
        for text in _texts(setting.expression):
            if meant := _EXPRESSION.search(text):
                yield Evidence(
                    subject=view.host,
                    summary=f"{setting.name} has {meant[0]} as plain text",
                    location=setting.origin.location(),
                )
                break


def _texts(expression: nodes.Expression) -> Iterator[str]:
    """The texts in a value, whatever expressions stand beside them.

    What a function is given is not looked at: Nix that somebody has written means what it says.
    """
    match expression:
        case nodes.String(parts) | nodes.IndentedString(parts):
            texts = (literal(type(expression)((part,))) for part in parts if isinstance(part, str))
            yield from (text for text in texts if text is not None)
        case nodes.List(items):
            for item in items:
                yield from _texts(item)
        case nodes.AttributeSet(entries):
            for entry in entries:
                if isinstance(entry, nodes.Binding):
                    yield from _texts(entry.value)
        case nodes.Parentheses(inner) | nodes.With(_, inner):
            yield from _texts(inner)
        case nodes.BinaryOperation(left, _, right):
            yield from _texts(left)
            yield from _texts(right)
