"""The stages of formatting, as text to read: the syntax tree, and the document that is laid out.

Where a layout is not what was expected, they show where the difference began.
"""

from __future__ import annotations

from typing import Any

import attrs

from nixgen.layout import document
from nixgen.layout.document import Document, Group
from nixgen.nix.nodes import File, Node, Token
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.by_document import document_of

_STEP = "  "
_SPACINGS = {
    getattr(document, name): name
    for name in (
        *("SOFT_BREAK", "BREAK", "HARD_SPACE", "SOFT_SPACE", "SPACE"),
        *("HARD_LINE", "EMPTY_LINE"),
    )
}
_GROUPS = {document.REGULAR: "group", document.PRIORITY: "priority group"}
_TEXTS = {document.PLAIN: "text", document.EXPANDED_ONLY: "text if expanded"}


def show_tree(text: str, name: str = "<nix>") -> str:
    """The syntax tree of a text, a line for each node, with the comments that hang on tokens.

    Raises NixSyntaxError.
    """
    lines: list[str] = []
    pending: list[tuple[str, Any, int]] = [("", parse(text, name=name, check=False), 0)]
    while pending:
        label, value, depth = pending.pop()
        start = f"{_STEP * depth}{label}"
        if isinstance(value, Node):
            fields = [(field.name, getattr(value, field.name)) for field in _fields(value)]
            plain = [repr(item) for _, item in fields if isinstance(item, str | bool)]
            lines.append(f"{start}{type(value).__name__}({', '.join(plain)})")
            inner = [(f"{key}: ", item, depth + 1) for key, item in fields if _has_inside(item)]
            pending += reversed(inner)
        elif isinstance(value, Token):
            lines.append(start + _token(value))
        elif isinstance(value, tuple):
            lines.append(f"{start}{len(value)} of them")
            pending += [("- ", item, depth + 1) for item in reversed(value)]
        else:
            lines.append(f"{start}{value!r}")
    return "\n".join(lines)


def _fields(node: Any) -> list[Any]:
    if isinstance(node, File):
        return [attrs.fields(File).expression, attrs.fields(File).end]
    return [field for field in attrs.fields(type(node)) if field.name != "origin"]


def _has_inside(value: Any) -> bool:
    """Whether a field says something: a node does, and a token that comments hang on."""
    if isinstance(value, Token):
        return bool(value.leading or value.trailing)
    return isinstance(value, Node) or (isinstance(value, tuple) and value != ())


def _token(token: Token) -> str:
    parts = [repr(token.text)]
    parts += [f"after {trivia!r}" for trivia in token.leading]
    if token.trailing is not None:
        parts.append(f"before {token.trailing!r}")
    return ", ".join(parts)


def show_document(text: str, name: str = "<nix>", *, strict: bool = False) -> str:
    """The document of a text before its lines are broken: a line for each text and spacing.

    Raises NixSyntaxError.
    """
    lines: list[str] = []
    made = document_of(parse(text, name=name, check=False), strict=strict)
    pending: list[tuple[Document, int, int]] = [(made, 0, 0)]
    while pending:
        items, index, depth = pending.pop()
        if index == len(items):
            continue
        pending.append((items, index + 1, depth))
        element = items[index]
        if isinstance(element, Group):
            lines.append(_STEP * depth + _GROUPS.get(element.kind, "transparent group"))
            pending.append((element.items, 0, depth + 1))
        elif isinstance(element, int):
            fixed = f"{element - document.EMPTY_LINE} LINES"
            lines.append(_STEP * depth + _SPACINGS.get(element, fixed))
        else:
            kind, content, nesting, columns = element
            shift = f" +{columns}" if columns else ""
            named = _TEXTS.get(kind, "comment" if kind < document.VERBATIM_START else "verbatim")
            lines.append(f"{_STEP * depth}{named} {content!r} at depth {nesting}{shift}")
    return "\n".join(lines)
