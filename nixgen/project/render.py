"""Contributions to files: prints each host's own, and joins the entries of shared ones.

A host is printed by itself (`render_host`), so hosts can be printed in any process and any order;
the joined tree is always the same.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from nixgen import hcl, nix
from nixgen.diagnostic import Diagnostic, Related
from nixgen.emit import secrets_module
from nixgen.emit.contribution import ManagedFile, SharedEntry
from nixgen.emit.host import emit
from nixgen.emit.shared import EXAMPLE_FILE, SHARED_FILES, SharedFile
from nixgen.errors import ModelError
from nixgen.model.host import Host
from nixgen.model.origin import Origin
from nixgen.model.vault import VAULT, Vault
from nixgen.nix.names import static_name
from nixgen.nix.spans import first_token
from nixgen.project import line_origins
from nixgen.project.line_origins import short_name
from nixgen.project.tree import Entry, ManagedEntry, RenderedFile, Tree


class Chunk(NamedTuple):
    """A printed entry of a shared file: `text` is its lines, `height` their number.

    `origins` is their part of the file's `line_origins`. `origin` is where the entry was made, for
    messages; None for a chunk that was cut out of an existing file. `others` are further hosts that
    have the same entry.
    """

    file: str
    section: str
    key: str
    host: str
    text: str
    height: int
    origins: str
    identity: Hashable = None
    rank: int = 0
    origin: Origin | None = None
    others: tuple[str, ...] = ()

    @property
    def printed(self) -> hcl.Printed:
        """The chunk as an item of the file's tree."""
        depth = SHARED_FILES[self.file].section(self.section).depth
        kind = hcl.ObjectItem if depth else hcl.Block
        return hcl.Printed(self.text, depth, kind, kind, ((1, self.height, self.origins),))


class RenderedHost(NamedTuple):
    """One host, printed: plain values, which can be handed from process to process."""

    files: tuple[RenderedFile, ...]
    chunks: tuple[Chunk, ...]


def render_host(host: Host) -> RenderedHost:
    """The texts of a host: its own files whole, its entries in shared files one by one."""
    source = short_name(host.origin.places[-1].file)
    contribution = emit(host, source)
    files = []
    for file in contribution.files:
        if isinstance(file, ManagedFile):
            files.append(_managed(file, host.name, source))
            continue
        text, ranges = nix.print_with_origins(file.tree)
        origins = line_origins.joined([(1, line_origins.part(ranges))])
        files.append(RenderedFile(file.path, text, host.name, source, origins=origins))
    chunks = tuple([_chunk(entry, host.name) for entry in contribution.entries])
    return RenderedHost(tuple(files), chunks)


def join(
    rendered: Iterable[RenderedHost],
    kept: Iterable[Chunk] = (),
    about: str = "",
    managed: Collection[str] = (),
    vault: Vault = VAULT,
) -> Tree:
    """The tree of several hosts; `kept` are entries of hosts that are not rendered now.

    `about` names the folder that shared files are made from, `managed` are the paths of those that
    people write, `vault` is the fleet's. Raises ModelError where two hosts want different entries
    of one key.
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
        sections = _unique(chunks.get(path, ()), faults)
        if path in managed and sections:
            files[path] = _managed_shared_file(shared, sections)
        elif (file := _shared_file(shared, sections, about, vault)) is not None:
            files[path] = file
    if faults:
        raise ModelError(*faults)
    files |= {file.path: file for file in _secrets_module(vault, about)}
    return files


def _secrets_module(vault: Vault, about: str) -> Iterator[RenderedFile]:
    """Nixgen's NixOS module, which all hosts share as it is."""
    for file in secrets_module.files(vault, about):
        if isinstance(file, secrets_module.FixedFile):
            text = file.text
            part = line_origins.part([(1, text.count("\n"), file.cause)])
        else:
            text, ranges = nix.print_with_origins(file.tree)
            part = line_origins.part(ranges)
        origins = line_origins.joined([(1, part)])
        yield RenderedFile(file.path, text, None, "", origins=origins)


# -- managed files -----------------------------------------------------------------------------


def _managed(file: ManagedFile, host: str, source: str) -> RenderedFile:
    """A file that people write, as it would be if they wrote nothing in it."""
    from nixgen.project import managed  # only here: most hosts have none

    entries = tuple(map(_managed_entry, file.entries))
    return managed.in_text(RenderedFile(file.path, "", host, source, managed=entries), None)


def _managed_shared_file(file: SharedFile, sections: Mapping[str, Sequence[Chunk]]) -> RenderedFile:
    """A file that hosts share and people write, as it would be if they wrote nothing in it."""
    from nixgen.hcl.edit.address import address_of  # with it comes the parser: few builds need it

    entries = tuple(
        ManagedEntry(
            address_of((*file.section(name).address, chunk.key)),
            chunk.text,
            (),
            True,
            chunk.height,
            chunk.origins,
            (chunk.host, *chunk.others),
        )
        for name, chunks in sections.items()
        for chunk in chunks
    )
    items = [
        item
        for section in file.sections
        if (chunks := sections.get(section.name))
        for item in section.wrap([chunk.printed for chunk in chunks])
    ]
    text, ranges = hcl.print_with_origins(hcl.File(tuple(items)))
    origins = line_origins.joined([(first, part) for first, _, part in ranges])
    return RenderedFile(file.path, text, None, "", origins=origins, managed=entries)


