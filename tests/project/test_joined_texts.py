"""A list without its commas is told; texts that go on in another literal are not."""

from __future__ import annotations

import linecache
import time
from pathlib import Path

import pytest

from nixgen.diagnostic import render
from nixgen.project.joined_texts import joined_texts

FILE = Path("hosts/web1.py")


@pytest.mark.filterwarnings("error")  # Python's own are about `<unknown>`
@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('names = ["alice" "bob"]', [1]),
        ("names = ['alice' \"bob\", 'carol']", [1]),
        ('a = {"b.c": ["é", "x" "y"]}', [1]),
        ('packages = [\n    "git"\n    "nix"\n    "jq"\n]', [2]),
        ('a = ["b" "c"]\nd = ("e", "f" "g")', [1, 2]),
        ('a = [r"\\d" "+"]', [1]),
        ('a = ["+" r"\\d"]', [1]),
        ('a = [\n    "alice"  # an admin\n    # and\n    "bob"\n]', [2]),
        ('a = [\n    "alice"\n\n    # "and"\n# an \'admin\'\n\n    "bob"\n]', [2]),
        ('a = ["\\d" "b"]', [1]),
    ],
)
def test_a_forgotten_comma(code: str, lines: list[int]) -> None:
    """Who writes a list as in Nix does not lock a user out by it."""
    found = list(joined_texts(f"{code}\n".encode(), FILE))
    assert [each.location.line for each in found if each.location] == lines


@pytest.mark.parametrize(
    "code",
    [
        'names = ["alice", "bob"]',
        'notes = ["a note that goes on "\n    "in another line"]',
        'names = [("long" "name")]',
        'names = [\n    "a",\n    (\n        "long"\n        "name"\n    ),\n]',
        'names = [\n    (  # one\n        # text\n\n        "long"\n        "name"\n    ),\n]',
        'name = "long" "name"',
        'print("long" "name")',
        'names = ["alice", " ", "bob"]',
        'names = ["#", ("long" "name")]',
        '# names: "alice"\n# "bob"\nnames = ["carol"]',
        'a = ["""x" "y"""]',
        "a = [\n",
        'names = [f"{1}" "b"]',
        "",
    ],
)
def test_what_is_meant_so(code: str) -> None:
    """Prose, parentheses and everything that is no list are Python as people write it."""
    assert list(joined_texts(f"{code}\n".encode(), FILE)) == []


def test_another_encoding() -> None:
    """A file that says which encoding it has is read in it: columns are right behind an umlaut."""
    source = '# coding: latin-1\na = ["ü", ("é" "b")]\nc = ["ü", "d" "e"]\n'.encode("latin-1")
    assert [each.location.line for each in joined_texts(source, FILE) if each.location] == [3]


def test_what_is_joined_is_said() -> None:
    """The message has the two texts, and what to write."""
    (found,) = joined_texts(b'names = ["alice" "bob"]\n', FILE)
    assert found.summary == ("no comma stands between 'alice' and 'bob', so that they are one text")
    (found,) = joined_texts(b'names = ["' + b"a" * 1000 + b'" "b"]\n', FILE)
    assert len(found.summary) < 150


def test_what_may_be_a_secret_is_not_shown(tmp_path: Path) -> None:
    """A list under the name of a secret is told without what is in it."""
    file = tmp_path / "web1.py"
    for code in ('a = {"x.password": ["hunter2" "b"]}\n', 'token = [\n    "hunter2"\n    "b"\n]\n'):
        file.write_text(code)
        (found,) = joined_texts(code.encode(), file)
        assert "no comma stands between two texts, so" in render(found)
        assert "hunter2" not in render(found)
        linecache.clearcache()


def _told(code: str) -> int:
    return len(list(joined_texts(code.encode(), FILE)))


def test_long_lists() -> None:
    """A list of many texts is looked through in the time that reading it takes, however written."""
    many = range(5000)
    begin = time.perf_counter()
    assert _told("a = [('b'\n'c'),\n" + "".join(f'"user{n}",\n' for n in many) + "]\n") == 0
    assert _told("a = [\n" + "".join(f'"a text "\n"of {n}",\n' for n in many) + "]\n") == 0
    assert _told("a = [" + "".join(f'"user" "{n}", ' for n in many) + "]\n") == len(many)
    assert _told("".join(f'# such as "{n}"\n' for n in many) + "a = ['b' 'c']\n") == 1
    assert time.perf_counter() - begin < 20  # two seconds, mostly; minutes if each item is a walk
