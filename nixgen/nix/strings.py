r"""Nix string literals and attribute names: when they need quotes, and how text is escaped.

The rules are those of Nix's lexer (`lexer.l`): in `"..."` a backslash escapes `"`, `\`, `${`, and
`\n \r \t`; in `''...''` it is `'''`, `''$` and `''\` that do.
"""

from __future__ import annotations

import re

KEYWORDS = frozenset(
    {"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"},
)
"""Words that cannot stand as a bare attribute name everywhere (`or` only by old grammars)."""

_IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*")
_STRING_ESCAPES = str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"},
)
_STRING_SPECIAL = re.compile(r'["\\\n\r\t]|\$\{')
_STRING_UNESCAPE = re.compile(r"\\(.)|\r\n?", re.DOTALL)
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def is_identifier(name: str) -> bool:
    """True where Nix takes the name as it is, without quotes."""
    return _IDENTIFIER.fullmatch(name) is not None and name not in KEYWORDS


def escape_string(text: str) -> str:
    """The source of a text part between double quotes.

    Raises ValueError for what no Nix string can hold: NUL, and lone surrogates.
    """
    check_text(text)
    if _STRING_SPECIAL.search(text) is None:
        return text
    return text.translate(_STRING_ESCAPES).replace("${", "\\${")


def unescape_string(source: str) -> str:
    """The text that a part between double quotes stands for; the inverse of `escape_string`."""

    def replace(match: re.Match[str]) -> str:
        escaped = match.group(1)
        return "\n" if escaped is None else _UNESCAPED.get(escaped, escaped)

    return _STRING_UNESCAPE.sub(replace, source)


_INDENTED_SPECIAL = re.compile(r"'(?=\$\{|[\r\t]|\Z)|''|\$\{|[\r\t]")
_INDENTED_ESCAPES = {"'": "''\\'", "''": "'''", "${": "''${", "\r": "''\\r", "\t": "''\\t"}


def escape_indented(text: str) -> str:
    """The source of a text between pairs of single quotes, as lines without indentation.

    The first line is empty, as it is after an opening `''` at the end of its line. Where Nix would
    take blanks of the text itself for indentation, the first of them is escaped.
    """
    check_text(text)
    source = _INDENTED_SPECIAL.sub(lambda found: _INDENTED_ESCAPES[found[0]], text)
    lines = source.split("\n")
    if lines[-1] and not lines[-1].strip(" "):
        lines[-1] = "''\\" + lines[-1]
    # Where there are only blanks, they count as indentation too.
    starts = [index for index, line in enumerate(lines) if line.strip(" ")]
    starts = starts or [index for index, line in enumerate(lines) if line]
    if starts and all(lines[index].startswith(" ") for index in starts):
        lines[starts[0]] = "''\\" + lines[starts[0]]
    return "\n" + "\n".join(lines)


def check_text(text: str) -> None:
    """Raise ValueError where the text cannot stand in a Nix string."""
    if "\0" in text:
        raise ValueError("a Nix string cannot hold a NUL character")
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a Nix string cannot hold a lone surrogate") from error
