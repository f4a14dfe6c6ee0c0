"""What a message may show of what a user wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import Host, ModelError, VaultSecret
from nixgen.diagnostic import Diagnostic, Location, Related, render, without_tokens

HEXADECIMAL = "0123456789abcdef0123456789abcdef01234567"
TOKENS = [
    HEXADECIMAL,  # of Forgejo's API, and of its runners
    "D0gvfu2iHfUjNqCYVljVyRV14fISpJxxxx0123AB",  # to register a runner of Gitea
    "hvs.CAESIJ0123456789abcdef",
    "s.0123456789abcdefABCDEF01",
    "ghp_0123456789abcdefghij",
    "glpat-0123456789abcdefghij",
    "AGE-SECRET-KEY-10123456789ABCDEF",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
]
PLAIN = [
    "services.openssh.settings.PasswordAuthentication",
    "nixos/nix@sha256:" + "0a1b" * 16,
    "/nix/store/" + HEXADECIMAL,
    "gitea-runner-actions\\x2dnative.service",
    "a description that ends somewhere in a long word...",
    "s.config.networking.hostName",
    "s.serviceConfigurationDirectory",
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_not_repeated(token: str, tmp_path: Path) -> None:
    """A token that somebody wrote into any field is in no message, nor is its line."""
    for text in (f"the token {token}", f"TOKEN={token} ", f"https://me:{token}@forge.example/ "):
        with pytest.raises(ModelError) as raised:
            VaultSecret(name="token", key=text)
        assert token not in str(raised.value)
    file = tmp_path / "hosts.py"
    file.write_text(f"token {token}\n")
    place = Location(str(file), 1)
    for found in (
        Diagnostic(summary="odd", location=place),
        Diagnostic(summary="odd", related=(Related(place, f"set to {token}"),)),
    ):
        shown = render(without_tokens(found))
        assert token not in shown
        assert "this line is not shown" in shown
        assert token not in str(without_tokens(found).as_dict())


def test_a_token_is_not_repeated_in_part() -> None:
    """Long values are cut, and half a token is half of a secret."""
    with pytest.raises(ModelError) as raised:
        Host(name=f"a host with the name {HEXADECIMAL} and more", release="25.11")
    assert HEXADECIMAL[:6] not in str(raised.value)
    assert "it looks like a token" in str(raised.value)


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_token_is_shown(text: str) -> None:
    """Who looks for a mistake sees the value that it is about."""
    assert without_tokens(Diagnostic(summary=f"{text!r} is odd")).summary == f"{text!r} is odd"


def test_a_terminal_obeys_no_message() -> None:
    """An escape sequence in a value, or in the text of an exception, is shown as a character."""
    text = "red \x1b[31m, bell \a"
    shown = render(Diagnostic(summary=text, detail=text, help=text))
    assert "\x1b" not in shown
    assert "\a" not in shown
    assert shown.count("red \N{REPLACEMENT CHARACTER}[31m") == 3


def test_a_tab_is_a_blank() -> None:
    """What another program says of a line with tabs stays readable."""
    assert "a b" in render(Diagnostic(summary="odd", detail="1|\ta\tb"))
