"""Texts that are written as they stand, and look as if Nix were to evaluate them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nixgen.audit.rule import Evidence, host_rule
from nixgen.audit.view import HostView
from nixgen.diagnostic import Severity

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
        for text in _texts(setting.value):
            if meant := _EXPRESSION.search(text):
                yield Evidence(
                    subject=view.host,
                    summary=f"{setting.name} has {meant[0]} as plain text",
                    location=setting.origin.location(),
                )
                break


def _texts(value: Any) -> Iterator[str]:
    """The texts in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
