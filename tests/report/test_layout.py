from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import profiles
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from nixgen import Fleet
from nixgen.report.graph import Edge, Graph, Kind, Meaning, Node, fleet_graph, svg
from nixgen.report.graph.layout import layout
from nixgen.report.graph.text_width import fitted, text_width

SVG = "{http://www.w3.org/2000/svg}"


@frozen
class Box:
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is inside it."""
        return self.left < x < self.right and self.top < y < self.bottom


def boxes(image: ET.Element) -> list[Box]:
    """The boxes of all nodes."""
    found = [each for each in image.iter(f"{SVG}rect") if each.get("class") == "box"]
    sides = [
        [float(each.get(name, "")) for name in ("x", "y", "width", "height")] for each in found
    ]
    return [Box(x, y, x + width, y + height) for x, y, width, height in sides]


def points(path: str) -> list[tuple[float, float]]:
    """Points along a path of moves, curves and horizontal lines, as the images have them."""
    here, found = (0.0, 0.0), []
    for command, text in re.findall(r"([MCH])([^MCH]*)", path):
        numbers = [float(each) for each in text.split()]
        if command == "M":
            ends = [here, here, here, (numbers[0], numbers[1])]
        elif command == "H":
            ends = [here, here, (numbers[0], here[1]), (numbers[0], here[1])]
        else:
            ends = [here, *zip(numbers[::2], numbers[1::2], strict=True)]
        steps = range(1, 11) if command != "M" else [10]
        for step in steps:
            t = step / 10
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            x, y = (
                sum(w * end[axis] for w, end in zip(weights, ends, strict=True)) for axis in (0, 1)
            )
            found.append((x, y))
        here = ends[-1]
    return found


def check_image(graph: Graph) -> None:
    """No box over another, none outside the image, no line through one."""
    image = ET.fromstring(svg(graph))
    all_boxes = boxes(image)
    width, height = (float(image.get(name, "")) for name in ("width", "height"))
    assert len(all_boxes) == len(graph.nodes)
    for box in all_boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= width
        assert box.bottom <= height
    for one, other in itertools.combinations(all_boxes, 2):
        assert not one.overlaps(other), (one, other)
    paths = [
        path.get("d", "")
        for edge in image.iter(f"{SVG}g")
        if (edge.get("class") or "").startswith("edge")
        for path in edge.iter(f"{SVG}path")
    ]
    assert len(paths) == len(graph.edges)
    for path in paths:
        for x, y in points(path):
            assert 0 <= x <= width
            assert 0 <= y <= height
            assert not any(box.holds(x, y) for box in all_boxes), (path, x, y)


def test_fleets(plan: Fleet, small: Fleet, large: Fleet) -> None:
    """In the picture of a fleet everything can be read: nothing lies on anything."""
    for fleet in (plan, small):
        check_image(fleet_graph(fleet))
    check_image(fleet_graph(large, ["web00", "web01", "web05", "web07"]))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any nodes of any kinds, and any edges between them, backward ones and loops too."""
    kinds = draw(st.lists(st.sampled_from(Kind), min_size=1, max_size=14))
    nodes = tuple(
        Node(key=str(number), kind=kind, name=draw(st.text(max_size=40)), detail=detail)
        for number, kind in enumerate(sorted(kinds, key=list(Kind).index))
        for detail in [draw(st.sampled_from(["", "detail"]))]
    )
    keys = st.sampled_from([node.key for node in nodes])
    ends = draw(st.lists(st.tuples(keys, keys), max_size=20, unique=True))
    edges = tuple(Edge(*pair, (Meaning.READS,)) for pair in ends)
    return Graph("any", nodes, edges)


@settings(max_examples=profiles.cases(50))
@given(graphs())
def test_any_graph(graph: Graph) -> None:
    """Whatever is drawn, boxes do not overlap and no line runs through one."""
    check_image(graph)


def test_what_belongs_together_is_side_by_side() -> None:
    """Ten hosts with a secret each, named so that their order is reversed, make no crossing."""
    names = [f"{number}" for number in range(10)]
    hosts = [Node(key=f"h{name}", kind=Kind.HOST, name=name) for name in names]
    secrets = [Node(key=f"s{name}", kind=Kind.SECRET, name=name) for name in reversed(names)]
    edges = tuple(Edge(f"h{name}", f"s{name}", (Meaning.READS,)) for name in names)
    made = layout(
        Graph("ten", (*hosts, *secrets), edges), {f"{k}{n}": 32 for n in names for k in "hs"}
    )
    for route in made.routes:
        assert abs(route.places[0].y - route.places[-1].y) < 0.001


def test_long_names_keep_both_ends() -> None:
    """Names that differ in their last characters can still be told apart."""
    name = "forgejo-native-runner-token-of-the-second-building"
    short = fitted(name, 13, 120)
    assert text_width(short, 13) <= 120
    assert short.startswith("forge")
    assert short.endswith("ding")
    assert fitted("short", 13, 120) == "short"
