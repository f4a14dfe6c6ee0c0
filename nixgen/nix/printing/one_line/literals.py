"""Names, numbers, strings and paths on one line."""

from __future__ import annotations

from typing import Any

from nixgen.nix.nodes import (
    Float,
    Identifier,
    IndentedString,
    Integer,
    Interpolation,
    LanguageAnnotation,
    Path,
    SearchPath,
    String,
    Uri,
)
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.base import Commented, inside, line_of, refuse_comments
from nixgen.nix.printing.strings import is_simple_string, simple_line, string_lines


@line_of(Identifier)
def identifier(node: Identifier, _: int = 0) -> str:
    """The name, where no comment is at it."""
    token = node.token
    if token is not None and (token.leading or token.trailing is not None):
        raise Commented
    return node.name


@line_of(Integer, Float, SearchPath)
def _literal(node: Integer | Float | SearchPath | Uri, _: int) -> str:
    refuse_comments(node.token)
    return node.text


@line_of(Uri)
def _uri(node: Uri, levels: int) -> str:
    return f'"{_literal(node, levels)}"'


@line_of(String)
def _string(node: String, levels: int) -> str | None:
    if node.open.leading or node.close.trailing is not None:
        raise _around(node)
    parts = node.parts
    if len(parts) == 1 and type(parts[0]) is str:
        return f'"{parts[0]}"'
    text = joined_parts(parts, levels)
    return None if text is None else f'"{text}"'


def _around(node: String | IndentedString) -> Unknown:
    """What comments at a string mean: one that names its language stands on the string's line."""
    annotation = any(type(each) is LanguageAnnotation for each in node.open.leading)
    return Unknown() if annotation else Commented()


def joined_parts(parts: Any, levels: int) -> str | None:
    """The parts of a string or path one after another."""
    text = ""
    for part in parts:
        if type(part) is str:
            text += part
        else:
            inner = interpolation(part, levels)
            if inner is None:
                return None
            text += inner
    return text


@line_of(Interpolation)
def interpolation(node: Interpolation, levels: int) -> str | None:
    """`${expression}`."""
    if node.open.leading or node.close.trailing is not None:
        raise Commented
    inner = None if node.close.leading else inside(node.expression, levels)
    return None if inner is None else f"${{{inner}}}"


@line_of(IndentedString)
def _indented_string(node: IndentedString, levels: int) -> str | None:
    if node.cut:
        raise Unknown
    lines = string_lines(node)
    if node.open.leading or node.close.trailing is not None:
        raise Commented if len(lines) > 1 else _around(node)
    if len(lines) > 1:
        return None
    if is_simple_string(node, lines):
        text = joined_parts(simple_line(lines[0]), levels)
        return None if text is None else f'"{text}"'
    text = joined_parts(lines[0], levels)
    return None if text is None else f"''{text}''"


@line_of(Path)
def _path(node: Path, levels: int) -> str | None:
    if node.open.leading or node.close.trailing is not None:
        raise Commented
    return joined_parts(node.parts, levels)