def _managed_entry(binding: nix.Binding) -> ManagedEntry:
    alone = nix.File(nix.AttributeSet((binding,)))
    text, ranges = nix.print_with_origins(alone)
    names = [static_name(name) for name in binding.path.names]
    comments = tuple(
        each.text.removeprefix(" ")
        for each in first_token(binding).leading
        if isinstance(each, nix.LineComment)
    )
    return ManagedEntry(
        nix.join_path(names),
        nix.print_expression(binding.value),
        comments,
        isinstance(binding.value, nix.AttributeSet),
        text.count("\n") - 2,
        line_origins.part((first - 1, last - 1, cause) for first, last, cause in ranges),
    )


# -- chunks ------------------------------------------------------------------------------------


def _chunk(entry: SharedEntry, host: str) -> Chunk:
    depth = SHARED_FILES[entry.file].section(entry.section).depth
    printed = hcl.print_items((entry.item,), depth=depth)
    _, height, cause = printed.ranges[0]  # that of the whole entry
    return Chunk(
        file=entry.file,
        section=entry.section,
        key=entry.key,
        host=host,
        text=printed.text,
        height=height,
        origins=line_origins.part(printed.ranges),
        identity=entry.identity,
        rank=entry.rank,
        origin=cause.origins[0],
    )


def _unique(chunks: Sequence[Chunk], faults: list[Diagnostic]) -> dict[str, list[Chunk]]:
    """The chunks of each section in order of their keys, equal ones of several hosts once."""
    sections: dict[str, dict[str, Chunk]] = {}
    for chunk in sorted(chunks, key=lambda chunk: (chunk.key, -chunk.rank, chunk.host)):
        section = sections.setdefault(chunk.section, {})
        known = section.setdefault(chunk.key, chunk)
        if known is chunk:
            continue
        if chunk.host not in (known.host, *known.others):
            section[chunk.key] = known._replace(others=(*known.others, chunk.host))
        if not _same(known, chunk) and chunk.file != EXAMPLE_FILE:  # its variable tells the fault
            faults.append(_clash(known, chunk))
    return {name: list(section.values()) for name, section in sections.items()}


def _same(one: Chunk, other: Chunk) -> bool:
    # Chunks cut from a file have no identity any more: their text decides.
    cut = one.origin is None or other.origin is None
    alike = one.text == other.text or one.rank > other.rank
    return alike and (cut or one.identity == other.identity)


def _clash(known: Chunk, chunk: Chunk) -> Diagnostic:
    made = chunk if chunk.origin is not None else known
    other = known if made is chunk else chunk
    related: tuple[Related, ...] = ()
    if other.origin is not None:
        related = (Related(other.origin.location(), f"host {other.host!r} wants it here"),)
    variable = made.section == "variables"
    what = f"Terraform variable {made.key!r}" if variable else f"entry {made.key!r} in {made.file}"
    same = "for a secret of its own" if known.text == chunk.text else "differently"
    return Diagnostic(
        summary=f"hosts {known.host!r} and {chunk.host!r} both describe the {what}, each {same}"
        if known.host != chunk.host
        else f"host {chunk.host!r} describes the {what} twice, each time {same}",
        location=made.origin.location() if made.origin else None,
        related=related,
        help='give each its own name, TerraformVariable(name="..."), or the same name where they '
        "are to have one value"
        if variable
        else "give each its own path, VaultSecret(path=...), or share one VaultSecret object",
    )


# -- shared files ------------------------------------------------------------------------------


def _shared_file(
    file: SharedFile, sections: Mapping[str, Sequence[Chunk]], about: str, vault: Vault
) -> RenderedFile | None:
    ordered = [sections.get(section.name, ()) for section in file.sections]
    printed = [[chunk.printed for chunk in chunks] for chunks in ordered]
    tree = file.tree(about, vault, printed)
    if tree is None:
        return None
    text, ranges = hcl.print_with_origins(tree)
    parts: list[tuple[int, str]] = []
    places: list[tuple[int, int]] = []
    for first, last, origin in ranges:
        if isinstance(origin, str):  # of a chunk; what is fixed has its cause
            places.append((first, last))
            parts.append((first, origin))
        else:
            parts.append((first, line_origins.part([(1, last - first + 1, origin)])))
    entries = [
        Entry(chunk.section, chunk.key, host, first, last)
        for chunk, (first, last) in zip(chain(*ordered), places, strict=True)
        for host in (chunk.host, *chunk.others)
    ]
    origins = line_origins.joined(parts)
    return RenderedFile(file.path, text, None, "", tuple(entries), origins)
