"""The normal form of documents: one spacing between neighbours, hard ones outside of groups.

A hard line break inside a group forces the group open. One that stands at a group's edge (that of
a comment, say) has no such meaning, so it moves out. This is nixfmt's `fixup`.
"""

from __future__ import annotations

from nixgen.layout.document import (
    COMMENT,
    EXPANDED_ONLY,
    HARD_LINE,
    HARD_SPACE,
    PLAIN,
    TRAILING_COMMENT,
    VERBATIM,
    VERBATIM_TO_END,
    Document,
    Element,
    Group,
    merge,
)


def normalize(document: Document, limit: int) -> Document:
    """The document in normal form; its groups are changed in place and measured up to a width."""
    result: Document = []
    for element in document:
        if type(element) is tuple:
            last = result[-1] if result else None
            if type(last) is tuple and last[0] == element[0]:
                result[-1] = (last[0], last[1] + element[1], last[2], last[3])
            else:
                result.append(element)
        elif type(element) is int:
            if result and type(result[-1]) is int:
                result[-1] = merge(result[-1], element)
            else:
                result.append(element)
        else:
            assert isinstance(element, Group)
            _add_group(result, element, limit)
    return result


def _add_group(result: Document, group: Group, limit: int) -> None:
    if result and result[-1] is HARD_SPACE and _begins_soft(group):
        result.pop()
        group.items.insert(0, HARD_SPACE)
    items = normalize(group.items, limit)
    start, end = 0, len(items)
    while start < end and _moves_out(items[start]):
        start += 1
    while end > start and _is_hard_spacing(items[end - 1]):
        end -= 1
    for element in items[:start]:
        _add(result, element)
    if start < end:
        after = items[end:]
        body = items[start:end] if start or after else items
        only = body[0]
        if len(body) == 1 and isinstance(only, Group) and only.kind == group.kind:
            body = only.items
            group.origins += only.origins
        group.items = body
        measure(group, limit)
        result.append(group)
        items = after
    else:
        items = items[end:]
    for element in items:
        _add(result, element)


def _begins_soft(group: Group) -> bool:
    """Whether a space before the group merges with a spacing that is the group's own."""
    items = group.items
    while items:
        first = items[0]
        if type(first) is not Group:
            return type(first) is int and first != HARD_SPACE and first < HARD_LINE
        items = first.items
    return False


def _add(result: Document, element: Element) -> None:
    if type(element) is int and result and type(result[-1]) is int:
        result[-1] = merge(result[-1], element)
    else:
        result.append(element)


def _is_hard_spacing(element: Element) -> bool:
    return type(element) is int and (element == HARD_SPACE or element >= HARD_LINE)


def _moves_out(element: Element) -> bool:
    """Whether an element at a group's start moves out of it.

    Of a normal group, everything that could move out has done so.
    """
    if type(element) is int:
        return element == HARD_SPACE or element >= HARD_LINE
    return type(element) is tuple and element[0] in _LEADING_KINDS


_LEADING_KINDS = frozenset({COMMENT, TRAILING_COMMENT, VERBATIM, VERBATIM_TO_END})


def measure(group: Group, limit: int) -> None:
    """Note what the group is on one line; comments are part of its text, not of its width."""
    found = flat(group.items)
    if found is not None and found[2] <= limit:
        group.space_before, group.core, group.width, group.space_after = found
    else:
        group.ends_in_comment = ends_in_comment(group.items)


def ends_in_comment(items: Document) -> bool:
    """Whether the last text of normal elements is a trailing comment."""
    last = items[-1] if items else 0
    if type(last) is tuple:
        return last[0] == TRAILING_COMMENT
    return isinstance(last, Group) and last.ends_in_comment


def flat(items: Document) -> tuple[bool, str, int, bool] | None:
    """(blank before, text, width, blank after) of normal elements on one line.

    None where they cannot be on one line, or hold a comment whose text depends on the column.
    """
    text = ""
    width = 0
    before = blank = False
    for element in items:
        after = False
        if type(element) is int:
            if element >= HARD_LINE:
                return None
            blank = blank or element >= HARD_SPACE
            continue
        if type(element) is tuple:
            kind, part = element[0], element[1]
            size = len(part) if kind == PLAIN else 0
            if kind > COMMENT:
                if kind == EXPANDED_ONLY:
                    continue
                return None
        else:
            assert isinstance(element, Group)
            if element.core is None:
                return None
            part, size, after = element.core, element.width, element.space_after
            blank = blank or element.space_before
        if not part:
            blank = blank or after
            continue
        if blank:
            before = before or not text
            if text:
                text += " "
                width += 1
        text += part
        width += size
        blank = after
    return before, text, width, blank
