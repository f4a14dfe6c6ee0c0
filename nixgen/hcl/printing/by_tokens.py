"""Prints by tokens: the general path, for every shape.

Trees that `direct.py` prints, as those made from a model, never import this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define

from nixgen.hcl.nodes import BodyItem, Expression, ObjectItem, OriginRange, Printed
from nixgen.hcl.normal_form import ends
from nixgen.hcl.printing import INDENT
from nixgen.hcl.printing.layout import Line, lay_out
from nixgen.hcl.printing.unfold import Begin, End, Part, body, newline, parts
from nixgen.hcl.tokens import Kind, Token, source

_HEREDOC_LINES = frozenset({Kind.OPEN_HEREDOC, Kind.HEREDOC_TEXT})
_LINE_ENDS = _HEREDOC_LINES | {Kind.NEWLINE, Kind.COMMENT}


def print_tokens(items: Sequence[BodyItem | ObjectItem], depth: int) -> tuple[Printed, bool]:
    """The printed items, and whether their first or last line is aligned with neighbours."""
    tokens, ranges = _unfold(list(body(items)))
    lines = lay_out(tokens, depth)
    _indent_flush_heredocs(tokens)
    aligned = any(map(_is_aligned, lines[:1] + lines[-1:]))
    return Printed(source(tokens), depth, *ends(items), ranges), aligned


def print_expression_tokens(expression: Expression) -> str:
    """What `printer.print_expression` gives."""
    tokens, _ = _unfold([expression])
    lay_out(tokens)
    _indent_flush_heredocs(tokens)
    return source(tokens).removesuffix("\n")


def print_indented(
    items: Sequence[BodyItem | ObjectItem], indentation: str, newline: str = "\n"
) -> str:
    """The items as they stand among others whose lines begin with some blanks.

    Texts of `<<` heredocs keep their lines as they are.
    """
    tokens, _ = _unfold(list(body(items)))
    for line in lay_out(tokens):
        first = line.lead[0]
        if first.kind is not Kind.NEWLINE:
            first.space = indentation + first.space
        last = (line.comment or line.assign or line.lead)[-1]
        if last.kind in (Kind.NEWLINE, Kind.COMMENT):
            last.text = last.text.removesuffix("\n") + newline
    _indent_flush_heredocs(tokens)
    return source(tokens)


def _is_aligned(line: Line) -> bool:
    return bool(line.assign or line.comment)


@define
class _Output:
    """The tokens so far, and the line that the next one stands on."""

    tokens: list[Token]
    line: int = 1

    def add(self, token: Token) -> None:
        # The marker of a heredoc has its line for itself.
        ends_heredoc = self.tokens and self.tokens[-1].kind is Kind.CLOSE_HEREDOC
        if ends_heredoc and token.kind is not Kind.NEWLINE:
            self.add(newline())
        self.tokens.append(token)
        self.line += token.text.count("\n")


def _unfold(stack: list[Part]) -> tuple[list[Token], tuple[OriginRange, ...]]:
    output = _Output([])
    open_ranges: list[tuple[int, int, Any]] = []
    ranges: list[tuple[int, int, OriginRange]] = []
    count = 0
    stack.reverse()
    while stack:
        part = stack.pop()
        if isinstance(part, Token):
            output.add(part)
        elif isinstance(part, Begin):
            open_ranges.append((output.line, count, part.origin))
            count += 1
        elif isinstance(part, End):
            first, order, origin = open_ranges.pop()
            last = max(first, output.line - 1)
            ranges.append((first, order, (first, last, origin)))
        else:
            if isinstance(part, Printed):
                for first, last, origin in part.ranges:
                    lines = first + output.line - 1, last + output.line - 1
                    ranges.append((lines[0], count, (*lines, origin)))
                    count += 1
            stack.extend(reversed(list(parts(part))))
    ranges.sort(key=lambda entry: entry[:2])
    return output.tokens, tuple(entry for _, _, entry in ranges)


def _indent_flush_heredocs(tokens: list[Token]) -> None:
    """Indents the lines of `<<-` heredocs one step deeper than the line that opens them."""
    code = ""  # the indentation of the last line of code
    heredocs: list[str | None] = []  # the indentation of each open heredoc, None for `<<`
    before = Kind.NEWLINE
    for token in tokens:
        line_begins = before in _LINE_ENDS
        in_heredoc = before in _HEREDOC_LINES
        if line_begins and not in_heredoc:
            code = token.space
        if token.kind is Kind.CLOSE_HEREDOC:
            token.text = (heredocs.pop() or "") + token.text
        elif line_begins and in_heredoc and heredocs[-1] is not None:
            if token.kind is not Kind.HEREDOC_TEXT:
                token.space = heredocs[-1] + INDENT
            elif token.text.strip() or not token.text.endswith("\n"):
                token.text = heredocs[-1] + INDENT + token.text
        if token.kind is Kind.OPEN_HEREDOC:
            heredocs.append(code if token.text.startswith("<<-") else None)
        before = token.kind if token.text.endswith("\n") else Kind.END
