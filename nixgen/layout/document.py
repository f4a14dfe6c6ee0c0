"""Documents: lists of text, spacings and groups, of which the engine chooses the line breaks.

The elements are plain tuples and ints where there are many of them, since a formatter's time goes
into making and visiting them. The model is that of nixfmt's `Predoc.hs` (RFC 166 asks for no
particular one): spacings of increasing strength, of which neighbours merge into one, and groups
that are laid out on one line where they fit.
"""

from __future__ import annotations

from typing import Final, TypeAlias

# -- spacings ----------------------------------------------------------------------------------

Spacing: TypeAlias = int
"""Ordered by strength; `newlines(n)` for n breaks lies above all others."""

SOFT_BREAK: Final = 0  # nothing, or a line break where the next text does not fit
BREAK: Final = 1  # nothing, or a line break where the group does not fit
HARD_SPACE: Final = 2  # a space
SOFT_SPACE: Final = 3  # a space, or a line break where the next text does not fit
SPACE: Final = 4  # a space, or a line break where the group does not fit
HARD_LINE: Final = 5  # a line break
EMPTY_LINE: Final = 6  # a line break and an empty line


def newlines(count: int) -> Spacing:
    """Exactly `count` line breaks, for text whose lines are fixed."""
    return EMPTY_LINE + count


def is_soft(spacing: Spacing) -> bool:
    """Whether the spacing depends on the group that it stands in."""
    return spacing < HARD_LINE and spacing != HARD_SPACE


def merge(first: Spacing, second: Spacing) -> Spacing:
    """The one spacing that two neighbours make."""
    weak, strong = (first, second) if first <= second else (second, first)
    if strong <= EMPTY_LINE:
        return _MERGED.get((weak, strong), strong)
    if weak > EMPTY_LINE:
        return strong + weak - EMPTY_LINE
    if weak == EMPTY_LINE:
        return strong + 2
    return strong if weak == HARD_SPACE else strong + 1


_MERGED = {
    (BREAK, SOFT_SPACE): SPACE,
    (BREAK, HARD_SPACE): SPACE,
    (SOFT_BREAK, HARD_SPACE): SOFT_SPACE,
}

# -- text --------------------------------------------------------------------------------------

Text: TypeAlias = tuple[int, str, int, int]
"""(kind, text, nesting depth, further columns of indentation)."""

PLAIN: Final = 0
COMMENT: Final = 1  # counts nothing towards the width
TRAILING_COMMENT: Final = 2  # a comment after something on its line
EXPANDED_ONLY: Final = 3  # text that a group on one line leaves out: a final comma
VERBATIM_START: Final = 4  # what follows is laid out, but not printed, ...
VERBATIM: Final = 5  # ... until this text, which is printed as it is
VERBATIM_TO_END: Final = 6  # the same, and it ends the document
RAW: Final = 7  # printed as it is, without indentation

# -- groups ------------------------------------------------------------------------------------

REGULAR: Final = 0
PRIORITY: Final = 1  # expanded first, where what surrounds it in its parent then fits on the line
TRANSPARENT: Final = 2  # its priority groups count as its parent's


Origin: TypeAlias = tuple[object, int]
"""What a group comes from, and how many lines of comments before the group belong to it."""


class Group:
    """Elements laid out together: on one line where they fit, else with all spacings broken.

    `width` and the fields after it describe the group on one line, once it is normal: `width` is
    that of `core`, the text between its outer spacings; None where it cannot be on one line.
    `space_before` and `space_after` tell whether the outer spacings are blanks, `ends_in_comment`
    whether its last text is a trailing comment.
    """

    __slots__ = (
        "core",
        "ends_in_comment",
        "items",
        "kind",
        "origins",
        "space_after",
        "space_before",
        "width",
    )

    def __init__(self, kind: int, items: Document, origins: tuple[Origin, ...] = ()) -> None:
        self.kind = kind
        self.items = items
        self.origins = origins
        self.core: str | None = None
        self.width = 0
        self.space_before = False
        self.space_after = False
        self.ends_in_comment = False


Element: TypeAlias = Spacing | Text | Group
Document: TypeAlias = list[Element]


def on_one_line(document: Document, limit: int | None = None) -> Document | None:
    """The document with its groups dissolved and its spacings fixed on one line.

    None where it holds a hard line break or is wider than `limit` (nixfmt: `unexpandSpacing'`).
    """
    result: Document = []
    width = 0
    stack = [iter(document)]
    while stack:
        for element in stack[-1]:
            if type(element) is int:
                if element >= HARD_LINE:
                    return None
                if element >= HARD_SPACE:
                    result.append(HARD_SPACE)
                    width += 1
            elif type(element) is tuple:
                if element[0] >= VERBATIM_START:
                    return None
                result.append(element)
                width += len(element[1])
            else:
                assert isinstance(element, Group)
                stack.append(iter(element.items))
                break
            if limit is not None and width > limit:
                return None
        else:
            stack.pop()
    return result


def without_breaks(document: Document) -> Document:
    """The document with the spacings of its top level fixed (nixfmt: `unexpandSpacing`)."""
    result: Document = []
    for element in document:
        if type(element) is int and element != HARD_SPACE and element < HARD_LINE:
            if element >= SOFT_SPACE:
                result.append(HARD_SPACE)
        else:
            result.append(element)
    return result
