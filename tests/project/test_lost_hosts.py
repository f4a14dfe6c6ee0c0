"""A host that is made and given up is told; other uses of names are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nixgen import LoadError, load_fleet

MAKE = """\
from nixgen import Host


def make(name):
    return Host(name=name, release="25.11")


"""


@pytest.fixture
def load(tmp_path: Path):
    """Loads a hosts folder with one file, which has that function and further code."""

    def loaded(code: str):
        (tmp_path / "web.py").write_text(f"{MAKE}{code}\n")
        return load_fleet(tmp_path)

    return loaded


@pytest.mark.parametrize(
    "code",
    [
        "hosts = []\nfor name in 'ab':\n    host = make(name)\n    hosts.append(host)",
        "hosts = {}\nfor name in 'ab':\n    hosts[name] = make(name)",
        "for name in 'ab':\n    host = make(name)\n    break",
        "hosts = [make('b')]\nhost = make('a')\nhosts.append(host)\nhost = make('c')",
        "host = make('a')\nother = host\nhost = make('b')",
        "text = str('a')\nhost = make(text)",
        "host = str('a')\nhost = make(host)",
        "host = dict(name='a')\nhost = make('b')",
        "def keep():\n    kept.append(host)\nkept = []\nhost = make('a')\nkeep()\nhost = make('b')",
        "if True:\n    host = make('a')\nelse:\n    host = make('b')",
        "for name in 'ab':\n    print(name)\nhost = make('a')",
        "text = '''\nfor example\nhost = 1\nhost = 2\n'''\nhost = make('a')",
    ],
)
def test_names_used_again(load, code: str) -> None:
    """A name may be used again for whatever is kept elsewhere, or is no host."""
    assert load(code).names


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("host = make('a')\nhost = make('b')", 1),
        ("host = make('a')\nHost(name='b', release='25.11')", 2),
        ("import nixgen\nhost = make('a')\nnixgen.Host(name='b', release='25.11')", 3),
        ("a = make('a')\nhost = make('b')\nprint(a)\nhost = make('c')", 2),
        ("for name in 'ab':\n    if name:\n        host = make(name)", 3),
        ("names = ['a', 'b']\nwhile names:\n    host = make(names.pop())", 3),
    ],
)
def test_a_host_that_is_lost(load, code: str, line: int) -> None:
    """A machine that would be left out of all files is told, at its line."""
    with pytest.raises(LoadError) as caught:
        load(code)
    (found,) = caught.value.diagnostics
    assert found.location is not None
    assert found.location.line == MAKE.count("\n") + line
