"""Loading hosts/: what counts as a host, and that nothing but the files matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nixgen import Fleet, load_fleet
from nixgen.errors import LoadError

MAKER = 'from nixgen import Host\ndef make(name):\n    return Host(name=name, release="25.11")\n'
HOST = 'from nixgen import Host\nhost = Host(name="{name}", release="25.11")\n'


@pytest.fixture
def hosts(tmp_path: Path):
    """Writes files into a hosts folder; returns the folder."""
    folder = tmp_path / "hosts"
    folder.mkdir()

    def write(**files: str) -> Path:
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        return folder

    return write


def summaries(error: LoadError) -> list[str]:
    """What each finding says, in order."""
    return [diagnostic.summary for diagnostic in error.diagnostics]


def test_hosts_come_in_order_of_their_names(hosts) -> None:
    """The fleet is the same whatever the files are called."""
    folder = hosts(z=HOST.format(name="alpha"), a=HOST.format(name="beta"))
    assert load_fleet(folder).names == ("alpha", "beta")


def test_lists_and_dicts_of_hosts_are_found(hosts) -> None:
    """A file may make many hosts; names with a leading underscore are its own business."""
    folder = hosts(
        many="from nixgen import Host\n"
        'webs = [Host(name=f"web{i}", release="25.11") for i in range(3)]\n'
        'more = {"db": Host(name="db", release="25.11")}\n'
        '_draft = Host(name="draft", release="25.11")\n'
    )
    assert load_fleet(folder).names == ("db", "web0", "web1", "web2")


def test_shared_parts_are_imported_and_are_no_hosts(hosts) -> None:
    """A file that begins with an underscore is imported by others, and forgotten afterwards."""
    folder = hosts(
        _parts=MAKER,
        a="from _parts import make\nhost = make('a')\n",
        b="from _parts import make\nhost = make('b')\n",
    )
    assert load_fleet(folder).names == ("a", "b")
    assert "_parts" not in sys.modules
    assert str(folder) not in sys.path


def test_two_folders_have_their_own_shared_parts(hosts, tmp_path: Path) -> None:
    """A second load sees its own files, not what the first one imported."""
    first = hosts(_parts="NAME = 'one'\n", a="from _parts import NAME\n" + HOST.format(name="a"))
    second = tmp_path / "second"
    second.mkdir()
    (second / "_parts.py").write_text("NAME = 'two'\n")
    (second / "b.py").write_text(
        "from _parts import NAME\nfrom nixgen import Host\n"
        "host = Host(name=NAME, release='25.11')\n"
    )
    load_fleet(first)
    assert load_fleet(second).names == ("two",)


def test_no_bytecode_is_left_in_hosts(hosts) -> None:
    """Loading leaves the folder as it was."""
    folder = hosts(_parts="", a="import _parts\n" + HOST.format(name="a"))
    load_fleet(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["_parts.py", "a.py"]


def test_mistakes_of_all_files_come_at_once(hosts) -> None:
    """One run shows the mistakes of every file, and each only once."""
    folder = hosts(
        a='from nixgen import Host\nhost = Host(name="a b", release="25.11")\n',
        b="from nixgen import Host\nhost = Host(nmae='b', release='x')\n",
        c="1 +\n",
        d="raise ValueError('no')\n",
    )
    with pytest.raises(LoadError) as caught:
        load_fleet(folder)
    found = summaries(caught.value)
    assert len(found) == len(set(found))
    places = [
        (Path(diagnostic.location.file).name, diagnostic.location.line)
        for diagnostic in caught.value.diagnostics
        if diagnostic.location
    ]
    assert places == [("a.py", 2), *[("b.py", 2)] * 3, ("c.py", 1), ("d.py", 1)]


def test_only_the_named_hosts_file_is_run(hosts) -> None:
    """`build HOST` does not depend on the other hosts' files, not even on whether they load."""
    folder = hosts(a=HOST.format(name="a"), broken="1 +\n")
    assert load_fleet(folder, only=["a"]).names == ("a",)


def test_a_host_without_a_file_of_its_name_is_found(hosts) -> None:
    """Hosts that one file makes by the dozen can be built one by one too."""
    folder = hosts(
        many="from nixgen import Host\n"
        'webs = [Host(name=f"web{i}", release="25.11") for i in range(3)]\n'
    )
    assert load_fleet(folder, only=["web1"]).names == ("web1",)
    with pytest.raises(LoadError, match="no host 'web9'"):
        load_fleet(folder, only=["web9"])


def test_host_of_a_file_with_a_mistake(hosts) -> None:
    """A host whose file cannot be read is not said to be missing."""
    with pytest.raises(LoadError) as caught:
        load_fleet(hosts(web1="host = ("), only=["web1"])
    assert len(summaries(caught.value)) == 1
    assert "no Python" in summaries(caught.value)[0]


