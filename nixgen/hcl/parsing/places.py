"""Where the items of a document begin and end, counted in lines."""

from __future__ import annotations

from bisect import bisect_left

from nixgen.hcl.edit.address import Container, Item
from nixgen.hcl.nodes import File, Span
from nixgen.hcl.parsing.parser import Document
from nixgen.hcl.tokens import Kind, Token

_LINE_ENDS = frozenset({Kind.NEWLINE, Kind.COMMENT})


class Places:
    """The lines of a document's items; offsets are characters into its text."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.tokens = document.tokens
        self._starts = [token.start for token in document.tokens]
        first_end = next((each.text for each in self.tokens if each.kind is Kind.NEWLINE), "\n")
        self.newline = first_end

    def token_at(self, offset: int) -> int:
        """The index of the first token that begins at an offset or behind it."""
        return bisect_left(self._starts, offset)

    def indentation(self, offset: int) -> str:
        """The blanks that the line of an offset begins with."""
        start = self.line_start(offset)
        end = start
        while self.text[end : end + 1] in (" ", "\t"):
            end += 1
        return self.text[start:end]

    def line_start(self, offset: int) -> int:
        """The beginning of the line of an offset."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """The end of the line of an offset, before its newline."""
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def first_line(self, span: Span) -> int | None:
        """Where the lines of an item begin, with the comments right before it.

        None where something else stands before it on its line.
        """
        start = self.line_start(span.start)
        if self.text[start : span.start].strip(" \t\ufeff"):
            return None
        index = self.token_at(span.start) - 1
        while (begin := self._comment_line(index)) is not None:
            index = begin - 1
            start = self.line_start(self.tokens[begin].start)
        return start

    def _comment_line(self, index: int) -> int | None:
        """The first token of the comment line that ends with a token; None where it is none."""
        if index < 0:
            return None
        if self.tokens[index].kind is Kind.NEWLINE and index > 0:
            index -= 1
            if self.tokens[index].text.endswith("\n"):
                return None
        if self.tokens[index].kind is not Kind.COMMENT:
            return None
        return index if index == 0 or self.tokens[index - 1].text.endswith("\n") else None

    def last_line(self, span: Span) -> int | None:
        """Where the lines of an item end, with a comma and the comment behind it.

        None where something else follows on its line.
        """
        index = self.token_at(span.end)
        if self.tokens[index].kind is Kind.COMMA:
            index += 1
        while self.tokens[index].kind is Kind.COMMENT and not self.ends_line(self.tokens[index]):
            index += 1
        token = self.tokens[index]
        if token.kind is Kind.END:
            return len(self.text)
        return token.end if self.ends_line(token) else None

    def ends_line(self, token: Token) -> bool:
        """Whether a newline ends with the token."""
        return token.kind in _LINE_ENDS and token.text.endswith("\n")

    def has_own_lines(self, item: Item) -> bool:
        """Whether nothing else stands on the lines of an item."""
        assert item.span is not None
        return self.first_line(item.span) is not None and self.last_line(item.span) is not None

    def brackets(self, container: Container) -> tuple[Token, Token]:
        """The braces around the items of a block or an object."""
        assert not isinstance(container, File)
        assert container.span is not None
        opener = self.token_at(container.span.start)
        while self.tokens[opener].kind is not Kind.OPEN_BRACE:
            opener += 1
        return self.tokens[opener], self.tokens[self.token_at(container.span.end) - 1]

    def has_comment(self, start: int, end: int) -> bool:
        """Whether a comment begins between two offsets."""
        between = self.tokens[self.token_at(start) : self.token_at(end)]
        return any(token.kind is Kind.COMMENT for token in between)

    def on_one_line(self, container: Container) -> bool:
        """Whether the braces of a block or an object stand on one line."""
        opener, closer = self.brackets(container)
        return "\n" not in self.text[opener.start : closer.start]

    def is_blank_before(self, offset: int) -> bool:
        """Whether the line before the one that begins at an offset is blank."""
        return offset > 0 and not self.text[self.line_start(offset - 1) : offset].strip()

    def is_blank_after(self, offset: int) -> bool:
        """Whether the line that begins at an offset is blank and no last one without end."""
        end = self.line_end(offset)
        return end < len(self.text) and not self.text[offset:end].strip()

    def without_blank_line(self, start: int, end: int) -> tuple[int, int]:
        """The range of lines to remove, with one of two blank lines that would meet."""
        following = self.tokens[self.token_at(end)].kind
        ends_body = following in (Kind.END, Kind.CLOSE_BRACE)
        if self.is_blank_before(start) and (ends_body or self.is_blank_after(end)):
            return self.line_start(start - 1), end
        index = self.token_at(start) - 1
        begins_body = start == 0 or (index > 0 and self._opens_line(index))
        if begins_body and self.is_blank_after(end):
            return start, self.line_end(end) + 1
        return start, end

    def _opens_line(self, index: int) -> bool:
        """Whether a token is the newline behind an opening brace."""
        before = self.tokens[index - 1].kind
        return self.ends_line(self.tokens[index]) and before is Kind.OPEN_BRACE
