"""Prints syntax trees as nixfmt lays them out, byte for byte.

The rules are those of RFC 166 as nixfmt 1.4.0 implements them; each stands in its own function,
which names its source, in the modules `printer_*`. `nixgen.layout` chooses the line breaks.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from attrs import evolve

from nixgen.layout.engine import Engine, TracingEngine
from nixgen.nix import printer_functions, printer_literals  # noqa: F401  # they register rules
from nixgen.nix.direct import print_direct
from nixgen.nix.nodes import (
    BlankLine,
    Expression,
    File,
    FormatDirective,
    Lambda,
    SetPattern,
    Token,
)
from nixgen.nix.printer_builder import Builder
from nixgen.nix.printer_tokens import change_first_token, leading

WIDTH = 100
INDENT = 2

OriginRange: TypeAlias = tuple[int, int, Any]
"""(first line, last line, origin), lines counted from 1, both inclusive."""


def print_file(
    file: File, *, width: int = WIDTH, indent: int = INDENT, strict: bool = False
) -> str:
    """The text of a file, its last line ended.

    `width` is what nixfmt calls so: the columns that a line may have from its indentation on. In
    `strict` mode it does not matter where lines were broken in the text that the file came from.
    """
    if width == WIDTH and indent == INDENT and file.text is None:
        direct = print_direct(file)
        if direct is not None:
            return direct[0]
    return _print(file, Engine(width, indent), strict=strict)


def print_expression(expression: Expression, *, width: int = WIDTH, indent: int = INDENT) -> str:
    """The text of an expression by itself, without a last newline."""
    return _print(File(expression), Engine(width, indent)).removesuffix("\n")


def print_with_origins(
    file: File, *, width: int = WIDTH, indent: int = INDENT
) -> tuple[str, tuple[OriginRange, ...]]:
    """The text of a file, and the lines of each node in it that has an origin.

    Comments before a node are part of its lines. The ranges are ordered by first line, an outer
    range before those inside it.
    """
    if width == WIDTH and indent == INDENT and file.text is None:
        direct = print_direct(file)
        if direct is not None:
            return direct
    engine = TracingEngine(width, indent)
    text = _print(file, engine)
    ranges = sorted(engine.origins, key=lambda found: found[0])
    return text, tuple((first + 1, last + 1, origin) for first, last, origin in ranges)


def _print(file: File, engine: Engine, *, strict: bool = False) -> str:
    expression = file.expression
    trivia = leading(expression)
    if trivia and isinstance(trivia[0], BlankLine):
        expression = change_first_token(expression, _without_blank_lines)
    builder = Builder(strict=strict, header=_header(expression))
    outer = builder.open()
    builder.node(expression)
    builder.trivia(file.end.leading)
    builder.close(outer)
    text = engine.print(builder.out)
    if any(isinstance(e, FormatDirective) and e.kind == "end" for e in file.end.leading[-1:]):
        return text.lstrip()
    return text.strip() + "\n"


def _header(expression: Expression) -> Lambda | None:
    """The function of a module that was made, not parsed: its body starts a line."""
    if not isinstance(expression, Lambda) or expression.colon.line:
        return None
    parameter = expression.parameter
    return expression if isinstance(parameter, SetPattern) else None


def _without_blank_lines(token: Token) -> Token:
    trivia = token.leading
    while trivia and isinstance(trivia[0], BlankLine):
        trivia = trivia[1:]
    return evolve(token, leading=trivia)
