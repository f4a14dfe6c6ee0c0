"""Parses HCL into a document: the tree of the file, and every character of its text."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

from attrs import evolve, frozen

from nixgen.diagnostic import Diagnostic, Related
from nixgen.hcl import nodes
from nixgen.hcl.nodes import BodyItem, Expression, File, Span
from nixgen.hcl.parsing.cursor import NEWLINES, Cursor
from nixgen.hcl.parsing.grammar_expressions import expression, run
from nixgen.hcl.parsing.syntax_error import HclSyntaxError
from nixgen.hcl.parsing.trivia import comment_lines, take_trailing
from nixgen.hcl.strings import unescape_quoted
from nixgen.hcl.tokens import Kind, Token, source
from nixgen.source import Source

Steps: TypeAlias = Generator[Any, Any, Any]

_ITEM = "an attribute, `name = value`, or a block, `type { … }`"


@frozen(eq=False)
class Document:
    """A parsed text.

    `file` is its tree, whose nodes have spans, offsets in characters into `text`. The tree leaves
    out what nothing depends on: comments inside of expressions, blanks, the spelling of numbers and
    escapes. `tokens` leave nothing out: `text` is made of them.
    """

    name: str
    file: File
    tokens: tuple[Token, ...]

    @property
    def body(self) -> tuple[BodyItem, ...]:
        """The items of the file."""
        return self.file.body

    @property
    def text(self) -> str:
        """The text, character by character as it was parsed."""
        return source(list(self.tokens))


def parse(text: str, *, name: str = "<hcl>") -> Document:
    """The document that a text is; raises HclSyntaxError where it is no HCL.

    `name` is how messages call the text, mostly a path. Newlines are kept as they are: read a file
    with `newline=""`.
    """
    cursor = Cursor(Source(text, name))
    body = run(_body(cursor, None))
    return Document(name, File(body), tuple(cursor.tokens))


def parse_expression(text: str, *, name: str = "<hcl>") -> Expression:
    """The expression that a text is; raises HclSyntaxError where it is none."""
    cursor = Cursor(Source(f"{text}\n", name))  # a heredoc ends with a newline
    cursor.newlines.append(False)
    found: Expression = run(expression(cursor))
    cursor.expect(Kind.END, "the end of the expression")
    return found


class _Body:
    """The items of a body so far, and the comment lines that wait for the next one."""

    def __init__(self) -> None:
        self.items: list[BodyItem] = []
        self.pending: list[str] = []
        self.names: dict[str, Token] = {}

    def part(self) -> None:
        """Makes the waiting comments items of their own."""
        self.items += [nodes.Comment(text) for text in self.pending]
        self.pending.clear()

    def comments(self) -> tuple[str, ...]:
        """Gives the waiting comments to the next item."""
        found = tuple(self.pending)
        self.pending.clear()
        return found


def _body(cursor: Cursor, opener: Token | None) -> Steps:
    """The items up to the closing brace, which stays, or the end of the file."""
    body = _Body()
    closer = Kind.END if opener is None else Kind.CLOSE_BRACE
    fresh = opener is None or _skip_line_end(cursor)
    while True:
        token = cursor.tokens[cursor.index]
        if token.kind is Kind.COMMENT:
            body.pending += comment_lines(token)
            fresh = token.text.endswith("\n")
            cursor.index += 1
        elif token.kind is Kind.NEWLINE:
            if fresh:
                body.part()
                body.items.append(nodes.BlankLine())
            fresh = True
            cursor.index += 1
        elif token.kind is closer:
            body.part()
            return tuple(body.items)
        elif token.kind is Kind.IDENTIFIER:
            comments = body.comments()
            item = yield _item(cursor)
            _refuse_second(cursor, body, item, token)
            trailing = _line_end(cursor, item, token)
            if isinstance(item, nodes.Attribute):
                item = evolve(item, comments=comments, trailing=trailing)
            else:
                item = evolve(item, comments=comments)
                body.pending += [] if trailing is None else [trailing]
            body.items.append(item)
            body.part()
            fresh = True
        elif token.kind is Kind.END:
            cursor.unexpected("`}`", opener)
        else:
            what = _ITEM if opener is None else f"{_ITEM}, or `}}`"
            cursor.unexpected(what, opener, _hint(token))


def _skip_line_end(cursor: Cursor) -> bool:
    """Goes behind the newline that follows a block's opening brace; whether it is there."""
    if cursor.tokens[cursor.index].kind is Kind.NEWLINE:
        cursor.index += 1
        return True
    return False


def _hint(token: Token) -> str | None:
    if token.kind is Kind.OPEN_QUOTE:
        return "the name of an attribute or block has no quotes; keys of maps may have them"
    if token.kind is Kind.CLOSE_BRACE:
        return "no block is open here; remove it, or look for a `{` that is missing before"
    return None


