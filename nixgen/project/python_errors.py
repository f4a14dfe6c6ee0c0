"""What Python's own errors in `hosts/` mean, as diagnostics at the user's own lines."""

from __future__ import annotations

import builtins
import itertools
import linecache
import re
import sys
import traceback
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from attrs.exceptions import FrozenInstanceError

from nixgen.diagnostic import Diagnostic, Location, Related, withhold
from nixgen.errors import ConversionFault
from nixgen.exports import HOME_OF
from nixgen.model.base import SECRET_NAMES, close_match
from nixgen.model.values import without_addresses

_SHOWN_CALLS = 5
_LONGEST = 500  # characters of an exception's text
_MOST_LINES = 10
# Names of secrets that say nothing else; a line of Python with one of them is not shown.
_NAMES = "|".join(sorted(SECRET_NAMES - {"value", "data"}))
_ASSIGNS_SECRET = re.compile(rf"\b\w*({_NAMES})['\"]?\s*[=:(]", re.IGNORECASE)
_CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
_UNFINISHED = re.compile(r"partially initialized module '(_\w+)'")
_HAS_TEXT = re.compile("[\"']")
# What people who write Nix may take for a name of Python.
_NIX = {
    "pkgs": 'Nix is written with `from nixgen import nix`: nix.pkg("git") is pkgs.git',
    "config": 'Nix is written with `from nixgen import nix`: nix.ref("config.networking.hostName")',
    "lib": 'Nix is written with `from nixgen import nix`: nix.raw("lib.optionals ...")',
    "mkDefault": "write default(...): from nixgen import default",
    "mkForce": "write force(...): from nixgen import force",
    "mkIf": "write nix.mk_if(condition, value): from nixgen import nix",
}


def explained(
    error: BaseException, file: Path, folder: Path, names: Mapping[str, Any]
) -> Diagnostic:
    """What ended the run of a file of the folder; `names` are the file's own so far."""
    if isinstance(error, SyntaxError | ValueError) and "null bytes" in str(error):
        found = _null_bytes(file, folder)
        if found is not None:
            return found
    if isinstance(error, SyntaxError):
        return _syntax_error(error, file)
    calls = _calls(error.__traceback__, folder) or [Location(str(file), 1)]
    kind = type(error).__name__
    first, *rest = _text(error).splitlines() or [""]
    own = _own_words(error, calls, names)
    summary, advice = own or (
        f"{kind}: {first}" if first else kind,
        _advice(error, folder, names),
    )
    return Diagnostic(
        summary=summary,
        location=calls[0],
        detail=None if own else "\n".join(rest[:_MOST_LINES]) or None,
        related=tuple(Related(call, "called from here") for call in calls[1:]),
        help=advice or None,
    )


def _own_words(
    error: BaseException, calls: Sequence[Location], names: Mapping[str, Any]
) -> tuple[str, str] | None:
    """What is wrong and what to do, where Python's text says it for those who know Python."""
    match error:
        case ConversionFault():
            summary, _, advice = str(error).partition("\n")
            return summary, advice
        case ImportError() | AttributeError():
            return _circle(str(error), calls)
        case TypeError():
            from nixgen.project.call_errors import call_error  # only here: inspect takes its time

            return call_error(str(error), names)
    return None


def _circle(text: str, calls: Sequence[Location]) -> tuple[str, str] | None:
    """The files that import each other, of which one was not done when another one needed it."""
    unfinished = _UNFINISHED.search(text)
    if unfinished is None:
        return None
    files = [Path(call.file).name for call in reversed(calls)]
    first = f"{unfinished[1]}.py"
    *others, last = dict.fromkeys(files[files.index(first) :] if first in files else [first])
    if not others:
        return f"{last} imports itself", "remove the import: the names of the file are there"
    together = f"{', '.join(others)} and {last} import each other"
    return together, "put what both need into a third file" if len(others) == 1 else (
        "put what several of them need into a file of its own"
    )


def _text(error: BaseException) -> str:
    """What the error says, without what Python adds of other files."""
    match error:
        case SystemExit():
            return "the file ends the program"
        case FrozenInstanceError():
            return "objects of the model do not change"
        case ImportError():
            return re.sub(r" \([^()]*\)$", "", str(error))  # where the other module lies
        case OSError(strerror=str(reason)):
            return f"{reason}: {str(error.filename)!r}" if error.filename else reason
    text = without_addresses(str(error))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _advice(error: BaseException, folder: Path, names: Mapping[str, Any]) -> str:
    match error:
        case SystemExit():
            return "remove the call of exit() or sys.exit()"
        case NameError(name=str(name)) if name:
            return _near_name(name, [*names, *dir(builtins), *HOME_OF])
        case FrozenInstanceError():
            return "give the value in the call instead"
        case AttributeError(name=str(name), obj=tuple()) if hasattr(list, name):
            return "a list of the model does not change: give all of it in the call"
        case AttributeError(name=str(name)) if name:
            return close_match(name, _attributes(error.obj))
        case ImportError():
            return _import_advice(error, folder)
        case TypeError() if re.match(r"unhashable type: '(?!(list|set)')", str(error)):
            return "hosts and other objects stand in lists, not in sets or as keys of a dict"
        case RecursionError():
            return "a function here calls itself without an end"
    return ""


