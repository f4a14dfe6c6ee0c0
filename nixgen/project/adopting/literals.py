"""Literal secrets in a Nix file, wherever they stand.

The model looks at what it takes for options. A file has more: lets, arguments of functions, sets in
`mkMerge`; none of these may get into `hosts/`, either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from nixgen.diagnostic import Diagnostic, Location, Severity, withhold
from nixgen.model.expressions import fixed_name, without_override
from nixgen.model.literals import literal_secret
from nixgen.model.module import innermost
from nixgen.nix import nodes
from nixgen.nix.literals import join_path
from nixgen.nix.spans import first_token
from nixgen.nix.walk import children
from nixgen.project.reading.entries import plain_text

_VAGUE = frozenset({"value", "data"})  # outside options they hold all sorts of texts

Names: TypeAlias = tuple[str, ...]


def literal_secrets(file: nodes.File, shown: str) -> list[Diagnostic]:
    """One warning for each line with a secret's value, which it does not show.

    `shown` is what people call the file.
    """
    found: dict[int, Diagnostic] = {}
    for names, node, value, is_option in _named(file):
        if not is_option and names[-1].lower() in _VAGUE:
            continue
        wrong = literal_secret({join_path(names): plain_text(without_override(value))})
        if wrong is not None:
            line = first_token(node).line
            withhold(shown, line)
            summary, _, advice = wrong.partition("\n")
            found[line] = Diagnostic(
                summary=summary,
                severity=Severity.WARNING,
                location=Location(shown, line),
                help=f"{advice},\nthen adopt the host's files again; the repository's history has "
                "the value,\nso change it at its origin, too",
            )
    return list(found.values())


def _named(file: nodes.File) -> Iterator[tuple[Names, nodes.Node, nodes.Expression, bool]]:
    """All that has a name: its path, the node, the value, and whether the model takes it for an
    option. A name that has to be evaluated is `*`.
    """
    options = innermost(file.expression)
    pending: list[tuple[nodes.Node, Names, bool]] = [(file, (), False)]
    while pending:
        node, above, is_option = pending.pop()
        is_option = is_option or node is options
        match node:
            case nodes.Binding(path, value):
                above = (*above, *(fixed_name(name) or "*" for name in path.names))
                yield above, node, value, is_option
            case nodes.FormalArgument(name, nodes.Node() as value):
                yield (name.name,), node, value, False
            case nodes.Apply() | nodes.Parentheses() if without_override(node) is not node:
                pending.append((without_override(node), above, is_option))
                continue
            case nodes.AttributeSet() | nodes.List():
                pass
            case _:
                is_option = False
        pending += [(child, above, is_option) for child in reversed(children(node))]
