"""The parser and the formatter judge every text as OpenTofu does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import profiles
import pytest
from hcl import mutations, trees
from hcl import tofu as opentofu
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen import hcl
from nixgen.hcl.tokens import Kind

rng = st.randoms(use_true_random=False)


def formatted(text: str) -> bytes | None:
    """What `hcl.format` makes of a text, None where it is no HCL."""
    try:
        return hcl.format(text).encode()
    except hcl.HclSyntaxError:
        return None


def lost_by_tofu(text: str, expected: bytes | None) -> bool:
    """Whether `tofu fmt` drops what we keep or refuse: `x[null]`, odd labels of blocks."""
    if expected is None:
        return False
    if expected.count(b"[]") > text.encode().count(b"[]"):
        return True
    try:
        hcl.parse(text)
    except hcl.HclSyntaxError as error:
        return error.diagnostics[0].summary.startswith("the label ")
    return False


def differences(texts: list[str]) -> list[tuple[str, bytes | None, bytes | None]]:
    """The texts that OpenTofu judges or formats in another way."""
    return [
        (text, expected, found)
        for text, expected in zip(texts, opentofu.formatted(texts), strict=True)
        if (found := formatted(text)) != expected and not lost_by_tofu(text, expected)
    ]


def test_mutated_texts(tofu: Path) -> None:
    """A text with a mistake is refused if and only if OpenTofu refuses it; else formatted alike."""
    dice = random.Random(profiles.cases(1))
    printed = [hcl.print_file(file) for file in trees.sampled(trees.files, 150)]
    bases = [*mutations.SNIPPETS * 10, *(text for text in printed if len(text) < 400)]
    texts = [mutations.mutated(dice.choice(bases), dice) for _ in range(profiles.cases(4000))]
    assert differences(texts) == []
    accepted = sum(formatted(text) is not None for text in texts)
    assert accepted > len(texts) / 10


def relaid(text: str, dice: random.Random) -> str:
    """The text with other blanks between its tokens, and so another alignment."""
    parts: list[str] = []
    inside = (Kind.QUOTED_TEXT, Kind.HEREDOC_TEXT, Kind.CLOSE_QUOTE, Kind.CLOSE_HEREDOC)
    sequence = (Kind.OPEN_INTERPOLATION, Kind.OPEN_DIRECTIVE)
    for token in hcl.parse(text).tokens:
        begins = not parts or parts[-1].endswith("\n")
        free = token.kind not in (*inside, *sequence, Kind.END)
        if free and (token.space or begins):
            parts.append(" " * dice.randint(0 if begins else 1, 4))
        parts.append(token.text)
    return "".join(parts)


def test_texts_laid_out_by_hand(tofu: Path) -> None:
    """Whatever the blanks, the formatted text is that of `tofu fmt`."""
    dice = random.Random(1)
    texts = [relaid(hcl.print_file(file), dice) for file in trees.sampled(trees.files, 600)]
    texts += [relaid(text, dice) for text in mutations.SNIPPETS for _ in range(5)]
    assert differences(texts) == []


@settings(max_examples=profiles.cases(300))
@given(trees.files, rng)
def test_every_character_is_kept(file: hcl.File, dice: Any) -> None:
    """A document is its text; formatting twice is formatting once."""
    text = relaid(hcl.print_file(file), dice)
    assert hcl.parse(text).text == text
    assert hcl.format(text) == hcl.print_file(file)


@settings(max_examples=profiles.cases(600))
@given(trees.expressions)
def test_expressions_read_back(expression: Any) -> None:
    """An expression that was printed and read prints the same again."""
    text = hcl.print_expression(expression)
    assert hcl.print_expression(hcl.parse_expression(text)) == text


@settings(max_examples=profiles.cases(400))
@given(trees.values())
def test_values_read_back(value: Any) -> None:
    """Python data that was printed and read is the same tree, and the same data."""
    expression = hcl.from_python(value)
    found = hcl.parse_expression(hcl.print_expression(expression))
    assert found == expression
    assert repr(hcl.to_python(found)) == repr(value)


@settings(max_examples=profiles.cases(400))
@given(trees.files)
def test_trees_print_the_same_after_one_reading(file: hcl.File) -> None:
    """The tree of a file says all that the printer prints, comments of the items included."""
    once = hcl.print_file(hcl.parse(hcl.print_file(file)).file)
    assert hcl.print_file(hcl.parse(once).file) == once


@settings(max_examples=profiles.cases(300))
@given(trees.files)
def test_spans(file: hcl.File) -> None:
    """A node's span is its text: the editor cuts there."""
    document = hcl.parse(hcl.print_file(file))
    text = document.text
    for item in document.body:
        if isinstance(item, hcl.Attribute | hcl.Block):
            assert item.span is not None
            begin = item.name if isinstance(item, hcl.Attribute) else item.type
            assert text.startswith(begin, item.span.start)
        if isinstance(item, hcl.Block):
            assert item.span is not None
            assert text[item.span.end - 1] == "}"
        if isinstance(item, hcl.Attribute):
            span = item.value.span
            assert span is not None
            assert hcl.parse_expression(text[span.start : span.end]) == item.value


@pytest.mark.parametrize("seed", range(4))
def test_noise(seed: int) -> None:
    """Bytes that are no HCL raise the syntax error and nothing else, with a place inside."""
    dice = random.Random(seed)
    for _ in range(profiles.cases(500)):
        noise = bytes(dice.randrange(256) for _ in range(dice.randrange(40)))
        words = "".join(dice.choices(mutations.PIECES, k=dice.randrange(12)))
        for text in (noise.decode("latin-1"), noise.decode(errors="surrogateescape"), words):
            try:
                assert hcl.parse(text).text == text
            except hcl.HclSyntaxError as error:
                (fault,) = error.diagnostics
                assert fault.location is not None
                assert 1 <= (fault.location.line or 0) <= text.count("\n") + 1


def test_names_are_of_the_same_letters(tofu: Path) -> None:
    """What may begin a name, what may go on with it, and what may not stand in it."""
    letters = "\u00e9\u0142\u0416\u05d0\u4e2d\u2118\u212e\u309b\u309c\u1885\u16ee"
    others = "\u00b7\u0387\u1369\u1371\u19da\u0301\u0660\u203f-"
    signs = "\u00ac\u00d7\u2028\u20ac\u2160\u24d0\u1f600"
    texts = [f"x = {start}{each}\n" for each in letters + others + signs for start in ("", "a")]
    assert differences(texts) == []
    accepted = [text for text in texts if formatted(text) is not None]
    assert len(accepted) >= 2 * len(letters) + len(others)
