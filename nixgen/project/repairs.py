"""Makes the mechanical repairs of an audit in the files of hosts/, each file at once or not at all.

Only files below the hosts folder are changed. What is written is checked first: the text parses,
and says the same as before but for the literals that were to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import frozen

from nixgen.audit.fix import fixed, parsed
from nixgen.audit.rule import Finding, Fix
from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import WriteError
from nixgen.project import disk


@frozen
class Repair:
    """A file, and its text before and after."""

    file: Path
    old: str
    new: str


def sources(findings: Iterable[Finding]) -> Mapping[str, str]:
    """The texts of the files that findings could be fixed in."""
    files = {each.evidence.fix.origin.file for each in findings if each.evidence.fix}
    return {file: text for file in sorted(files) if (text := _text(Path(file))) is not None}


def repairs(findings: Iterable[Finding], folder: Path) -> tuple[Repair, ...]:
    """The changes of the files below a folder that findings have a fix for.

    A link in the folder to a file elsewhere is left alone: that is somebody else's.
    """
    by_file: dict[Path, list[Fix]] = {}
    for finding in findings:
        fix = finding.evidence.fix
        if fix is not None and Path(fix.origin.file).resolve().is_relative_to(folder.resolve()):
            by_file.setdefault(Path(fix.origin.file), []).append(fix)
    made = []
    for file, fixes in sorted(by_file.items()):
        old = _text(file)
        new = None if old is None else fixed(old, fixes)
        if old is not None and new is not None and new != old and parsed(new):
            made.append(Repair(file, old, new))
    return tuple(made)


def apply_repairs(made: Iterable[Repair]) -> None:
    """Write the files. Raises WriteError where one has changed since, or cannot be written."""
    for repair in made:
        if _text(repair.file) != repair.old:
            summary = f"{repair.file} has changed meanwhile; it is left as it is"
            raise WriteError(Diagnostic(summary=summary, location=Location(str(repair.file))))
        try:
            disk.put(str(repair.file), repair.new.encode())
        except OSError as error:
            reason = error.strerror or str(error)
            raise WriteError(
                Diagnostic(
                    summary=f"cannot write {repair.file}: {reason}",
                    location=Location(str(repair.file)),
                )
            ) from None


def _text(file: Path) -> str | None:
    """The text of a file with its line ends as they are, or None where it cannot be read."""
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None
