"""Bindings and `inherit`, a line break before each."""

from __future__ import annotations

from typing import Any

from nixgen.nix.nodes import AttributeSet, Binding, Entry, Identifier, Inherit, Token, Trivia
from nixgen.nix.outer_tokens import first_token
from nixgen.nix.printing.direct.base import (
    VALUES,
    Direct,
    Place,
    columns,
    comment_text,
    is_unbreakable,
)
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.base import on_one_line, one_line
from nixgen.nix.printing.one_line.sets import attribute_path, inherit_names, inherit_start, value


def entries(d: Direct, items: tuple[Entry, ...], last: tuple[Trivia, ...], pad: str) -> str:
    """Print bindings, a line break before each; returns the one due after them."""
    out, marks, tracing = d.out, d.marks, d.tracing
    line_break = "\n"
    for entry in items:
        mark = -1
        if tracing and entry.origin is not None:
            mark = len(marks)
            marks.append((len(out), -1, 0, 0, entry.origin))
        trivia = _comments_before(entry)
        if trivia:
            line_break = d.trivia(trivia, pad, line_break)
        place, count = len(out), len(marks)
        try:
            if type(entry) is Binding:
                done = _binding(d, entry, line_break + pad, pad)
            else:
                done = _inherit(d, entry, line_break + pad, pad)  # type: ignore[arg-type]  # all others are Inherit
        except Unknown:
            del out[place:]
            del marks[count:]
            done = False
        if not done:
            out.append(line_break)
            d.entry_by_document(entry, pad)
        if mark >= 0:
            d.end_mark(mark)
        line_break = "\n"
    return d.trivia(last, pad, "\n") if last else line_break


def _binding(d: Direct, node: Binding, start: str, pad: str) -> bool:
    """`path = value;`."""
    names = node.path.names
    path = attribute_path(node.path, first=True)
    end = _end_of(node.semicolon)
    if path is None or end is None or node.equals.leading or node.equals.trailing is not None:
        return False
    short = len(names) <= 4
    if short:
        for name in names:
            if type(name) is not Identifier:
                short = False
                break
    node_value = node.value
    kind = type(node_value)
    text = None if kind is AttributeSet else value(node_value, d.levels)
    if text is not None:
        needed = len(path) + len(text) + (4 if end == ";" else 3 + columns(end))
        if needed <= d.width or (short and is_unbreakable(node_value)):
            if d.tracing:
                d.mark_inside(node_value)
            d.out.append(f"{start}{path} = {text}{end}")
            return True
    elif kind is AttributeSet and _small_set(d, node_value, f"{start}{path} = ", end, path):
        return True
    function = VALUES.get(kind)
    if function is None or (not short and len(path) + 3 > d.width):
        return False
    return function(d, node_value, Place(start, f"{path} = ", pad, end), short)


def _end_of(semicolon: Token) -> str | None:
    """A semicolon with the comment after it; None with comments before it."""
    if semicolon.trailing is not None:
        return None if semicolon.leading else f"; {comment_text(semicolon.trailing)}"
    return None if semicolon.leading else ";"


def _small_set(d: Direct, node: Any, head: str, end: str, path: str) -> bool:
    """`path = { };`, and `path = { inherit a; };`: no other set is on the line of its name."""
    if node.entries and type(node.entries[0]) is not Inherit:
        return False
    text = one_line(node, d.levels)
    if text is None or len(path) + len(text) + 3 + columns(end) > d.width:
        return False
    if d.tracing:
        d.mark_inside(node)
    d.out.append(f"{head}{text}{end}")
    return True


def _inherit(d: Direct, node: Inherit, start: str, pad: str) -> bool:
    """`inherit names;`, on one line with up to three names."""
    text = inherit_start(node, d.levels)
    names = inherit_names(node, d.levels)
    end = _end_of(node.semicolon)
    if text is None or end is None or not names or len(text) > d.width:
        return False
    if len(names) < 4 and on_one_line(node.inherit, node.semicolon):
        text = f"{text} {' '.join(names)}"
        if len(text) + columns(end) > d.width:
            return False
        d.out.append(f"{start}{text}{end}")
        return True
    between = f"\n{pad}{d.step}"
    d.out.append(f"{start}{text}{between}{between.join(names)}{between}{end}")
    return True


def _comments_before(entry: Entry) -> tuple[Trivia, ...]:
    if type(entry) is not Binding:
        return entry.inherit.leading  # type: ignore[union-attr]  # as above
    name = entry.path.names[0]
    token = name.token if type(name) is Identifier else first_token(name)
    return token.leading if token is not None else ()
