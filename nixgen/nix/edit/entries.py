"""Bindings put into a set, given another value, and taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from nixgen.nix import nodes
from nixgen.nix.build import join_path
from nixgen.nix.edit import faults
from nixgen.nix.edit.places import Definition, Holder, common
from nixgen.nix.edit.text import (
    Edit,
    Gap,
    comment_lines,
    gap,
    indentation,
    lines_of,
    margin,
    path_text,
    starts_line,
)
from nixgen.nix.names import is_static, static_name
from nixgen.nix.nodes import AttributeSet, File, Token
from nixgen.nix.parsing.parser import parse
from nixgen.nix.scope import free_names
from nixgen.nix.source import Source
from nixgen.nix.spans import first_token, last_token, node_span


@frozen
class Target:
    """A file that is changed."""

    file: File
    source: Source

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text


# -- insertion ---------------------------------------------------------------------------------


def inserted(
    target: Target, holder: Holder, path: tuple[str, ...], value: str, comments: Sequence[str]
) -> Iterator[Edit]:
    """A new binding beside its nearest relatives; `path` is as seen from the holder's set."""
    if holder.set.recursive:
        _refuse_use(target, holder.set, path[0], "add")
    step = indentation(target.file)
    entries = holder.set.entries
    opened = holder.set.open.line != holder.set.close.line
    indent = _indent(target, holder.set, step)
    lines = lines_of(join_path(path), value, comments, step=step, indent=indent)
    if not opened:
        yield from _on_lines(target, holder.set, indent, lines)
        return
    place = _place(entries, path)
    gaps = _gaps(target.text, holder.set)
    after = gaps[place]
    if place == 0:
        before_others = "\n" if entries and _parted(gaps) else ""
        yield Edit(after.trail, after.trail, f"\n{lines}{before_others}")
        return
    blank = _blank_before(gaps, place, entries, path, lines)
    before = "\n\n" if blank else "\n"
    if "\n" in target.text[after.trail : after.own]:
        yield Edit(after.trail, after.trail, before + lines)
    else:  # what follows on the same line gets its own
        last = place == len(entries)
        rest = margin(target.text, holder.set.open.start) if last else indent
        yield Edit(after.trail, after.own, f"{before}{lines}\n{rest}")


def _place(entries: Sequence[nodes.Entry], path: tuple[str, ...]) -> int:
    """After how many entries the new one goes: after the last of those that share most names."""
    if path[0] == "imports":
        return 0
    shared = [common(entry, path) for entry in entries]
    most = max(shared, default=0)
    if not most:
        return len(entries)
    return max(index for index, count in enumerate(shared) if count == most) + 1


def _blank_before(
    gaps: Sequence[Gap],
    place: int,
    entries: Sequence[nodes.Entry],
    path: tuple[str, ...],
    lines: str,
) -> bool:
    """Whether an empty line goes before a new entry: as its neighbours have it."""
    between = [each.blank for each in gaps[1:-1]]
    followed = place < len(entries) or gaps[place].own != gaps[place].end
    if followed and not gaps[place].blank:
        return False
    tall = "\n" in lines or _is_tall(entries[place - 1])
    related = common(entries[place - 1], path) > 0
    if not any(between):
        return tall and not between
    return tall or not related


def _parted(gaps: Sequence[Gap]) -> bool:
    """Whether an empty line follows a new first entry: `imports` stands apart from the others."""
    between = [each.blank for each in gaps[1:-1]]
    return any(between) or not between


def _is_tall(entry: nodes.Entry) -> bool:
    return first_token(entry).line != last_token(entry).line


def _on_lines(target: Target, holder: AttributeSet, indent: str, lines: str) -> Iterator[Edit]:
    """A set on one line is opened: each of its entries gets a line, and the new one the last."""
    gaps = _gaps(target.text, holder)
    for each in gaps[:-1]:
        yield Edit(each.trail, each.own, f"\n{indent}")
    last = gaps[-1]
    outer = margin(target.text, holder.open.start)
    middle = target.text[last.trail : last.end].strip()
    kept = f"\n{indent}{middle}" if middle else ""
    yield Edit(last.trail, last.end, f"{kept}\n{lines}\n{outer}")


def _indent(target: Target, holder: AttributeSet, step: str) -> str:
    """The indentation of a set's entries, as they have it or would have it."""
    text = target.text
    for entry in reversed(holder.entries):
        start = first_token(entry).start
        if starts_line(text, start):
            return margin(text, start)
    return (
        margin(
            text, holder.close.start if starts_line(text, holder.close.start) else holder.open.start
        )
        + step
    )


# -- replacement -------------------------------------------------------------------------------


