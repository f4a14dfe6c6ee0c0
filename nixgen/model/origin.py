"""Where in the user's Python a model object was written.

An origin is the chain of places that led to a constructor call: the call itself first, then the
calls around it (a function or a profile in a shared part), out to the host's file. It is found by
walking the interpreter's frames, leaving out nixgen's own and generated ones, and those of attrs,
whose `evolve` makes changed copies.
"""

from __future__ import annotations

import ast
import enum
import functools
import linecache
import os
import site
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import attrs

from nixgen.diagnostic import Location, withhold

_PACKAGE = str(Path(__file__).resolve().parent.parent) + os.sep
_ATTRS = str(Path(attrs.evolve.__code__.co_filename).parent) + os.sep
# Where libraries live: what called the user's code from there (a test runner) is no part of it.
# `sysconfig` says the same, and takes longer than most imports.
_LIBRARIES = tuple(
    folder + os.sep for folder in (str(Path(os.__file__).parent), *site.getsitepackages())
)
_MAXIMUM_DEPTH = 32


class Place(NamedTuple):
    """A file and a line (from 1) in it."""

    file: str
    line: int


class Origin(NamedTuple):
    """The places that made an object, the innermost first; `field` narrows it to one argument."""

    places: tuple[Place, ...]
    field: str | None = None
    key: str | None = None

    @property
    def file(self) -> str:
        """The file of the constructor call."""
        return self.places[0].file

    @property
    def line(self) -> int:
        """The line on which the constructor call begins."""
        return self.places[0].line

    def at(self, field: str, key: str | None = None) -> Origin:
        """The origin of one argument of the call, or of one key in a mapping given as it."""
        return Origin(self.places, field, key)

    def location(self, *inner: str | int) -> Location:
        """The place as a diagnostic shows it: the argument's own line where there is one.

        `inner` leads on, from the key to one in the dicts inside its value.
        """
        file, lines = self._written(*inner)
        return Location(file, lines[0])

    def withhold(self) -> None:
        """Keep its lines out of every message from now on: they may hold a secret."""
        file, lines = self._written()
        for line in lines:
            withhold(file, line)

    def _written(self, *inner: str | int) -> tuple[str, range]:
        """The file and the lines of the argument, else of the beginning of the constructor call.

        A shared function hands arguments on, by name or as `**settings`: what stands in the call of
        that function is what the user has written.
        """
        handed_on: tuple[str, range] | None = None
        for place in self.places if self.field is not None else ():
            value = _argument(place.file, place.line, self.field)
            if value is None:
                continue
            written = place.file, _key_lines(value, self.key, *inner) or _node_lines(value)
            if not (isinstance(value, ast.Name) and value.id == self.field):
                return written
            handed_on = handed_on or written
        return handed_on or (self.file, range(self.line, self.line + 1))


def capture() -> Origin:
    """The origin of the call that runs now, as seen from outside nixgen."""
    places: list[Place] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - frames have no public door; logging uses it too
    while frame is not None and len(places) < _MAXIMUM_DEPTH:
        code = frame.f_code
        whose = _whose(code.co_filename)
        if whose is _Whose.LIBRARY:
            break
        if whose is _Whose.USER:
            place = Place(code.co_filename, frame.f_lineno)
            if not places or place != places[-1]:  # a comprehension is a call of its own, or none
                places.append(place)
            if code.co_name == "<module>":
                break
        frame = frame.f_back
    return Origin(tuple(places) or (Place("<unknown>", 1),))


class _Whose(enum.Enum):
    NIXGEN = enum.auto()  # or attrs', or code that was made at run time, which has no file
    LIBRARY = enum.auto()
    USER = enum.auto()


@functools.cache
def _whose(file: str) -> _Whose:
    if file.startswith(("<", _PACKAGE, _ATTRS)):
        return _Whose.NIXGEN
    return _Whose.LIBRARY if file.startswith(_LIBRARIES) else _Whose.USER


def forget_sources() -> None:
    """Read files anew from now on, as when they may have changed since the last load."""
    _calls.cache_clear()
    linecache.clearcache()


@functools.lru_cache(maxsize=256)
def _calls(file: str) -> dict[int, list[ast.Call]]:
    """The calls of a file by the line they begin on; empty where it cannot be parsed."""
    calls: dict[int, list[ast.Call]] = {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the file was compiled before, which tells enough
            tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return calls
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            calls.setdefault(node.lineno, []).append(node)
    return calls


def argument_lines(file: str, line: int, field: str, key: str | None = None) -> range:
    """The lines of argument `field` (and of `key` in its dict) of the call that begins at `line`.

    The call's own line where the argument is not written there, as in `Host(**settings)`.
    """
    value = _argument(file, line, field)
    if value is None:
        return range(line, line + 1)
    return _key_lines(value, key) or _node_lines(value)


def _argument(file: str, line: int, field: str | None) -> ast.expr | None:
    """What is written for an argument in a call that begins at `line`, if it is there by name."""
    for call in _calls(file).get(line, []):
        for keyword in call.keywords:
            if keyword.arg == field:
                return keyword.value
    return None


def _key_lines(value: ast.expr, key: str | int | None, *inner: str | int) -> range | None:
    if key is None or not isinstance(value, ast.Dict):
        return None
    for each, item in zip(value.keys, value.values, strict=True):
        if isinstance(each, ast.Constant) and each.value == key:
            inside = _key_lines(item, *inner) if inner else None
            return inside or range(each.lineno, (item.end_lineno or item.lineno) + 1)
    return None


def _node_lines(node: ast.expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
