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

import builtins
import contextlib
import linecache
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any

from attrs.exceptions import FrozenInstanceError

from nixgen.collector import paused
from nixgen.diagnostic import Diagnostic, Location, Related, withhold
from nixgen.errors import LoadError, NixgenError
from nixgen.exports import HOME_OF
from nixgen.model.base import SECRET_NAMES, ModelObject, close_match, collecting
from nixgen.model.host import Fleet, Host
from nixgen.model.origin import forget_sources
from nixgen.project.progress import track

_SHOWN_CALLS = 5
_MODULE_PREFIX = "nixgen_hosts."
# Names of secrets that say nothing else; a line of Python with one of them is not shown.
_NAMES = "|".join(sorted(SECRET_NAMES - {"value", "data"}))
_ASSIGNS_SECRET = re.compile(rf"\b\w*({_NAMES})['\"]?\s*[=:(]", re.IGNORECASE)

_HAS_TEXT = re.compile("[\"']")


def load_fleet(folder: Path | str = "hosts", *, only: Collection[str] | None = None) -> Fleet:
    """The fleet that the files of a folder describe.

    `only` names hosts: then just the files named after them are run, and all files where there is
    no such file for one of them; the fleet has these hosts alone, and no repositories.

    Raises LoadError with every mistake that was found.
    """
    folder = Path(folder).absolute()
    files = _host_files(folder)
    if only is not None:
        files = _files_of(files, only)
    forget_sources()
    with paused(), collecting() as found, _importable(folder):
        objects: dict[int, ModelObject] = {}
        for file in track(files, "reading"):
            mistakes = len(found)
            module = _run(file, folder, found)
            own = list(_objects_in(_public(vars(module))))
            if not own and len(found) == mistakes:
                found.append(_no_host(file))
            objects |= {id(each): each for each in own}
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
        raise LoadError(
            Diagnostic(
                summary=f"the hosts folder {folder.name!r} does not exist",
                location=Location(str(folder)),
                help="`nixgen init` makes a starting repository; --hosts names another folder",
            )
        )
    files = [file for file in folder.glob("*.py") if not file.name.startswith(("_", "."))]
    if not files:
        raise LoadError(
            Diagnostic(
                summary=f"the hosts folder {folder.name!r} has no hosts",
                location=Location(str(folder)),
                help="describe a host in <host>.py; files that begin with _ are shared parts",
            )
        )
    return sorted(files, key=lambda file: file.name)


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
            if name.startswith(_MODULE_PREFIX) or (file and Path(file).parent == folder):
                del sys.modules[name]


def _run(file: Path, folder: Path, found: list[Diagnostic]) -> ModuleType:
    """Runs a file as a module; what goes wrong is added to `found`."""
    module = ModuleType(_MODULE_PREFIX + file.stem)
    module.__file__ = str(file)
    sys.modules[module.__name__] = module
    mistakes = len(found)
    try:
        exec(_compiled(file), vars(module))  # noqa: S102 - running hosts/ is the point
    except NixgenError as error:
        found.extend(error.diagnostics)
    except (Exception, SystemExit) as error:
        # What follows from a faulty object is no mistake of its own.
        if len(found) == mistakes:
            found.append(_explain(error, file, folder, module))
    return module


def _compiled(file: Path) -> CodeType:
    try:
        source = file.read_bytes()
    except OSError as error:
        reason = "it is a folder" if file.is_dir() else error.strerror
        summary = f"the file cannot be read: {reason}"
        raise LoadError(Diagnostic(summary=summary, location=Location(str(file)))) from None
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


def _no_host(file: Path) -> Diagnostic:
    return Diagnostic(
        summary=f"{file.name} describes no host",
        location=Location(str(file)),
        help="assign it to a name, host = Host(...); shared parts belong in a file that begins "
        "with _",
    )


def _unknown_hosts(only: Collection[str], fleet: Fleet, files: list[Path]) -> Iterator[Diagnostic]:
    for name in sorted(set(only) - set(fleet.names)):
        near = close_match(name, fleet.names)
        known = "the hosts are " + ", ".join(fleet.names)
        yield Diagnostic(
            summary=f"there is no host {name!r}",
            location=Location(str(files[0].parent)),
            help=f"{near} {known}" if near else known,
        )


