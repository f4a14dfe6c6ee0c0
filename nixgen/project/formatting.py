"""Formats files in place, Nix and Terraform: which files, how, and what became of each."""

from __future__ import annotations

import enum
import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import evolve, frozen

from nixgen import hcl
from nixgen.diagnostic import WITHHELD_LINE, Diagnostic, Location
from nixgen.errors import NixgenError
from nixgen.external.git import unignored_files
from nixgen.external.workers import parallel
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.project import disk

ENDING = ".nix"

_STORES = frozenset([".git", ".hg", ".jj", ".svn"])
_BARE_STORE = frozenset(["HEAD", "objects", "refs"])  # gitrepository-layout(5)


@frozen
class Style:
    """The options of `nix.format`: columns of a line, columns of one step, nixfmt's `--strict`.

    `tofu fmt` has none, so HCL takes no notice of them.
    """

    width: int = 100
    indent: int = 2
    strict: bool = False


class State(enum.StrEnum):
    """What was found out about a file."""

    UNCHANGED = "unchanged"
    DIFFERENT = "different"
    REFUSED = "refused"


@frozen
class Outcome:
    """A file, and its text before and after; `diagnostics` say why it was refused."""

    file: str
    state: State
    old: str = ""
    new: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


def nix_files(paths: Iterable[str]) -> Iterator[str | Outcome]:
    """The files that paths name, each once: a file as it is, of a folder those that end in `.nix`.

    Links and what git ignores are left out of folders, as is all that version control systems keep
    for themselves. What cannot be looked at is a refused Outcome.
    """
    seen: set[str] = set()
    for given in paths:
        path = Path(given)
        for found in _below(path) if path.is_dir() else [path]:
            if str(found) in seen:
                continue
            seen.add(str(found))
            yield str(found) if found.exists() else _refused(str(found), _missing(str(found)))


def _below(folder: Path) -> list[Path]:
    files = unignored_files(folder, ENDING)
    if files is None:
        files = list(_outside_of_repositories(folder))
    return sorted(
        file
        for file in files
        if file.is_file()
        and not file.is_symlink()
        and _STORES.isdisjoint(file.relative_to(folder).parts)
    )


def _outside_of_repositories(folder: Path) -> Iterator[Path]:
    """The files of a folder that git says nothing of, and of each repository below what git says.

    What belongs to a version control system is left out: a branch may be named `topic.nix`, and its
    file in `.git` looks like one of Nix.
    """
    if not _STORES.isdisjoint(folder.resolve().parts):
        return
    for place, folders, names in os.walk(folder):
        listed: list[Path] | None = None
        if _BARE_STORE.issubset([*folders, *names]):
            listed = []
        elif ".git" in folders or ".git" in names:
            listed = unignored_files(Path(place), ENDING)
        if listed is None:
            folders[:] = [each for each in folders if each not in _STORES]
            listed = [Path(place, name) for name in names if name.endswith(ENDING)]
        else:
            folders.clear()
        yield from listed


def holds_values(name: str) -> bool:
    """Whether a file's name says that it has values of variables, which may be secrets.

    Copies that editors and Terraform make of such a file (`terraform.tfvars.backup`) have, too.
    """
    return ".tfvars" in Path(name).name.lower()


def is_hcl(name: str) -> bool:
    """Whether a file's name is one of OpenTofu's or Terraform's."""
    return name.lower().endswith((".tf", ".tofu")) or holds_values(name)


def format_bytes(data: bytes, name: str, style: Style) -> Outcome:
    """What becomes of a text, HCL where the name says so; nothing is written."""
    if name.lower().endswith(".json"):
        told = Diagnostic(
            summary=f"{name} is no Nix or HCL: its name says JSON", location=Location(name)
        )
        return _refused(name, told)
    try:
        old = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _refused(
            name,
            Diagnostic(
                summary=f"{name} is not UTF-8",
                location=Location(name, line),
                help="it has to be; convert it first",
            ),
        )
    try:
        new = _formatted(old, name, style)
    except NixgenError as error:
        faults = error.diagnostics
        if holds_values(name):
            faults = tuple(_unseen(each, name) for each in faults)
        return _refused(name, *faults)
    return Outcome(name, State.UNCHANGED if new == old else State.DIFFERENT, old, new)


def _formatted(text: str, name: str, style: Style) -> str:
    if is_hcl(name):
        return hcl.format(text, name=name)
    return format_nix(text, width=style.width, indent=style.indent, strict=style.strict, name=name)


def _unseen(found: Diagnostic, name: str) -> Diagnostic:
    """A fault in a file of values, which may be secrets: none of its lines is shown or quoted."""
    from nixgen.project.secrets.tfvars import unseen  # only here: most files have no such fault

    said = unseen(found, Path(name))
    related = (
        evolve(each, location=evolve(each.location, source=WITHHELD_LINE)) for each in said.related
    )
    location = said.location and evolve(said.location, source=WITHHELD_LINE)
    return evolve(said, location=location, related=tuple(related))


def format_files(
    files: Sequence[str], style: Style, *, write: bool, texts: bool
) -> Iterator[Outcome]:
    """Formats files, in several processes where that pays; the outcomes come in their order.

    Where `write`, a file that is different is replaced, at once or not at all; its mode stays, and
    a link to it. A file that cannot be read, parsed or written is refused, and left as it was.
    Outcomes have their texts only where `texts`, since most callers need none.
    """
    task = functools.partial(_format_file, style=style, write=write, texts=texts)
    with parallel(task, files) as outcomes:
        yield from outcomes


def _format_file(file: str, *, style: Style, write: bool, texts: bool) -> Outcome:
    try:
        if write:
            disk.refuse_special(file, "- stands for standard input, copied to standard output")
        outcome = format_bytes(Path(file).read_bytes(), file, style)
        if write and outcome.state is State.DIFFERENT:
            disk.put(file, outcome.new.encode())
    except NixgenError as error:
        return _refused(file, *error.diagnostics)
    except OSError as error:
        reason = error.strerror or str(error)
        summary = f"cannot format {file}: {reason}"
        return _refused(file, Diagnostic(summary=summary, location=Location(file)))
    return outcome if texts else Outcome(file, outcome.state, diagnostics=outcome.diagnostics)


def _missing(file: str) -> Diagnostic:
    return Diagnostic(summary=f"{file} does not exist", location=Location(file))


def _refused(file: str, *diagnostics: Diagnostic) -> Outcome:
    return Outcome(file, State.REFUSED, diagnostics=diagnostics)
