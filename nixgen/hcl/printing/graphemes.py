"""How many columns a text takes: its extended grapheme clusters (Unicode Standard Annex 29).

`tofu fmt` aligns by this count, so `e` and a combining accent are one column, and so is a family of
emoji. The rules are those of the segmentation library that HCL uses, with Unicode 15.0's data.
"""

from __future__ import annotations

import functools
import re

_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINAL_CONSONANTS = 0xAC00, 0xD7A3, 28


def columns(text: str) -> int:
    """The number of grapheme clusters in a text; 0 for an empty one."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _cluster().finditer(text))


@functools.cache
def _cluster() -> re.Pattern[str]:
    """Matches one cluster; made on first use, since most texts are ASCII."""
    from nixgen.hcl.printing import grapheme_table as table

    open_syllables = "".join(
        map(chr, range(_FIRST_SYLLABLE, _LAST_SYLLABLE + 1, _FINAL_CONSONANTS))
    )
    control, extend, spacing = f"[{table.CONTROL}]", f"[{table.EXTEND}]", f"[{table.SPACINGMARK}]"
    picture, joiner, flag = f"[{table.EXTENDED_PICTOGRAPHIC}]", "\u200d", "[\U0001f1e6-\U0001f1ff]"
    lead, vowel, final = f"[{table.L}]", f"[{table.V}]", f"[{table.T}]"
    open_syllable = f"[{open_syllables}]"
    closed_syllable = f"(?!{open_syllable})[{chr(_FIRST_SYLLABLE)}-{chr(_LAST_SYLLABLE)}]"

    extension = f"(?:{extend}|{spacing}|{joiner}(?:{picture}{extend}*)?)*"
    hangul = (
        f"(?:{lead}+(?:(?:{open_syllable}?{vowel}+|{closed_syllable}){final}*|{open_syllable}?)"
        f"|{open_syllable}{vowel}*{final}*|{vowel}+{final}*|{closed_syllable}{final}*|{final}+)"
    )
    special = f"{lead}|{vowel}|{final}|[{chr(_FIRST_SYLLABLE)}-{chr(_LAST_SYLLABLE)}]|{picture}"
    excluded = f"{special}|{joiner}|{flag}|{control}|[\r\n{table.PREPEND}]"
    marks = f"(?:{joiner}|{extend}|{spacing})*"
    base = (
        f"{hangul}{extension}|{picture}{extend}*{extension}|{joiner}{marks}"
        f"|{flag}{flag}?{extension}|(?!{excluded}).{marks}"
    )
    return re.compile(f"\r\n|[\r\n]|{control}|[{table.PREPEND}]+(?:{base})?|{base}", re.DOTALL)
