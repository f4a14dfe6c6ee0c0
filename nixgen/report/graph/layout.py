"""Where nodes and edges of a graph are drawn: columns from left to right, one for each kind.

The method is that of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
hierarchical system structures" (1981), with the layers given:

1. An edge over several columns is cut into pieces, with a place of its own in each column that it
   passes: so no edge ever runs through a box.
2. Each column is ordered by the medians of its neighbours' places, to and fro; the order with the
   fewest crossings is kept. (Medians: what all hosts share pulls none of them away from its own.)
3. Each column is moved as near to its neighbours as its order allows, in the sense of least
   squares, by pooling adjacent violators.

All is deterministic: ties keep the order that the graph's nodes have.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from attrs import define, field, frozen

from nixgen.report.graph.nodes import Edge, Graph, Kind, Node

_ROUNDS = 24
_GAP, _PASSING = 14.0, 14.0  # between boxes; between whatever is beside an edge that passes


@define(eq=False)
class Place:
    """A box in a column, or, with `node` None, where an edge passes; `y` is its middle."""

    column: int
    height: float
    node: Node | None = None
    y: float = 0.0
    left: list[Place] = field(factory=list, repr=False)
    right: list[Place] = field(factory=list, repr=False)


@frozen
class Route:
    """An edge with the places that it leads through, from its left end to its right end."""

    edge: Edge
    places: tuple[Place, ...]


@frozen
class Layout:
    """Columns of places from top to bottom, their kinds, and the edges; from 0 to `height`."""

    kinds: tuple[Kind, ...]
    columns: tuple[tuple[Place, ...], ...]
    routes: tuple[Route, ...]
    height: float


def layout(graph: Graph, heights: Mapping[str, float]) -> Layout:
    """Lays a graph out; `heights` are those of the boxes by the keys of their nodes."""
    kinds = tuple(kind for kind in Kind if graph.of(kind))
    columns: list[list[Place]] = [[] for _ in kinds]
    places: dict[str, Place] = {}
    for node in graph.nodes:
        column = kinds.index(node.kind)
        places[node.key] = Place(column, heights[node.key], node)
        columns[column].append(places[node.key])
    routes = tuple(_route(edge, places, columns) for edge in graph.edges)
    columns = _ordered(columns)
    _set_heights(columns)
    top = min((place.y - place.height / 2 for column in columns for place in column), default=0)
    for place in itertools.chain.from_iterable(columns):
        place.y -= top
    bottom = max((place.y + place.height / 2 for column in columns for place in column), default=0)
    return Layout(kinds, tuple(map(tuple, columns)), routes, bottom)


def _route(edge: Edge, places: Mapping[str, Place], columns: Sequence[list[Place]]) -> Route:
    ends = sorted((places[edge.source], places[edge.target]), key=lambda place: place.column)
    first, last = ends
    if first.column == last.column:
        return Route(edge, (places[edge.source], places[edge.target]))
    through = [first]
    for column in range(first.column + 1, last.column):
        through.append(Place(column, 0.0))
        columns[column].append(through[-1])
    through.append(last)
    for one, other in itertools.pairwise(through):
        one.right.append(other)
        other.left.append(one)
    return Route(edge, tuple(through))


# -- order -------------------------------------------------------------------------------------


def _ordered(columns: Sequence[Sequence[Place]]) -> list[list[Place]]:
    order = [list(column) for column in columns]
    best, fewest = [list(column) for column in order], _crossings(order)
    for number in range(_ROUNDS):
        rightward = number % 2 == 0
        indexes = range(1, len(order)) if rightward else range(len(order) - 2, -1, -1)
        for index in indexes:
            beside = order[index - 1 if rightward else index + 1]
            order[index] = _sorted(order[index], beside, rightward=rightward)
        crossings = _crossings(order)
        if crossings < fewest or number == 0:
            best, fewest = [list(column) for column in order], crossings
    return best


def _sorted(column: list[Place], beside: Sequence[Place], *, rightward: bool) -> list[Place]:
    """A column by the medians of its neighbours on one side; who has none keeps his rank."""
    ranks = {id(place): rank for rank, place in enumerate(beside)}
    own = {id(place): rank * len(beside) / len(column) for rank, place in enumerate(column)}

    def rank(place: Place) -> float:
        neighbours = place.left if rightward else place.right
        if not neighbours:
            return own[id(place)]
        return median(ranks[id(each)] for each in neighbours)

    return sorted(column, key=rank)


def _crossings(columns: Sequence[Sequence[Place]]) -> int:
    """How many pairs of edges between adjacent columns cross: inversions of their ends."""
    count = 0
    for one, other in itertools.pairwise(columns):
        ranks = {id(place): rank for rank, place in enumerate(other)}
        seen: list[int] = []
        for place in one:
            ends = sorted(ranks[id(each)] for each in place.right)
            for end in ends:
                count += len(seen) - bisect.bisect_right(seen, end)
            for end in ends:
                bisect.insort(seen, end)
    return count


# -- heights -----------------------------------------------------------------------------------


def _set_heights(columns: Sequence[Sequence[Place]]) -> None:
    """Gives each place its middle: packed first, then near its neighbours, to and fro."""
    for column in columns:
        y = 0.0
        for above, place in itertools.pairwise([None, *column]):
            assert place is not None
            y += _distance(above, place) if above is not None else 0.0
            place.y = y
    for number in range(_ROUNDS):
        rightward = number % 2 == 0
        for column in columns if rightward else reversed(columns):
            wanted = [_wanted(place) for place in column]
            for place, y in zip(column, _apart(column, wanted), strict=True):
                place.y = y


def _wanted(place: Place) -> float:
    neighbours = [*place.left, *place.right]
    return median(each.y for each in neighbours) if neighbours else place.y


def _distance(above: Place, below: Place) -> float:
    """Between the middles of two places, at the least."""
    gap = _GAP if above.node is not None and below.node is not None else _PASSING
    return (above.height + below.height) / 2 + gap


def _apart(column: Sequence[Place], wanted: Iterable[float]) -> list[float]:
    """The heights nearest to the wanted ones that keep order and distances (least squares).

    Without the distances, heights that do not decrease are wanted: isotonic regression.
    """
    offsets = list(
        itertools.accumulate((_distance(*pair) for pair in itertools.pairwise(column)), initial=0.0)
    )
    pools: list[tuple[float, int]] = []  # the mean of each, and its size
    for height, offset in zip(wanted, offsets, strict=False):
        mean, size = height - offset, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean = (mean * size + other * count) / (size + count)
            size += count
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=False)]