# -- what Python's own errors mean ---------------------------------------------------------------


def _explain(error: BaseException, file: Path, folder: Path, module: ModuleType) -> Diagnostic:
    if isinstance(error, SyntaxError):
        return _syntax_error(error, file)
    calls = _calls(error.__traceback__, folder) or [Location(str(file), 1)]
    name = type(error).__name__
    advice = None
    text = str(error)
    if isinstance(error, SystemExit):
        text, advice = "the file ends the program", "remove the call of exit() or sys.exit()"
    elif isinstance(error, NameError) and error.name:
        advice = _near_name(error.name, [*vars(module), *dir(builtins), *HOME_OF])
    elif isinstance(error, FrozenInstanceError):
        text, advice = "objects of the model do not change", "give the value in the call instead"
    elif isinstance(error, AttributeError) and error.name:
        in_call = "a list of the model does not change: give all of it in the call"
        changes = isinstance(error.obj, tuple) and hasattr(list, error.name)
        advice = in_call if changes else close_match(error.name, _attributes(error.obj))
    elif isinstance(error, ImportError):
        # Where the other module lies, which ends Python's text, is not the point.
        text = re.sub(r" \([^()]*\)$", "", text)
        advice = _import_advice(error, folder)
    elif isinstance(error, OSError):
        text = error.strerror or text
    return Diagnostic(
        summary=f"{name}: {text}" if text else name,
        location=calls[0],
        related=tuple(Related(call, "called from here") for call in calls[1:]),
        help=advice or None,
    )


def _syntax_error(error: SyntaxError, file: Path) -> Diagnostic:
    where = error.filename or str(file)
    if "codec can't decode byte" in error.msg and "utf-8" in error.msg:
        return Diagnostic(
            summary="this is no Python: the file is not in UTF-8",
            location=Location(where),
            help="save it in UTF-8",
        )
    length = 1
    if error.end_offset and error.offset and error.end_lineno == error.lineno:
        length = max(1, error.end_offset - error.offset)
    column = error.offset if error.offset and error.offset > 0 else None
    _hide_secrets(where, error.lineno or 1, error.text or "")
    location = Location(where, error.lineno or 1, column, length)
    return Diagnostic(summary=f"this is no Python: {error.msg}", location=location)


def _hide_secrets(file: str, line: int, text: str) -> None:
    """Withholds a line with a text that may be a secret: in `token = "..."`, or the line after."""
    if _HAS_TEXT.search(text) and _ASSIGNS_SECRET.search(linecache.getline(file, line - 1) + text):
        withhold(file, line)


def _calls(trace: TracebackType | None, folder: Path) -> list[Location]:
    """The lines of the user's own files that led to an error, the innermost first."""
    import traceback  # only here: few files end so

    frames = reversed(traceback.extract_tb(trace))
    own = []
    for frame in frames:
        if Path(frame.filename).parent == folder:
            own.append(Location(frame.filename, frame.lineno or 1))
            _hide_secrets(own[-1].file, own[-1].line or 1, frame.line or "")
    return list(dict.fromkeys(own))[:_SHOWN_CALLS]


def _near_name(name: str, known: Iterable[str]) -> str:
    if name in HOME_OF:
        return f"import it: from nixgen import {name}"
    return close_match(name, known)


def _attributes(owner: Any) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_")]


def _import_advice(error: ImportError, folder: Path) -> str:
    parts = sorted(file.stem for file in folder.glob("_*.py"))
    if isinstance(error, ModuleNotFoundError):
        near = close_match(error.name or "", ["nixgen", *parts])
        return near or "install it where nixgen is installed; shared parts are hosts/_<name>.py"
    missing = str(error).partition("'")[2].partition("'")[0]
    if error.name == "nixgen":
        return close_match(missing, HOME_OF)
    module = sys.modules.get(error.name or "")
    return close_match(missing, _attributes(module)) if module else ""
