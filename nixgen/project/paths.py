"""Which paths a build may write: all inside the output folder, no two of them the same.

`check_paths` looks at the names alone, before the disk is touched. `Folders` looks at what stands
on the way to a file: a symbolic link there could lead out of the output folder, so none is
followed, wherever it points. (The output folder itself may be a link: the user named it.)
"""

from __future__ import annotations

import enum
import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Iterator

from attrs import field, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.project import disk

STATE_FOLDER = ".nixgen"
"""The folder in the output folder that holds the manifest and the caches. Every name that begins
like it is nixgen's own: the temporary files of a build do."""

# Nearly every path is of this kind, and needs no further look.
_PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.+-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.+-]*)*")
# Control, invisible and line-breaking characters, and lone surrogates: none can be seen in review,
# and some disks ignore some of them, so that `.g<U+200C>it` is `.git`.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def path_fault(path: str) -> str | None:
    """What forbids a path, relative to the output folder with `/`; None if nothing does."""
    if _PLAIN.fullmatch(path):
        return None
    if not path:
        return "the path is empty"
    if path.startswith("/"):
        return "the path is absolute; it must be relative to the output folder"
    for character in path:
        if character == "\\" or unicodedata.category(character) in _UNSEEN:
            return f"the path holds the character {character!a}"
    for part in path.split("/"):
        if part in {"", ".", ".."}:
            return f"the path has the part {part!r}"
        if part.casefold() == ".git" or part.casefold().startswith(STATE_FOLDER):
            return f"the name {part!r} is reserved"
    return None


def parents(path: str) -> Iterator[str]:
    """The folders on the way to a file, the innermost first; without the output folder itself."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def temporary(path: str) -> str:
    """The name of the temporary file or folder of a path.

    It is always the same, so that it is found again when a build was killed; the lock keeps two
    builds from using it at once.
    """
    return f"{STATE_FOLDER}-{_short_hash(path)}.tmp"


def aside(path: str) -> str:
    """The name that a path's old file has until the build has succeeded."""
    return f"{STATE_FOLDER}-{_short_hash(path)}.old"


def _short_hash(path: str) -> str:
    return hashlib.blake2b(path.encode(errors="surrogateescape"), digest_size=8).hexdigest()


def check_paths(paths: Iterable[str]) -> list[Diagnostic]:
    """All that is wrong with the names of a tree: forbidden paths, and names that clash.

    Two names clash where a disk that ignores case, or that normalises Unicode, takes them for one
    (Unicode's canonical caseless match), and where one is a file and a folder.
    """
    found: list[Diagnostic] = []
    spelled: dict[str, str] = {}
    files: set[str] = set()
    folders: set[str] = set()
    for path in sorted(paths):
        fault = path_fault(path)
        if fault is not None:
            found.append(_fault(path, fault))
            continue
        files.add(path)
        names = _new_names(path, folders)
        pairs = [(name, spelled.setdefault(folded(name), name)) for name in names]
        if clashes := [pair for pair in pairs if pair[0] != pair[1]]:
            name, other = clashes[-1]  # the outermost: what is in it clashes with it
            found.append(_fault(path, f"{name} and {other} are one name on some disks"))
    found += [
        _fault(path, "the path is a file and a folder at once") for path in sorted(files & folders)
    ]
    return found


def _new_names(path: str, folders: set[str]) -> list[str]:
    """A file and those of its folders that were not met before, which are added to `folders`."""
    names = [path]
    for folder in parents(path):
        if folder in folders:
            break
        folders.add(folder)
        names.append(folder)
    return names


def folded(name: str) -> str:
    """A name as a disk sees it that ignores case and normalises (Unicode 3.13, D145)."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _fault(path: str, fault: str) -> Diagnostic:
    return Diagnostic(
        summary=f"cannot write {ascii(path) if not path.isprintable() else path!r}: {fault}",
        help="paths are relative to the output folder, with /, and differ by more than case",
    )


class Standing(enum.Enum):
    """What stands where a folder is needed."""

    FOLDER = "a folder"
    MISSING = "nothing"
    LINK = "a symbolic link"
    OTHER = "a file"


@frozen
class Way:
    """The way to a folder: `standing` says what stands at `at`.

    That is the first place on the way that is no folder, or the folder itself.
    """

    standing: Standing
    at: str


@frozen
class Folders:
    """The folders under an output folder, each looked at once. `root` is a real path."""

    root: str
    _ways: dict[str, Way] = field(factory=dict, init=False)

    def way_to(self, path: str) -> Way:
        """What stands on the way to a file."""
        return self.way(path.rpartition("/")[0])

    def way(self, folder: str) -> Way:
        """What stands on the way to a folder, the folder included; "" is the output folder."""
        known = self._ways.get(folder)
        if known is None:
            known = self._ways[folder] = self._look(folder)
        return known

    def _look(self, folder: str) -> Way:
        if folder:
            above = self.way(folder.rpartition("/")[0])
            if above.standing is not Standing.FOLDER:
                return above
        found = disk.look(f"{self.root}/{folder}")
        return Way(_standing(found), folder)


def _standing(found: os.stat_result | None) -> Standing:
    if found is None:
        return Standing.MISSING
    if stat.S_ISDIR(found.st_mode):
        return Standing.FOLDER
    return Standing.LINK if stat.S_ISLNK(found.st_mode) else Standing.OTHER
