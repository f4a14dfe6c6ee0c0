"""Sets, lists and strings whose first line begins after something: `{`, `[`, a pair of quotes."""

from __future__ import annotations

from nixgen.nix.nodes import Apply, AttributeSet, Identifier, IndentedString, List, Node
from nixgen.nix.outer_tokens import first_token, without_leading
from nixgen.nix.printing.direct.base import Direct, Place, columns, comment_text
from nixgen.nix.printing.direct.entries import entries
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.functions import is_open
from nixgen.nix.printing.one_line.literals import joined_parts
from nixgen.nix.printing.strings import string_lines


def absorbed(d: Direct, node: Node, place: Place) -> bool:
    """A set, list or string over several lines whose first line fits after `head`."""
    room = d.width - len(place.head)
    head = place.start + place.head
    match node:
        case AttributeSet():
            fits = room >= (5 if node.recursive else 1) and is_open(node)
            return fits and braces(d, node, head, place.pad, place.end)
        case List():
            return room >= 1 and is_open(node) and brackets(d, node, head, place.pad, place.end)
        case IndentedString():
            fits = room >= 2 and len(string_lines(node)) > 1
            return fits and quotes(d, node, head, place.pad, place.end)
    return False


def braces(d: Direct, node: AttributeSet, head: str, pad: str, end: str) -> bool:
    """`{`, the entries a line each, `}`."""
    opener, closer = node.open, node.close
    if opener.leading or closer.trailing is not None:
        return False
    if node.recursive:
        if node.rec.leading or node.rec.trailing is not None:
            return False
        head += "rec "
    inner = pad + d.step
    d.out.append(head + "{")
    if opener.trailing is not None:
        d.out.append(f"\n{inner}{comment_text(opener.trailing)}")
    line_break = entries(d, node.entries, closer.leading, inner)
    d.out.append(f"{line_break}{pad}}}{end}")
    return True


def brackets(d: Direct, node: List, head: str, pad: str, end: str) -> bool:
    """`[`, the items a line each, `]`."""
    opener, closer = node.open, node.close
    if opener.leading or closer.trailing is not None:
        return False
    inner = pad + d.step
    out = d.out
    mark = -1
    if d.tracing and node.origin is not None:
        mark = len(d.marks)
        d.marks.append((len(out), head.count("\n"), 0, 0, node.origin))
    out.append(head + "[")
    if opener.trailing is not None:
        out.append(f"\n{inner}{comment_text(opener.trailing)}")
    line_break = "\n"
    for each in node.items:
        item: Node = each
        if type(item) is Identifier and item.token is None:
            out.append(f"{line_break}{inner}{item.name}")
            line_break = "\n"
            continue
        if type(item) is Apply:  # `f or`
            raise Unknown
        token = first_token(item)
        if token is not None and token.leading:
            line_break = d.trivia(token.leading, inner, line_break)
            item = without_leading(item)
        out.append(line_break + inner)
        d.line(item, inner, "")
        line_break = "\n"
    if closer.leading:
        line_break = d.trivia(closer.leading, inner, line_break)
    out.append(f"{line_break}{pad}]{end}")
    if mark >= 0:
        d.end_mark(mark)
    return True


def quotes(d: Direct, node: IndentedString, head: str, pad: str, end: str) -> bool:
    """`''`, the lines of the string, `''`."""
    if node.open.leading or node.close.trailing is not None or node.cut:
        return False
    lines = string_lines(node)
    inner = pad + d.step
    last = lines[-1]
    if last and isinstance(last[0], str) and len(last[0]) + 2 + columns(end) > d.width:
        return False
    pieces = [head, "''"]
    for line in lines:
        if not line:
            pieces.append("\n")
            continue
        text = line[0]
        if len(line) > 1 or type(text) is not str:
            joined = joined_parts(line, d.levels)
            if joined is None or len(joined) + 2 + columns(end) > d.width:
                return False
            text = joined
        pieces.append(f"\n{inner}{text}")
    pieces.append(f"''{end}" if lines[-1] else f"{pad}''{end}")
    d.out.append("".join(pieces))
    return True
