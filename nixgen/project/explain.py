"""From a generated line back to the Python that made it.

The map from lines to places is recorded by the build (`nixgen.project.origins`). Where it is
missing, or older than the Python that it points into, the file is rendered once more in memory. A
map is only believed for the very text that is on disk.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from attrs import field, frozen

from nixgen.diagnostic import Diagnostic, Location
from nixgen.emit.shared import MOVED_FILE
from nixgen.errors import InputError
from nixgen.model.base import close_match
from nixgen.model.origin import argument_lines
from nixgen.project import disk
from nixgen.project.api import plan, render_tree
from nixgen.project.load import load_fleet
from nixgen.project.manifest import Manifest, read_manifest
from nixgen.project.origins import ORIGINS, read_origins
from nixgen.project.tree import LineOrigin

_NAMED = 8  # how many hosts are named, before their number says more


@frozen
class Cause:
    """One place in Python that lines follow from.

    `argument` is its line. `calls` leads there: the constructor's call, then the calls around it
    through shared parts, out to the host's file.
    """

    argument: Location
    calls: tuple[Location, ...]


@frozen
class Explanation:
    """Why the lines `first` to `last` of a file are there: `what` they are, and all causes."""

    first: int
    last: int
    what: str
    causes: tuple[Cause, ...]


@frozen
class ExplainedFile:
    """A generated file: `path` below the output folder, its lines, and why they are there.

    `about` says where the file as a whole comes from.
    """

    path: str
    lines: tuple[str, ...]
    about: str
    _origins: Sequence[LineOrigin] = field(repr=False)
    _hosts: Path

    def at(self, line: int) -> tuple[Explanation, ...]:
        """What explains a line, from 1: the narrowest first; nothing for the file's own frame."""
        around = [origin for origin in self._origins if origin[0] <= line <= origin[1]]
        return tuple(_explanation(origin, self._hosts) for origin in sorted(around, key=_height))

    def explanations(self) -> Iterator[Explanation]:
        """All of them, in the order of their lines."""
        return (_explanation(origin, self._hosts) for origin in self._origins)

    def narrowest(self) -> Iterator[tuple[int, str, Explanation | None]]:
        """Each line with its number, its text, and the narrowest explanation."""
        found: list[Explanation | None] = [None] * len(self.lines)
        for origin in sorted(self._origins, key=_height, reverse=True):
            explanation = _explanation(origin, self._hosts)
            found[origin[0] - 1 : origin[1]] = [explanation] * (_height(origin) + 1)
        for number, (text, explained) in enumerate(zip(self.lines, found, strict=True), 1):
            yield number, text, explained


def _height(origin: LineOrigin) -> int:
    first, last, *_ = origin
    return int(last - first)


def explain(file: Path | str, *, output: Path, hosts: Path) -> ExplainedFile:
    """The origins of all lines of a generated file, whose path is as given or below `output`.

    Raises InputError where there is no such file, or where it is not what `hosts` describes;
    LoadError where `hosts` has to be loaded and has mistakes.
    """
    manifest = read_manifest(output)
    path = _find(Path(file), output, manifest)
    text = _read(output / path)
    origins: Sequence[LineOrigin] | None = read_origins(output, path)
    if origins is None or not _is_fresh(origins, output / ORIGINS, hosts):
        origins = _rendered(path, text, output, hosts, manifest)
    elif not all(causes for *_, causes in origins):  # entries that a build of one host has kept
        with contextlib.suppress(InputError):
            origins = _rendered(path, text, output, hosts, manifest)
    lines = tuple(text.removesuffix("\n").split("\n"))
    return ExplainedFile(path, lines, _about(path, manifest), origins, hosts)


def _read(place: Path) -> str:
    try:
        return disk.read(str(place)).decode(errors="replace")
    except OSError as error:
        raise disk.failure(error, place, "read") from error


def _find(file: Path, output: Path, manifest: Manifest) -> str:
    """The path below the output folder; a file in the working directory goes first."""
    root = output.resolve()
    places = [file.resolve(), (output / file).resolve()]
    paths = [each.relative_to(root).as_posix() for each in places if each.is_relative_to(root)]
    for path in paths:
        if (root / path).is_file():
            return path
    if not manifest.records:
        advice = "nothing is built yet: run `nixgen build`"
    elif not manifest.records.keys().isdisjoint(paths):
        advice = "it was built, and is gone: run `nixgen build`"
    else:
        near = close_match(file.as_posix(), manifest.records)
        advice = near or "give its path as it is here, or as it is below the output folder"
    raise InputError(
        Diagnostic(
            summary=f"there is no generated file {str(file)!r}",
            location=Location(str(output)),
            help=advice,
        )
    )


def _is_fresh(origins: Collection[LineOrigin], recorded: Path, hosts: Path) -> bool:
    """Whether no Python file of the map was changed since the map was written."""
    when = recorded.stat().st_mtime_ns
    places = [place for *_, causes in origins for *_, calls in causes for place in calls]
    files = {_file(file, hosts) for file, _ in places}
    return all(file.is_file() and file.stat().st_mtime_ns <= when for file in files)


def _file(short: str, hosts: Path) -> Path:
    """A file that the map names by its folder and name."""
    return hosts.parent / short


def _rendered(
    path: str, text: str, output: Path, hosts: Path, manifest: Manifest
) -> Sequence[LineOrigin]:
    """The origins of a file that is rendered anew, if its text is the same."""
    owners = {record.host for record in manifest.records.get(path, ()) if record.host is not None}
    fleet = load_fleet(hosts, only=owners or None)
    if path == MOVED_FILE:  # it follows from earlier builds, too
        rendered = plan(fleet, output, formatter="builtin").tree.get(path)
    else:
        rendered = render_tree(fleet).get(path)
    if rendered is not None and rendered.managed:
        from nixgen.project import managed

        rendered = managed.in_text(rendered, text)
    if rendered is None:
        summary, advice = "no host describes this file", "`nixgen check` tells what differs"
    elif rendered.text != text:
        summary = "this file is not what the hosts describe now, so its lines cannot be explained"
        advice = "`nixgen diff` shows the difference, `nixgen build` writes the file"
    else:
        return rendered.lines
    raise InputError(
        Diagnostic(summary=summary, location=Location(str(output / path)), help=advice)
    )


def _explanation(origin: LineOrigin, hosts: Path) -> Explanation:
    first, last, what, causes = origin
    return Explanation(first, last, what, tuple(_cause(cause, hosts) for cause in causes))


def _cause(recorded: LineOrigin, hosts: Path) -> Cause:
    argument, key, places = recorded
    calls = tuple(Location(str(_file(file, hosts)), line) for file, line in places)
    call = calls[0]
    assert call.line is not None
    if argument is None:
        return Cause(call, calls)
    line = argument_lines(call.file, call.line, argument, key)[0]
    return Cause(Location(call.file, line), calls)


def _about(path: str, manifest: Manifest) -> str:
    for record in manifest.records.get(path, ()):
        names = sorted(record.hosts)
        whose = ", ".join(names) if len(names) <= _NAMED else f"{len(names):,} hosts"
        if not record.digest and record.host is not None:
            return f"a file that people write, with entries of host {record.host!r}"
        if not record.digest:
            return f"a file that people write, with entries of {whose}"
        if record.host is not None:
            return f"a file of host {record.host!r}, described in {record.origin}"
        if record.origin:
            return f"a file that no host owns, described in {record.origin}"
        entries = f", with entries of {whose}" if names else ""
        return f"a file that hosts share{entries}"
    return "a generated file"
