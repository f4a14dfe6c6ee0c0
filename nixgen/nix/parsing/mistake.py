"""A place where the text stops being Nix, as the messages about it see it."""

from __future__ import annotations

from typing import Any

from nixgen.diagnostic import Diagnostic, Location, Related
from nixgen.nix.nodes import Identifier, IndentedString, Node, Path, Span, String, Token
from nixgen.nix.parsing.lexer import (
    END,
    FILE_END,
    IDENTIFIER,
    INTERPOLATION_END,
    LITERAL,
    PLAIN_STRING,
    START,
    TEXT,
    Lexer,
)
from nixgen.nix.parsing.machine import Frame, Parser, SyntaxStop
from nixgen.nix.source import short
from nixgen.nix.spans import node_span


class Mistake:
    """The token that cannot stand, what stands around it, and what the grammar expected."""

    def __init__(self, p: Parser, stop: SyntaxStop) -> None:
        self.lexer: Lexer = p.lexer
        self.stack: list[Frame] = p.stack
        self.value: Any = p.value
        self.index = stop.index
        self.expected = stop.expected
        self.opening = stop.opening

    def names_before(self) -> int:
        """How many tokens right before the wrong one make up an attribute path."""
        return names_before(self.lexer.kinds, self.index)

    def kind(self, offset: int = 0) -> str:
        """The kind of a token near the wrong one; empty outside the text."""
        index = self.index + offset
        kinds = self.lexer.kinds
        return kinds[index] if 0 <= index < len(kinds) else ""

    @property
    def found(self) -> str:
        """The wrong token in words."""
        return shown(self.kind(), self.lexer.values[self.index])

    def span(self, offset: int = 0) -> Span:
        """Where a token near the wrong one stands."""
        return span_of(self.lexer, self.index + offset)

    def here(self, offset: int = 0, *, until: int | None = None) -> Location:
        """The place of a token near the wrong one, or of several up to the one at `until`."""
        start = self.span(offset)
        end = self.span(offset if until is None else until).end
        if self.index + offset == len(self.lexer.kinds) - 1:
            return self.after(offset - 1)
        return self.lexer.source.location(start.start, max(1, end - start.start))

    def after(self, offset: int = -1) -> Location:
        """The place right after a token: where something is missing."""
        if self.index + offset < 0:
            return self.lexer.source.location(0)
        return self.lexer.source.location(self.span(offset).end)

    def opened(self) -> tuple[Related, ...]:
        """The note that leads to the token that asks for the expected one."""
        if self.opening is None or not self.opening.text:
            return ()
        place = self.lexer.source.location(self.opening.start, len(self.opening.text))
        return (Related(place, f"the `{self.opening.text}` is here"),)

    def diagnostic(
        self,
        summary: str,
        *,
        at: Location | None = None,
        detail: str | None = None,
        related: tuple[Related, ...] = (),
        help: str | None = None,  # noqa: A002  # named as the diagnostic's field
    ) -> Diagnostic:
        """A message about this mistake, at the wrong token where no other place is given."""
        place = at or self.here()
        return Diagnostic(
            summary=summary, location=place, detail=detail, related=related, help=help
        )


def span_of(lexer: Lexer, index: int) -> Span:
    """Where the token at an index stands."""
    value = lexer.values[index]
    if isinstance(value, Node):
        return node_span(value)
    if isinstance(value, Token):
        return Span(value.start, value.start + len(value.text))
    start = span_of(lexer, index - 1).end  # a text, right after the token before it
    return Span(start, start + len(value))


def shown(kind: str, value: Any) -> str:
    """A token as a message names it."""
    match kind:
        case _ if kind == FILE_END:
            return "the end of the file"
        case _ if kind in {PLAIN_STRING, TEXT, END} or (kind == START and value.text):
            return "a string"
        case _ if kind == START:
            return "a path"
        case _ if kind == INTERPOLATION_END:
            return "`}`"
        case _ if kind == IDENTIFIER:
            return f"`{short(value.name)}`"
        case _ if kind == LITERAL and isinstance(value, String | IndentedString):
            return "a string"
        case _ if kind == LITERAL and isinstance(value, Path):
            return f"the path `{short(str(value.parts[0]))}`"
        case _ if kind == LITERAL:
            return f"`{short(value.text)}`"
    return f"`{kind}`"


def names_before(kinds: list[str], index: int) -> int:
    """How many tokens right before one make up an attribute path."""
    start = index
    while start > 0 and kinds[start - 1] in {IDENTIFIER, PLAIN_STRING, "or"}:
        start -= 1
        if start == 0 or kinds[start - 1] != ".":
            break
        start -= 1
    else:
        start += start < index  # a dot with no name before it
    return index - start


def name_of(mistake: Mistake, offset: int) -> str:
    """The name that a token near the wrong one holds, for a message."""
    value = mistake.lexer.values[mistake.index + offset]
    return short(value.name) if isinstance(value, Identifier) else "..."
