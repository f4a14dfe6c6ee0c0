"""Literal secrets in a Nix file, wherever they stand.

The model looks at what it takes for options. A file has more: lets, arguments of functions, sets in
`mkMerge`; none of these may get into `hosts/`, either.
"""

from __future__ import annotations

from nixgen.diagnostic import Diagnostic, Location, Severity, withhold
from nixgen.model.literals import literal_secret
from nixgen.nix import nodes
from nixgen.nix.literals import join_path
from nixgen.nix.spans import first_token
from nixgen.project.reading.names import named


def literal_secrets(file: nodes.File, shown: str) -> list[Diagnostic]:
    """One warning for each line with a secret's value, which it does not show.

    `shown` is what people call the file.
    """
    found: dict[int, Diagnostic] = {}
    for names, node, value in named(file):
        if isinstance(value, nodes.AttributeSet):
            continue  # what is in it has names of its own
        wrong = literal_secret({join_path(names): value})
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
