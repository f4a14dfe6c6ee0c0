"""Lays documents out: which groups stay on one line, and how far each line is indented.

The algorithm is nixfmt's `layoutGreedy`, which RFC 166 leaves to the implementation:

- A group stays on one line where it and what follows it up to the next possible break fit.
- Else each of its priority groups, the last one first, is tried as the only part over many lines.
- Else all spacings of the group break.
- A line is indented by one step more than the line that opened its nesting, however many depths
  that line opened.
- A line's width is counted from its indentation, and without its comments.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from nixgen.layout.document import (
    BREAK,
    COMMENT,
    EMPTY_LINE,
    EXPANDED_ONLY,
    HARD_LINE,
    HARD_SPACE,
    PLAIN,
    RAW,
    SOFT_BREAK,
    SPACE,
    TRAILING_COMMENT,
    TRANSPARENT,
    VERBATIM_START,
    Document,
    Group,
    without_breaks,
)
from nixgen.layout.lookahead import (
    Rest,
    first_width,
    fits_with_comment,
    merged_spacing,
    next_depth,
    priority_groups,
    without_first_spacing,
)
from nixgen.layout.normal import ends_in_comment, flat, normalize

Lines: TypeAlias = "tuple[int, int, Lines | None]"
"""Open lines, innermost first: (columns of indentation, nesting depth, the line around)."""


State: TypeAlias = tuple[Any, ...]
"""What trying a group changes."""


class Engine:
    """Prints normal documents one after another into `output`, a list of strings."""

    __slots__ = ("column", "indent", "lines", "output", "suppressed", "width")

    def __init__(self, width: int, indent: int, margin: int = 0) -> None:
        self.width = width
        self.indent = indent
        self.output: list[str] = []
        self.column = 0
        self.lines: Lines = (margin, 0, None)
        self.suppressed = False

    def print(self, document: Document, *, spliced: bool = False) -> str:
        """The text of a document (not yet normal), its last line break included if it has one.

        The document is one group, or, `spliced`, part of one that is not on one line.
        """
        items = normalize(document, self.width)
        if spliced:
            self._elements(items, None)
        else:
            self._group(Group(0, items), None)
        return "".join(self.output)

    # -- expanded ------------------------------------------------------------------------------

    def _elements(self, items: Document, rest: Rest) -> None:
        for index, element in enumerate(items, 1):
            if type(element) is tuple:
                kind, text, depth, shift = element
                if kind <= COMMENT or kind == EXPANDED_ONLY:
                    self._text(text, depth, shift)
                else:
                    self._special_text(element, (items, index, rest))
            elif type(element) is int:
                if self.column:
                    self._spacing(element, (items, index, rest))
            else:
                assert isinstance(element, Group)
                self._group(element, (items, index, rest))

    def _text(self, text: str, depth: int, shift: int) -> None:
        lines = self.lines
        if depth != lines[1]:
            lines = self._go_to(depth)
        if self.column == 0:
            self._put(" " * (lines[0] + shift) + text)
        else:
            self._put(text)
        self.column += len(text)

    def _go_to(self, depth: int) -> Lines:
        """Open or close lines until the nesting depth is reached."""
        lines = self.lines
        while depth < lines[1]:
            assert lines[2] is not None
            lines = lines[2]
        if depth > lines[1]:
            step = self.indent if self.column == 0 else 0
            lines = (lines[0] + step, depth, lines)
        self.lines = lines
        return lines

    def _put(self, text: str) -> None:
        if not self.suppressed:
            self.output.append(text)

    def _special_text(self, element: tuple[int, str, int, int], rest: Rest) -> None:
        kind, text, depth, shift = element
        if kind == TRAILING_COMMENT:
            # `[ # comment` would become the first item's comment when read again; a second blank
            # keeps it apart from the items' column.
            if self.column == 2 and next_depth([], rest)[0] > self.lines[1]:
                self._put(" " + text)
                self.column += 1 + len(text)
            else:
                self._text(text, depth, shift)
        elif kind == VERBATIM_START:
            self.suppressed = True
        elif kind == RAW:
            self._go_to(depth)
            self._put(text)
            self.column = max(1, self.column + len(text))
        else:
            at_start = self.column == 0 or self.suppressed
            self.suppressed = False
            self._put(text if at_start else "\n" + text)
            self.column = len(text) - text.rfind("\n") - 1

    def _spacing(self, spacing: int, rest: Rest) -> None:
        if spacing in (SPACE, BREAK, HARD_LINE):
            self._put("\n")
            self.column = 0
        elif spacing == HARD_SPACE:
            self._put(" ")
            self.column += 1
        elif spacing > HARD_LINE:
            self._put("\n" * (2 if spacing == EMPTY_LINE else spacing - EMPTY_LINE))
            self.column = 0
        elif spacing == SOFT_BREAK:
            if not self._first_line_fits(self.width - self.column, rest):
                self._put("\n")
                self.column = 0
        elif self._first_line_fits(self.width - self.column - 1, rest):
            self._put(" ")
            self.column += 1
        else:
            self._put("\n")
            self.column = 0

    # -- groups --------------------------------------------------------------------------------

    def _group(self, group: Group, rest: Rest) -> None:
        if not self._put_group_on_line(group, rest):
            self._expand(group, rest)

    def _expand(self, group: Group, rest: Rest) -> None:
        items = group.items
        if group.kind != TRANSPARENT:
            for before, priority, after in priority_groups(items, self.width):
                if self._put_expanding(before, priority, after, rest):
                    return
        self._elements(items, rest)

    def _put_group_on_line(self, group: Group, rest: Rest) -> bool:
        text = group.core
        if text is None:
            return group.ends_in_comment and self._put_on_line(group.items, rest)
        if group.space_before and self.column == 0:
            return self._put_on_line(group.items, rest)
        width = self.column + group.width + group.space_before + group.space_after
        if width > self.width or width + first_width(rest) > self.width:
            return False
        if group.space_before:
            text = " " + text
        if group.space_after:
            text += " "
        if self.column:
            self._put(text)
            self.column += len(text)
        else:
            self._text(text, *next_depth(group.items, None))
        return True

    def _put_on_line(self, items: Document, rest: Rest) -> bool:
        """Print elements on the current line, if they and the start of `rest` fit."""
        if not items:
            return True
        room = self.width - first_width(rest)
        if self.column:
            text = self._fitting(items, room - self.column, rest, self.lines[1], -self.column)
            if text is None:
                return False
            self._put(text)
            self.column += len(text)
            return True
        items = without_first_spacing(items, self.width)
        depth, shift = next_depth(items, None)
        outer = self.lines[1]
        inner = outer + self.indent if depth > outer else outer
        text = self._fitting(items, room, rest, inner, 0)
        if text is None:
            return False
        self._text(text, depth, shift)
        return True

    def _fitting(
        self, items: Document, room: int, rest: Rest, depth: int, column: int
    ) -> str | None:
        found = flat(items)
        if found is not None:
            before, text, width, after = found
            if width + before + after > room:
                return None
            return " " * before + text + " " * after
        if not ends_in_comment(items):
            return None
        deeper = self.indent if next_depth([], rest)[0] > depth else 0
        return fits_with_comment(items, room, deeper + column)

    def _put_expanding(
        self, before: Document, priority: Document, after: Document, rest: Rest
    ) -> bool:
        """Print one priority group over many lines and what surrounds it on its lines."""
        if not self._can_end_line(after, rest):
            return False
        state = self._state()
        if self._put_on_line(before, (priority, 0, (after, 0, rest))):
            self._elements(priority, (without_breaks(after), 0, rest))
            if self._put_on_line(after, rest):
                return True
        self._go_back(state)
        return False

    def _state(self) -> State:
        return (len(self.output), self.column, self.lines, self.suppressed)

    def _go_back(self, state: State) -> None:
        count, self.column, self.lines, self.suppressed = state
        del self.output[count:]

    def _can_end_line(self, after: Document, rest: Rest) -> bool:
        """Whether `after` could follow something on one line: saves trying what it follows."""
        if not after:
            return True
        found = flat(after)
        if found is None:
            return ends_in_comment(after)
        return found[2] + first_width(rest) <= self.width

    def _first_line_fits(self, target: int, rest: Rest) -> bool:
        """Whether what follows, up to its next break, fits without breaking up its groups."""
        room = self.width
        used = 0
        while rest is not None:
            items, index, rest_after = rest
            if index == len(items):
                rest = rest_after
                continue
            element = items[index]
            rest = (items, index + 1, rest_after)
            if type(element) is tuple:
                if element[0] == PLAIN:
                    used += len(element[1])
                elif VERBATIM_START < element[0] < RAW:
                    return used <= target
            elif type(element) is int:
                blank = element >= HARD_SPACE
                element, rest = merged_spacing(element, rest)
                if element != HARD_SPACE:
                    return used <= target
                used += blank
            else:
                assert isinstance(element, Group)
                text = self._fitting(element.items, room - used - first_width(rest), None, 0, 0)
                if text is None:
                    rest = (element.items, 0, rest)
                else:
                    used += len(text)
            if used > room:
                return False
        return used <= target


class TracingEngine(Engine):
    """An engine that also notes the lines of each group that has origins.

    `origins` holds (first line, last line, origin) in the order of the groups, outer before inner;
    lines are counted from 0 and both inclusive. A group's origins are pairs of an origin and the
    number of comment lines before the group that belong to it.
    """

    __slots__ = ("line", "origins")

    def __init__(self, width: int, indent: int, margin: int = 0) -> None:
        super().__init__(width, indent, margin)
        self.line = 0
        self.origins: list[tuple[int, int, object]] = []

    def _put(self, text: str) -> None:
        super()._put(text)
        if not self.suppressed:
            self.line += text.count("\n")

    def _group(self, group: Group, rest: Rest) -> None:
        first, place = self.line, len(self.origins)
        self.origins.extend((first - above, first, origin) for origin, above in group.origins)
        inner = len(self.origins)
        if self._put_group_on_line(group, rest):
            self.origins.extend(
                (first, self.line, origin) for origin in _origins_inside(group.items)
            )
        else:
            self._expand(group, rest)
        last = self.line if self.column else self.line - 1
        for index in range(place, inner):
            self.origins[index] = (self.origins[index][0], last, self.origins[index][2])

    def _state(self) -> State:
        return (*super()._state(), self.line, len(self.origins))

    def _go_back(self, state: State) -> None:
        *basic, self.line, count = state
        super()._go_back(tuple(basic))
        del self.origins[count:]


def _origins_inside(items: Document) -> list[object]:
    found: list[object] = []
    for element in items:
        if isinstance(element, Group):
            found.extend(origin for origin, _ in element.origins)
            found.extend(_origins_inside(element.items))
    return found
