"""Walks over the tokens of a text for the parser."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn

from nixgen.diagnostic import Diagnostic, Related
from nixgen.hcl.parsing.lexer import lex
from nixgen.hcl.parsing.syntax_error import HclSyntaxError
from nixgen.hcl.tokens import Kind, Token
from nixgen.source import Source

NEWLINES = frozenset({Kind.NEWLINE, Kind.COMMENT})


class Cursor:
    """A place between two tokens.

    Whether newlines count depends on the innermost bracket: `newlines` says so for each one that is
    open. A `#` comment holds its newline, so where newlines count it is one; other comments are
    skipped.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens, self.fault = lex(source)
        self.index = 0
        self.end = 0  # the offset behind the last token taken
        self.newlines = [True]

    def peek(self) -> Token:
        """The next token that counts; one of kind COMMENT stands for a newline."""
        return self.tokens[self._next()]

    def _next(self) -> int:
        index = self.index
        newlines = self.newlines[-1]
        while True:
            token = self.tokens[index]
            if token.kind is Kind.COMMENT:
                if newlines and token.text.endswith("\n"):
                    return index
            elif token.kind is not Kind.NEWLINE or newlines:
                return index
            index += 1

    def take(self) -> Token:
        """The next token that counts, and goes behind it."""
        index = self._next()
        token = self.tokens[index]
        if token.kind is Kind.FAULT:
            self.fail_at_fault()
        if token.kind is not Kind.END:
            index += 1
        self.index = index
        self.end = token.end
        return token

    def at(self, kind: Kind) -> bool:
        """Whether the next token is of a kind."""
        return self.peek().kind is kind

    def at_any(self, kinds: Collection[Kind]) -> bool:
        """Whether the next token is of one of some kinds."""
        return self.peek().kind in kinds

    def at_word(self, word: str) -> bool:
        """Whether the next token is a name, this one."""
        token = self.peek()
        return token.kind is Kind.IDENTIFIER and token.text == word

    def expect(
        self, kind: Kind, expected: str, opener: Token | None = None, hint: str | None = None
    ) -> Token:
        """Takes a token of a kind; anything else is a syntax error."""
        if self.peek().kind is not kind:
            self.unexpected(expected, opener, hint)
        return self.take()

    def unexpected(
        self, expected: str, opener: Token | None = None, hint: str | None = None
    ) -> NoReturn:
        """Raises the error that the next token cannot stand here."""
        token = self.peek()
        if token.kind is Kind.FAULT:
            self.fail_at_fault()
        related: tuple[Related, ...] = ()
        if opener is not None:
            place = self.source.location(opener.start, len(opener.text.rstrip()))
            related = (Related(place, f"`{opener.text.rstrip()}` is opened here"),)
            hint = hint or (self._missing_closer(opener) if token.kind is Kind.END else None)
        self.fail(f"expected {expected}, found {described(token)}", token, hint, related)

    def _missing_closer(self, opener: Token) -> str | None:
        """Where a bracket that is open at the end of the text should have been closed: before the
        first line that stands as far left as the line that opens it.
        """
        lines = self.source.text[opener.start :].split("\n")
        first = self.source.location(opener.start)
        left = _indentation(first.line_text() or "")
        for number, line in enumerate(lines[1:], (first.line or 0) + 1):
            if line.strip() and _indentation(line) <= left:
                return f"line {number} stands as far left; the closing bracket may be missing there"
        return None

    def fail(
        self,
        summary: str,
        token: Token,
        hint: str | None = None,
        related: tuple[Related, ...] = (),
    ) -> NoReturn:
        """Raises an error at a token."""
        length = max(1, len(token.text.split("\n")[0]))
        place = self.source.location(token.start, length)
        raise HclSyntaxError(
            Diagnostic(summary=summary, location=place, help=hint, related=related)
        )

    def fail_at_fault(self) -> NoReturn:
        """Raises the lexer's error."""
        assert self.fault is not None
        raise HclSyntaxError(self.fault)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


_NAMES = {
    Kind.END: "the end of the file",
    Kind.NEWLINE: "the end of the line",
    Kind.COMMENT: "the end of the line",
    Kind.OPEN_QUOTE: "a string",
    Kind.CLOSE_QUOTE: "the end of the string",
    Kind.OPEN_HEREDOC: "a heredoc",
    Kind.CLOSE_HEREDOC: "the end of the heredoc",
    Kind.CLOSE_TEMPLATE: "`}`",
    Kind.QUOTED_TEXT: "text",
    Kind.HEREDOC_TEXT: "text",
}


def described(token: Token) -> str:
    """A token as messages name it."""
    return _NAMES.get(token.kind) or f"`{token.text}`"
