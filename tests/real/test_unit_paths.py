"""What the audit says that a runner's unit can write is what systemd lets it write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from booted import UNITS, Booted, booted
from rule_cases import CONFIG, native, runs

from nixgen import RunnerCache
from nixgen.audit.rules.units import unwritable_folder
from nixgen.audit.view import HostView

FOLDERS = ("/mnt/a", "/mnt/b", "/mnt/c:d", "/mnt/e f", "/var/cache/runner", "/srv/mnt")
SETTINGS = (
    *("ReadWritePaths=/mnt/a/", "ReadWritePaths=-/mnt/a -/mnt/missing +/mnt/b", "ReadWritePaths=/"),
    *("ReadWritePaths=//mnt//a/.", "ReadWritePaths='/mnt/e f' /mnt/b", r"ReadWritePaths=/mnt/e\ f"),
    *("ReadWritePaths=/mnt", "ReadWritePaths=/mnt/c:d", "ReadWritePaths=/mnt/a /srv"),
    *("BindPaths=/mnt/a:/var/cache/runner:rbind", "BindPaths=/mnt/a /mnt/b", "BindPaths=-/mnt/a"),
    *("BindPaths=-/mnt/a::norbind", r"BindPaths=/mnt/c\:d:/mnt/b", r"BindPaths=/mnt/b:/mnt/c\:d"),
    *(
        """BindPaths='/mnt/a':"/mnt/e f" /mnt/b""",
        r"BindPaths=/mnt/a:/mnt/e\ f:norbind",
        "BindPaths=/",
    ),
    *("CacheDirectory=runner", "CacheDirectory='runner' other:link", "StateDirectory=x"),
)

WRITE = 'mkdir "$$each/x" && rmdir "$$each/x"'
UNIT = """
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
DynamicUser=yes
{settings}
ExecStart=/bin/sh -c 'for each in {folders}; do {write} && echo "$$each"; done; true'
StandardOutput=append:/run/printed
StandardError=null
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    """A machine with a unit for each of the settings, and folders that all may write."""
    folder = tmp_path_factory.mktemp("paths")
    units = folder / "root" / UNITS
    units.mkdir(parents=True)
    quoted = " ".join(f'"{each}"' for each in FOLDERS)
    for number, settings in enumerate(SETTINGS):
        text = UNIT.format(settings=settings, folders=quoted, write=WRITE)
        (units / f"case{number}.service").write_text(text)
    with booted(folder) as machine:
        machine.get(f"mkdir -p {quoted}; chmod 777 {quoted}")
        yield machine


@pytest.mark.parametrize("number", range(len(SETTINGS)), ids=SETTINGS)
def test_what_a_unit_can_write(machine: Booted, number: int) -> None:
    """A folder for the cache is reported just where the unit cannot make a file in it."""
    machine.get(f"rm -f /run/printed; systemctl start case{number}.service")
    name, _, text = SETTINGS[number].partition("=")
    writable = []
    for folder in FOLDERS:
        (host,) = runs(native(cache=RunnerCache(dir=folder)), options={f"{CONFIG}.{name}": text})
        if not list(unwritable_folder.check(HostView(host))):
            writable.append(folder)
    assert machine.get("cat /run/printed").splitlines() == writable
