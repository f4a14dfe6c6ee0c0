"""What the lexer has to say: mistakes inside one token."""

from __future__ import annotations

import math
import sys
import unicodedata
from typing import Final

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.source import Source

INTEGER_MAX: Final = 2**63 - 1
SAFE_DIGITS: Final = 18
"""Integers of so many digits fit 64 bits for sure."""


def too_large(digits: str) -> bool:
    """Whether an integer literal does not fit a signed 64-bit integer."""
    digits = digits.lstrip("0")
    return len(digits) > SAFE_DIGITS + 1 or (bool(digits) and int(digits) > INTEGER_MAX)


def overflows(literal: str) -> bool:
    """Whether a float literal is too large, or too near to zero, for a 64-bit float."""
    value = float(literal)
    mantissa = literal.lower().partition("e")[0]
    if not mantissa.strip("0."):
        return False
    return math.isinf(value) or value < sys.float_info.min


def not_utf8(data: bytes, error: UnicodeDecodeError, name: str) -> Diagnostic:
    """Bytes that are no text."""
    before = data[: error.start].decode(errors="replace")
    line = data[error.start :].partition(b"\n")[0].decode(errors="replace").rstrip("\r")
    source = Source(before + line, name)
    help_ = "save the file in UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        help_ += "; it begins as a file in UTF-16 does"
    return Diagnostic(
        summary=f"the file is not UTF-8: byte 0x{data[error.start]:02x} cannot stand here",
        location=source.location(len(before)),
        help=help_,
    )


def integer_range(source: Source, start: int, digits: str) -> Diagnostic:
    """An integer beyond 64 bits."""
    return Diagnostic(
        summary="this integer is too large",
        location=source.location(start, len(digits)),
        detail=f"Nix integers have 64 bits: the largest is {INTEGER_MAX}.",
        help="write it as a string, or as a float (`1.0e20`)",
    )


def float_range(source: Source, start: int, literal: str) -> Diagnostic:
    """A float beyond 64 bits."""
    return Diagnostic(
        summary="this number is out of range",
        location=source.location(start, len(literal)),
        detail="Nix floats have 64 bits: from about 2.3e-308 to 1.8e308.",
    )


def unclosed_comment(source: Source, start: int) -> Diagnostic:
    """`/*` without `*/`."""
    return Diagnostic(
        summary="this comment is not closed",
        location=source.location(start, 2),
        detail="the file ends before `*/`",
        help="add `*/` where the comment ends, or begin each of its lines with `#`",
    )


def unclosed_string(
    source: Source, start: int, quote: str, interpolation: int | None
) -> Diagnostic:
    """A string that the file's end cuts off; it may stand in an interpolation of another."""
    help_ = f"add `{quote}` where the string ends"
    if quote == "''":
        help_ += "; two quotes inside of it are written `'''`"
    related: tuple[Related, ...] = ()
    if interpolation is not None:
        place = source.location(interpolation, 2)
        related = (Related(place, "it stands in this interpolation: is its `}` missing?"),)
    return Diagnostic(
        summary="this string is not closed",
        location=source.location(start, len(quote)),
        detail=f"the file ends before the closing `{quote}`",
        related=related,
        help=help_,
    )


def trailing_slash(source: Source, start: int, end: int) -> Diagnostic:
    """`./a/`."""
    path = source.text[start:end]
    return Diagnostic(
        summary="a path cannot end in a slash",
        location=source.location(start, end - start),
        help=f"write `{path.rstrip('/') or '/.'}`",
    )


def double_slash(source: Source, start: int, end: int) -> Diagnostic:
    """`./a//b`, which Nix allows only right before or after an interpolation."""
    slash = source.text.index("//", start, end)
    return Diagnostic(
        summary="a path cannot hold two slashes in a row",
        location=source.location(slash, 2),
        help="the operator `//` needs blanks around it",
    )


def nul_in_string(source: Source, position: int, content: str) -> Diagnostic:
    """A NUL character in a string."""
    start = source.text.index("\0", position)
    return Diagnostic(
        summary="a string holds a NUL character",
        location=source.location(start),
        detail="Nix strings can hold any character but this one.",
    )


def stray_character(source: Source, start: int) -> Diagnostic:
    """A character that begins no token."""
    char = source.text[start]
    name = unicodedata.name(char, "")
    plain = char.isprintable() and not char.isspace() and char != "`"
    shown = f"`{char}`" if plain else f"U+{ord(char):04X}"
    about = f" ({name.lower()})" if name and not (char.isascii() and plain) else ""
    return Diagnostic(
        summary=f"the character {shown}{about} has no place here",
        location=source.location(start),
        help=_HINTS.get(char) or ("replace it with an ordinary space" if char.isspace() else None),
    )


_QUOTES: Final = "strings are written `\"...\"` or `''...''`"
_HINTS: Final = {
    "&": "the logical and is `&&`",
    "|": "the logical or is `||`, a pipe `|>`",
    "%": "the remainder of a division is `lib.mod a b`",
    "'": _QUOTES,
    "`": _QUOTES,
    "$": "an interpolation is written `${name}`",
    "\\": "a function is written `x: body`",
    "~": "a path in the home folder is written `~/name`",
    "\0": "a file of text holds no NUL: is it a binary file, or in UTF-16?",
    **dict.fromkeys("\u201c\u201d\u201e\u2018\u2019\u201a\xab\xbb", 'write straight quotes: `"`'),
}
