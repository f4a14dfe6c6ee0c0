"""The graph itself: nodes of a few kinds, and edges that mean something. It knows no fleet."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from attrs import evolve, field, frozen


class Kind(enum.StrEnum):
    """What a node stands for. The order is that of the columns, from who asks to what is read."""

    WHO = "repositories"
    WORKFLOW = "workflows"
    RUNNER = "runners"
    HOST = "hosts"
    POLICY = "policies"
    SECRET = "secrets"  # noqa: S105 - a word


class Meaning(enum.StrEnum):
    """What an edge says of its two ends, as a verb between them."""

    MAY_USE = "may use"
    TRUSTED = "is meant to use"
    HAS = "has"
    RUNS_ON = "runs on"
    IS_ON = "is on"
    LOGS_IN = "logs in with"
    MAY_READ = "may read"
    READS = "reads"
    TOKEN = "registers with"  # noqa: S105 - a word
    JOBS_READ = "has jobs that can read"
    JOBS_ACT_AS = "has jobs that can act as"

    @property
    def is_risk(self) -> bool:
        """Whether it is what an attacker looks for, not what somebody has set up."""
        return self in (Meaning.JOBS_READ, Meaning.JOBS_ACT_AS)


@frozen(kw_only=True)
class Node:
    """A thing. `key` is unique and stays the same from run to run; `name` and `detail` are shown.

    `about` says more where there is room, in sentences or lists.
    """

    key: str
    kind: Kind
    name: str
    detail: str = ""
    about: str = ""


@frozen
class Edge:
    """From the key of one node to that of another; all that is true of the pair is one edge."""

    source: str
    target: str
    meanings: tuple[Meaning, ...]

    @property
    def is_risk(self) -> bool:
        """Whether one of its meanings is a risk."""
        return any(meaning.is_risk for meaning in self.meanings)

    @property
    def is_wish(self) -> bool:
        """Whether it is only meant, and nothing makes it so."""
        return self.meanings == (Meaning.TRUSTED,)

    @property
    def words(self) -> str:
        """Its meanings: `registers with, has jobs that can read`."""
        return ", ".join(self.meanings)


@frozen
class Graph:
    """Nodes in the order of their kinds, and edges between them. Raises ValueError for others."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = field()

    @edges.validator
    def _ends(self, _: object, edges: tuple[Edge, ...]) -> None:
        known = {node.key for node in self.nodes}
        for edge in edges:
            if not {edge.source, edge.target} <= known:
                raise ValueError(f"an edge from {edge.source!r} to {edge.target!r}: no such node")

    def of(self, kind: Kind) -> tuple[Node, ...]:
        """The nodes of a kind."""
        return tuple(node for node in self.nodes if node.kind is kind)


class Builder:
    """Collects nodes and edges in any order; what is said twice is there once."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str], list[Meaning]] = {}

    def node(self, kind: Kind, key: str, name: str, detail: str = "", about: str = "") -> str:
        """The key of a node, which is made where it is new."""
        key = f"{kind.name.lower()}:{key}"
        made = Node(key=key, kind=kind, name=name, detail=detail, about=about)
        self._nodes.setdefault(key, made)
        return key

    def edge(self, source: str, meaning: Meaning, target: str) -> None:
        """Says something of two nodes."""
        meanings = self._edges.setdefault((source, target), [])
        if meaning not in meanings:
            meanings.append(meaning)

    def graph(self, title: str) -> Graph:
        """All of it, nodes in the order of their kinds and then of their making."""
        order = list(Kind)
        nodes = sorted(self._nodes.values(), key=lambda node: order.index(node.kind))
        edges = (Edge(*ends, tuple(meanings)) for ends, meanings in self._edges.items())
        return Graph(title, tuple(nodes), tuple(edges))


def folded(graph: Graph) -> Graph:
    """The graph with the secrets that are alike put into one node each: `and 4 more secrets`.

    Alike are those that the same nodes have the same edges to. So what is special stays visible in
    the picture of a large fleet: shared secrets, runners' tokens, what jobs can read.
    """
    into: dict[str, list[tuple[str, tuple[Meaning, ...]]]] = {node.key: [] for node in graph.nodes}
    for edge in graph.edges:
        into[edge.target].append((edge.source, edge.meanings))
    alike: dict[tuple[object, ...], list[Node]] = {}
    for node in graph.of(Kind.SECRET):
        alike.setdefault(tuple(into[node.key]), []).append(node)
    gone = {node.key for group in alike.values() for node in group[1:]}
    heads = {group[0].key: group for group in alike.values()}
    nodes = tuple(
        _head(heads.get(node.key, [node])) for node in graph.nodes if node.key not in gone
    )
    edges = tuple(edge for edge in graph.edges if edge.target not in gone)
    return evolve(graph, nodes=nodes, edges=edges)


def _head(group: Iterable[Node]) -> Node:
    first, *rest = group
    if not rest:
        return first
    names = ", ".join(node.name for node in (first, *rest))
    return evolve(first, name=f"{len(rest) + 1} secrets", detail=names, about=names)
