r"""A graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html).

In a quoted string a quote is `\"`. A label is an escString: a backslash begins an escape such as
`\n`, so one that is meant is doubled; and `&` begins a character reference of HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nixgen.report.graph.nodes import Edge, Graph, Kind, Node

_SHAPES = {
    Kind.WHO: "oval",
    Kind.WORKFLOW: "note",
    Kind.RUNNER: "component",
    Kind.HOST: "box3d",
    Kind.POLICY: "hexagon",
    Kind.SECRET: "cylinder",
}


def dot(graph: Graph) -> str:
    """The graph as a `digraph` from left to right, the nodes of a kind in one column."""
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    names = {node.key: f"n{number}" for number, node in enumerate(graph.nodes)}
    yield "digraph nixgen {"
    yield f"  graph [label={_quoted(graph.title)}, labelloc=t, rankdir=LR, ranksep=1];"
    yield '  node [fontname="sans-serif", fontsize=11];'
    yield '  edge [fontname="sans-serif", fontsize=9, color="#666666"];'
    for kind in Kind:
        nodes = graph.of(kind)
        if nodes:
            yield "  {"
            yield f"    rank=same; node [shape={_SHAPES[kind]}];"
            yield from (f"    {_node(names, node)}" for node in nodes)
            yield "  }"
    for edge in graph.edges:
        yield f"  {names[edge.source]} -> {names[edge.target]} [{_attributes(edge)}];"
    yield "}"


def _node(names: Mapping[str, str], node: Node) -> str:
    label = _quoted(node.name, *([node.detail] if node.detail else []))
    tooltip = _quoted(node.about or node.name)
    return f"{names[node.key]} [label={label}, tooltip={tooltip}];"


def _attributes(edge: Edge) -> str:
    style = ""
    if edge.is_risk:
        style = ', color="#c62828", fontcolor="#c62828", penwidth=2'
    elif edge.is_wish:
        style = ", style=dashed"
    return f"label={_quoted(edge.words)}{style}"


def _quoted(*lines: str) -> str:
    """Lines as one label."""
    escaped = (
        line.replace("\\", r"\\").replace('"', r"\"").replace("&", "&amp;").replace("\n", " ")
        for line in lines
    )
    label = r"\n".join(escaped)
    return f'"{label}"'
