"""A message leads to the line of the user's Python that has what it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import LoadError, load_fleet

SHARED = """\
from nixgen import NativeRunner, TokenFile, UserScope, VaultSecret

def by_mapping(**settings):
    usual = {"url": "https://forge.example", "scope": UserScope(user="alice")}
    return NativeRunner(
        name="native", token=TokenFile(path="/run/token"), **usual | settings
    )

def by_name(labels, capacity):
    return by_mapping(
        labels=labels,
        capacity=capacity + 1,
    )

def by_position(labels):
    return by_name(labels=labels, capacity=1)
"""
HOST = """\
from _shared import by_mapping, by_name, by_position
from nixgen import Host
runner = {call}
host = Host(name="web1", release="25.11", runners=[runner])
"""
BY_MAPPING = """by_mapping(
    labels=["native"],
    settings={
        "log": {"level": "info"},
        "runner": {"insecure": True},
    },
)"""
BY_NAME = """by_name(
    labels=["native"],
    capacity=2,
)"""


@pytest.mark.parametrize(
    ("call", "field", "key", "place"),
    [
        (BY_MAPPING, "labels", None, "web1.py:4"),  # where the shared function was given it
        (BY_MAPPING, "settings", "runner", "web1.py:7"),
        (BY_MAPPING, "token", None, "_shared.py:6"),  # what the shared function itself says
        (BY_MAPPING, "scope", None, "_shared.py:5"),  # nobody says it by name: the call
        (BY_NAME, "labels", None, "web1.py:4"),  # handed on twice
        (BY_NAME, "capacity", None, "_shared.py:12"),  # no longer what was given
        (BY_NAME, None, None, "_shared.py:5"),
        ('by_position(["native"])', "labels", None, "_shared.py:11"),  # nobody says what by name
    ],
)
def test_arguments_that_a_shared_function_hands_on(
    tmp_path: Path, call: str, field: str | None, key: str | None, place: str
) -> None:
    """The line is the one that the user has to change, not that of the function between."""
    (tmp_path / "_shared.py").write_text(SHARED)
    (tmp_path / "web1.py").write_text(HOST.format(call=call))
    (host,) = load_fleet(tmp_path).hosts
    (runner,) = host.runners
    origin = runner.origin if field is None else runner.origin.at(field, key)
    location = origin.location()
    assert f"{Path(location.file).name}:{location.line}" == place


def test_a_comprehension_is_no_call(tmp_path: Path) -> None:
    """Hosts made by the dozen lead to their line once, in each version of Python."""
    (tmp_path / "fleet.py").write_text(
        "from nixgen import Host\n"
        "def make(name):\n"
        "    return Host(name=name, release='25.11')\n"
        "hosts = [make(name) for name in ['a', 'b']]\n"
    )
    for host in load_fleet(tmp_path).hosts:
        assert [place.line for place in host.origin.places] == [3, 4]


def test_a_secret_that_is_handed_on_is_not_shown(tmp_path: Path) -> None:
    """A literal secret in the call of a shared function is in no line of the message."""
    (tmp_path / "_shared.py").write_text(SHARED)
    call = 'by_mapping(\n    labels=["native"],\n    settings={"token": "hunter2-hunter2"},\n)'
    (tmp_path / "web1.py").write_text(HOST.format(call=call))
    with pytest.raises(LoadError) as caught:
        load_fleet(tmp_path)
    (diagnostic, *_) = caught.value.diagnostics
    assert diagnostic.location is not None
    assert (Path(diagnostic.location.file).name, diagnostic.location.line) == ("web1.py", 5)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in str(diagnostic.location.line_text())


def test_a_changed_copy_is_made_where_it_is_changed(tmp_path: Path) -> None:
    """What is wrong in a copy that attrs.evolve makes is told at the line that changes it."""
    (tmp_path / "web1.py").write_text(
        "from attrs import evolve\nfrom nixgen import Host\n"
        "host = Host(name='web1', release='25.11')\nhost = evolve(host, release='25')\n"
    )
    with pytest.raises(LoadError) as caught:
        load_fleet(tmp_path)
    assert [str(each.location) for each in caught.value.diagnostics] == [f"{tmp_path}/web1.py:4"]
