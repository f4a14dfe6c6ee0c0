"""Prints the syntax tree: a fixed point of `tofu fmt`.

The simple shapes, most of what is printed, go the direct way (`direct.py`). All others become
tokens (`unfold.py`), whose blanks `layout.py` sets. Both ways give the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nixgen.hcl.nodes import BodyItem, Expression, File, ObjectItem, OriginRange, Printed
from nixgen.hcl.normal_form import typed
from nixgen.hcl.printing.direct import print_direct, print_inline


def print_file(file: File) -> str:
    """The text of a file, with a last newline; empty for a file without items."""
    return print_with_origins(file)[0]


def print_with_origins(file: File) -> tuple[str, tuple[OriginRange, ...]]:
    """The text of a file, and for each node with an origin its lines in it.

    The ranges are (first line, last line, origin), counted from 1, both inclusive, comments before
    the node included. They are ordered by first line, an outer range before those inside it.
    """
    printed, _ = _print(file.body, 0)
    return printed.text, printed.ranges


def print_items(items: Iterable[BodyItem | ObjectItem], *, depth: int = 0) -> Printed:
    """Items of a body or an object, printed as they stand inside of `depth` blocks and objects.

    So the parts of a large file can be printed, and kept, one by one. `Printed` is an item itself:
    a file with it prints as the file with the items would. That needs a first and a last line
    that are not aligned with their neighbours: raises ValueError for `name = value` there, or a
    trailing comment. Such items are printed together with their neighbours.
    """
    printed, aligned = _print(tuple(items), depth)
    if aligned:
        raise ValueError(
            "the first or the last line is aligned with the lines around it; print all of them "
            "in one call, or as part of the file"
        )
    return printed


def print_expression(expression: Expression) -> str:
    """The text of an expression by itself, without a last newline."""
    text = print_inline(expression)
    if text is not None:
        return text
    from nixgen.hcl.printing.by_tokens import print_expression_tokens

    return print_expression_tokens(expression)


def _print(items: Sequence[BodyItem | ObjectItem], depth: int) -> tuple[Printed, bool]:
    """The printed items, and whether their first or last line is aligned with neighbours."""
    if depth == 0:
        items = [typed(item) for item in items]
    printed = print_direct(items, depth)
    if printed is not None:
        return printed
    from nixgen.hcl.printing.by_tokens import print_tokens

    return print_tokens(items, depth)
