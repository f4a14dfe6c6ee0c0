"""Attribute paths, and the interpolations and strings in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from nixgen.nix.nodes import (
    IndentedString,
    Interpolation,
    Path,
    String,
    StringPart,
    Token,
)
from nixgen.nix.parsing import quick
from nixgen.nix.parsing.lexer import (
    END,
    IDENTIFIER,
    INTERPOLATION,
    INTERPOLATION_END,
    PLAIN_STRING,
    START,
    TEXT,
)
from nixgen.nix.parsing.machine import STRUCTURE, Frame, Parser, SyntaxStop, expression

PLAIN_NAMES: Final = frozenset((IDENTIFIER, PLAIN_STRING))
"""Tokens that are an attribute name by themselves."""


def attribute_path(p: Parser, frame: Frame, names: list[Any], dots: list[Token]) -> Any:
    """Reads a path; then `frame`, which is not on the stack, goes on with it."""
    kinds, values = p.kinds, p.values
    index = p.index
    while True:
        kind = kinds[index]
        if kind in PLAIN_NAMES:
            names.append(values[index])
            index += 1
        elif kind == "or":
            names.append(quick.identifier("or", values[index]))
            index += 1
        else:
            p.index = index
            p.stack.append((_path_name, STRUCTURE, frame, names, dots))
            return dynamic_name(p)
        if kinds[index] != ".":
            break
        dots.append(values[index])
        index += 1
    p.index = index
    p.value = quick.attribute_path(tuple(names), tuple(dots))
    return frame[0](p, frame)


def _path_name(p: Parser, frame: Frame) -> Any:
    _, _, consumer, names, dots = frame
    names.append(p.value)
    if p.kinds[p.index] == ".":
        dots.append(p.values[p.index])
        p.index += 1
        return attribute_path(p, consumer, names, dots)
    p.value = quick.attribute_path(tuple(names), tuple(dots))
    return consumer[0](p, consumer)


def dynamic_name(p: Parser) -> Any:
    """Reads `${...}` or a string with interpolations; the frame on top goes on with it."""
    kind, value = p.kinds[p.index], p.values[p.index]
    if kind == INTERPOLATION:
        return interpolation(p)
    if kind == START and value.text == '"':
        return text_with_interpolations(p, resume)
    raise SyntaxStop(p.index, "an attribute name")


def resume(p: Parser) -> Any:
    """Lets the frame on top of the stack go on with the value."""
    frame = p.stack.pop()
    return frame[0](p, frame)


def interpolation(p: Parser) -> Any:
    """Reads `${ expression }`; the frame on top goes on with it."""
    p.stack.append((_interpolated, STRUCTURE, p.values[p.index]))
    p.index += 1
    return expression


def _interpolated(p: Parser, frame: Frame) -> Any:
    close = p.take(INTERPOLATION_END, frame[2], "`}`")
    p.value = Interpolation(p.value, open=frame[2], close=close)
    return resume


def text_with_interpolations(p: Parser, then: Callable[[Parser], Any]) -> Any:
    """Reads a string or path with interpolations in it; `then` goes on with the node."""
    opening = p.values[p.index]
    p.index += 1
    return _text_parts(p, opening, [], then)


def _text_parts(p: Parser, opening: Token, parts: list[StringPart], then: Any) -> Any:
    kind, value = p.kinds[p.index], p.values[p.index]
    if kind == TEXT:
        parts.append(value)
        p.index += 1
        kind, value = p.kinds[p.index], p.values[p.index]
    if kind == INTERPOLATION:
        p.stack.append((_text_part, STRUCTURE, opening, parts, then))
        return interpolation(p)
    close = p.take(END, opening, f"`{opening.text}`")
    made = tuple(parts)
    if opening.text == '"':
        p.value = String(made, open=opening, close=close)
    elif opening.text:
        cut = p.index - 1 in p.lexer.cut
        p.value = IndentedString(made, open=opening, close=close, cut=cut)
    else:
        p.value = Path(made, open=opening, close=close)
    return then


def _text_part(p: Parser, frame: Frame) -> Any:
    _, _, opening, parts, then = frame
    parts.append(p.value)
    return _text_parts(p, opening, parts, then)
