"""Mechanical repairs: one literal in the user's Python becomes another, and nothing else changes.

A fix names the call that made an object, the argument, and the literal that stands there. It is
made only where exactly one call on that line has exactly one such literal in that argument: where
the value comes from a variable, a function or `**settings`, people decide.
"""

from __future__ import annotations

import ast
import io
import warnings
from collections.abc import Iterable, Iterator

from attrs import frozen

from nixgen.audit.rule import Fix


@frozen(order=True)
class Replacement:
    """Characters of a text, from `start` up to `end`, and what stands there instead.

    `line` (from 1) and the columns (from 1, in characters) are the same place for people.
    """

    start: int
    end: int
    text: str
    line: int
    column: int
    end_column: int


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a Python text; None where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # who runs the file is warned enough
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError):
            return None


def replacements(source: str, fixes: Iterable[Fix]) -> tuple[Replacement, ...]:
    """Where a Python text is to be changed, in order; fixes that cannot be made are left out.

    Two fixes of one place are made where they say the same.
    """
    tree = parsed(source)
    if tree is None:
        return ()
    calls: dict[int, list[ast.Call]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            calls.setdefault(node.lineno, []).append(node)
    # Python's lines: str.splitlines also splits at form feeds, U+2028 and others.
    lines = list(io.StringIO(source, newline=""))
    made: dict[int, Replacement] = {}
    refused: set[int] = set()
    for fix in fixes:
        constants = list(_literals(calls.get(fix.origin.line, ()), fix))
        if len(constants) != 1:
            continue
        new = _replacement(lines, constants[0], fix.new)
        if new is not None and made.setdefault(new.start, new) != new:
            refused.add(new.start)
    return tuple(sorted(each for start, each in made.items() if start not in refused))


def fixed(source: str, fixes: Iterable[Fix]) -> str:
    """The text with all that can be made; itself where nothing can."""
    text = source
    for each in reversed(replacements(source, fixes)):
        text = text[: each.start] + each.text + text[each.end :]
    return text


def _literals(calls: Iterable[ast.Call], fix: Fix) -> Iterator[ast.Constant]:
    for call in calls:
        for keyword in call.keywords:
            if keyword.arg != fix.field:
                continue
            value = keyword.value
            items = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
            for item in items:
                if isinstance(item, ast.Constant) and _same(item.value, fix.old):
                    yield item


def _same(one: object, other: object) -> bool:
    """Whether two literals are one: True is no 1."""
    return type(one) is type(other) and one == other


def _replacement(lines: list[str], node: ast.Constant, new: str) -> Replacement | None:
    """The place of a literal; None for one of several lines, as joined strings are."""
    if node.end_lineno != node.lineno or node.end_col_offset is None:
        return None
    line = lines[node.lineno - 1]
    # ast counts bytes of UTF-8.
    column, end = (
        len(line.encode()[:offset].decode()) for offset in (node.col_offset, node.end_col_offset)
    )
    before = sum(map(len, lines[: node.lineno - 1]))
    return Replacement(before + column, before + end, new, node.lineno, column + 1, end + 1)
