"""The lines of string literals: what belongs to their text, and what to their layout.

Nix strips the indentation that all lines of a `''` string share, so the printer is free to choose
another (RFC 166, section "Indented strings"; nixfmt: `fixIndentedString` in Parser.hs).
"""

from __future__ import annotations

import re
from typing import TypeAlias

from nixgen.nix import nodes
from nixgen.nix.nodes import Interpolation, StringPart

Lines: TypeAlias = list[list[StringPart]]

_INDENTED_ESCAPE = re.compile(r"''([$'])")


def string_lines(node: nodes.String | nodes.IndentedString) -> Lines:
    """The lines of a string literal, for `''` ones without what Nix strips."""
    if isinstance(node, nodes.String):
        return split_lines(node.parts)
    return _without_indentation(split_lines(node.parts))[0]


def indentation(node: nodes.IndentedString) -> int:
    """How many blanks Nix strips from each line of a `''` string."""
    return _without_indentation(split_lines(node.parts))[1]


def split_lines(parts: tuple[StringPart, ...]) -> Lines:
    """The parts line by line; no text is empty, and neighbouring texts are one."""
    lines: Lines = [[]]
    for part in parts:
        if not isinstance(part, str):
            lines[-1].append(part)
            continue
        first, *others = part.split("\n")
        _append_text(lines[-1], first)
        lines.extend([other] if other else [] for other in others)
    return lines


def _append_text(line: list[StringPart], text: str) -> None:
    if not text:
        return
    if line and isinstance(line[-1], str):
        line[-1] += text
    else:
        line.append(text)


def _without_indentation(lines: Lines) -> tuple[Lines, int]:
    if len(lines) > 1 and _is_blank(lines[0]):
        lines = lines[1:]
    if _is_blank(lines[-1]):
        lines[-1] = []
    starts = [_start(line) for line in lines if not _is_blank(line)]
    if not starts:
        return [[] for _ in lines], 0
    count = min(len(start) - len(start.lstrip(" ")) for start in starts)
    if count:
        lines = [_without_prefix(line, count) for line in lines]
    return lines, count


def _is_blank(line: list[StringPart]) -> bool:
    if not line:
        return True
    return len(line) == 1 and isinstance(line[0], str) and not line[0].strip(" ")


def _start(line: list[StringPart]) -> str:
    return line[0] if isinstance(line[0], str) else ""


def _without_prefix(line: list[StringPart], count: int) -> list[StringPart]:
    if not line or not isinstance(line[0], str):
        return line
    # A blank line may be shorter than the indentation of the others.
    text = line[0][count:]
    return [text, *line[1:]] if text else line[1:]


def is_simple_string(node: nodes.IndentedString, lines: Lines) -> bool:
    """Whether `''...''` is better written `"..."` (nixfmt: `classifyString`).

    So it is for one line without quotes and backslashes.
    """
    if len(lines) > 1 or node.cut:
        return False
    return not any(isinstance(part, str) and ('"' in part or "\\" in part) for part in lines[0])


def simple_line(line: list[StringPart]) -> list[StringPart]:
    """A line of a `''` string with its escapes written as `"` strings have them."""
    return [
        part
        if isinstance(part, Interpolation)
        else _INDENTED_ESCAPE.sub(lambda found: "\\$" if found[1] == "$" else "''", part)
        for part in line
    ]
