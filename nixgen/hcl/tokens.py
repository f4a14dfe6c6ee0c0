"""The tokens of HCL's native syntax, as the lexer reads them and the printer makes them."""

from __future__ import annotations

import enum

from attrs import define


class Kind(enum.StrEnum):
    """What a token is; the names are those of HCL's specification."""

    OPEN_BRACE = "{"
    CLOSE_BRACE = "}"
    OPEN_BRACKET = "["
    CLOSE_BRACKET = "]"
    OPEN_PARENTHESIS = "("
    CLOSE_PARENTHESIS = ")"
    OPEN_QUOTE = "open quote"
    CLOSE_QUOTE = "close quote"
    OPEN_HEREDOC = "open heredoc"  # `<<EOT` with its newline
    CLOSE_HEREDOC = "close heredoc"  # `EOT` with the blanks before it
    OPEN_INTERPOLATION = "${"
    OPEN_DIRECTIVE = "%{"
    CLOSE_TEMPLATE = "close template"  # the `}` that ends `${` or `%{`
    QUOTED_TEXT = "quoted text"  # may hold backslash escapes
    HEREDOC_TEXT = "heredoc text"  # holds none
    NUMBER = "number"
    IDENTIFIER = "identifier"
    COMMENT = "comment"  # `#` and `//` comments hold their newline
    NEWLINE = "newline"
    FAULT = "fault"  # the rest of a text from the first character on that is no HCL
    PRINTED = "printed"  # whole lines that are laid out already
    END = "end"

    EQUAL = "="
    DOT = "."
    COMMA = ","
    COLON = ":"
    QUESTION = "?"
    DOUBLE_COLON = "::"
    ELLIPSIS = "..."
    FAT_ARROW = "=>"
    BANG = "!"
    MINUS = "-"
    PLUS = "+"
    STAR = "*"
    SLASH = "/"
    PERCENT = "%"
    AND = "&&"
    OR = "||"
    EQUAL_OPERATOR = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="

    __hash__ = str.__hash__  # as fast as that of a str; Enum's own is written in Python


@define(slots=True, eq=False)
class Token:
    """One token: `text` as it stands in the source, and `space`, the blanks before it.

    `start` is the offset of `text` in characters where the token was read from a source.
    The layout rewrites `space`; all else stays.
    """

    kind: Kind
    text: str
    space: str = ""
    start: int = -1

    @property
    def end(self) -> int:
        """The offset behind the token."""
        return self.start + len(self.text)


def source(tokens: list[Token]) -> str:
    """The text of the tokens with the blanks between them."""
    return "".join([part for token in tokens for part in (token.space, token.text)])
