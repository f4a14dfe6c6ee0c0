"""Random Nix in random layouts, with comments anywhere: formatted as nixfmt formats it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from random import Random

import profiles
import programs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from nix_random import RandomNix, laid_out

from nixgen import nix

CASES = 500


def random_texts(comments: float, count: int, *, pipes: bool = True) -> list[str]:
    """Texts of random trees, with other blanks and some comments between their tokens."""
    texts: list[str] = []

    @settings(max_examples=profiles.cases(count), phases=[Phase.generate])
    @given(st.randoms(use_true_random=False), st.integers(0, 2**32))
    def draw(_: Random, seed: int) -> None:
        random = Random(seed)
        text = nix.print_file(RandomNix(random, has_attribute=False).file())
        if pipes or ("|>" not in text and "<|" not in text):
            texts.append(laid_out(text, random, comments))

    draw()
    return texts


@pytest.mark.parametrize(
    ("width", "comments"), [(100, 0.0), (100, 0.1), (80, 0.3), (40, 0.02), (30, 0.5)]
)
def test_texts_become_what_nixfmt_makes_of_them(
    nixfmt: Path, tmp_path: Path, width: int, comments: float
) -> None:
    """Not one byte differs, whatever the constructs, the layout and the comments."""
    texts = random_texts(comments, CASES)
    expected = programs.nixfmt_texts(texts, tmp_path, width=width)
    assert None not in expected
    for text, formatted in zip(texts, expected, strict=True):
        assert nix.format(text, width=width) == formatted


def test_made_trees_are_fixed_points(nixfmt: Path, tmp_path: Path) -> None:
    """What is printed of a tree that was made, nixfmt leaves as it is."""
    texts = [
        nix.print_file(RandomNix(Random(seed), has_attribute=False).file())
        for seed in range(profiles.cases(CASES))
    ]
    assert programs.nixfmt_texts(texts, tmp_path) == texts
    assert [nix.format(text) for text in texts] == texts


def test_strict_layout_follows_from_the_tokens() -> None:
    """In strict mode it does not matter where the author broke lines."""
    differ = 0
    for seed in range(profiles.cases(CASES)):
        text = nix.print_file(RandomNix(Random(seed)).file())
        one, two = (laid_out(text, Random(kind), gaps=(" ", "\n")) for kind in (1, 2))
        assert nix.format(one, strict=True) == nix.format(two, strict=True)
        differ += nix.format(one) != nix.format(two)
    assert differ > CASES // 10


def test_formatting_changes_no_meaning(nix_instantiate: Path, tmp_path: Path) -> None:
    """Nix reads the same expression before and after."""
    texts = random_texts(0.1, CASES // 4, pipes=False)
    before, after = [], []
    for number, text in enumerate(texts):
        before.append(tmp_path / f"{number}-before.nix")
        after.append(tmp_path / f"{number}-after.nix")
        before[-1].write_text(f"with {{ }}; ({text})", encoding="utf-8")
        after[-1].write_text(f"with {{ }}; ({nix.format(text)})", encoding="utf-8")
    one, two = parses(nix_instantiate, before), parses(nix_instantiate, after)
    assert one.count("refused") < len(one) // 2
    assert one == two


def parses(nix_instantiate: Path, paths: list[Path]) -> list[str]:
    """Nix's print of each file, or its complaint where it refuses one (an attribute set twice)."""
    found = []
    for path in paths:
        done = subprocess.run(
            [nix_instantiate, "--parse", path],
            capture_output=True,
            text=True,
            check=False,
            env=programs.nix_environment(),
        )
        found.append(done.stdout if done.returncode == 0 else "refused")
    return found
