"""What a build keeps of `hosts/` for the next semantic diff is a cache: nothing depends on it."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import builds
import pytest

from nixgen import build, check, load_fleet
from nixgen.errors import InputError, LoadError, WriteError
from nixgen.project.review.earlier import last_build
from nixgen.project.review.record import RECORD, recorded

HOST = """\
from nixgen import Host
host = Host(name="web1", release="25.11", options={{"a.b": {value}}})
"""


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    """A folder with one host."""
    folder = tmp_path / "hosts"
    folder.mkdir()
    describe(folder, 1)
    return folder


def describe(hosts: Path, value: int) -> None:
    """Gives the host another option."""
    (hosts / "web1.py").write_text(HOST.format(value=value))


def knows(output: Path, value: int) -> bool:
    """Whether the record is of the host with this option."""
    (text,) = [text for each in recorded(output) for text in each["texts"].values()]
    return text == HOST.format(value=value)


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "\xff",
        '"x"',
        '{"a": 1}',
        "[1]",
        '[{"hosts": ["web1"]}]',
        '[{"hosts": [["web1"]], "texts": {"web1.py": ""}}]',
        '[{"hosts": ["web1"], "texts": {"web1.py": 1}}]',
        '[{"hosts": ["web1"], "texts": {"..": ""}}]',
        '[{"hosts": ["web1"], "texts": {"../web1.py": ""}}]',
        '[{"hosts": ["web1"], "texts": {"\\u0000.py": ""}}]',
        "[" * 100_000,
    ],
    ids=str,
)
def test_a_damaged_record(hosts: Path, tmp_path: Path, damage: str) -> None:
    """It is as if there were none, for the diff and for the build of a host; a build mends it."""
    output = tmp_path / "out"
    build(load_fleet(hosts), output)
    (output / RECORD).write_text(damage, encoding="latin-1")
    with pytest.raises(InputError, match="it is not recorded"):
        last_build(output)
    build(load_fleet(hosts), output, only=["web1"])
    assert knows(output, 1)


def test_a_record_of_what_no_file_holds(hosts: Path, tmp_path: Path) -> None:
    """Half of a surrogate pair is no Python, and the diff says so."""
    output = tmp_path / "out"
    build(load_fleet(hosts), output)
    (output / RECORD).write_text(r'[{"hosts": ["web1"], "texts": {"web1.py": "\ud800"}}]')
    with pytest.raises(LoadError, match="the hosts of the last build do not load"):
        last_build(output)


@pytest.mark.parametrize("obstacle", ["link", "folder"])
def test_something_else_in_its_place(hosts: Path, tmp_path: Path, obstacle: str) -> None:
    """No link is followed out of the output folder, and the build goes on without the record."""
    output, outside = tmp_path / "out", tmp_path / "outside"
    outside.write_text("[]")
    build(load_fleet(hosts), output)
    (output / RECORD).unlink()
    if obstacle == "link":
        (output / RECORD).symlink_to(outside)
    else:
        (output / RECORD).mkdir()
    describe(hosts, 2)
    build(load_fleet(hosts), output)
    assert outside.read_text() == "[]"
    assert recorded(output) == []
    assert not check(load_fleet(hosts), output).differences


def test_killed_at_every_call(hosts: Path, tmp_path: Path) -> None:
    """The record is that of before or of after; the next build has it right, with no leftover."""
    output, before = tmp_path / "out", tmp_path / "before"
    build(load_fleet(hosts), before)
    for at in range(1, 200):
        shutil.copytree(before, output)
        describe(hosts, 2)
        process = builds.started(builds.build_hosts_and_die, hosts, output, at)
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        assert knows(output, 1) or knows(output, 2)
        build(load_fleet(hosts), output)
        assert knows(output, 2)
        assert builds.state(output) <= builds.STATE | {"hosts.json"}
        shutil.rmtree(output)
        describe(hosts, 1)
        if process.exitcode == 0:
            assert at > 20
            return
    pytest.fail("the build never ends")


def test_a_full_disk(hosts: Path, tmp_path: Path) -> None:
    """From whichever call on the disk is full: a build that fails leaves the record of before, and
    one that had room for its files is no failure because the record found none.
    """
    output = tmp_path / "out"
    build(load_fleet(hosts), output)
    describe(hosts, 2)
    fleet = load_fleet(hosts)
    succeeded = False
    for at in range(1, 200):
        with builds.interrupted(at, builds.always(builds.full()), builds.TAKING_SPACE) as calls:
            try:
                build(fleet, output)
            except WriteError:
                assert knows(output, 1)
                continue
        if not succeeded:
            succeeded = True
            assert knows(output, 1)
            assert len(calls) >= at
        if len(calls) < at:
            break
        describe(hosts, 1)
        build(load_fleet(hosts), output)
        describe(hosts, 2)
    assert succeeded
    assert knows(output, 2)


FLEET = """\
from nixgen import Host, Vault
host = Host(name={name!r}, release="25.11", tags=[{tag!r}], vault=Vault(mount={mount!r}))
"""


@pytest.mark.parametrize("other", ["mount", "broken"])
def test_hosts_that_were_built_one_by_one(tmp_path: Path, other: str) -> None:
    """What is on disk may be of hosts that are no fleet together, or beside a file with a fault."""
    hosts, output = tmp_path / "hosts", tmp_path / "out"
    hosts.mkdir()

    def write(name: str, tag: str, mount: str) -> None:
        (hosts / f"{name}.py").write_text(FLEET.format(name=name, tag=tag, mount=mount))

    write("web1", "a", "a")
    write("web2", "a", "a")
    build(load_fleet(hosts), output)
    write("web1", "b", "b" if other == "mount" else "a")
    if other == "broken":
        (hosts / "web2.py").write_text("host =")
    build(load_fleet(hosts, only=["web1"]), output, only=["web1"])
    assert [(host.name, host.tags) for host in last_build(output).hosts] == [
        ("web1", ("b",)),
        ("web2", ("a",)),
    ]
