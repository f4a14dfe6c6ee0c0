"""Which token a comment or a blank line belongs to: the rules of nixfmt's lexer.

- A comment on the line of a token and after it is the token's *trailing* comment: `#`, or `/* */`
  on one line; several are joined. All else is *leading* trivia of the next token.
- A trailing comment that stands in one column with a comment on the line below, or with the next
  token there, begins a block with it, and so is leading too.
- Empty lines become one `BlankLine`. One-line block comments become line comments.
- Lines of a block comment lose their common indentation, and a column of stars at their beginning.
- After `${` and at the beginning of a file nothing is trailing: there is no token to hang on.

Columns count from 0, in code points, with tab stops at every eighth column as in nixfmt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from attrs import evolve

from nixgen.nix.nodes import (
    BlankLine,
    BlockComment,
    FormatDirective,
    IndentedString,
    LanguageAnnotation,
    LineComment,
    Path,
    String,
    Token,
    Trivia,
)

BLANKS: Final = (
    " \t\n\r\f\v\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
"""What counts as blank in a comment: Unicode's spaces, not the separators that Python adds."""

_ITEM = re.compile(
    r"""[ \t]*+(?:
      (?P<newline> (?: \r\n? | \n ) [ \t]*+ ) (?P<blank> (?: (?: \r\n? | \n ) [ \t]*+ )+ )?
    | \# (?P<line> [^\r\n]*+ )
    | (?P<directive> /\*nixfmt:(?:disable|enable)\*/ ) (?= [ \t]*+ (?: [\r\n] | \Z ) )
    | /\* (?P<star> \*(?!/) )? (?P<block> [^*]*+ (?>(?:\*(?!/)[^*]*+)*) ) \*/
    )""",
    re.VERBOSE,
)
_BEFORE_STRING = re.compile(r"""[ \t]*+(?:\r?\n)?[ \t]*+(?:"|'')""")
_LANGUAGE_LONGEST: Final = 30


class _Newline(NamedTuple):
    blank: bool  # whether empty lines follow


class _Line(NamedTuple):
    text: str
    start: int


class _Block(NamedTuple):
    lines: tuple[str, ...]
    documentation: bool


class _Annotation(NamedTuple):
    text: str


class _Directive(NamedTuple):
    kind: str  # disable or enable
    start: int
    end: int


_Item: TypeAlias = _Newline | _Line | _Block | _Annotation | _Directive
_NEWLINE = _Newline(blank=False)
_BLANK = _Newline(blank=True)


class TriviaReader:
    """Reads the stretches of trivia of one text, in their order.

    `region` is where the open region that is not formatted begins, or None: format directives are
    pairs, so the reader has to remember.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.region: int | None = None

    def leading(self, start: int, end: int) -> tuple[Trivia, ...]:
        """The trivia of a stretch that follows no token."""
        return self._leading(list(self._items(start, end)))

    def split(self, start: int, end: int) -> tuple[LineComment | None, tuple[Trivia, ...]]:
        """The trailing comment of the token before a stretch, and the next token's trivia."""
        items = list(self._items(start, end))
        count = 0
        while count < len(items) and _can_trail(items[count]):
            count += 1
        trailing, rest = items[:count], items[count:]
        if count == 0 or self._begins_block(trailing, rest, end):
            return None, self._leading(items)
        words = [word for word in map(_trailing_text, trailing) if word]
        comment = LineComment(" " + " ".join(words)) if words else None
        return comment, self._leading(rest)

    def unclosed_region(self) -> FormatDirective | None:
        """The directive that ends an open region at the end of the file."""
        if self.region is None:
            return None
        return FormatDirective("end", self._text[self.region :])

    def _items(self, start: int, end: int) -> Iterator[_Item]:
        text = self._text
        while start < end:
            match = _ITEM.match(text, start)
            if match is None:  # only blanks are left
                return
            start = match.end()
            match match.lastgroup:
                case "newline":
                    yield _NEWLINE
                case "blank":
                    yield _BLANK
                case "line":
                    yield _Line(match["line"].rstrip(BLANKS), match.start("line") - 1)
                case "directive":
                    stop = _line_end(text, start)
                    kind = match["directive"][len("/*nixfmt:") : -len("*/")]
                    yield _Directive(kind, match.start("directive"), stop)
                case _:
                    yield self._block(match)

    def _block(self, match: re.Match[str]) -> _Block | _Annotation:
        content = match["block"]
        if "\n" not in content:
            line = content.strip(BLANKS)
            block = _Block((line,) if line else (), match["star"] is not None)
        else:
            opening = match.start("block") - (2 if match["star"] is None else 3)
            lines = _block_lines(content, column(self._text, opening))
            block = _Block(lines, match["star"] is not None)
        if block.documentation or len(block.lines) != 1:
            return block
        language = block.lines[0].strip(BLANKS)
        if _is_language(language) and _BEFORE_STRING.match(self._text, match.end()):
            return _Annotation(language)
        return block

    def _begins_block(self, trailing: list[_Item], rest: list[_Item], end: int) -> bool:
        if len(trailing) != 1 or not rest or rest[0] is not _NEWLINE:
            return False
        comment = trailing[0]
        if not isinstance(comment, _Line):
            return False
        below = end if len(rest) == 1 else rest[1].start if isinstance(rest[1], _Line) else None
        return below is not None and column(self._text, comment.start) == column(self._text, below)

    def _leading(self, items: list[_Item]) -> tuple[Trivia, ...]:
        leading: list[Trivia] = []
        for item in items:
            match item:
                case _Newline(blank):
                    if blank:
                        leading.append(BlankLine())
                case _Line(text):
                    leading.append(LineComment(text))
                case _Block((line,), documentation=False):
                    leading.append(LineComment(" " + line.strip(BLANKS)))
                case _Block(lines, documentation):
                    if lines:
                        leading.append(BlockComment(lines, documentation))
                case _Annotation(text):
                    leading.append(LanguageAnnotation(text))
                case _Directive():
                    leading.append(self._resolve(item))
        return tuple(leading)

    def _resolve(self, directive: _Directive) -> Trivia:
        line_start = self._text.rfind("\n", 0, directive.start) + 1
        if self._text[line_start : directive.start].strip(BLANKS):
            return LineComment(f" nixfmt:{directive.kind}")
        if directive.kind == "disable":
            if self.region is None:
                self.region = line_start
            return FormatDirective("disable")
        if self.region is None:
            return FormatDirective("enable")
        raw = self._text[self.region : directive.end]
        self.region = None
        return FormatDirective("enable", raw)


