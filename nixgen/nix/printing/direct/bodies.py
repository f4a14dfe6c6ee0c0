"""The bodies of `let`, `with` and functions, which have no group of their own."""

from __future__ import annotations

from nixgen.nix.nodes import (
    Apply,
    Assert,
    AttributeSet,
    BinaryOperation,
    BlankLine,
    Float,
    Identifier,
    If,
    IndentedString,
    Integer,
    Lambda,
    Let,
    List,
    Node,
    Parentheses,
    Path,
    SearchPath,
    Select,
    SetPattern,
    String,
    Uri,
    With,
)
from nixgen.nix.outer_tokens import leading, without_leading
from nixgen.nix.printing.direct.base import BLOCKS, Direct
from nixgen.nix.printing.direct.continued import last_body, may_be_absorbed
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.base import one_line
from nixgen.nix.printing.one_line.functions import is_open
from nixgen.nix.printing.one_line.operators import with_start

_OWN_GROUP = (
    *(Identifier, Integer, Float, SearchPath, Uri, Path, String, IndentedString),
    *(Apply, List, Parentheses, If, Assert),
)
_COMPARISONS = frozenset({"<", ">", "<=", ">=", "==", "!="})


def below(d: Direct, node: Node, start: str, pad: str, end: str) -> None:
    """The body of a `let`, `with` or function on the lines below `start`."""
    trivia = leading(node)
    if trivia and (
        isinstance(node, Let | With) or (isinstance(node, AttributeSet) and is_open(node))
    ):
        d.out.append(start)
        d.out.append(d.trivia(trivia, pad, "\n") + pad)
        spread(d, without_leading(node), pad, end)
        return
    line_break = "\n\n" if trivia and isinstance(trivia[0], BlankLine) else "\n"
    d.out.append(f"{start}{line_break}{pad}")
    if trivia:
        d.by_document(node, pad, end, spliced=True)
    else:
        spread(d, node, pad, end)


def with_lines(d: Direct, node: With, pad: str, end: str) -> bool:
    """`with scope;`, and its body on the lines below."""
    text = with_start(node, d.levels)
    if text is None or len(text) > d.width:
        return False
    below(d, node.body, text, pad, end)
    return True


def ends_in_absorbing(d: Direct, node: With) -> bool:
    """Whether a function with a set pattern, whose body may begin on its line, is the body.

    Where the whole is a group, the function then stands on the line of `with`, if it fits there.
    """
    body: Node = node
    while isinstance(body, With):
        body = body.body
    return _is_open_function(body) and may_be_absorbed(d, body)


def spread(d: Direct, node: Node, pad: str, end: str) -> None:
    """A node on the current line and further ones: part of what is around, which is expanded."""
    if isinstance(node, AttributeSet | Let | With) or _is_open_function(node):
        _expanded(d, node, pad, end)
    elif isinstance(node, _OWN_GROUP) or _is_like_group(node):
        d.line(node, pad, end)
    else:
        d.by_document(node, pad, end, spliced=True)


def _is_line(body: Node) -> bool:
    """Whether a body stands on the line of the function's names, if that is long enough."""
    if isinstance(body, With):
        body = body.body
    return isinstance(body, AttributeSet | List) and is_open(body)


def _is_open_function(node: Node) -> bool:
    return isinstance(node, Lambda) and isinstance(node.parameter, SetPattern)


def _is_like_group(node: Node) -> bool:
    match node:
        case Lambda():
            return True
        case BinaryOperation(_, operator, _):
            return operator not in _COMPARISONS
        case Select(target, _, default):
            return default is None and isinstance(target, Identifier)
    return False


def _expanded(d: Direct, node: Node, pad: str, end: str) -> None:
    place, marks = len(d.out), len(d.marks)
    try:
        if isinstance(node, AttributeSet) and not is_open(node):
            d.line(node, pad, end)
            return
        if isinstance(node, Lambda) and node is not d.header and _is_line(last_body(d, node)):
            text = one_line(node, d.levels)
            if text is not None and len(text) + len(end) <= d.width:
                d.line(node, pad, end)
                return
        if isinstance(node, With):
            printed = with_lines(d, node, pad, end)
        else:
            printed = BLOCKS[type(node)](d, node, pad, end)
        if printed:
            return
    except Unknown:
        del d.out[place:]
        del d.marks[marks:]
    d.by_document(node, pad, end, spliced=True)
