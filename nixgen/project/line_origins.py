"""Where the lines of a generated file came from, as rendering notes it: compact JSON.

    [[1, [[[["hosts/web1.py", 12]]], [[1, 9, "VaultSecret", 0, null, null]]]]]

Every build makes it for every file, `explain` reads a few. So it is a text from the start, in which
a chain of calls stands once. A file is an array of parts, each with its first line: an own file is
one part, and a shared file has one for each entry, made by the host that contributes the entry.

A part is an array of chains and one of rows. A chain is the places (file and line) that led to an
object, innermost first. A row is the first and the last line, counted from 1 in the part, what they
are, and then three values for each object that they follow from: the number of its chain, the field
that says it, and the key in that field.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any, TypeAlias

from nixgen.emit.contribution import Cause
from nixgen.model.origin import Place

LineOrigin: TypeAlias = tuple[Any, ...]
"""First line, last line, what it is, and for each object field, key, and the chain of calls."""

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def part(ranges: Iterable[tuple[int, int, Cause]]) -> str:
    """The part of a file that was printed with these ranges."""
    # Put together by hand: a JSON encoder takes three times as long, for each line of each build.
    chains: dict[tuple[Place, ...], int] = {}
    rows = []
    for first, last, (what, origins) in ranges:
        row = f"[{first},{last},{_json(what)}"
        for places, field, key in origins:
            row += f",{chains.setdefault(places, len(chains))},{_json(field)},{_json(key)}"
        rows.append(f"{row}]")
    return f"[[{','.join(map(_chain, chains))}],[{','.join(rows)}]]"


def whole(part: str, height: int, what: str | None = None) -> str:
    """A part for lines that follow from the same as all of another part; `what` says how."""
    chains, rows = json.loads(part)
    _, _, said, *causes = rows[0]
    return _to_json([chains, [[1, height, what or said, *causes]]])


def joined(parts: Iterable[tuple[int, str]]) -> str:
    """The text for a file, from the first line and the text of each part."""
    return f"[{','.join([f'[{first},{text}]' for first, text in parts])}]"


def parts(text: str) -> dict[int, str]:
    """The parts by their first lines. Raises ValueError or TypeError for a damaged text."""
    return {first: _to_json(each) for first, each in json.loads(text)}


def decoded(text: str) -> tuple[LineOrigin, ...]:
    """The origins of all lines. Raises ValueError, TypeError or IndexError for a damaged text."""
    return tuple(
        (start - 1 + first, start - 1 + last, what, tuple(_causes(rest, chains)))
        for start, (chains, rows) in json.loads(text)
        for first, last, what, *rest in rows
    )


def _causes(row: list[Any], chains: list[Any]) -> Iterator[LineOrigin]:
    for chain, field, key in zip(row[::3], row[1::3], row[2::3], strict=True):
        yield field, key, tuple((file, line) for file, line in chains[chain])


@functools.lru_cache(maxsize=4096)
def _json(text: str | None) -> str:
    return _to_json(text)


@functools.lru_cache(maxsize=4096)
def _chain(places: tuple[Place, ...]) -> str:
    return _to_json([(short_name(place.file), place.line) for place in places])


@functools.cache
def short_name(file: str) -> str:
    """A Python file as it can be written down anywhere: its folder and name, `hosts/web1.py`."""
    path = PurePath(file)
    return f"{path.parent.name}/{path.name}"
