"""What number literals mean."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from nixgen.hcl.cursor import Cursor
from nixgen.hcl.tokens import Token

if TYPE_CHECKING:
    from decimal import Decimal

_NUMBER = re.compile(r"[0-9]+(?P<fraction>\.[0-9]*)?(?P<exponent>[eE][+-]?[0-9]+)?\Z")
_SURE_DIGITS = 15  # any decimal number of so many digits goes through a float unchanged
_LONGEST_INT = 4000  # digits; Python refuses to read longer ones


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
    from decimal import Decimal, InvalidOperation

    try:
        exact = Decimal(text)
    except InvalidOperation:
        cursor.fail("this number is too large", token)
    return value if math.isfinite(value) and Decimal(repr(value)) == exact else exact