def _null_bytes(file: Path, folder: Path) -> Diagnostic | None:
    """That a file has them, which Python does not name: this one, or a shared part."""
    for each in (file, *sorted(folder.glob("_*.py"))):
        text = each.read_bytes() if each.is_file() else b""
        if text.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or text.count(0) > len(text) // 3:
            return _not_in_utf_8(str(each))
        if b"\0" in text:
            return Diagnostic(
                summary="this is no Python: it has null bytes in it",
                location=Location(str(each), text.partition(b"\0")[0].count(b"\n") + 1),
                help="remove them",
            )
    return None


def _not_in_utf_8(file: str) -> Diagnostic:
    return Diagnostic(
        summary="this is no Python: the file is not in UTF-8",
        location=Location(file),
        help="save it in UTF-8",
    )


def _syntax_error(error: SyntaxError, file: Path) -> Diagnostic:
    where = error.filename or str(file)
    if "codec can't decode byte" in error.msg and "utf-8" in error.msg:
        return _not_in_utf_8(where)
    length = 1
    if error.end_offset and error.offset and error.end_lineno == error.lineno:
        length = max(1, error.end_offset - error.offset)
    column = error.offset if error.offset and error.offset > 0 else None
    hide_secrets(where, error.lineno or 1, error.text or "")
    location = Location(where, error.lineno or 1, column, length)
    conflict = (error.text or "").startswith(_CONFLICT_MARKS)
    return Diagnostic(
        summary=f"this is no Python: {error.msg}",
        location=location,
        help="git left both sides of a merge here: choose one" if conflict else None,
    )


def _lines_before(file: str, line: int) -> Iterator[str]:
    """The line of code above a line, and the one whose brackets it stands in by its indentation."""
    lines = linecache.getlines(file)[:line]
    indented = _indentation(lines[-1]) if lines else 0
    above = [each for each in reversed(lines[:-1]) if each.strip() and each.lstrip()[0] != "#"]
    yield from above[:1]
    yield from itertools.islice((each for each in above if _indentation(each) < indented), 1)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def hide_secrets(file: str, line: int, text: str) -> bool:
    """Withholds a line with a text that may be a secret: in `token = "..."`, or below such a line.

    Returns whether it has such a text.
    """
    found = bool(_HAS_TEXT.search(text)) and any(
        map(_ASSIGNS_SECRET.search, (text, *_lines_before(file, line)))
    )
    if found:
        withhold(file, line)
    return found


def _calls(trace: TracebackType | None, folder: Path) -> list[Location]:
    """The lines of the user's own files that led to an error, the innermost first."""
    frames = reversed(traceback.extract_tb(trace))
    own = []
    for frame in frames:
        if Path(frame.filename).parent == folder:
            own.append(Location(frame.filename, frame.lineno or 1))
            hide_secrets(own[-1].file, own[-1].line or 1, frame.line or "")
    return list(dict.fromkeys(own))[:_SHOWN_CALLS]


def _near_name(name: str, known: Iterable[str]) -> str:
    if name in HOME_OF:
        return f"import it: from nixgen import {name}"
    return _NIX.get(name) or close_match(name, known)


def _attributes(owner: Any) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_")]


def _import_advice(error: ImportError, folder: Path) -> str:
    parts = sorted(file.stem for file in folder.glob("_*.py"))
    name = error.name or ""
    if isinstance(error, ModuleNotFoundError):
        if (folder / f"{name}.py").is_file():
            return f"{name}.py is a host's; what hosts share is in files that begin with _"
        near = close_match(name, ["nixgen", *parts])
        return near or "install it where nixgen is installed; shared parts are hosts/_<name>.py"
    if "relative import" in str(error):
        return "files in hosts/ are no package: write from _profiles import ..., without a dot"
    missing = str(error).partition("'")[2].partition("'")[0]
    if name == "nixgen":
        return close_match(missing, HOME_OF)
    module = sys.modules.get(name)
    return close_match(missing, _attributes(module)) if module else ""
