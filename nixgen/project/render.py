"""Contributions to files: prints each host's own, and joins the entries of shared ones.

A host is printed by itself (`render_host`), so hosts can be printed in any process and any order;
the joined tree is always the same.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from nixgen import hcl, nix
from nixgen.diagnostic import Diagnostic, Related
from nixgen.emit.contribution import SharedEntry
from nixgen.emit.host import emit
from nixgen.emit.shared import SHARED_FILES, SharedFile
from nixgen.errors import ModelError
from nixgen.model.host import Host
from nixgen.model.origin import Origin, Place
from nixgen.project.tree import Entry, LineOrigin, RenderedFile, Tree


@frozen
class Chunk:
    """A printed entry of a shared file.

    The origins of `printed.ranges` are what a `LineOrigin` has behind its lines; the first range is
    the whole entry. `origin` is None for a chunk that was cut out of an existing file.
    """

    file: str
    section: str
    key: str
    host: str
    printed: hcl.Printed
    identity: Hashable = None
    origin: Origin | None = None


@frozen
class RenderedHost:
    """One host, printed."""

    files: tuple[RenderedFile, ...]
    chunks: tuple[Chunk, ...]


@functools.cache
def short_name(file: str) -> str:
    """A Python file as it can be written down anywhere: its folder and name, `hosts/web1.py`."""
    path = Path(file)
    return f"{path.parent.name}/{path.name}"


def render_host(host: Host) -> RenderedHost:
    """The texts of a host: its own files whole, its entries in shared files one by one."""
    source = short_name(host.origin.places[-1].file)
    contribution = emit(host, source)
    files = []
    for file in contribution.files:
        text, ranges = nix.print_with_origins(file.tree)
        lines = _line_origins(ranges)
        files.append(RenderedFile(file.path, text, host.name, source, lines=lines))
    chunks = tuple(_chunk(entry, host.name) for entry in contribution.entries)
    return RenderedHost(tuple(files), chunks)


def join(rendered: Iterable[RenderedHost], kept: Iterable[Chunk] = (), about: str = "") -> Tree:
    """The tree of several hosts; `kept` are entries of hosts that are not rendered now.

    `about` names the folder that shared files are made from. Raises ModelError where two hosts
    want different entries of one key.
    """
    files: dict[str, RenderedFile] = {}
    chunks: dict[str, list[Chunk]] = {}
    for host in rendered:
        files |= {file.path: file for file in host.files}
        for chunk in host.chunks:
            chunks.setdefault(chunk.file, []).append(chunk)
    for chunk in kept:
        chunks.setdefault(chunk.file, []).append(chunk)
    faults: list[Diagnostic] = []
    for path, shared in SHARED_FILES.items():
        if path in chunks:
            files[path] = _shared_file(shared, _unique(chunks[path], faults), about)
    if faults:
        raise ModelError(*faults)
    return files


# -- chunks ------------------------------------------------------------------------------------


def _chunk(entry: SharedEntry, host: str) -> Chunk:
    depth = SHARED_FILES[entry.file].section(entry.section).depth
    printed = hcl.print_items((entry.item,), depth=depth)
    ranges = tuple([(each[0], each[1], each[2:]) for each in _line_origins(printed.ranges)])
    printed = hcl.Printed(printed.text, depth, printed.first, printed.last, ranges)
    (origin, *_) = entry.item.origin.origins
    return Chunk(entry.file, entry.section, entry.key, host, printed, entry.identity, origin)


def _unique(chunks: Sequence[Chunk], faults: list[Diagnostic]) -> dict[str, list[Chunk]]:
    """The chunks of each section in order of their keys, equal ones of several hosts once."""
    sections: dict[str, dict[str, Chunk]] = {}
    for chunk in sorted(chunks, key=lambda chunk: (chunk.key, chunk.host)):
        known = sections.setdefault(chunk.section, {}).setdefault(chunk.key, chunk)
        if known is not chunk and not _same(known, chunk):
            faults.append(_clash(known, chunk))
    return {name: list(section.values()) for name, section in sections.items()}


def _same(one: Chunk, other: Chunk) -> bool:
    # Chunks cut from a file have no identity any more: their text decides.
    cut = one.origin is None or other.origin is None
    return one.printed.text == other.printed.text and (cut or one.identity == other.identity)


def _clash(known: Chunk, chunk: Chunk) -> Diagnostic:
    made = chunk if chunk.origin is not None else known
    other = known if made is chunk else chunk
    related: tuple[Related, ...] = ()
    if other.origin is not None:
        related = (Related(other.origin.location(), f"host {other.host!r} wants it here"),)
    variable = made.section == "variables"
    hosts = f"hosts {known.host!r} and {chunk.host!r}"
    what = f"Terraform variable {made.key!r}" if variable else f"entry {made.key!r} in {made.file}"
    same = "for a secret of its own" if known.printed.text == chunk.printed.text else "differently"
    return Diagnostic(
        summary=f"{hosts} both describe the {what}, each {same}",
        location=made.origin.location() if made.origin else None,
        related=related,
        help='give each its own name, TerraformVariable(name="..."), or the same name where they '
        "are to have one value"
        if variable
        else "give each its own path, VaultSecret(path=...), or share one VaultSecret object",
    )


# -- shared files ------------------------------------------------------------------------------


def _shared_file(
    file: SharedFile, sections: Mapping[str, Sequence[Chunk]], about: str
) -> RenderedFile:
    ordered = [sections.get(section.name, ()) for section in file.sections]
    tree = file.tree(about, [[chunk.printed for chunk in chunks] for chunks in ordered])
    text, ranges = hcl.print_with_origins(tree)
    entries: list[Entry] = []
    position = 0
    for chunk in (chunk for chunks in ordered for chunk in chunks):
        first, last, _ = ranges[position]
        entries.append(Entry(chunk.section, chunk.key, chunk.host, first, last))
        position += len(chunk.printed.ranges)
    lines = tuple((first, last, *rest) for first, last, rest in ranges)
    return RenderedFile(file.path, text, None, "", tuple(entries), lines)


# -- origins -----------------------------------------------------------------------------------


def _line_origins(ranges: Iterable[tuple[int, int, Any]]) -> tuple[LineOrigin, ...]:
    """First line, last line, what it is, and for each place: field, key, and the chain of calls."""
    return tuple(
        [
            (first, last, cause.what, tuple([_origin(origin) for origin in cause.origins]))
            for first, last, cause in ranges
        ]
    )


def _origin(origin: Origin) -> tuple[Any, ...]:
    return origin.field, origin.key, _short_places(origin.places)


@functools.lru_cache(maxsize=4096)
def _short_places(places: tuple[Place, ...]) -> tuple[tuple[str, int], ...]:
    return tuple([(short_name(place.file), place.line) for place in places])
