from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import programs
import pytest

from nixgen import Fleet
from nixgen.report.graph import Edge, Graph, Kind, Meaning, Node, dot, fleet_graph, mermaid, svg
from nixgen.report.graph.nodes import folded

AWKWARD = (
    'say "hello"',
    r"back\slash and \n, at the end \ ".strip(),
    "käse 仙台 🙂",
    "<b>&amp; &lt; #35; %%",
    "`code` **bold** 1. list",
    "end",
    "[x](y) {z} | ; -->",
    "line\nbreak",
)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def awkward() -> Graph:
    """A graph whose texts have all that the languages could take for their own."""
    nodes = tuple(
        Node(key=f"{kind} {text}", kind=kind, name=text, detail=text[::-1], about=text)
        for kind in Kind
        for text in AWKWARD
    )
    ends = zip(nodes, nodes[len(AWKWARD) :], strict=False)
    edges = tuple(Edge(one.key, other.key, (Meaning.HAS, Meaning.JOBS_READ)) for one, other in ends)
    return Graph('a "title"', nodes, edges)


# -- DOT ---------------------------------------------------------------------------------------


def drawn_by_graphviz(program: Path, text: str) -> list[str]:
    """The texts of the nodes in Graphviz's own image."""
    image = ET.fromstring(programs.run([program, "-Tsvg"], text=text))
    nodes = (each for each in image.iter(f"{SVG}g") if each.get("class") == "node")
    return [text.text or "" for node in nodes for text in node.iter(f"{SVG}text")]


def test_graphviz_shows_names_as_they_are(dot: Path, awkward: Graph) -> None:
    """Quotes, backslashes, entities and any script come through Graphviz unchanged."""
    from nixgen.report.graph import dot as written

    texts = [text.replace("\xa0", " ") for text in drawn_by_graphviz(dot, written(awkward))]
    for node in awkward.nodes:
        assert node.name.replace("\n", " ") in texts
        assert node.detail.replace("\n", " ") in texts


def test_graphviz_draws_fleets(dot: Path, plan: Fleet, small: Fleet, large: Fleet) -> None:
    """`nixgen graph --format dot | dot -Tsvg` makes a picture of every node and edge."""
    from nixgen.report.graph import dot as written

    for fleet in (plan, small, large):
        graph = folded(fleet_graph(fleet))
        image = ET.fromstring(programs.run([dot, "-Tsvg"], text=written(graph)))
        classes = [each.get("class") for each in image.iter(f"{SVG}g")]
        assert classes.count("node") == len(graph.nodes)
        assert classes.count("edge") == len(graph.edges)


def test_same_dot_each_time(small: Fleet) -> None:
    """A picture that is kept in git changes only with the model."""
    assert dot(fleet_graph(small)) == dot(fleet_graph(small))


# -- Mermaid -----------------------------------------------------------------------------------

# The part of Mermaid's grammar (flow.jison) that is used here.
TEXT = r'"((?:[^"#&<>`\\]|#\d+;|<br/>)*)"'
OPENING, CLOSING = r"(?:\(\[|>|\(|\[\[|\{\{|\[\()", r"(?:\]\)|\]|\)|\]\]|\}\}|\)\])"
LINES = (
    re.compile(r"flowchart LR"),
    re.compile(r"  accTitle: .+"),
    re.compile(r"  subgraph [a-z]+"),
    re.compile(rf"    (n\d+){OPENING}{TEXT}{CLOSING}"),
    re.compile(r"  end"),
    re.compile(rf"  (n\d+) (?:-->|==>|-\.->)\|{TEXT}\| (n\d+)"),
    re.compile(r"  linkStyle \d+(?:,\d+)* stroke:#[0-9a-f]{6},stroke-width:2px"),
)
NODE, EDGE = LINES[3], LINES[5]


def read(text: str) -> str:
    """A quoted text of Mermaid as it is shown."""
    shown = re.sub(r"#(\d+);", lambda code: chr(int(code[1])), text)
    assert r"\n" not in shown  # at which Mermaid breaks the line
    return shown.replace("\N{WORD JOINER}", "")


def test_mermaid_keeps_to_its_grammar(awkward: Graph, plan: Fleet, small: Fleet) -> None:
    """Every line is one that Mermaid reads, whatever names are made of."""
    for graph in (awkward, fleet_graph(plan), fleet_graph(small)):
        for line in mermaid(graph).splitlines():
            assert any(form.fullmatch(line) for form in LINES), line


def test_mermaid_shows_names_as_they_are(awkward: Graph) -> None:
    """Quotes, hash signs and Markdown come through as entity codes."""
    shown = [
        read(match[2]) for match in map(NODE.fullmatch, mermaid(awkward).splitlines()) if match
    ]
    assert shown == [f"{node.name}<br/>{node.detail}" for node in awkward.nodes]


def test_mermaid_names_each_node_once(small: Fleet) -> None:
    """Every node is declared, and every edge is between two of them."""
    graph = fleet_graph(small)
    lines = mermaid(graph).splitlines()
    declared = [match[1] for match in map(NODE.fullmatch, lines) if match]
    ends = [(match[1], match[3]) for match in map(EDGE.fullmatch, lines) if match]
    keys = [node.key for node in graph.nodes]
    assert declared == [f"n{number}" for number in range(len(keys))]
    assert ends == [
        (f"n{keys.index(edge.source)}", f"n{keys.index(edge.target)}") for edge in graph.edges
    ]


# -- SVG ---------------------------------------------------------------------------------------


def test_image_for_those_who_cannot_see_it(small: Fleet) -> None:
    """A screen reader hears the title and every line of the picture in words."""
    image = ET.fromstring(svg(fleet_graph(small)))
    assert image.get("role") == "img"
    assert image.get("aria-labelledby") == "graph-title graph-description"
    assert image.findtext(f"{SVG}title") == "Who reads what: a fleet of 2"
    said = image.findtext(f"{SVG}desc") or ""
    assert "2 hosts" in said
    assert "AppRole web1 may read backup." in said
    assert "native registers with, has jobs that can read runner-token." in said


def test_image_is_xml_whatever_names_are_made_of(awkward: Graph) -> None:
    """Each box has its whole text as its title, also where the box is too narrow for it."""
    odd = Node(key="odd", kind=Kind.HOST, name="bell \a and escape \x1b")
    graph = Graph(awkward.title, (*awkward.nodes, odd), awkward.edges)
    image = ET.fromstring(svg(graph))
    titles = {title.text for title in image.iter(f"{SVG}title")}
    for node in awkward.nodes:
        assert f"{node.name}: {node.about}" in titles
    assert "bell \N{REPLACEMENT CHARACTER} and escape \N{REPLACEMENT CHARACTER}" in titles


def test_image_asks_for_nothing(plan: Fleet) -> None:
    """The image is one file: no font, no picture, no script from elsewhere."""
    text = svg(fleet_graph(plan)).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in text
    assert "href" not in text
    assert "url(" not in text


def test_same_image_each_time(plan: Fleet, large: Fleet) -> None:
    """A picture that is kept in git changes only with the model."""
    for fleet in (plan, large):
        assert svg(fleet_graph(fleet)) == svg(fleet_graph(fleet))


def test_empty_image() -> None:
    """A fleet without hosts makes an image that says so."""
    image = ET.fromstring(svg(fleet_graph(Fleet(hosts=[]))))
    assert image.findtext(f"{SVG}desc") == "Nothing to show."
