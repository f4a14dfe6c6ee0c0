"""The text that a string literal stands for.

Escapes are those of Nix's `lexer.l`; the indentation of `''` strings is taken off as
`ParserState::stripIndentation` does it.
"""

from __future__ import annotations

import re
from typing import Final

from nixgen.nix.nodes import IndentedString, String, StringPart
from nixgen.nix.strings import unescape_string

_OPENING_LINE = re.compile(r" *\n")
_PIECE: Final = re.compile(
    r"""(?P<plain> (?>(?: [^'$]++ | \$[^{'] | '[^'$] )+) )
    | ''\\(?P<escaped> . )
    | (?P<dollar> ''\$ | \$ )
    | (?P<quotes> ''' )
    | (?P<quote> ' )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t"}
_INFINITE: Final = 1_000_000  # as in Nix: a text of blank lines has no indentation to keep


def text_of(node: String | IndentedString) -> str:
    """The text of a string without interpolation: escapes decoded, indentation taken off.

    Raises ValueError where the string has an interpolation, so that its text is not known.
    """
    source = "".join(part for part in node.parts if isinstance(part, str))
    if len(source) != sum(len(part) if isinstance(part, str) else -1 for part in node.parts):
        raise ValueError("a string with an interpolation has no text before it is evaluated")
    return unescape_string(source) if isinstance(node, String) else _indented_text(source)


def without_indentation(node: IndentedString) -> tuple[StringPart, ...]:
    """What the parts of an indented string mean: one text, where NUL, which no Nix file holds, has
    the place of each interpolation; then the interpolations.
    """
    source = "".join(part if isinstance(part, str) else "\0" for part in node.parts)
    return (_indented_text(source), *(part for part in node.parts if not isinstance(part, str)))


def _indented_text(source: str) -> str:
    opening = _OPENING_LINE.match(source)
    pieces = _pieces(source[opening.end() :] if opening else source)
    indent = _indentation(pieces)
    made: list[str] = []
    line_begins, dropped = True, 0
    for index, (text, _) in enumerate(pieces):
        kept, line_begins, dropped = _without_indentation(text, indent, line_begins, dropped)
        if index == len(pieces) - 1:
            head, newline, last = kept.rpartition("\n")
            if newline and not last.strip(" "):
                kept = head + newline
        made.append(kept)
    return "".join(made)


def _pieces(source: str) -> list[tuple[str, bool]]:
    """The texts that the lexer would make, each with whether its blanks can be indentation."""
    pieces = []
    for match in _PIECE.finditer(source):
        match match.lastgroup:
            case "plain":
                pieces.append((match[0], True))
            case "escaped":
                escaped = match["escaped"]
                pieces.append((_ESCAPED.get(escaped, escaped), False))
            case "dollar":
                pieces.append(("$", False))
            case "quotes":
                pieces.append(("''", False))
            case _:
                pieces.append(("'", False))
    return pieces


def _indentation(pieces: list[tuple[str, bool]]) -> int:
    """The blanks that every line begins with; lines of blanks alone do not count."""
    smallest, current, line_begins = _INFINITE, 0, True
    for text, can_indent in pieces:
        if not can_indent:
            if line_begins:
                smallest = min(smallest, current)
            line_begins = False
            continue
        for index, line in enumerate(text.split("\n")):
            if index:
                line_begins, current = True, 0
            if line_begins:
                rest = line.lstrip(" ")
                current += len(line) - len(rest)
                if rest:
                    line_begins = False
                    smallest = min(smallest, current)
    return smallest


def _without_indentation(
    text: str, indent: int, line_begins: bool, dropped: int
) -> tuple[str, bool, int]:
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if index:
            line_begins, dropped = True, 0
        if line_begins:
            rest = line.lstrip(" ")
            blanks = len(line) - len(rest)
            drop = min(blanks, max(0, indent - dropped))
            lines[index] = line[drop:]
            dropped += blanks
            if rest:
                line_begins, dropped = False, 0
    return "\n".join(lines), line_begins, dropped
