"""A key that stands twice in one dict is told; equal keys of several dicts are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import load_fleet
from nixgen.diagnostic import render
from nixgen.errors import LoadError
from nixgen.project.repeated_keys import repeated_keys

FILE = Path("hosts/web1.py")


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('a = {"b.c": 1, "b.c": 2}', [(1, 1)]),
        ("a = {\n    'b': 1,\n    \"b\": 1,\n}", [(3, 2)]),
        ('a = {\n    "b": 1,\n    "c": 2,\n    "b": 3,\n    "b": 4,\n}', [(4, 2), (5, 2)]),
        ('a = [{"b": {"c": 1,\n "c": 2}}]', [(2, 1)]),
        ('a = {"b": 1, **more,\n "b": 2}', [(2, 1)]),
        ('a = {80: "http",\n 80: "https"}', [(2, 1)]),
        ('a = {0x50: "http",\n 0x50: "https"}', [(2, 1)]),
        ("# it's {\na = {'b': '}', \"c\": \"{\\\"\", 'b': 2}", [(2, 2)]),
        ('a = """ " { \\""" ""\'"""\nb = {"c": \'\'\'\'}\'\'\', "c": 1}', [(2, 2)]),
        ('a = {f"{b}}}": r"\\\\", "c": rb"}", # }\n"c": 1}', [(2, 1)]),
        ('def f():\n    return {"é": 1, "é": 2}', [(2, 2)]),
    ],
)
def test_a_repeated_key(code: str, lines: list[tuple[int, int]]) -> None:
    """Each later line is told with the first one, at every depth and in functions."""
    found = [
        (each.location.line, each.related[0].location.line if each.related else each.location.line)
        for each in repeated_keys(f"{code}\n".encode(), FILE)
        if each.location
    ]
    assert found == lines


@pytest.mark.parametrize(
    "code",
    [
        'a = {"b": {"enable": True}, "c": {"enable": True}}',
        'a = {"b": 1}\nc = {"b": 1}',
        "a = {b: 1, b: 2}",
        "a = {**b, **b}",
        'a = {"b": 1, "B": 2, "b ": 3}',
        'a = ["b", "b"]',
        'a = {"b": 1, "b": ',
        'a = b[0:1] if c else b[0:1]\nd = {"e: f": 1, "g: f": 1}',
        "",
    ],
)
def test_what_is_meant_so(code: str) -> None:
    """Names that are not known here, and what is no dict or no Python, are not told."""
    assert list(repeated_keys(f"{code}\n".encode(), FILE)) == []


def test_what_is_said() -> None:
    """The message names the key and both lines."""
    (found,) = repeated_keys(b'a = {"b.c": 1,\n "b.c": 2}\n', FILE)
    assert "'b.c' stands twice in one dict" in found.summary
    assert [each.location.line for each in found.related] == [1]


@pytest.mark.parametrize(
    "code",
    [
        'a = {"x.password": "hunter2", "x.password": "hunter3"}',
        'a = {\n    "apiKey": "hunter2",\n    "apiKey":\n    "hunter3",\n}',
        'a = {"name": "DB_PASSWORD", "value": "hunter2", "name": "A"}',
        'a = {\n    "name": "A",\n    "value": "hunter2",\n    "value": "hunter3",\n}',
        'token = {\n    "a": 1,\n    "b": "hunter2", "b": "hunter3"}',
    ],
)
def test_what_may_be_a_secret_is_not_shown(code: str, tmp_path: Path) -> None:
    """A value that is lost may be a secret's."""
    file = tmp_path / "web1.py"
    file.write_text(code)
    (found,) = repeated_keys(code.encode(), file)
    assert "hunter" not in render(found)


def test_all_files_of_the_folder(tmp_path: Path) -> None:
    """Hosts and shared parts alike, and what else is wrong with the file is told, too."""
    (tmp_path / "_parts.py").write_text('ports = {"http": 80,\n "http": 8080}\n')
    (tmp_path / "web1.py").write_text(
        "from nixgen import Host\nfrom _parts import ports\n"
        'host = Host(name="web1", release="25.11", options={\n"a.b": 1,\n"a.b": 2})\n'
    )
    (tmp_path / "web2.py").write_text('a = {"b": 1, "b": 2}\n1 / 0\n')
    with pytest.raises(LoadError) as caught:
        load_fleet(tmp_path)
    places = [
        (Path(each.location.file).name, each.location.line)
        for each in caught.value.diagnostics
        if each.location
    ]
    assert places == [("web1.py", 5), ("web2.py", 2), ("web2.py", 1), ("_parts.py", 2)]
