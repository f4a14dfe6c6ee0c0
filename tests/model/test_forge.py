"""What is known of a forge decides which token a runner needs."""

from __future__ import annotations

import pytest

from nixgen import Forge, Host, ModelError


@pytest.mark.parametrize(
    ("software", "version", "own"),
    [
        ("forgejo", "15.0.1", True),
        ("forgejo", "16", True),
        ("forgejo", "14.0", False),
        ("gitea", "26.1", False),
    ],
)
def test_kind_of_token(software: str, version: str, own: bool) -> None:
    """Forgejo hands out tokens of runners' own since 15; Gitea's numbers say nothing of that."""
    forge = Forge(url="https://forge.example", version=version, software=software)
    assert forge.has_own_tokens is own


def test_a_slash_at_the_end_is_no_other_forge() -> None:
    """A forge is found by the URL that runners have, written either way."""
    forge = Forge(url="https://forge.example/", version="15.0")
    assert forge.is_at("https://forge.example")
    assert not forge.is_at("https://forge.example.org")


def test_mistakes() -> None:
    """A number for a version, or a URL for a forge, is refused with what is allowed."""
    with pytest.raises(ModelError, match="a version such as"):
        Forge(url="https://forge.example", version="v15")
    with pytest.raises(ModelError, match=r"Host.forges: item 1"):
        Host(name="web1", release="25.11", forges=["https://forge.example"])