def with_trailing(value: Any, comment: LineComment) -> Any:
    """A token, name or literal with a trailing comment."""
    if isinstance(value, Token):
        return evolve(value, trailing=comment)
    if isinstance(value, String | IndentedString | Path):
        return evolve(value, close=evolve(value.close, trailing=comment))
    return evolve(value, token=evolve(value.token, trailing=comment))


def column(text: str, position: int) -> int:
    """The column of a position, counted from 0."""
    line_start = text.rfind("\n", 0, position) + 1
    return len(text[line_start:position].expandtabs(8))


def _line_end(text: str, position: int) -> int:
    while position < len(text) and text[position] not in "\r\n":
        position += 1
    return position


def _can_trail(item: _Item) -> bool:
    match item:
        case _Line() | _Directive():
            return True
        case _Block(lines, documentation):
            return not documentation and len(lines) <= 1
    return False


def _trailing_text(item: _Item) -> str:
    match item:
        case _Line(text):
            return text.strip(BLANKS)
        case _Block((line,), _):
            return line.strip(BLANKS)
        case _Directive(kind):
            return f"nixfmt:{kind}"
    return ""


def _is_language(text: str) -> bool:
    """Whether a comment's text can name a language: a short word of letters, digits and `-+._`."""
    if not 0 < len(text) <= _LANGUAGE_LONGEST:
        return False
    return all(char.isalnum() or char in "-+._" for char in text)


def _block_lines(content: str, opening: int) -> tuple[str, ...]:
    """The lines of a block comment that begins in column `opening`, without their indentation."""
    lines = [line.rstrip(BLANKS) for line in content.replace("\r\n", "\n").split("\n")]
    _drop_last_empty(lines)
    lines = [line.rstrip(BLANKS) for line in _without_stars(lines, opening)]
    _drop_last_empty(lines)
    if not lines:
        return ()
    first, *others = lines
    # Text that begins right after "/* " lines up one column further right than after "/*".
    indent = opening + (3 if first.startswith(" ") else 2)
    for line in others:
        stripped = line.lstrip(" ")
        if stripped:
            indent = min(indent, len(line) - len(stripped))
    prefix = " " * indent
    cut = [line[indent:] if line.startswith(prefix) else line.lstrip(BLANKS) for line in others]
    made = [first.strip(BLANKS), *cut]
    begin = next((index for index, line in enumerate(made) if line), len(made))
    return tuple(made[begin:])


def _without_stars(lines: list[str], opening: int) -> list[str]:
    """The lines without the column of stars below the comment's first star, if there is one."""
    margin = " " * opening
    starred = margin + " *"
    if not all(line.startswith(starred) for line in lines[1:]):
        return lines
    return lines[:1] + [margin + line[len(starred) :] for line in lines[1:]]


def _drop_last_empty(lines: list[str]) -> None:
    while lines and not lines[-1]:
        lines.pop()
