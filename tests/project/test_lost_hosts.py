"""A host that is made and given up is told; other uses of names are not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from nixgen import LoadError, load_fleet

MAKE = """\
from nixgen import Host


def make(name):
    return Host(name=name, release="25.11")


"""


REGISTRY = """\
HOSTS = []


def kept(name):
    made = Host(name=name, release="25.11")
    HOSTS.append(made)
    return made


"""
TAGGED = """\
from attrs import evolve


def tagged(host):
    return evolve(host, tags=["web"])


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
        f"{REGISTRY}host = kept('a')\nhost = kept('b')\nhosts = HOSTS",
        f"{REGISTRY}for name in 'ab':\n    host = kept(name)\nhosts = HOSTS",
        f"{REGISTRY}kept('a')\nHOSTS.append(make('b'))\nhosts = HOSTS",
        f"{REGISTRY}kept('a')\nhost = make('b')",
        "for name in 'ab':\n    if name == 'a':\n        host = make(name)",
        "for name in 'a':\n    host = make(name)",
        "for name in 'ab':\n    host = make(name)\n    hosts = [host, make('c')]",
        f"{TAGGED}host = tagged(make('a'))\nother = tagged(make('b'))",
        f"{TAGGED}host = make('a')\nhost = tagged(host)",
        f"{TAGGED}for name in 'a':\n    host = make(name)\nhost = tagged(host)",
        f"{TAGGED}def again():\n    return tagged(host)\nhost = make('a')\nhost = again()",
        (
            f"{TAGGED}hosts = []\ndef add(name):\n    made = tagged(make(name))\n"
            "    hosts.append(made)\n    return made\nhost = add('a')\nhost = add('b')\nadd('c')"
        ),
        f"{TAGGED}hosts = []\ndef add(host):\n    hosts.append(tagged(host))\nadd(make('a'))",
        "def right(host):\n    assert host.name\nright(make('x'))\nhost = make('a')",
        "host = make('a')\nprint(make('b'))\nassert make('c')\ntext = str(make('d'))",
        "host: Host\nhost = make('a')\nhost: Host",
        "try:\n    host = make('a')\n    host.x\nexcept AttributeError:\n    host = make('b')",
        "host = make('a')\ndel host\nhost = make('b')",
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
        ("host: Host = make('a')\nhost: Host = make('b')", 1),
        ("host = Host(name='a', release='25.11')\nhost: Host = make('b')", 1),
        ("host = (\n    make('a')\n)\nhost = make('b')", 1),
        ("if True:\n    host = make('a')\nhost = make('b')", 2),
        ("hosts = [host := make('a')]\nhost = make('b')\nhost = make('c')\nhosts += [host]", 2),
        ("def f(host):\n    return host\nhost = make('a')\nhost = make('b')", 3),
        ("def f():\n    host = 1\n    return host\nhost = make('a')\nhost = make('b')", 4),
        ("host = make('a')\nHost(name='b', release='25.11')", 2),
        ("import nixgen as ng\nhost = make('a')\nng.Host(name='b', release='25.11')", 3),
        ("PC = Host\nhost = make('a')\nPC(\n    name='b',\n    release='25.11')", 3),
        ("host = make('a')\nmake('b')", 2),
        ("for name in 'ab':\n    host = make(name)\nprint(host)\nhost = make('c')", 2),
        ("host = make('a')\nfor name in 'bc':\n    make(name)", 3),
        ("for name in 'ab':\n    host = make(name)\nprint(host)", 2),
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


@pytest.mark.filterwarnings("error")
def test_python_warns_of_nothing_more(load) -> None:
    """A backslash that Python warns of adds no warning about `<unknown>` to the message."""
    with pytest.raises(LoadError) as caught:
        load('text = "\\d"\nhost = make("a")\nhost = make("b")')
    (found,) = caught.value.diagnostics
    assert found.summary == "the host that 'host' holds here is lost"


@pytest.mark.parametrize("again", [0, 500])
def test_many_hosts_in_one_file(load, again: int) -> None:
    """What is looked for in a file of many hosts takes less time than to run it."""
    code = "".join(f"h{n} = make('h{n}')\n" for n in range(1500))
    code += "for name in 'ab':\n    pass\n"
    code += "".join(f"h{n} = make('again{n}')\n" for n in range(again))
    begin = time.perf_counter()
    if again:
        with pytest.raises(LoadError) as caught:
            load(code)
        assert len(caught.value.diagnostics) == again
    else:
        assert len(load(code).hosts) == 1500
    assert time.perf_counter() - begin < 15  # a second, mostly; a minute if each name is a walk
