"""What NixOS does with an option that is defined more than once, or with a priority.

Of all definitions those with the lowest number count; lists and lines among them are joined
(nixpkgs, `lib/modules.nix`: `filterOverrides`, `mergeDefinitions`).
"""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.model.expressions import PLAIN, function_name, override
from nixgen.nix import nodes

_ORDERS = ("mkBefore", "mkAfter")


def definitions(
    value: nodes.Expression, priority: int = PLAIN
) -> Iterator[tuple[nodes.Expression, int]]:
    """The values that an expression defines an option with, each with its priority.

    `mkMerge` has several. What depends on a condition, `mkIf`, is one that Nix has to evaluate.
    """
    if (inside := override(value)) is not None:
        yield from definitions(*inside)
        return
    match value:
        case nodes.Parentheses(inner):
            yield from definitions(inner, priority)
        case nodes.Apply(nodes.Apply(function, _), inner) if function_name(function) == "mkOrder":
            yield from definitions(inner, priority)
        case nodes.Apply(function, inner) if function_name(function) in _ORDERS:
            yield from definitions(inner, priority)
        case nodes.Apply(function, nodes.List(items)) if function_name(function) == "mkMerge":
            for each in items:
                yield from definitions(each, priority)
        case _:
            yield value, priority
