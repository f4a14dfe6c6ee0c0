"""`nixgen graph`: who reads what, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.hosts_argument import HOSTS, fleet_with
from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_flags

if TYPE_CHECKING:
    from nixgen.report.graph import Graph

_FORMATS = ("mermaid", "dot", "svg")
_ENDINGS = {".mmd": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}


@with_flags
@click.command("graph")
@HOSTS
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="Its language (default: that of the file's ending, else mermaid).",
)
@click.option(
    "--to", metavar="FILE", type=PATH, default="-", help="The file (default: standard output)."
)
@click.pass_obj
def command(session: Session, hosts: tuple[str, ...], form: str | None, to: str) -> None:
    """Draw who reads what.

    \b
      nixgen graph                       all hosts, for a page that shows Mermaid
      nixgen graph web1 --to web1.svg    what concerns this host, as an image
      nixgen graph --format dot | dot -Tpdf > fleet.pdf

    From left to right: who may use a runner, the runner, its host, the host's policy in Vault, the
    secrets. Red lines are what jobs can read or act as, by "nixgen access".
    """
    from nixgen.cli.to_file import write_to
    from nixgen.report.graph import dot, fleet_graph, mermaid, svg

    write_as = form or _language_of(to)
    with progress_bar(wanted=not session.json):
        graph = fleet_graph(fleet_with(session, hosts), hosts or None)
    if session.json:
        session.answer(_data(graph))
        return
    text = {"mermaid": mermaid, "dot": dot, "svg": svg}[write_as](graph)
    if write_as == "mermaid":
        _mind_size(session, graph, text)
    write_to(session, to, text)


def _language_of(file: str) -> str:
    """The language that a file's ending asks for."""
    from pathlib import PurePath

    ending = PurePath(file).suffix.lower()
    if file == "-":
        return "mermaid"
    if ending not in _ENDINGS:
        known = ", ".join(_ENDINGS)
        raise click.UsageError(
            f"{file}: its ending says no language; allowed are {known}, or --format with any name"
        )
    return _ENDINGS[ending]


def _mind_size(session: Session, graph: Graph, text: str) -> None:
    from nixgen.report.graph.mermaid import MOST_CHARACTERS, MOST_EDGES

    if len(graph.edges) > MOST_EDGES or len(text) > MOST_CHARACTERS:
        session.tell(
            f"this is more than Mermaid draws by itself, {MOST_EDGES} edges and "
            f"{MOST_CHARACTERS:,} characters: name some hosts, or use --format svg"
        )


def _data(graph: Graph) -> dict[str, Any]:
    return {
        "title": graph.title,
        "nodes": [
            {
                "key": node.key,
                "kind": node.kind.name.lower(),
                "name": node.name,
                "detail": node.detail,
                "about": node.about,
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "meanings": [str(meaning) for meaning in edge.meanings],
                "risk": edge.is_risk,
            }
            for edge in graph.edges
        ],
    }
