"""What the lexer has to say: mistakes inside one token."""

from __future__ import annotations

import math
import sys
import unicodedata
from typing import Final

from nixgen.diagnostic import Diagnostic
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


def unclosed_string(source: Source, start: int, quote: str) -> Diagnostic:
    """A string that the file's end cuts off."""
    return Diagnostic(
        summary="this string is not closed",
        location=source.location(start, len(quote)),
        detail=f"the file ends before the closing `{quote}`",
        help=f"add `{quote}` where the string ends",
    )


def trailing_slash(source: Source, start: int, end: int) -> Diagnostic:
    """`./a/`."""
    path = source.text[start:end]
    return Diagnostic(
        summary="a path cannot end in a slash",
        location=source.location(start, end - start),
        help=f"write `{path.rstrip('/') or '/.'}`",
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
    shown = f"`{char}`" if char.isprintable() and not char.isspace() else f"U+{ord(char):04X}"
    about = f" ({name.lower()})" if name and not char.isascii() else ""
    return Diagnostic(
        summary=f"the character {shown}{about} has no place here",
        location=source.location(start),
    )
