from __future__ import annotations

import pytest

from nixgen import Fleet
from nixgen.report.graph import Edge, Graph, Kind, Meaning, Node, fleet_graph
from nixgen.report.graph.nodes import folded

TOKEN = "secret:hosts/build1/runner-token#token"
SHARED = "secret:shared/backup#key"


def edges(graph: Graph) -> dict[tuple[str, str], tuple[Meaning, ...]]:
    """What the edges of a graph mean, by their ends."""
    return {(edge.source, edge.target): edge.meanings for edge in graph.edges}


def test_who_reads_what(small: Fleet) -> None:
    """A secret that hosts share is one node, which the policy of each of them may read."""
    found = edges(fleet_graph(small))
    readers = {source for source, target in found if target == SHARED}
    assert readers == {"policy:build1", "policy:web1"}
    assert found["policy:build1", SHARED] == (Meaning.MAY_READ,)
    assert found["host:web1", "policy:web1"] == (Meaning.LOGS_IN,)
    assert ("policy:web1", TOKEN) not in found


def test_who_may_use_a_runner(small: Fleet) -> None:
    """Scopes are who may, trusted repositories who is meant to."""
    found = edges(fleet_graph(small))
    assert found["who:acme/site", "runner:build1/native"] == (Meaning.MAY_USE,)
    assert found["who:scope organization acme", "runner:build1/boxes"] == (Meaning.MAY_USE,)
    assert found["who:acme/site", "runner:build1/boxes"] == (Meaning.TRUSTED,)


def test_where_workflows_run(small: Fleet) -> None:
    """A workflow leads to the runner that takes its jobs, and to none where none does."""
    found = edges(fleet_graph(small))
    workflow = "workflow:acme/site/test.yaml"
    assert found["who:acme/site", workflow] == (Meaning.HAS,)
    assert found[workflow, "runner:build1/native"] == (Meaning.RUNS_ON,)
    assert found["workflow:acme/infra/build-hosts.yaml", "runner:build1/boxes"] == (
        Meaning.RUNS_ON,
    )
    assert not [source for source, _ in found if source == "workflow:acme/site/lost.yaml"]


def test_what_jobs_reach(plan: Fleet) -> None:
    """The risks of the plan are in the picture: its own token, and the runner with its user."""
    found = edges(fleet_graph(plan))
    native = "runner:nix-cache02/actions-native"
    token = "secret:hosts/nix-cache02/forgejo-native-runner-token#token"
    assert found[native, token] == (Meaning.TOKEN, Meaning.JOBS_READ)
    assert found[native, "runner:nix-cache02/actions1"] == (Meaning.JOBS_ACT_AS,)
    risks = {(edge.source, edge.target) for edge in fleet_graph(plan).edges if edge.is_risk}
    assert risks == {(native, token), (native, "runner:nix-cache02/actions1")}


def test_secret_that_people_declared(plan: Fleet) -> None:
    """What no policy of nixgen's covers is read by the host, not by its AppRole."""
    found = edges(fleet_graph(plan))
    secret = "secret:hosts/nix-cache02/cache-secret#"
    assert found["host:nix-cache02", secret] == (Meaning.READS,)


def test_some_hosts(small: Fleet) -> None:
    """The picture of a host has what concerns it, and nothing of others."""
    graph = fleet_graph(small, ["web1"])
    assert {node.key for node in graph.nodes} == {"host:web1", "policy:web1", SHARED}
    build = fleet_graph(small, ["build1"])
    assert "workflow:acme/site/test.yaml" in {node.key for node in build.nodes}
    assert "workflow:acme/site/lost.yaml" not in {node.key for node in build.nodes}


def test_alike_secrets_share_a_box(large: Fleet) -> None:
    """The picture of a large fleet has one box for secrets that the same nodes read; what is
    special, a token that jobs can read, keeps its own.
    """
    whole = fleet_graph(large)
    graph = folded(whole)
    names = [node.name for node in graph.of(Kind.SECRET)]
    assert len(whole.of(Kind.SECRET)) == 301
    assert names.count("backup") == 1
    assert names.count("5 secrets") + names.count("4 secrets") == 60
    assert names.count("password-0") == 12  # runners' tokens
    (some, *_) = (node for node in graph.of(Kind.SECRET) if node.name == "4 secrets")
    assert some.about == "password-1, password-2, password-3, password-4"


def test_edges_have_both_ends() -> None:
    """A graph of one's own that names a node it lacks is refused where it is made."""
    node = Node(key="a", kind=Kind.HOST, name="a")
    with pytest.raises(ValueError, match="no such node"):
        Graph("one", (node,), (Edge("a", "b", (Meaning.IS_ON,)),))


def test_empty_fleet() -> None:
    """No host makes an empty graph."""
    graph = fleet_graph(Fleet(hosts=[]))
    assert (graph.nodes, graph.edges) == ((), ())
