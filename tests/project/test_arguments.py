"""What a script gives wrongly to the public functions is told at the script's own line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nixgen import Fleet, Host, build, check, load_fleet, plan, render
from nixgen.errors import InputError

FUNCTIONS: dict[str, Any] = {"render": render, "plan": plan, "build": build, "check": check}
HOST = Host(name="web1", release="25.11")
FLEET = Fleet(hosts=[HOST])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, in which no refused call leaves anything."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("fleet", "said", "help_"),
    [
        (HOST, "it is a Host", "write {}(Fleet(hosts=[host]))"),
        ([HOST], "is a list", "write {}(Fleet(hosts=hosts))"),
        (
            "hosts",
            "'hosts' is a str",
            'load_fleet("hosts") is the Fleet of a folder: {}(load_fleet("hosts"))',
        ),
        (3, "3 is an int", "{}(load_fleet("),
        (None, "it is None", "{}(load_fleet("),
    ],
)
def test_what_is_no_fleet(name: str, fleet: Any, said: str, help_: str, folder: Path) -> None:
    """The function says what it takes and what it was given, and how that becomes a Fleet."""
    output = [] if name == "render" else [folder / "out"]
    with pytest.raises(InputError) as caught:
        FUNCTIONS[name](fleet, *output)
    (fault,) = caught.value.diagnostics
    assert fault.summary.startswith(f"{name}() takes a Fleet as 'fleet'; ")
    assert said in fault.summary
    assert help_.format(name) in fault.help
    assert fault.location.file == __file__
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "render"])
@pytest.mark.parametrize(
    ("given", "summary", "help_"),
    [
        ({"output": None}, "takes the path of a folder as 'output'; it is None", None),
        ({"output": 3}, "takes the path of a folder as 'output'; 3 is an int", None),
        (
            {"only": "web1"},
            "takes names of hosts in a list, or None as 'only'; 'web1' is a str",
            "write only=['web1']",
        ),
        ({"only": [HOST]}, "takes names of hosts in a list, or None as 'only'; [", None),
        ({"only": 1}, "takes names of hosts in a list, or None as 'only'; 1 is an int", None),
    ],
)
def test_other_arguments(
    name: str, given: dict[str, Any], summary: str, help_: str | None, folder: Path
) -> None:
    """A name of one host would fall into letters; None is no folder."""
    with pytest.raises(InputError) as caught:
        FUNCTIONS[name](FLEET, **{"output": "out", **given})
    (fault,) = caught.value.diagnostics
    assert fault.summary.startswith(f"{name}() {summary}")
    assert fault.help == help_
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ({"folder": 3}, "takes the path of a folder as 'folder'; 3 is an int"),
        ({"folder": FLEET}, "takes the path of a folder as 'folder'; it is a Fleet"),
        ({"folder": None}, "takes the path of a folder as 'folder'; it is None"),
        ({"only": "web1"}, "takes names of hosts in a list, or None as 'only'; 'web1' is a str"),
    ],
)
def test_a_folder_to_load(given: dict[str, Any], summary: str) -> None:
    """A fleet is loaded from a folder, whole or a list of its hosts."""
    with pytest.raises(InputError) as caught:
        load_fleet(**given)
    (fault,) = caught.value.diagnostics
    assert fault.summary == f"load_fleet() {summary}"
    assert fault.location is not None
    assert fault.location.file == __file__


def test_what_is_right(folder: Path) -> None:
    """Paths as text and as objects, and names in any collection."""
    assert build(FLEET, "out", only={"web1"}, formatter="builtin")
    assert not check(FLEET, folder / "out", only=("web1",), formatter="builtin").differences
