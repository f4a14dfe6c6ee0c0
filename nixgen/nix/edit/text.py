"""Changes of a text, and the layout of what they put in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from nixgen.nix import nodes
from nixgen.nix.nodes import File, Node, Token
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.printer import INDENT, print_file
from nixgen.nix.spans import first_token, node_span
from nixgen.nix.walk import walk

_TRIVIUM: Final = re.compile(
    r"(?P<line>\n)|(?P<directive>/\*nixfmt:[a-z]+\*/)|#[^\n]*|/\*.*?\*/|[^\S\n]+", re.DOTALL
)
_MARGIN: Final = re.compile(r"[ \t]*")


@frozen
class Edit:
    """Text put in the place of a range of characters."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with its edits made; they do not overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


@frozen
class Gap:
    """What stands between two neighbouring tokens: blanks, line ends and comments.

    The first token's own text ends at `start`, with the comment after it on its line at `trail`.
    The comments right above the second token begin at `own`, and it itself at `end`.
    `blank` tells whether an empty line parts the two, comments aside.
    """

    start: int
    trail: int
    own: int
    end: int
    blank: bool


def gap(text: str, before: Token, after: Token) -> Gap:
    """The gap between two tokens that follow each other."""
    start, end = before.start + len(before.text), after.start
    trail = start
    if before.trailing is not None:
        line_end = text.find("\n", start, end)
        trail = len(text[: end if line_end < 0 else line_end].rstrip())
    own: int | None = None
    blank, lines = False, 0
    for match in _TRIVIUM.finditer(text, trail, end):
        if match["line"]:
            lines += 1
            if lines > 1:
                own, blank = None, True
        elif match["directive"]:
            own, lines = None, 0
        elif not match[0].isspace():
            own, lines = match.start() if own is None else own, 0
    return Gap(start, trail, end if own is None else own, end, blank)


def margin(text: str, position: int) -> str:
    """The blanks that the line of a position begins with."""
    match = _MARGIN.match(text, text.rfind("\n", 0, position) + 1)
    assert match is not None
    return match[0]


def starts_line(text: str, position: int) -> bool:
    """Whether only blanks stand before a position on its line."""
    return not text[text.rfind("\n", 0, position) + 1 : position].strip()


def indentation(file: File) -> str:
    """One step of a file's indentation, as its first set or list that takes lines shows it."""
    text = file.text or ""
    for node in walk(file):
        if not isinstance(node, nodes.AttributeSet | nodes.List):
            continue
        inside = node.entries if isinstance(node, nodes.AttributeSet) else node.items
        if not inside:
            continue
        start = first_token(inside[0]).start
        outer = margin(text, first_token(node).start)
        inner = margin(text, start)
        if starts_line(text, start) and inner.startswith(outer) and inner != outer:
            return inner[len(outer) :]
    return " " * INDENT


def lines_of(path: str, value: str, comments: Iterable[str], *, step: str, indent: str) -> str:
    """`path = value;` laid out as nixfmt does, each line indented, without a last line end."""
    above = "".join(f"{line}\n" for line in comment_lines(comments))
    printed = _printed(f"{{\n{above}{path} = {value};\n}}", step)
    return _indented(printed, step, indent).removeprefix("{\n").removesuffix("\n}")


def path_text(text: str, names: Iterable[Node]) -> str:
    """A path as a text spells its names, without comments between them."""
    spans = map(node_span, names)
    return ".".join(text[span.start : span.end] for span in spans)


def comment_lines(comments: Iterable[str]) -> list[str]:
    """Comments as lines of a file, without indentation."""
    lines = [line for comment in comments for line in comment.splitlines() or [""]]
    return [f"# {line}".rstrip() for line in lines]


def canonical(path: str, value: str, comments: Iterable[str]) -> str:
    """`{ path = value; }` with lines of comments above, in a layout that depends on no other."""
    above = "".join(f"{line}\n" for line in comments)
    return print_file(parse(f"{{\n{above}{path} = {value};\n}}"), strict=True)


def item_lines(item: str, *, step: str, indent: str) -> str:
    """A list item laid out as nixfmt does, each line indented, without a last line end."""
    printed = _printed(f"[\n{item}\n]", step)
    return _indented(printed, step, indent).removeprefix("[\n").removesuffix("\n]")


def _printed(text: str, step: str) -> str:
    tabs = "\t" in step
    return print_file(parse(text), indent=INDENT if tabs else len(step)).rstrip("\n")


def _indented(text: str, step: str, indent: str) -> str:
    """Lines moved from one step of indentation to `indent`; those inside strings keep their text.

    The lines of a `''` string may move by blanks, which Nix takes off, but not by tabs.
    """
    tabs = "\t" in step
    width = INDENT if tabs else len(step)
    fixed, indented = _inside_strings(text)
    made = []
    for number, line in enumerate(text.split("\n")):
        stays = number in fixed or (number in indented and "\t" in indent)
        if stays or not line.startswith(" " * width):
            made.append(line)
        else:
            rest = line[width:]
            if tabs and number not in indented:
                blanks = len(rest) - len(rest.lstrip(" "))
                rest = "\t" * (blanks // width) + " " * (blanks % width) + rest[blanks:]
            made.append(indent + rest)
    return "\n".join(made)


def _inside_strings(text: str) -> tuple[set[int], set[int]]:
    """The lines, from 0, that begin inside a `"` string, and those that do inside a `''` string."""
    plain: set[int] = set()
    indented: set[int] = set()
    for node in walk(parse(text)):
        if isinstance(node, nodes.String | nodes.IndentedString):
            lines = range(node.open.line, node.close.line)
            (plain if isinstance(node, nodes.String) else indented).update(lines)
    return plain, indented


def source_of(text: str, node: Node) -> str:
    """The text of a node, its lines moved left as far as its first line stands right."""
    span = node_span(node)
    whole = text[span.start : span.end]
    indent = margin(text, span.start)
    if "\n" not in whole or not indent:
        return whole
    first_line = first_token(node).line
    fixed = {
        line
        for inner in walk(node)
        if isinstance(inner, nodes.String)
        for line in range(inner.open.line, inner.close.line)
    }
    lines = whole.split("\n")
    return "\n".join(
        line if index + first_line - 1 in fixed else line.removeprefix(indent)
        for index, line in enumerate(lines)
    )


def same_meaning(one: nodes.Expression, other: nodes.Expression) -> bool:
    """Whether two values are the same but for comments and layout."""
    return one == other or _canonical(one) == _canonical(other)


def _canonical(node: nodes.Expression) -> str:
    return print_file(File(node), strict=True).strip()
