"""What number literals mean."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from nixgen.hcl.parsing.cursor import Cursor
from nixgen.hcl.tokens import Token

if TYPE_CHECKING:
    from decimal import Decimal

_NUMBER = re.compile(r"[0-9]+(?P<fraction>\.[0-9]*)?(?P<exponent>[eE][+-]?[0-9]+)?\Z")
_SURE_DIGITS = 15  # any decimal number of so many digits goes through a float unchanged
_LONGEST_INT = 4000  # digits; Python refuses to read longer ones
_LONGEST_EXPONENT = 18  # digits; what is longer does not fit 64 bits


def number(cursor: Cursor, token: Token) -> int | float | Decimal:
    """The value of a number: an int or a float that has all its digits, otherwise a Decimal."""
    text = token.text
    found = _NUMBER.match(text)
    if found is None:
        hint = "a number has one dot and one exponent at most; a version stands in quotes"
        cursor.fail(f"`{text}` is no number", token, hint)
    if found["fraction"] is None and found["exponent"] is None and len(text) <= _LONGEST_INT:
        return int(text)
    value = float(text) if len(text) <= _LONGEST_INT else math.inf
    if math.isfinite(value) and len(text) <= _SURE_DIGITS and found["exponent"] is None:
        return value
    whole, _, fraction = re.split("[eE]", text)[0].partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = found["exponent"] or "e0"
    if _overflows(digits, len(fraction), exponent[1:]):
        cursor.fail("the exponent of this number is out of range", token)
    if not digits:
        return value
    from decimal import Decimal

    exact = Decimal(text)
    return value if math.isfinite(value) and Decimal(repr(value)) == exact else exact


def _overflows(digits: str, fraction_digits: int, exponent: str) -> bool:
    """Whether HCL has no number for it: its binary exponent has to fit 32 bits (Go's math/big)."""
    if len(exponent.lstrip("+-0")) > _LONGEST_EXPONENT:
        return True
    bits = int(digits or 0).bit_length() if len(digits) <= _LONGEST_INT else len(digits) * 3
    power = bits + _whole(exponent) - fraction_digits
    return digits != "" and not -(2**31) <= power < 2**31


def _whole(exponent: str) -> int:
    """The value of an exponent, which may begin with any number of zeros."""
    size = int(exponent.lstrip("+-0") or 0)
    return -size if exponent.startswith("-") else size
