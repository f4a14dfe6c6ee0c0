"""How wide a text is at the most, so that boxes can be drawn before a font is known.

The widths are those of DejaVu Sans, the widest of the common fonts, in ems and rounded up; what
is drawn with another one is narrower.
"""

from __future__ import annotations

import unicodedata

_WIDTHS = {
    0.32: "ijl.,'` ",
    0.40: "Ift()[]{}|:;!/\\-",
    0.48: 'r"',
    0.56: "cksvxyzJ?_*",
    0.66: "abdeghnopquELFTSXYZ0123456789$",
    0.74: "ABCKPRUV",
    0.84: "DGHNOQw&~+=<>^#",
    1.0: "mMW@%",
}
_OF_CHARACTER = {character: width for width, text in _WIDTHS.items() for character in text}
_BOLD = 1.14
_WIDE, _OTHER = 1.1, 0.85


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """An upper bound of a text's width, in the unit of `size`, the font's."""
    ems = sum(map(_width, text))
    return ems * size * (_BOLD if bold else 1)


def _width(character: str) -> float:
    known = _OF_CHARACTER.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0
    wide = (
        unicodedata.east_asian_width(character) in "WF" or unicodedata.category(character) == "So"
    )
    return _WIDE if wide else _OTHER


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning and its end as fits into a width, with `…` between.

    Names of one fleet often differ in their last characters.
    """
    if text_width(text, size, bold=bold) <= width:
        return text
    for kept in range(len(text) - 1, 1, -1):
        start = (kept + 1) // 2
        short = f"{text[:start]}…{text[len(text) - kept + start :]}"
        if text_width(short, size, bold=bold) <= width:
            return short
    return "…"