def test_origins_lead_through_functions(hosts) -> None:
    """A host made by a shared function knows the call in its own file too."""
    folder = hosts(
        _parts=MAKER,
        a="from _parts import make\n\nhost = make('a')\n",
    )
    places = load_fleet(folder).host("a").origin.places
    assert [(Path(place.file).name, place.line) for place in places] == [
        ("_parts.py", 3),
        ("a.py", 3),
    ]


SCRIPT = """
import json, sys
from nixgen import load_fleet, render
print(json.dumps(render(load_fleet(sys.argv[1]))))
"""


def rendered_elsewhere(folder: Path, cwd: Path, **environment: str) -> dict[str, str]:
    """The tree as another process makes it."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    tree = json.loads(done.stdout)
    assert isinstance(tree, dict)
    return tree


def test_the_tree_depends_on_the_files_alone(hosts, tmp_path: Path) -> None:
    """Hash seed, locale, time zone, working directory and the order of files change no byte."""
    many = """
from nixgen import Host, VaultSecret, Profile
base = Profile(options={"services.openssh.enable": True, "time.timeZone": "UTC"})
webs = [
    Host(name=f"web{i}", release="25.11", parts=[base], tags=["z", "a"],
         secrets=[VaultSecret(name=f"key{i}{j}", key="k") for j in "cab"])
    for i in (2, 0, 1)
]
"""
    folder = hosts(zz=many, aa=HOST.format(name="db") + "\n")
    (folder / "mm.py").write_text(many.replace("web{i}", "app{i}").replace("key{i}", "app{i}"))
    here = rendered_elsewhere(folder, tmp_path, PYTHONHASHSEED="0", LC_ALL="C", TZ="UTC")
    there = rendered_elsewhere(
        folder, Path("/"), PYTHONHASHSEED="4242", LC_ALL="C.UTF-8", TZ="Asia/Tokyo"
    )
    assert here == there
    assert list(here) == list(there)
    other = tmp_path / "copy" / "hosts"
    other.mkdir(parents=True)
    for file in sorted(folder.glob("*.py"), reverse=True):
        (other / file.name).write_text(file.read_text())
    assert rendered_elsewhere(other, tmp_path) == here
    everything = json.dumps(here)
    assert str(tmp_path) not in everything
    assert os.environ.get("USER", "root") + "@" not in everything


def test_a_fleet_is_found_whole(hosts) -> None:
    """A file may hold a Fleet: its hosts are the file's."""
    folder = hosts(
        all="from nixgen import Fleet, Host\n"
        'fleet = Fleet(hosts=[Host(name="b", release="25.11"), Host(name="a", release="25.11")])\n'
    )
    assert isinstance(load_fleet(folder), Fleet)
    assert load_fleet(folder).names == ("a", "b")


def test_hosts_named_as_modules_of_python_hide_nothing(hosts) -> None:
    """Hosts are named freely: only shared parts can be imported from their folder."""
    names = ("json", "jinja2", "random", "select", "subprocess")
    check = "import {0}\nassert {0}.__file__ != __file__\n"
    folder = hosts(**{name: check.format(name) + HOST.format(name=name) for name in names})
    code = f"from nixgen import load_fleet\nassert len(load_fleet({str(folder)!r}).names) == 5"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "said", "advice"),
    [
        (
            'host.name = "b"',
            "FrozenInstanceError: objects of the model do not change",
            "give the value in the call instead",
        ),
        (
            'host.options["services.nginx.enable"] = True',
            "FrozenInstanceError: objects of the model do not change",
            "give the value in the call instead",
        ),
        ("a = {[1]: 2}", "TypeError: unhashable type: 'list'", None),
        (
            "host.secrets.append(1)",
            "AttributeError: 'tuple' object has no attribute 'append'",
            "a list of the model does not change: give all of it in the call",
        ),
        (
            'own = {}; own["a"] = own; c = Host(name="c", release="25.11", options={"a": own})',
            "Host.options: a: it is nested too deeply, or holds itself",
            None,
        ),
        (
            'own = {}; own["name"] = own; c = Host(name="c", release="25.11", options={"a": own})',
            "Host.options: a: it is nested too deeply, or holds itself",
            None,
        ),
    ],
)
def test_what_objects_do_not_take(hosts, line: str, said: str, advice: str | None) -> None:
    """Whoever changes an object, or makes one that holds itself, is told what to write."""
    folder = hosts(a=f'from nixgen import Host\nhost = Host(name="a", release="25.11")\n{line}\n')
    with pytest.raises(LoadError) as caught:
        load_fleet(folder)
    (found,) = caught.value.diagnostics
    assert (found.summary, found.help) == (said, advice)
    assert found.location is not None
    assert found.location.line == 3
