"""What the parser has to say where names clash or cannot stand, though the shape is right."""

from __future__ import annotations

from nixgen.diagnostic import Diagnostic, Related
from nixgen.nix.nodes import AttributePath, Identifier
from nixgen.nix.source import Source
from nixgen.nix.spans import node_span


def duplicate_argument(source: Source, name: Identifier, first: Identifier) -> Diagnostic:
    """Two arguments of one name."""
    return Diagnostic(
        summary=f"the argument `{name.name}` appears twice in this pattern",
        location=source.location(node_span(name).start, len(name.name)),
        related=(
            Related(source.location(node_span(first).start, len(first.name)), "it is first here"),
        ),
        help="remove one of them, or give it another name",
    )


def dynamic_in_let(source: Source, path: AttributePath) -> Diagnostic:
    """`let ${name} = ...`."""
    span = node_span(path)
    return Diagnostic(
        summary="the names in `let` must be known without evaluation",
        location=source.location(span.start, span.end - span.start),
        help="put it into a set: `let set = { ${name} = ...; }; in`",
    )
