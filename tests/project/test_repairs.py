"""Repairs are written whole, or not at all."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from nixgen import WriteError, load_fleet
from nixgen.audit import audit
from nixgen.project.repairs import Repair, apply_repairs, repairs, sources

HOST = """\
from nixgen import Host, VaultSecret

secrets = [
    VaultSecret(name="a", key="k", services=["harmonia.service"], mode=0o444),
    VaultSecret(name="b", key="k", services=["harmonia"], mode=0o446),
]
host = Host(name="web1", release="25.11", secrets=secrets)
"""
REPAIRED = HOST.replace("0o444", "0o400").replace("0o446", "0o400").replace(".service", "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A host's file with faults that can be repaired."""
    file = tmp_path / "hosts/web1.py"
    file.parent.mkdir()
    file.write_text(HOST)
    return file


def found(file: Path) -> tuple[Repair, ...]:
    """The repairs of what the audit finds in the file's folder."""
    report = audit(load_fleet(file.parent), today=datetime.date(2026, 11, 24))
    return repairs(report.findings, file.parent)


def test_all_of_a_file_at_once(file: Path) -> None:
    """Several faults of a file are one change; two that ask for the same are made once."""
    (repair,) = found(file)
    assert (repair.old, repair.new) == (HOST, REPAIRED)
    apply_repairs([repair])
    assert file.read_text() == REPAIRED
    assert found(file) == ()


def test_a_file_that_has_changed_is_left(file: Path) -> None:
    """What somebody wrote in the meantime is not lost."""
    (repair,) = found(file)
    file.write_text(HOST + "# new\n")
    with pytest.raises(WriteError, match="has changed meanwhile"):
        apply_repairs([repair])
    assert file.read_text() == HOST + "# new\n"


def test_a_file_that_is_gone(file: Path) -> None:
    """A file that cannot be written is said, not made anew."""
    (repair,) = found(file)
    file.unlink()
    with pytest.raises(WriteError):
        apply_repairs([repair])
    assert not file.exists()


def test_a_folder_that_cannot_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the file as it was, and is an error with its reason."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (repair,) = found(file)
    monkeypatch.setattr("nixgen.project.disk.write_new", full)
    with pytest.raises(WriteError, match="No space left on device"):
        apply_repairs([repair])
    assert file.read_text() == HOST


def test_only_the_folder_itself(file: Path, tmp_path: Path) -> None:
    """Files elsewhere are not looked at for repairs, but their text is there for reports."""
    report = audit(load_fleet(file.parent), today=datetime.date(2026, 11, 24))
    assert repairs(report.findings, tmp_path / "other") == ()
    assert sources(report.findings) == {str(file): HOST}
