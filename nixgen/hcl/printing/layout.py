"""Lays out HCL as `tofu fmt` does: sets the blanks before each token of a file.

Only blanks change: line breaks and comments stay where they are. A line falls into up to three
cells: the lead, the assignment from `=` on, and a comment behind. Consecutive lines that have an
assignment cell, or a comment cell, are aligned. The rules are those of HCL's hclwrite/format.go
(`formatIndent`, `formatSpaces`, `formatCells`); each function below names the one it follows.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from attrs import define, field

from nixgen.hcl.printing import INDENT
from nixgen.hcl.printing.graphemes import columns
from nixgen.hcl.tokens import Kind, Token

_SCANNED = re.compile(r"\$\$\{~?|%%\{~?|[$%]|[^$%]+")

_OPENERS = frozenset(
    {
        Kind.OPEN_BRACE,
        Kind.OPEN_BRACKET,
        Kind.OPEN_PARENTHESIS,
        Kind.OPEN_INTERPOLATION,
        Kind.OPEN_DIRECTIVE,
    }
)
_CLOSERS = frozenset(
    {Kind.CLOSE_BRACE, Kind.CLOSE_BRACKET, Kind.CLOSE_PARENTHESIS, Kind.CLOSE_TEMPLATE}
)
_BRACKETS = dict.fromkeys(_OPENERS, 1) | dict.fromkeys(_CLOSERS, -1)
_TEXT_BEGINS = frozenset({Kind.QUOTED_TEXT, Kind.HEREDOC_TEXT, Kind.OPEN_QUOTE, Kind.OPEN_HEREDOC})
_TEXT_ENDS = frozenset({Kind.QUOTED_TEXT, Kind.HEREDOC_TEXT, Kind.CLOSE_QUOTE, Kind.CLOSE_HEREDOC})
_BEFORE_NEGATION = frozenset(
    {
        *(Kind.OPEN_PARENTHESIS, Kind.OPEN_BRACE, Kind.OPEN_BRACKET),
        *(Kind.EQUAL, Kind.COLON, Kind.COMMA, Kind.QUESTION),
        *(Kind.PLUS, Kind.STAR, Kind.SLASH, Kind.PERCENT, Kind.MINUS),
        *(Kind.EQUAL_OPERATOR, Kind.NOT_EQUAL, Kind.GREATER, Kind.GREATER_EQUAL),
        *(Kind.LESS, Kind.LESS_EQUAL, Kind.AND, Kind.OR, Kind.BANG),
    }
)


@define(slots=True)
class Line:
    """The cells of a line."""

    lead: list[Token]
    assign: list[Token] = field(factory=list)
    comment: list[Token] = field(factory=list)


def lay_out(tokens: Sequence[Token], depth: int = 0) -> list[Line]:
    """Sets the blanks before each token; the rest of the tokens is left as it is.

    `depth` is the number of open blocks and objects around the tokens.
    """
    lines = list(_lines(tokens))
    _indent(lines, depth)
    for line in lines:
        _space(line.lead)
        _space(line.assign)
    _align(lines, lambda line: line.assign, lambda line: _width(line.lead))
    _align(lines, lambda line: line.comment, lambda line: _width(line.lead) + _width(line.assign))
    return lines


def _lines(tokens: Sequence[Token]) -> Iterator[Line]:
    """The lines with their cells (`linesForFormat`)."""
    start = 0
    for index, token in enumerate(tokens):
        ends_line = token.kind in (Kind.NEWLINE, Kind.PRINTED) or (
            token.kind is Kind.COMMENT and token.text.endswith("\n")
        )
        if ends_line or index == len(tokens) - 1:
            line = [part for part in tokens[start : index + 1] if part.kind is not Kind.END]
            start = index + 1
            if line:
                yield _cells(line)


def _cells(tokens: list[Token]) -> Line:
    line = Line(tokens)
    if len(tokens) > 1 and tokens[-1].kind is Kind.COMMENT:
        line.lead, line.comment = tokens[:-1], tokens[-1:]
    for index, token in enumerate(line.lead):
        if index > 0 and token.kind is Kind.EQUAL:
            if sum(_BRACKETS.get(part.kind, 0) for part in line.lead[index:]) == 0:
                line.lead, line.assign = line.lead[:index], line.lead[index:]
            break
    return line


def _indent(lines: list[Line], depth: int) -> None:
    """Indents each line by the lines that opened brackets before it (`formatIndent`).

    A line indents once however many brackets it opens; `opened` remembers how many, so that the
    line that closes the last of them goes back.
    """
    opened = [1] * depth
    for line in lines:
        first = line.lead[0]
        if first.kind is Kind.PRINTED and first.space != INDENT * len(opened):
            raise ValueError(f"items printed for another depth stand at depth {len(opened)}")
        if first.kind in (Kind.NEWLINE, Kind.PRINTED):
            first.space = ""
            continue
        change = _bracket_change(line)
        depth = len(opened)
        if change > 0:
            opened.append(change)
        elif change < 0:
            _close(opened, -change)
            depth = len(opened)
        line.lead[0].space = INDENT * depth


def _bracket_change(line: Line) -> int:
    change = 0
    for token in line.lead:
        change += _BRACKETS.get(token.kind, 0)
        if token.kind is Kind.OPEN_HEREDOC:
            break
    return change + sum(_BRACKETS.get(token.kind, 0) for token in line.assign)


def _close(opened: list[int], closed: int) -> None:
    while closed > 0 and opened:
        if closed < opened[-1]:
            opened[-1] -= closed
            return
        closed -= opened.pop()


def _space(cell: list[Token]) -> None:
    """Sets the blanks between the tokens of a cell (`formatSpaces`)."""
    before: Kind | None = None
    for subject, after in itertools.pairwise(cell):
        after.space = " " if _spaced(before, subject, after.kind) else ""
        before = subject.kind


def _spaced(before: Kind | None, subject: Token, after: Kind) -> bool:
    """Whether a blank stands between a token and the next one (`spaceAfterToken`)."""
    kind = subject.kind
    if kind is Kind.IDENTIFIER and subject.text == "in" and before is Kind.IDENTIFIER:
        # `[for x in [1] : x]`: the tuple after `in` is no index
        return not _glued(kind, after) and after not in _TEXT_ENDS
    if kind is Kind.MINUS and not _glued(kind, after) and after not in _TEXT_ENDS:
        return before is not None and before not in _BEFORE_NEGATION
    return _pair_spaced(kind, after)


def _glued(kind: Kind, after: Kind) -> bool:
    """Whether one of the rules holds that come before all others and take blanks away."""
    if after is Kind.NEWLINE or Kind.DOT in (kind, after):
        return True
    if kind is Kind.IDENTIFIER and after in (Kind.OPEN_PARENTHESIS, Kind.DOUBLE_COLON):
        return True
    if kind is Kind.DOUBLE_COLON and after is Kind.IDENTIFIER:
        return True
    return after in (Kind.COMMA, Kind.ELLIPSIS)


@functools.cache
def _pair_spaced(kind: Kind, after: Kind) -> bool:
    """The rules that look at two tokens only, the first that fits decides."""
    if _glued(kind, after):
        return False
    if kind is Kind.COMMA:
        return True
    if kind in _TEXT_BEGINS or after in _TEXT_ENDS:
        return False
    if after is Kind.OPEN_BRACKET and (kind in (Kind.IDENTIFIER, Kind.NUMBER) or kind in _CLOSERS):
        return False
    if kind is Kind.BANG:
        return False
    if kind is Kind.OPEN_BRACE or after is Kind.CLOSE_BRACE:
        return not (kind is Kind.OPEN_BRACE and after is Kind.CLOSE_BRACE)
    if kind in (Kind.OPEN_INTERPOLATION, Kind.OPEN_DIRECTIVE) and after is Kind.OPEN_BRACE:
        return True
    if kind is Kind.CLOSE_BRACE and after is Kind.CLOSE_TEMPLATE:
        return True
    if kind is Kind.CLOSE_TEMPLATE and after in (Kind.OPEN_INTERPOLATION, Kind.OPEN_DIRECTIVE):
        return False
    return kind not in _OPENERS and after not in _CLOSERS


def _width(cell: list[Token]) -> int:
    return sum(len(token.space) + _columns(token) for token in cell)


def _columns(token: Token) -> int:
    """The columns of a token: HCL's scanner ends one at `$` and `%`, so nothing joins across."""
    if token.kind is Kind.QUOTED_TEXT and not token.text.isascii():
        return sum(map(columns, _SCANNED.findall(token.text)))
    return columns(token.text)


def _align(
    lines: list[Line],
    cell: Callable[[Line], list[Token]],
    width: Callable[[Line], int],
) -> None:
    """Moves the cells of consecutive lines that have one below each other (`formatCells`)."""
    chain: list[tuple[int, Token]] = []
    for line in [*lines, Line([])]:
        tokens = cell(line)
        if tokens:
            chain.append((width(line), tokens[0]))
            continue
        widest = max((taken for taken, _ in chain), default=0)
        for taken, token in chain:
            token.space = " " * (widest - taken + 1)
        chain.clear()