def replaced(
    target: Target, binding: nodes.Binding, value: str, *, whole: bool = False
) -> Iterator[Edit]:
    """A binding with another value.

    Comments before and after the binding stay, and those around its value unless it is `whole`.
    """
    text = target.text
    path = path_text(text, binding.path.names)
    step = indentation(target.file)
    indent = margin(text, first_token(binding).start)
    laid_out = lines_of(path, value, (), step=step, indent=indent)
    alone: Any = parse(f"{{{laid_out}}}").expression
    equals = alone.entries[0].equals.start - 1  # without the brace
    after_equals = laid_out[equals + 1 :].removesuffix(";")
    free = binding.equals.trailing is None and not first_token(binding.value).leading
    span = node_span(binding.value)
    free = free and not _has_comment(text, span.end, binding.semicolon.start)
    if free or whole:
        beside = binding.equals.line == first_token(binding.value).line
        if free and beside and after_equals.startswith(" "):
            yield Edit(span.start, binding.semicolon.start, after_equals[1:])
        else:
            yield Edit(binding.equals.start + 1, binding.semicolon.start, after_equals)
    else:
        yield Edit(span.start, span.end, value)


def described(target: Target, definition: Definition, comments: Sequence[str]) -> Edit:
    """A binding with other comments above it."""
    text = target.text
    before = own_gap(target, definition)
    start = before.end
    indent = margin(text, start)
    above = "".join(f"{line}\n{indent}" for line in comment_lines(comments))
    if above and not starts_line(text, before.own):
        above = f"\n{indent}{above}"
    return Edit(before.own, start, above)


def own_gap(target: Target, definition: Definition) -> Gap:
    """The gap before a binding, with the comments that belong to it."""
    entries = definition.holder.set.entries
    index = next(i for i, entry in enumerate(entries) if entry is definition.binding)
    return _gaps(target.text, definition.holder.set)[index]


def renamed(target: Target, binding: nodes.Binding, path: tuple[str, ...]) -> Edit:
    """A binding with another path."""
    span = node_span(binding.path)
    return Edit(span.start, span.end, join_path(path))


def _has_comment(text: str, start: int, end: int) -> bool:
    return bool(text[start:end].strip())


# -- removal -----------------------------------------------------------------------------------


def removed(target: Target, gone: Definition) -> Edit:
    """A binding taken out with the comments right above it and after it."""
    holder = gone.holder.set
    name = gone.binding.path.names[0]
    if holder.recursive and is_static(name):
        _refuse_use(target, holder, static_name(name), "remove", but=gone.binding)
    gaps = _gaps(target.text, holder)
    index = next(i for i, entry in enumerate(holder.entries) if entry is gone.binding)
    last = index == len(holder.entries) - 1
    if len(holder.entries) == 1 and _only_own_comments(target.text, holder, gaps):
        return Edit(holder.open.start + 1, holder.close.start, " ")
    return _cut(target.text, gaps[index], gaps[index + 1], first=index == 0, last=last)


def _cut(text: str, before: Gap, after: Gap, *, first: bool, last: bool) -> Edit:
    """The range of an entry with its comments, its line end and one of the empty lines around."""
    if not starts_line(text, before.own):
        return Edit(before.trail, after.trail, "")
    if "\n" not in text[after.trail : after.own]:
        return Edit(before.own, after.own, "")
    start = text.rfind("\n", 0, before.own)
    previous = len(text[:start].rstrip())
    if first and before.trail == previous:
        return Edit(start, text.rfind("\n", after.trail, after.own), "")
    if before.blank and (after.blank or last):
        start = previous
    return Edit(start, after.trail, "")


def _only_own_comments(text: str, holder: AttributeSet, gaps: Sequence[Gap]) -> bool:
    """Whether nothing would be left in the set: no comment that belongs to no entry."""
    if holder.open.trailing is not None:
        return False
    parts = [text[each.trail : each.own] for each in gaps[:-1]]
    parts.append(text[gaps[-1].trail : gaps[-1].end])
    return not any(part.strip() for part in parts)


# -- all --------------------------------------------------------------------------------------


def _gaps(text: str, holder: AttributeSet) -> list[Gap]:
    """The gap before each entry, and that before the closing brace."""
    before: Token = holder.open
    gaps = []
    for entry in holder.entries:
        gaps.append(gap(text, before, first_token(entry)))
        before = entry.semicolon
    return [*gaps, gap(text, before, holder.close)]


def _refuse_use(
    target: Target, holder: AttributeSet, name: str, doing: str, but: nodes.Entry | None = None
) -> None:
    """In a recursive set, a name must not change its meaning for other attributes."""
    for entry in holder.entries:
        if entry is but:
            continue
        part = entry.value if isinstance(entry, nodes.Binding) else entry.source
        if part is not None and name in free_names(part):
            raise faults.EditError(faults.used_by_others(target.source, entry, name, doing))
