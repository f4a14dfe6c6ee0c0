"""Comments and blank lines between the items of a body or an object."""

from __future__ import annotations

from nixgen.hcl.parsing.cursor import Cursor
from nixgen.hcl.tokens import Kind, Token


def comment_lines(token: Token) -> list[str]:
    """The lines of a comment without its marks."""
    text = token.text.replace("\r", "\n").rstrip("\n")
    if text.startswith("/*"):
        lines = [line.strip().removeprefix("*") for line in text[2:-2].split("\n")]
        return [line.strip() for line in lines if line.strip()] or [""]
    text = text.removeprefix("#") if text.startswith("#") else text.removeprefix("//")
    return [text.removeprefix(" ").rstrip(" ").replace("\n", " ")]


def take_comments(cursor: Cursor) -> tuple[str, ...]:
    """Goes to the next item of an object: the lines of the comments right before it."""
    comments: list[str] = []
    fresh = cursor.tokens[cursor.index - 1].text.endswith("\n")
    while True:
        token = cursor.tokens[cursor.index]
        if token.kind is Kind.COMMENT:
            comments += comment_lines(token)
        elif token.kind is Kind.NEWLINE:
            if fresh:
                comments.clear()  # a blank line parts them from the item
        else:
            return tuple(comments)
        fresh = token.text.endswith("\n")
        cursor.index += 1


def take_trailing(cursor: Cursor) -> str | None:
    """The comment behind an item on its line, and goes behind the line's end if that is next."""
    comments: list[str] = []
    while cursor.tokens[cursor.index].kind is Kind.COMMENT:
        token = cursor.tokens[cursor.index]
        if not token.text.endswith("\n") and cursor.tokens[cursor.index + 1].kind not in _ENDS:
            break
        comments += comment_lines(token)
        cursor.index += 1
        if token.text.endswith("\n"):
            return " ".join(comments)
    if cursor.tokens[cursor.index].kind is Kind.NEWLINE:
        cursor.index += 1
    return " ".join(comments) if comments else None


_ENDS = frozenset({Kind.NEWLINE, Kind.COMMENT, Kind.END, Kind.CLOSE_BRACE})
