"""Loads `hosts/*.py`: runs each file and collects the hosts that it has.

Files are run in the order of their names, each as a module of its own; those whose names begin with
`_` are shared parts, imported by the others (`from _profiles import ...`). A host, or a
repository, is found where a module-level name without a leading `_` holds it, or a list, tuple or
dict that such a name holds.
The result depends on nothing but the files: not on their order on disk, the hash seed, locale, time
or working directory.

Mistakes are collected over all files and raised as one `LoadError`.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from nixgen.collector import paused
from nixgen.diagnostic import Diagnostic, Location
from nixgen.errors import LoadError, NixgenError
from nixgen.model.base import ModelObject, close_match, collecting, noting_made
from nixgen.model.host import Fleet, Host
from nixgen.model.origin import forget_sources
from nixgen.project.arguments import check_arguments
from nixgen.project.joined_texts import joined_texts
from nixgen.project.lost_hosts import MODULE_PREFIX, lost_hosts, no_host
from nixgen.project.progress import track
from nixgen.project.repeated_keys import repeated_keys


def load_fleet(folder: Path | str = "hosts", *, only: Collection[str] | None = None) -> Fleet:
    """The fleet that the files of a folder describe.

    `only` names hosts: then just the files named after them are run, and all files where there is
    no such file for one of them; the fleet has these hosts alone, and no repositories.

    Raises LoadError with every mistake that was found, InputError for arguments of another kind.
    """
    check_arguments("load_fleet", folder=folder, only=only)
    folder = Path(folder).absolute()
    files = _host_files(folder)
    if only is not None:
        files = _files_of(files, only)
    forget_sources()
    with paused(), collecting() as found, _importable(folder):
        objects: dict[int, ModelObject] = {}
        for file in track(files, "reading"):
            mistakes = len(found)
            source = _read(file, found)
            with noting_made() as made:
                names = _run(source, file, folder, found)
            own = list(_objects_in(_public(names)))
            if len(found) == mistakes:
                found.extend(
                    lost_hosts(source, file, names, made) if own else [no_host(file, names)]
                )
            found.extend(_slips(source, file))
            objects |= {id(each): each for each in own}
        for part in sorted(folder.glob("_*.py")):
            with contextlib.suppress(OSError):
                found.extend(_slips(part.read_bytes(), part))
        hosts = [each for each in objects.values() if isinstance(each, Host)]
        others: list[Any] = [each for each in objects.values() if not isinstance(each, Host)]
        fleet = Fleet(hosts=hosts, repositories=others)
        if only is not None:
            broken = {file.stem for file in files} if found else set()
            found.extend(_unknown_hosts(set(only) - broken, fleet, files))
    if found:
        raise LoadError(*dict.fromkeys(found))
    if only is not None:
        fleet = Fleet(hosts=[host for host in fleet.hosts if host.name in only])
    return fleet


def _host_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "does not exist"
        raise LoadError(
            Diagnostic(
                summary=f"the hosts folder {folder.name!r} {what}",
                location=Location(str(folder)),
                help="`nixgen init` makes a starting repository; --hosts names another folder",
            )
        )
    try:
        files = [file for file in folder.iterdir() if _is_host_file(file.name)]
    except OSError as error:
        summary = f"the hosts folder {folder.name!r} cannot be read: {error.strerror}"
        raise LoadError(Diagnostic(summary=summary, location=Location(str(folder)))) from None
    if not files:
        raise LoadError(
            Diagnostic(
                summary=f"the hosts folder {folder.name!r} has no hosts",
                location=Location(str(folder)),
                help="describe a host in <host>.py; files that begin with _ are shared parts",
            )
        )
    return sorted(files, key=lambda file: file.name)


def _is_host_file(name: str) -> bool:
    return name.endswith(".py") and not name.startswith(("_", "."))


def _files_of(files: list[Path], only: Collection[str]) -> list[Path]:
    named = [file for file in files if file.stem in only]
    return named if len(named) == len(set(only)) else files


class _SharedParts(MetaPathFinder):
    """Finds shared parts and nothing else: a host named `random` does not hide Python's module."""

    def __init__(self, folder: Path) -> None:
        self._files = FileFinder(str(folder), (SourceFileLoader, [".py"]))

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if path is None and name.startswith("_") and name not in sys.stdlib_module_names:
            return self._files.find_spec(name, target)
        return None


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Lets files import shared parts beside them, and forgets all of them afterwards."""
    before = set(sys.modules)
    writes_bytecode = sys.dont_write_bytecode
    finder = _SharedParts(folder)
    sys.meta_path.insert(0, finder)
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes_bytecode
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if name.startswith(MODULE_PREFIX) or (file and Path(file).parent == folder):
                del sys.modules[name]


def _read(file: Path, found: list[Diagnostic]) -> bytes:
    """The text of a file; that it cannot be read is added to `found`."""
    try:
        return file.read_bytes()
    except OSError as error:
        reason = "it is a folder" if file.is_dir() else error.strerror
        summary = f"the file cannot be read: {reason}"
        found.append(Diagnostic(summary=summary, location=Location(str(file))))
        return b""


def _run(source: bytes, file: Path, folder: Path, found: list[Diagnostic]) -> dict[str, Any]:
    """Runs a file as a module, whose names it returns; what goes wrong is added to `found`."""
    module = ModuleType(MODULE_PREFIX + file.stem)
    module.__file__ = str(file)
    module.__package__ = ""  # it is in none
    sys.modules[module.__name__] = module
    mistakes = len(found)
    try:
        exec(_compiled(source, file), vars(module))  # noqa: S102 - running hosts/ is the point
    except NixgenError as error:
        found.extend(error.diagnostics)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, too, and what test libraries derive from it
        # What follows from a faulty object is no mistake of its own.
        if len(found) == mistakes:
            from nixgen.project.python_errors import explained  # only here: most files have none

            found.append(explained(error, file, folder, vars(module)))
    return vars(module)


def _slips(source: bytes, file: Path) -> Iterator[Diagnostic]:
    """What Python takes without a word, and nobody means."""
    yield from joined_texts(source, file)
    yield from repeated_keys(source, file)


def _compiled(source: bytes, file: Path) -> CodeType:
    with warnings.catch_warnings():
        # Python shows the line that it warns of, which may hold a secret.
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        return compile(source, str(file), "exec", dont_inherit=True)


def _objects_in(values: Iterable[Any]) -> Iterator[ModelObject]:
    """The objects in values, at every depth, in their order."""
    pending, seen = [iter(values)], set[int]()
    while pending:
        for value in pending[-1]:
            if isinstance(value, ModelObject) and value.stands_alone:
                yield value
            elif isinstance(value, Fleet):
                pending.append(iter([*value.hosts, *value.repositories]))
                break
            elif isinstance(value, (list, tuple, dict)) and id(value) not in seen:
                seen.add(id(value))  # it may hold itself
                pending.append(iter(value.values() if isinstance(value, dict) else value))
                break
        else:
            pending.pop()


def _public(names: dict[str, Any]) -> list[Any]:
    return [value for name, value in names.items() if not name.startswith("_")]


def _unknown_hosts(only: Collection[str], fleet: Fleet, files: list[Path]) -> Iterator[Diagnostic]:
    for name in sorted(set(only) - set(fleet.names)):
        near = close_match(name, fleet.names)
        known = "the hosts are " + ", ".join(fleet.names)
        yield Diagnostic(
            summary=f"there is no host {name!r}",
            location=Location(str(files[0].parent)),
            help=f"{near} {known}" if near else known,
        )
