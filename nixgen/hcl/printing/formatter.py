"""Formats HCL as `tofu fmt` does, byte for byte.

`tofu fmt` loses two things. An index that is `null`, `true` or `false` is kept here; labels of
blocks with `$` or `%` are no HCL to `nixgen.hcl.parse`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import TypeAlias

from nixgen.hcl import nodes
from nixgen.hcl.nodes import BodyItem
from nixgen.hcl.parsing.parser import Document, parse
from nixgen.hcl.printing.layout import lay_out
from nixgen.hcl.strings import escape_label
from nixgen.hcl.tokens import Kind, Token, source

Rewrite: TypeAlias = tuple[int, int, list[Token]]

_COLLECTIONS = ("list", "map", "set")


def format(text: str, *, name: str = "<hcl>") -> str:  # noqa: A001 - hcl.format, as nix.format
    """The text as `tofu fmt` lays it out; raises HclSyntaxError where it is no HCL."""
    return format_document(parse(text, name=name))


def format_document(document: Document) -> str:
    """The text of a document as `tofu fmt` lays it out."""
    tokens = [Token(token.kind, token.text) for token in document.tokens]
    tokens[-1].space = " " * len(document.tokens[-1].space.encode())
    for start, end, replacement in sorted(_rewrites(document), reverse=True, key=_start):
        tokens[start:end] = replacement
    lay_out(tokens)
    return source(tokens)


def _start(rewrite: Rewrite) -> int:
    return rewrite[0]


def _rewrites(document: Document) -> Iterator[Rewrite]:
    """What changes besides blanks: labels get quotes, `"${x}"` loses them, types get arguments."""
    starts = [token.start for token in document.tokens]
    stack: list[tuple[BodyItem, tuple[str, ...]]] = [(item, ()) for item in document.body]
    while stack:
        item, around = stack.pop()
        if isinstance(item, nodes.Block):
            assert item.span is not None
            if item.labels:
                yield _labels(document.tokens, bisect_left(starts, item.span.start), item)
            stack += [(inner, (*around[:1], item.type)) for inner in item.body]
        elif isinstance(item, nodes.Attribute) and item.value.span is not None:
            span = item.value.span
            start, end = bisect_left(starts, span.start), bisect_left(starts, span.end)
            value = list(document.tokens[start:end])
            of_type = item.name == "type" and around == ("variable",)
            rewritten = _type(value) if of_type else _value(value)
            if rewritten is not None:
                yield start, end, rewritten


def _labels(tokens: tuple[Token, ...], header: int, block: nodes.Block) -> Rewrite:
    """The labels of a block in quotes; comments between them go (`formatBody`)."""
    end = header
    index = header + 1
    while tokens[index].kind is not Kind.OPEN_BRACE:
        if tokens[index].kind is not Kind.COMMENT:
            end = index + 1
        index += 1
    labels: list[Token] = []
    for label in block.labels:
        labels.append(Token(Kind.OPEN_QUOTE, '"'))
        labels.append(Token(Kind.QUOTED_TEXT, escape_label(label)))
        labels.append(Token(Kind.CLOSE_QUOTE, '"'))
    return header + 1, end, labels


def _value(tokens: list[Token]) -> list[Token] | None:
    """What stands in `"${ }"`, where that is the whole of an attribute (`formatValueExpr`)."""
    kinds = [token.kind for token in tokens]
    if len(tokens) < 5 or kinds[:2] != [Kind.OPEN_QUOTE, Kind.OPEN_INTERPOLATION]:
        return None
    if kinds[-2:] != [Kind.CLOSE_TEMPLATE, Kind.CLOSE_QUOTE]:
        return None
    quotes = 0
    for kind in kinds[2:-2]:
        if kind in (Kind.OPEN_QUOTE, Kind.CLOSE_QUOTE):
            quotes += 1 if kind is Kind.OPEN_QUOTE else -1
        elif quotes <= 0 and kind in (
            Kind.OPEN_INTERPOLATION,
            Kind.CLOSE_TEMPLATE,
            Kind.QUOTED_TEXT,
        ):
            return None
    inner = [Token(token.kind, token.text) for token in tokens[2:-2]]
    while inner and inner[0].kind is Kind.NEWLINE:
        del inner[0]
    while inner and inner[-1].kind is Kind.NEWLINE:
        del inner[-1]
    return _in_parentheses(inner) if any(token.kind is Kind.NEWLINE for token in inner) else inner


def _in_parentheses(tokens: list[Token]) -> list[Token]:
    """An expression of several lines, which needs them, unless it has them."""
    if tokens[0].kind is Kind.OPEN_PARENTHESIS and tokens[-1].kind is Kind.CLOSE_PARENTHESIS:
        return tokens
    return [
        Token(Kind.OPEN_PARENTHESIS, "("),
        *tokens,
        Token(Kind.CLOSE_PARENTHESIS, ")"),
    ]


def _type(tokens: list[Token]) -> list[Token] | None:
    """The type of a variable in today's form (`formatTypeExpr`)."""
    texts = [token.text for token in tokens]
    if len(tokens) == 1 and texts[0] in _COLLECTIONS:
        return _call(texts[0], "any")
    if len(tokens) == 3 and tokens[1].kind is Kind.QUOTED_TEXT:
        if texts[1] == "string":
            return [Token(Kind.IDENTIFIER, "string")]
        if texts[1] in ("list", "map"):
            return _call(texts[1], "string")
    return None


def _call(name: str, argument: str) -> list[Token]:
    return [
        Token(Kind.IDENTIFIER, name),
        Token(Kind.OPEN_PARENTHESIS, "("),
        Token(Kind.IDENTIFIER, argument),
        Token(Kind.CLOSE_PARENTHESIS, ")"),
    ]
