"""What a document and what follows it begin with: what the engine asks before it decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from nixgen.layout.document import (
    COMMENT,
    EXPANDED_ONLY,
    HARD_LINE,
    HARD_SPACE,
    PLAIN,
    PRIORITY,
    TRAILING_COMMENT,
    TRANSPARENT,
    Document,
    Group,
    merge,
)
from nixgen.layout.normal import measure

Rest: TypeAlias = "tuple[Document, int, Rest] | None"
"""What follows: elements from an index on, then another rest."""


def priority_groups(items: Document, width: int) -> Iterator[tuple[Document, Document, Document]]:
    """(before, priority group, after) for each priority group of the elements, the last first.

    Those are left out that have so much before or after them that it cannot fit on a line.
    """
    segments: list[tuple[bool, Document]] = []
    _add_segments(items, segments)
    for place in range(len(segments) - 1, -1, -1):
        after = len(segments) - 1 - place
        if segments[place][0] and place <= width and after <= width:
            before = [element for _, segment in segments[:place] for element in segment]
            rest = [element for _, segment in segments[place + 1 :] for element in segment]
            yield before, segments[place][1], rest


def _add_segments(items: Document, segments: list[tuple[bool, Document]]) -> None:
    for element in items:
        if type(element) is Group and element.kind == PRIORITY:
            segments.append((True, element.items))
        elif type(element) is Group and element.kind == TRANSPARENT:
            _add_segments(element.items, segments)
        elif segments and not segments[-1][0]:
            segments[-1][1].append(element)
        else:
            segments.append((False, [element]))


def first_width(rest: Rest) -> int:
    """The width of what follows up to the first possible line break."""
    width = 0
    while rest is not None:
        items, index, after = rest
        if index == len(items):
            rest = after
            continue
        element = items[index]
        rest = (items, index + 1, after)
        if type(element) is tuple:
            if element[0] != COMMENT and element[0] != TRAILING_COMMENT:
                width += len(element[1])
        elif type(element) is int:
            element, rest = merged_spacing(element, rest)
            if element != HARD_SPACE:
                return width
            width += 1
        else:
            assert isinstance(element, Group)
            rest = (element.items, 0, rest)
    return width


def merged_spacing(spacing: int, rest: Rest) -> tuple[int, Rest]:
    """The spacing with those that follow it at once, and what follows them."""
    while rest is not None:
        items, index, after = rest
        if index == len(items):
            rest = after
            continue
        element = items[index]
        if type(element) is not int:
            break
        spacing = merge(spacing, element)
        rest = (items, index + 1, after)
    return spacing, rest


def next_depth(items: Document, rest: Rest) -> tuple[int, int]:
    """The nesting depth and further columns of the first text."""
    found: Rest = (items, 0, rest)
    while found is not None:
        items, index, after = found
        if index == len(items):
            found = after
            continue
        element = items[index]
        if type(element) is tuple:
            return element[2], element[3]
        found = (items, index + 1, after)
        if isinstance(element, Group):
            found = (element.items, 0, found)
    return 0, 0


def without_first_spacing(items: Document, limit: int) -> Document:
    """The elements without a spacing at the start, be it their own or their first group's."""
    first = items[0]
    if type(first) is int:
        return items[1:]
    if isinstance(first, Group) and type(first.items[0]) is int:
        shorter = Group(first.kind, first.items[1:])
        measure(shorter, limit)
        return [shorter, *items[1:]]
    return items


def fits_with_comment(items: Document, room: int, offset: int) -> str | None:
    """The text of elements on one line where a trailing comment's place counts, as `fits` does.

    `offset` is the column of the next line's indentation, seen from here: a comment that would
    stand right there gets one blank more.
    """
    parts: list[str] = []
    rest: Rest = (items, 0, None)
    while rest is not None:
        if room < 0:
            return None
        items, index, after = rest
        if index == len(items):
            rest = after
            continue
        element = items[index]
        rest = (items, index + 1, after)
        if type(element) is tuple:
            kind, text = element[0], element[1]
            if kind == PLAIN:
                room -= len(text)
                offset -= len(text)
                parts.append(text)
            elif kind == COMMENT:
                parts.append(text)
            elif kind == TRAILING_COMMENT:
                parts.append(" " + text if offset == 0 else text)
            elif kind != EXPANDED_ONLY:
                return None
        elif type(element) is int:
            element, rest = merged_spacing(element, rest)
            if element >= HARD_LINE:
                return None
            if element >= HARD_SPACE:
                room -= 1
                offset -= 1
                parts.append(" ")
        else:
            assert isinstance(element, Group)
            rest = (element.items, 0, rest)
    return "".join(parts) if room >= 0 else None
