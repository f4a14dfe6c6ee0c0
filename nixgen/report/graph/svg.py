"""A graph as an SVG image, laid out here: no other program is needed to see it.

It is light or dark as its reader's system is, has a title and a description for those who cannot
see it, and each box and line has a title with all that is known of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from attrs import frozen

from nixgen.report.graph.layout import Layout, Place, Route, layout
from nixgen.report.graph.nodes import Edge, Graph, Node
from nixgen.report.graph.text_width import fitted, text_width

_NAME, _DETAIL, _HEADING = 13.0, 11.0, 12.0  # sizes of text, in pixels as all is here
_MARGIN, _PADDING, _BETWEEN = 16.0, 12.0, 64.0
_NARROWEST, _WIDEST = 96.0, 216.0  # the text in a box
_ONE_LINE, _TWO_LINES = 32.0, 48.0
_TOP = 56.0  # of the first box, below the columns' headings
_LEGEND = 52.0
_LOOP = 9.0  # from the middle of a box to the ends of a line that begins and ends at it

STYLE = """\
.graph { font-family: ui-sans-serif, system-ui, "DejaVu Sans", sans-serif; }
.graph .heading { font-size: 12px; fill: #5b6068; }
.graph .name { font-size: 13px; font-weight: 600; fill: #1d2025; }
.graph .detail { font-size: 11px; fill: #5b6068; }
.graph .box { fill: #ffffff; stroke: #c9ccd1; }
.graph .mark { fill: #8b9098; }
.graph .host .mark { fill: #2c5fa8; }
.graph .runner .mark { fill: #7a4fa3; }
.graph .policy .mark { fill: #2f7d6d; }
.graph .secret .mark { fill: #a06a00; }
.graph .line { fill: none; stroke: #a3a8b0; stroke-width: 1.25; }
.graph .wish .line { stroke-dasharray: 3 4; }
.graph .risk .line { stroke: #b3261e; stroke-width: 2; }
.graph .tip { fill: #a3a8b0; }
.graph .risk .tip { fill: #b3261e; }
"""
_STANDALONE = """\
.graph .paper { fill: #fafaf8; }
@media (prefers-color-scheme: dark) {
  .graph .paper { fill: #15171a; }
  .graph .heading, .graph .detail { fill: #a3a8b0; }
  .graph .name { fill: #eceae6; }
  .graph .box { fill: #1f2226; stroke: #3d4249; }
  .graph .mark { fill: #8b9098; }
  .graph .host .mark { fill: #7fa8e0; }
  .graph .runner .mark { fill: #b795d8; }
  .graph .policy .mark { fill: #6fbfae; }
  .graph .secret .mark { fill: #d9a548; }
  .graph .line { stroke: #666c75; }
  .graph .tip { fill: #666c75; }
  .graph .risk .line { stroke: #f08a80; }
  .graph .risk .tip { fill: #f08a80; }
}
"""


def svg(graph: Graph, *, standalone: bool = True) -> str:
    """The graph as SVG.

    `standalone` False leaves colours to the page that it is put into, which has classes for them:
    see `STYLE`.
    """
    drawing = _Drawing(graph)
    return "".join(f"{line}\n" for line in drawing.lines(standalone=standalone))


@frozen
class _Column:
    """Where the boxes of a column begin, and how wide they are."""

    left: float
    width: float

    @property
    def right(self) -> float:
        """Where they end."""
        return self.left + self.width


class _Drawing:
    """A graph with its places, written line by line."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        heights = {node.key: _TWO_LINES if node.detail else _ONE_LINE for node in graph.nodes}
        self._layout: Layout = layout(graph, heights)
        self._names = {node.key: node.name for node in graph.nodes}
        self._columns: list[_Column] = []
        left = _MARGIN
        for kind, column in zip(self._layout.kinds, self._layout.columns, strict=True):
            texts = [text_width(kind.value, _HEADING)]
            texts += [_text_width(place.node) for place in column if place.node is not None]
            width = math.ceil(min(max(_NARROWEST, *texts), _WIDEST)) + 2 * _PADDING
            self._columns.append(_Column(left, width))
            left += width + _BETWEEN

    def lines(self, *, standalone: bool) -> Iterator[str]:
        width = self._columns[-1].right + _BETWEEN / 2 if self._columns else 2 * _MARGIN
        legend = list(_legend(self._graph.edges))
        width = max(width, _MARGIN + sum(text_width(words, _DETAIL) + 70 for _, words in legend))
        height = _TOP + self._layout.height + _MARGIN + (_LEGEND if legend else 0)
        size = f"{_px(width)} {_px(height)}"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" viewBox="0 0 {size}" '
            f'width="{_px(width)}" height="{_px(height)}" role="img" '
            'aria-labelledby="graph-title graph-description">'
        )
        yield f'<title id="graph-title">{_text(self._graph.title)}</title>'
        yield f'<desc id="graph-description">{_text(self._description())}</desc>'
        if standalone:
            yield f"<style>\n{STYLE}{_STANDALONE}</style>"
            yield f'<rect class="paper" width="{_px(width)}" height="{_px(height)}"/>'
        yield from self._headings()
        for risky in (False, True):  # risks are drawn over what is not
            for route in self._layout.routes:
                if route.edge.is_risk is risky:
                    yield self._edge(route)
        for column in self._layout.columns:
            for place in column:
                if place.node is not None:
                    yield from self._box(place, place.node)
        yield from _drawn_legend(legend, height - _LEGEND)
        yield "</svg>"

    def _description(self) -> str:
        """Every line in words: what a table of the same would say."""
        counts = (f"{len(self._graph.of(kind))} {kind.value}" for kind in self._layout.kinds)
        sentences = [f"{', '.join(counts)}."] if self._layout.kinds else ["Nothing to show."]
        sentences += [f"{self._sentence(edge)}." for edge in self._graph.edges]
        return " ".join(sentences)

    def _sentence(self, edge: Edge) -> str:
        return f"{self._names[edge.source]} {edge.words} {self._names[edge.target]}"

    def _headings(self) -> Iterator[str]:
        for kind, column in zip(self._layout.kinds, self._columns, strict=True):
            yield f'<text class="heading" x="{_px(column.left)}" y="28">{kind.value}</text>'

    def _box(self, place: Place, node: Node) -> Iterator[str]:
        column = self._columns[place.column]
        top = _TOP + place.y - place.height / 2
        x, y = _px(column.left), _px(top)
        inside = column.width - 2 * _PADDING
        about = f"{node.name}: {node.about}" if node.about else node.name
        yield f'<g class="node {node.kind.name.lower()}" data-key="{_text(node.key)}">'
        yield f"<title>{_text(about)}</title>"
        size = f'width="{_px(column.width)}" height="{_px(place.height)}"'
        yield f'<rect class="box" x="{x}" y="{y}" {size} rx="6"/>'
        bar = f'x="{x}" y="{_px(top + 8)}" width="3" height="{_px(place.height - 16)}"'
        yield f'<rect class="mark" {bar}/>'
        left = _px(column.left + _PADDING)
        name = _text(fitted(node.name, _NAME, inside, bold=True))
        yield f'<text class="name" x="{left}" y="{_px(top + 20.5)}">{name}</text>'
        if node.detail:
            detail = _text(fitted(node.detail, _DETAIL, inside))
            yield f'<text class="detail" x="{left}" y="{_px(top + 36.5)}">{detail}</text>'
        yield "</g>"

    def _edge(self, route: Route) -> str:
        first, last = route.places[0], route.places[-1]
        if first.column == last.column:
            path, tip = self._beside(first, last)
        else:
            path = self._through(route.places)
            forward = last.node is not None and last.node.key == route.edge.target
            column = self._columns[last.column if forward else first.column]
            tip = (column.left, last.y, 1) if forward else (column.right, first.y, -1)
        source, target = _text(route.edge.source), _text(route.edge.target)
        return (
            f'<g class="edge{_class(route.edge)}" data-source="{source}" data-target="{target}">'
            f"<title>{_text(self._sentence(route.edge))}</title>"
            f'<path class="line" d="{path}"/>{_tip(*tip)}</g>'
        )

    def _through(self, places: Sequence[Place]) -> str:
        """Curves between the columns, straight lines where one is passed."""
        start = self._columns[places[0].column].right
        path = f"M{_px(start)} {_px(_TOP + places[0].y)}"
        y = places[0].y
        for place in places[1:]:
            column = self._columns[place.column]
            middle = (start + column.left) / 2
            path += (
                f"C{_px(middle)} {_px(_TOP + y)} {_px(middle)} {_px(_TOP + place.y)} "
                f"{_px(column.left)} {_px(_TOP + place.y)}"
            )
            if place is not places[-1]:
                path += f"H{_px(column.right)}"
            start, y = column.right, place.y
        return path

    def _beside(self, first: Place, last: Place) -> tuple[str, tuple[float, float, int]]:
        """A bow on the right of a column, inside the space to the next one, and its tip."""
        right = self._columns[first.column].right
        bow = right + _BETWEEN * 0.6
        apart = _LOOP if first is last else 0.0
        start, end = _TOP + first.y - apart, _TOP + last.y + apart
        path = (
            f"M{_px(right)} {_px(start)}C{_px(bow)} {_px(start)} "
            f"{_px(bow)} {_px(end)} {_px(right)} {_px(end)}"
        )
        return path, (right, end - _TOP, -1)


def _text_width(node: Node) -> float:
    return max(text_width(node.name, _NAME, bold=True), text_width(node.detail, _DETAIL))


def _class(edge: Edge) -> str:
    if edge.is_risk:
        return " risk"
    return " wish" if edge.is_wish else ""


def _tip(x: float, y: float, direction: int) -> str:
    """An arrow's tip that ends at a point; it points to the right for 1, to the left for -1."""
    back, y = x - 7 * direction, _TOP + y
    points = f"{_px(x)},{_px(y)} {_px(back)},{_px(y - 3.5)} {_px(back)},{_px(y + 3.5)}"
    return f'<polygon class="tip" points="{points}"/>'


def _legend(edges: Sequence[Edge]) -> Iterator[tuple[str, str]]:
    """Classes of lines that there are, and what they mean."""
    if any(not edge.is_risk and not edge.is_wish for edge in edges):
        yield "", "as set up"
    if any(edge.is_wish for edge in edges):
        yield " wish", "meant, and nothing makes it so"
    if any(edge.is_risk for edge in edges):
        yield " risk", "jobs can read it, or act as it"


def _drawn_legend(legend: Sequence[tuple[str, str]], top: float) -> Iterator[str]:
    x, y = _MARGIN, top + 28
    for name, words in legend:
        yield f'<g class="legend{name}">'
        yield f'<path class="line" d="M{_px(x)} {_px(y)}H{_px(x + 32)}"/>'
        yield _tip(x + 38, y - _TOP, 1)
        yield f'<text class="detail" x="{_px(x + 46)}" y="{_px(y + 4)}">{words}</text></g>'
        x += 70 + text_width(words, _DETAIL)


def _px(number: float) -> str:
    """A number as short as it is exact to a tenth of a pixel."""
    return f"{number:.1f}".removesuffix(".0")


_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], "\N{REPLACEMENT CHARACTER}")


def _text(text: str) -> str:
    """Text in XML, which has no place for control characters."""
    return escape(text.translate(_CONTROLS))
