from __future__ import annotations

import xml.etree.ElementTree as ET


def test_mermaid_by_default(nixgen) -> None:
    """A page that shows Mermaid gets the picture by one command."""
    run = nixgen("graph")
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("flowchart LR\n")
    assert "web1" in run.out
    assert "db1" in run.out


def test_format_follows_the_file(nixgen, project) -> None:
    """`--to web1.svg` is an image and `--to fleet.dot` is Graphviz's, without more words."""
    assert nixgen("graph", "web1", "--to", "web1.svg").out == ""
    assert ET.fromstring((project / "web1.svg").read_text()).tag.endswith("}svg")
    assert nixgen("graph", "--to", "fleet.dot").status == 0
    assert (project / "fleet.dot").read_text().startswith("digraph")
    assert nixgen("graph", "--to", "x.txt", "--format", "svg").status == 0
    assert (project / "x.txt").read_text().startswith("<svg")


def test_an_ending_of_no_language(nixgen, project) -> None:
    """An image of another kind is not promised by a name and then written as text."""
    run = nixgen("graph", "--to", "fleet.png")
    assert run.status == 2
    assert "fleet.png: its ending says no language; allowed are .mmd, .dot, .gv, .svg" in run.err
    assert not (project / "fleet.png").exists()


def test_hosts_that_are_named(nixgen) -> None:
    """The picture of a host has nothing of others."""
    out = nixgen("graph", "db1").out
    assert "postgres" in out
    assert "web1" not in out


def test_host_that_is_not_there(nixgen) -> None:
    """A misspelt host is an error, not an empty picture."""
    run = nixgen("graph", "web2")
    assert run.status == 2
    assert "web2" in run.err


def test_file_that_cannot_be_written(nixgen) -> None:
    """The message names the file."""
    run = nixgen("graph", "--to", "no/such/folder.svg")
    assert run.status == 2
    assert "cannot write no/such/folder.svg" in run.err


def test_as_json(nixgen) -> None:
    """A program gets nodes with their kinds and edges with what they mean."""
    data = nixgen("graph", "web1", "--json").data
    kinds = {node["key"]: node["kind"] for node in data["nodes"]}
    assert kinds["runner:web1/actions-native"] == "runner"
    token = next(edge for edge in data["edges"] if edge["target"].startswith("secret:"))
    assert token["source"] in kinds
    assert {"source", "target", "meanings", "risk"} == set(token)


def test_more_than_mermaid_draws(nixgen, project) -> None:
    """Mermaid would show an error instead of a very large picture; the command says so before."""
    secrets = "[VaultSecret(name=f'secret-{n}', key='value') for n in range(600)]"
    text = f"from nixgen import Host, VaultSecret\nsecrets = {secrets}\n"
    text += "host = Host(name='big', release='25.11', secrets=secrets)\n"
    (project / "hosts/big.py").write_text(text)
    assert "more than Mermaid draws" in nixgen("graph").err
    assert nixgen("graph", "web1").err == ""
    assert nixgen("graph", "--to", "all.svg").err == ""
