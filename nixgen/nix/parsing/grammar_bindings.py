"""What stands in `{ }` and after `let`: bindings and `inherit`.

The frame of the set is on top of the stack: `(close, level, entries, closer, ...)`.
"""

from __future__ import annotations

from typing import Any

from nixgen.nix.names import is_static
from nixgen.nix.nodes import (
    Inherit,
    Token,
)
from nixgen.nix.parsing import quick
from nixgen.nix.parsing.grammar_names import PLAIN_NAMES, attribute_path, dynamic_name
from nixgen.nix.parsing.lexer import INTERPOLATION, START
from nixgen.nix.parsing.machine import ATOMS, STRUCTURE, Frame, Parser, SyntaxStop, expression

_DYNAMIC_NAMES = frozenset((START, INTERPOLATION))
_NAME_STARTS = PLAIN_NAMES | _DYNAMIC_NAMES | {"or"}


def entries(p: Parser) -> Any:
    """The next entry, or the end of the set."""
    frame = p.stack[-1]
    kind = p.kinds[p.index]
    if kind in _NAME_STARTS:
        return attribute_path(p, (_bound_name, STRUCTURE), [], [])
    if kind == "inherit":
        return _inherit(p)
    if kind == frame[3]:
        p.stack.pop()
        return frame[0](p, frame)
    raise SyntaxStop(p.index, f"an attribute name, `inherit` or `{frame[3]}`", frame[4])


def _bound_name(p: Parser, _: Frame) -> Any:
    equals = p.take("=", None)
    kinds, index = p.kinds, p.index
    if kinds[index] in ATOMS and kinds[index + 1] == ";":
        value, semicolon = p.values[index], p.values[index + 1]
        p.index = index + 2
        p.stack[-1][2].append(quick.binding(p.value, value, equals, semicolon))
        return entries
    p.stack.append((_bound_value, STRUCTURE, p.value, equals))
    return expression


def _bound_value(p: Parser, frame: Frame) -> Any:
    _, _, path, equals = frame
    semicolon = p.take(";", equals)
    p.stack[-1][2].append(quick.binding(path, p.value, equals, semicolon))
    return entries


def _inherit(p: Parser) -> Any:
    inherit = p.values[p.index]
    p.index += 1
    if p.kinds[p.index] == "(":
        p.stack.append((_inherit_source, STRUCTURE, inherit, p.values[p.index]))
        p.index += 1
        return expression
    return _inherited(p, (_inherit_name, STRUCTURE, inherit, None, None, None, []))


def _inherit_source(p: Parser, frame: Frame) -> Any:
    _, _, inherit, opening = frame
    close = p.take(")", opening)
    return _inherited(p, (_inherit_name, STRUCTURE, inherit, p.value, opening, close, []))


def _inherit_name(p: Parser, frame: Frame) -> Any:
    if not is_static(p.value):
        raise SyntaxStop(p.index - 1, STATIC_NAME, frame[2])
    frame[6].append(p.value)
    return _inherited(p, frame)


STATIC_NAME = "a name that is known without evaluation"


def _inherited(p: Parser, frame: Frame) -> Any:
    """The next inherited name, or the semicolon."""
    kinds, values = p.kinds, p.values
    names = frame[6]
    while True:
        index = p.index
        kind = kinds[index]
        if kind in PLAIN_NAMES:
            names.append(values[index])
        elif kind == "or":
            names.append(quick.identifier("or", values[index]))
        elif kind == ";":
            p.index = index + 1
            p.stack[-1][2].append(_inherit_node(frame, values[index]))
            return entries
        elif kind in _DYNAMIC_NAMES:
            p.stack.append(frame)
            return dynamic_name(p)
        else:
            raise SyntaxStop(p.index, "an attribute name or `;`", frame[2])
        p.index = index + 1


def _inherit_node(frame: Frame, semicolon: Token) -> Inherit:
    _, _, inherit, source, opening, close, names = frame
    if opening is None:
        return Inherit(tuple(names), inherit=inherit, semicolon=semicolon)
    return Inherit(
        tuple(names), source, inherit=inherit, open=opening, close=close, semicolon=semicolon
    )