def _refuse_second(cursor: Cursor, body: _Body, item: BodyItem, token: Token) -> None:
    """An attribute may be there once in a body."""
    if not isinstance(item, nodes.Attribute):
        return
    first = body.names.setdefault(item.name, token)
    if first is not token:
        place = cursor.source.location(first.start, len(first.text))
        related = (Related(place, "it is set here already"),)
        cursor.fail(f"`{item.name}` is set a second time", token, related=related)


def _line_end(cursor: Cursor, item: BodyItem, start: Token) -> str | None:
    """Goes behind the end of an item's line; the comment before it."""
    if not cursor.at_any(NEWLINES | {Kind.END}):
        token = cursor.peek()
        hint = None
        if token.kind is Kind.COMMA:
            hint = "attributes are separated by newlines; remove the comma"
        elif token.kind is Kind.IDENTIFIER:
            hint = f"put `{token.text}` on a line of its own"
        elif token.kind is Kind.CLOSE_BRACE and isinstance(item, nodes.Attribute):
            hint = "`}` closes a block on a line of its own, unless the block is one line"
        what = "attribute" if isinstance(item, nodes.Attribute) else "block"
        cursor.unexpected(f"a newline behind the {what} `{start.text}`", hint=hint)
    return take_trailing(cursor)


def _item(cursor: Cursor) -> Steps:
    name = cursor.take()
    if cursor.at(Kind.EQUAL):
        return (yield _attribute(cursor, name))
    if cursor.at_any((Kind.OPEN_BRACE, Kind.OPEN_QUOTE, Kind.IDENTIFIER)):
        return (yield _block(cursor, name))
    hint = None
    if cursor.at(Kind.COLON):
        hint = "an attribute has `=` between name and value"
    elif cursor.at(Kind.EQUAL_OPERATOR):
        hint = "an attribute has one `=`"
    elif cursor.at(Kind.DOT) or cursor.at(Kind.OPEN_BRACKET):
        hint = "the name of an attribute has no dots or brackets"
    cursor.unexpected(f"`=` or `{{` behind `{name.text}`", hint=hint)


def _attribute(cursor: Cursor, name: Token) -> Steps:
    cursor.take()
    value = yield expression(cursor)
    return nodes.Attribute(name.text, value, span=Span(name.start, cursor.end))


def _block(cursor: Cursor, name: Token) -> Steps:
    labels: list[str] = []
    while not cursor.at(Kind.OPEN_BRACE):
        labels.append(_label(cursor, name))
    opener = cursor.take()
    if cursor.tokens[cursor.index].kind is Kind.IDENTIFIER:
        body = yield _one_line_body(cursor, name, opener)
    else:
        body = yield _body(cursor, opener)
    cursor.take()
    span = Span(name.start, cursor.end)
    try:
        return nodes.Block(name.text, tuple(labels), body, span=span)
    except ValueError as error:
        cursor.fail(str(error), name)


def _one_line_body(cursor: Cursor, name: Token, opener: Token) -> Steps:
    """`name { attribute = value }`: one attribute, no newline."""
    token = cursor.peek()
    item = yield _item(cursor)
    if not isinstance(item, nodes.Attribute):
        cursor.fail(
            f"the block `{token.text}` stands on the line of the block around it",
            token,
            f"begin a line behind the `{{` of `{name.text}`",
        )
    hint = f"a block on one line has one attribute; begin a line behind the `{{` of `{name.text}`"
    if not cursor.at(Kind.CLOSE_BRACE):
        cursor.unexpected("`}` on the same line", opener, hint)
    return (item,)


def _label(cursor: Cursor, name: Token) -> str:
    token = cursor.peek()
    if token.kind is Kind.IDENTIFIER:
        return cursor.take().text
    if token.kind is not Kind.OPEN_QUOTE:
        hint = None
        if token.kind is Kind.EQUAL:
            hint = "a block has no `=`; an attribute has no labels"
        elif token.kind in NEWLINES:
            hint = f"the `{{` of a block stands on the line of `{name.text}`"
        cursor.unexpected("a label in quotes or `{`", hint=hint)
    cursor.take()
    text = ""
    while not cursor.at(Kind.CLOSE_QUOTE):
        part = cursor.take()
        if part.kind is not Kind.QUOTED_TEXT:
            sign = part.text[0]
            hint = f"for the characters `{sign}{{` themselves write `{sign}{sign}{{`"
            cursor.fail("the label of a block has no interpolation", part, hint)
        text += _label_text(cursor, part)
    cursor.take()
    return text


def _label_text(cursor: Cursor, part: Token) -> str:
    try:
        return unescape_quoted(part.text)
    except ValueError as error:
        place = cursor.source.location(part.start, len(part.text))
        raise HclSyntaxError(Diagnostic(summary=str(error), location=place)) from None
