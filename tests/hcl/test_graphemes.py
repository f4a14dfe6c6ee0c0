"""Columns are counted as `tofu fmt` counts them."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

from hcl import tofu as opentofu

from nixgen import hcl
from nixgen.hcl.printing.graphemes import columns

# One of each class of Unicode Standard Annex 29, and how they meet.
CLUSTERS = [
    *("e\u0301", "🇫🇷", "🇫🇷🇫", "👩\u200d👩\u200d👧", "👍🏽", "☂\ufe0f", "\u0600a", "\u0600", "각"),
    *("\u1100\u1161\u11a8", "가\u11a8", "각\u1161", "\u1161\u1161", "\u0903a\u0903", "a\u200d"),
    *("a\u200d👩", "👩\u0301\u200d👩", "\u0e33ก\u0e33", "\u0d4eക", "ก\u0e33", "\u200b\u0301"),
    *("\u00ad\u00ad", "\U000e0001x", "한국어", "日本語", "नमस्ते", "\u1f3fb", "\U0001d165"),
]


def test_columns_of_each_class() -> None:
    """Marks, flags, families and syllables are one column each."""
    assert [columns(text) for text in CLUSTERS[:12]] == [1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2]
    assert columns("") == 0
    assert columns("abc\r\n") == 4


def test_columns_are_those_of_tofu(tofu: Path) -> None:
    """Comments behind any text stand where `tofu fmt` puts them: the table is Unicode 15.0's."""
    rng = random.Random(15)  # the same sample each time
    assigned = [
        chr(code)
        for code in range(0xA0, 0x110000)
        if unicodedata.category(chr(code)) not in ("Cs", "Cn", "Co")
    ]
    marks = [each for each in assigned if unicodedata.category(each) in ("Mn", "Mc", "Me", "Cf")]
    texts = [*CLUSTERS, *marks, *rng.sample(assigned, 4000)]
    texts += ["".join(rng.choices(marks + assigned[:9000], k=4)) for _ in range(3000)]
    longest = 20
    ruler = "x" * longest
    items = "\n".join(f'  a = "{each}" #\n  a = "{ruler}" #\n' for each in texts)
    (formatted,) = opentofu.formatted([f"x = {{\n{items}}}\n"])
    assert formatted is not None
    ends = [len(line) - len(line[:-1].rstrip(" ")) - 2 for line in formatted.decode().split("\n")]
    found = [longest - end for end in ends[1 : 3 * len(texts) : 3]]
    wrong = [
        (ascii(each), count, columns(each))
        for each, count in zip(texts, found, strict=True)
        if count != columns(each)
    ]
    assert wrong == []


def test_marks_behind_signs(tofu: Path) -> None:
    """HCL reads `$`, `%` and `$${` as tokens of their own: a mark behind them is a column."""
    signs = ["$", "%", "$$", "%%", "$${", "%%{", "$${~", "$$${", "{", "~", "\\\\"]
    marks = ["\u0301", "🏻", "\u200d👩", "\u0600$", "a\u0301$\u0301"]
    items = "".join(f'a = "{sign}{mark}" # c\nbc = 1 # d\n\n' for sign in signs for mark in marks)
    text = f"x = {{\n{items}}}\n"
    (formatted,) = opentofu.formatted([text])
    assert formatted is not None
    assert hcl.format(text) == formatted.decode()
