"""Who reads what, as a graph: computed once from a fleet, then written in one of three languages.

from nixgen.report.graph import fleet_graph, svg

picture = svg(fleet_graph(load_fleet("hosts")))
"""

from __future__ import annotations

from nixgen.report.graph.dot import dot
from nixgen.report.graph.fleet import fleet_graph
from nixgen.report.graph.mermaid import mermaid
from nixgen.report.graph.nodes import Edge, Graph, Kind, Meaning, Node
from nixgen.report.graph.svg import svg

__all__ = ["Edge", "Graph", "Kind", "Meaning", "Node", "dot", "fleet_graph", "mermaid", "svg"]
