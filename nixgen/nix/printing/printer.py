"""Prints syntax trees as nixfmt lays them out, byte for byte.

The rules are those of RFC 166 as nixfmt 1.4.0 implements them; each stands in its own function,
which names its source, in a module of this package. `nixgen.layout` chooses the line breaks.
"""

from __future__ import annotations

from itertools import accumulate
from operator import itemgetter
from typing import Any, TypeAlias

from nixgen.layout.depth import at_any_depth
from nixgen.nix.nodes import (
    AttributeSet,
    BlankLine,
    Expression,
    File,
    Lambda,
    Let,
    With,
)
from nixgen.nix.outer_tokens import leading, module_header, without_leading
from nixgen.nix.printing.direct import Direct, Mark, spread
from nixgen.nix.printing.fallback import Unknown, WholeFile

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

    def printed() -> str:
        direct = None if strict else _printed_directly(file, Direct(width, indent))
        if direct is not None:
            return direct
        from nixgen.nix.printing import by_document

        return by_document.print_file(file, width, indent, strict=strict)

    return at_any_depth(printed)


def print_expression(expression: Expression, *, width: int = WIDTH, indent: int = INDENT) -> str:
    """The text of an expression by itself, without a last newline."""
    return print_file(File(expression), width=width, indent=indent).removesuffix("\n")


def print_with_origins(
    file: File, *, width: int = WIDTH, indent: int = INDENT
) -> tuple[str, tuple[OriginRange, ...]]:
    """The text of a file, and the lines of each node in it that has an origin.

    Comments before a node are part of its lines. The ranges are ordered by first line, an outer
    range before those inside it.
    """

    def printed() -> tuple[str, tuple[OriginRange, ...]]:
        direct = Direct(width, indent, tracing=True)
        text = _printed_directly(file, direct)
        if text is not None:
            return text, origin_ranges(direct.out, direct.marks)
        from nixgen.nix.printing import by_document

        return by_document.print_with_origins(file, width, indent)

    return at_any_depth(printed)


def origin_ranges(pieces: list[str], marks: list[Mark]) -> tuple[OriginRange, ...]:
    """The lines of marks in a text made of pieces."""
    starts = list(accumulate([piece.count("\n") for piece in pieces], initial=1))
    ranges = []
    for first, skip, last, more, origin in marks:
        # A mark without a skip begins after the line breaks at the start of its piece.
        lines = skip if skip >= 0 else 2 if pieces[first].startswith("\n\n") else 1
        ranges.append((starts[first] + lines, starts[last] + more, origin))
    ranges.sort(key=itemgetter(0))
    return tuple(ranges)


def _printed_directly(file: File, direct: Direct) -> str | None:
    """The text by the direct path; None where the file has to be laid out as a whole."""
    expression = file.expression
    trivia = leading(expression)
    line_break = ""
    try:
        if trivia:
            if not isinstance(expression, _STARTS_ALONE) or _is_empty_set(expression):
                return None
            blank = 0
            while blank < len(trivia) and isinstance(trivia[blank], BlankLine):
                blank += 1
            line_break = direct.trivia(trivia[blank:], "", "")
            expression = without_leading(expression)
        direct.out.append(line_break)
        direct.header = module_header(expression)
        ending = any(not isinstance(each, BlankLine) for each in file.end.leading)
        if direct.header is not None or ending:
            spread(direct, expression, "", "")
        else:
            direct.line(expression, "", "")
        direct.trivia(file.end.leading, "", "\n")
    except (Unknown, WholeFile):
        return None
    return "".join(direct.out).strip() + "\n"


def _is_empty_set(expression: Expression) -> bool:
    """A set whose braces may part for the comments before it."""
    return isinstance(expression, AttributeSet) and not expression.entries


_STARTS_ALONE = (AttributeSet, Let, With, Lambda)
