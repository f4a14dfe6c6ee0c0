"""Which arguments a module needs: the names that its expressions take from outside."""

from __future__ import annotations

import pytest

from nixgen.nix.parsing.parser import parse_expression
from nixgen.nix.scope import free_names


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("{ a = config.x; b.c = 1; }", {"config"}),
        ('"${config.a}-${toString pkgs.b}"', {"config", "pkgs"}),
        ("with pkgs; [ bash git lib.x ]", {"pkgs", "lib"}),
        ("let a = b; in a + c", {"b", "c"}),
        ("x: y: x + y + z", {"z"}),
        ("{ a, b ? a, c ? d, ... }@args: a b c args e", {"d", "e"}),
        ("rec { a = b; b = c; }", {"c"}),
        ("{ a = b; b = c; }", {"b", "c"}),
        ("{ inherit a; inherit (b) c; }", {"a", "b"}),
        ("let inherit (lib) mkIf; in mkIf true", {"lib"}),
        ("a.b.c or d", {"a", "d"}),
        ('a ? b."${c}"', {"a", "c"}),
        ("{ ${a} = 1; b = null; }", {"a"}),
        ("if true then builtins.map import [ ] else <nixpkgs>", set()),
        ("./a/${b}.nix", {"b"}),
        ("''${a} ''${b}''", {"a"}),
        ("assert a; !b -> -c |> d", {"a", "b", "c", "d"}),
        ("let { a = b; body = a; }", {"b"}),
    ],
)
def test_free_names(text: str, free: set[str]) -> None:
    """A name counts unless it is bound inside, built in, or may come from a `with`."""
    assert free_names(parse_expression(text)) == free
