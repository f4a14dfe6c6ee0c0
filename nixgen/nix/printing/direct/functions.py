"""Functions at the start of a line, their names or pattern before the body."""

from __future__ import annotations

from nixgen.nix.nodes import Identifier, Lambda, Node, SetPattern
from nixgen.nix.printing.direct.base import Direct, Place, block_of
from nixgen.nix.printing.direct.bodies import below
from nixgen.nix.printing.direct.continued import function, may_be_absorbed
from nixgen.nix.printing.one_line.functions import (
    first_is_apart,
    flat_pattern,
    named_parameter,
    pattern_end,
    pattern_name,
    with_binding,
)
from nixgen.nix.printing.one_line.sets import value


@block_of(Lambda)
def _function_block(d: Direct, node: Lambda, pad: str, end: str) -> bool:
    if (
        node is not d.header
        and may_be_absorbed(d, node)
        and function(d, node, Place("", "", pad, end))
    ):
        return True
    if isinstance(node.parameter, Identifier):
        return not may_be_absorbed(d, node) and _named_block(d, node, pad, end)
    return _pattern_block(d, node, pad, end)


def _named_block(d: Direct, node: Lambda, pad: str, end: str) -> bool:
    names = []
    body: Node = node
    while isinstance(body, Lambda) and isinstance(body.parameter, Identifier):
        names.append(named_parameter(body))
        body = body.body
    below(d, body, " ".join(names), pad, end)
    return True


def _pattern_block(d: Direct, node: Lambda, pad: str, end: str) -> bool:
    pattern = node.parameter
    assert isinstance(pattern, SetPattern)
    if node.colon.leading or node.colon.trailing is not None:
        return False
    text = flat_pattern(pattern)
    if text is None:
        text = _tall_pattern(d, pattern, pad)
        if text is None:
            return False
    elif len(text) >= d.width or (node is not d.header and _is_absorbing(d, node)):
        return False
    below(d, node.body, f"{text}:", pad, end)
    return True


def _is_absorbing(d: Direct, node: Lambda) -> bool:
    """Whether a function with a flat set pattern has its body on its line."""
    pattern = node.parameter
    if not isinstance(pattern, SetPattern) or pattern.binding is not None:
        return False
    return not first_is_apart(node) and may_be_absorbed(d, node.body)


def _tall_pattern(d: Direct, pattern: SetPattern, pad: str) -> str | None:
    """`{ a, b ? 1, ... }` with a line for each argument."""
    if pattern.close.leading or not (pattern.arguments or pattern.ellipsis):
        return None
    names = []
    for argument in pattern.arguments:
        name = pattern_name(argument)
        if argument.default is not None:
            question = argument.question
            default = value(argument.default, d.levels)
            if default is None or question.leading or question.trailing is not None:
                return None
            name = f"{name} ? {default}"
            if len(name) >= d.width:
                return None
        names.append(name + ",")
    names += pattern_end(pattern)
    between = f"\n{pad}{d.step}"
    return with_binding(pattern, f"{{{between}{between.join(names)}\n{pad}}}")
