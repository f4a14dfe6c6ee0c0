"""A graph as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).

Texts stand in quotes. Inside them Mermaid has no escape but its entity codes, `#34;` for a quote,
and would take other characters for Markdown or HTML: all that is no letter, digit, space or plain
punctuation becomes a code.
"""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.report.graph.nodes import Edge, Graph, Kind, Node

MOST_EDGES, MOST_CHARACTERS = 500, 50_000
"""What Mermaid draws unless the page says otherwise: its settings maxEdges and maxTextSize."""

_JOINER = "\N{WORD JOINER}"  # which is not seen: Mermaid breaks lines at `\n`, even in codes
_PLAIN = frozenset(" /-_.,:")
_SHAPES = {
    Kind.WHO: ("([", "])"),
    Kind.WORKFLOW: (">", "]"),
    Kind.RUNNER: ("(", ")"),
    Kind.HOST: ("[[", "]]"),
    Kind.POLICY: ("{{", "}}"),
    Kind.SECRET: ("[(", ")]"),
}


def mermaid(graph: Graph) -> str:
    """The graph as a flowchart from left to right, a subgraph for each kind."""
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    yield f"  accTitle: {_quoted(graph.title)}"
    names = {node.key: f"n{number}" for number, node in enumerate(graph.nodes)}
    for kind in Kind:
        nodes = graph.of(kind)
        if nodes:
            yield f"  subgraph {kind.value}"
            yield from (f"    {names[node.key]}{_node(node)}" for node in nodes)
            yield "  end"
    risks = []
    for number, edge in enumerate(graph.edges):
        yield f'  {names[edge.source]} {_arrow(edge)}|"{_quoted(edge.words)}"| {names[edge.target]}'
        risks += [str(number)] if edge.is_risk else []
    if risks:
        yield f"  linkStyle {','.join(risks)} stroke:#c62828,stroke-width:2px"


def _node(node: Node) -> str:
    opening, closing = _SHAPES[node.kind]
    lines = (line for line in (node.name, node.detail) if line)
    return f'{opening}"{"<br/>".join(map(_quoted, lines))}"{closing}'


def _arrow(edge: Edge) -> str:
    if edge.is_risk:
        return "==>"
    return "-.->" if edge.is_wish else "-->"


def _quoted(text: str) -> str:
    """A text inside quotes: `a"b` is `a#34;b`."""
    apart = text.replace(r"\n", f"\\{_JOINER}n")
    return "".join(
        character if character.isalnum() or character in _PLAIN else f"#{ord(character)};"
        for character in apart
    )
