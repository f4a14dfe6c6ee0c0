"""What the audit says of a runner's user is what systemd makes: names, and who has which folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from booted import UNITS, Booted, booted

from nixgen.audit.dynamic_user import siphash24, user_of_unit
from nixgen.model.values import UnitName

INSTANCES = (
    *("native", "actions-native", "a.b", "a_b", "a:b", "Ä", "7", "-"),
    *("x" * 16, "x" * 17, "84e66c7d-7f52-4c56-a460-6ecafb6c40d2"),
)
PREFIX = "forgejo-runner-"

UNIT = """
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
DynamicUser=yes
{settings}
ExecStart=/bin/sh -c 'echo "$$USER"; {command}'
StandardOutput=append:/run/printed
"""
STATE = "StateDirectory=shared\nUser={user}"


@pytest.fixture(scope="module")
def machine(tmp_path_factory) -> Iterator[Booted]:
    """A machine with a unit for each instance, and two of different users, one state folder."""
    folder = tmp_path_factory.mktemp("dynamic")
    units = folder / "root" / UNITS
    units.mkdir(parents=True)
    for name in INSTANCES:
        text = UNIT.format(settings="", command=":")
        (units / f"{UnitName.of(PREFIX, name).text}.service").write_text(text)
    for user, command in (
        ("one", "umask 077; echo it > $STATE_DIRECTORY/x"),
        ("two", "cat $STATE_DIRECTORY/x"),
    ):
        text = UNIT.format(settings=STATE.format(user=user), command=command.replace("$", "$$"))
        (units / f"{user}.service").write_text(text)
    folders = "/var/lib/shared /var/lib/private/shared /tmp /var/tmp /dev/shm /srv /var/cache /run"
    command = f"for each in {folders}; do touch $each/y && echo $each; done 2>/dev/null; true"
    text = UNIT.format(settings=STATE.format(user="writes"), command=command.replace("$", "$$"))
    (units / "writes.service").write_text(text)
    with booted(folder) as machine:
        yield machine


def started(machine: Booted, unit: str) -> list[str]:
    """What a unit prints: its user, and what its command does."""
    machine.get(f"rm -f /run/printed; systemctl start -- '{unit}.service'")
    return machine.get("cat /run/printed").splitlines()


def test_user_names(machine: Booted) -> None:
    """The user of a runner's unit has the name that systemd gives it, hashed or not."""
    units = [UnitName.of(PREFIX, name).text for name in INSTANCES]
    assert [started(machine, unit) for unit in units] == [[user_of_unit(unit)] for unit in units]


def test_one_state_folder(machine: Booted) -> None:
    """A state folder belongs to whichever unit started last, whatever it is named as user."""
    assert started(machine, "one") == ["one"]
    assert started(machine, "two") == ["two", "it"]


def test_what_it_can_write(machine: Booted) -> None:
    """Its state, by either name, and temporary folders; nothing else of the machine."""
    assert started(machine, "writes") == [
        "writes",
        *("/var/lib/shared", "/var/lib/private/shared", "/tmp", "/var/tmp", "/dev/shm"),
    ]


def test_hash() -> None:
    """The hash is SipHash-2-4: the example of its authors' paper, appendix A."""
    assert siphash24(bytes(range(15)), bytes(range(16))) == 0xA129CA6149BE45E5
