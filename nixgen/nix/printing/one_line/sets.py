"""Sets, lists, selections and parentheses on one line."""

from __future__ import annotations

from typing import Any

from nixgen.nix.nodes import (
    Apply,
    AttributePath,
    AttributeSet,
    BinaryOperation,
    Binding,
    Float,
    Identifier,
    Inherit,
    Integer,
    List,
    Node,
    Parentheses,
    Select,
    Token,
)
from nixgen.nix.printing.fallback import Unknown
from nixgen.nix.printing.one_line.base import (
    Commented,
    inside,
    line_of,
    on_one_line,
    one_line,
    refuse_comments,
)

_JOINING = frozenset({"//", "++", "+"})


def attribute_path(node: AttributePath, levels: int = 9, *, first: bool = False) -> str | None:
    """The text of a path; with `first`, what stands before its first name is not looked at."""
    refuse_comments(*node.dots)
    text = ""
    for name in node.names:
        if type(name) is Identifier:
            token = name.token
            if token is not None and (
                token.trailing is not None or (token.leading and not (first and not text))
            ):
                raise Commented
            part: str | None = name.name
        elif first and not text and _opener(name).leading:
            raise Commented
        else:
            part = one_line(name, levels)
            if part is None:
                return None
        text = f"{text}.{part}" if text else str(part)
    return text


def _opener(name: Any) -> Token:
    token: Token = name.open
    return token


@line_of(AttributeSet)
def _attribute_set(node: AttributeSet, levels: int) -> str | None:
    """`{ }`, or one entry in braces."""
    opener, closer, entries = node.open, node.close, node.entries
    if len(entries) > 1 or not on_one_line(opener, closer):
        return None
    if closer.leading or opener.trailing is not None:
        return None
    if opener.leading or closer.trailing is not None:
        raise Commented
    start = "{ "
    if node.recursive:
        refuse_comments(node.rec)
        start = "rec { "
    if not entries:
        return start + "}"
    entry = inside(entries[0], levels)
    return None if entry is None else f"{start}{entry} }}"


@line_of(Binding)
def _binding(node: Binding, levels: int) -> str | None:
    for token in (node.equals, node.semicolon):
        if token.leading or token.trailing is not None:
            return None
    path = attribute_path(node.path, levels)
    if path is None:
        return None
    text = value(node.value, levels)
    return None if text is None else f"{path} = {text};"


def value(node: Node, levels: int) -> str | None:
    """The text of a binding's value: there a set with entries is always expanded."""
    kind = type(node)
    if kind is AttributeSet:
        entries = node.entries  # type: ignore[attr-defined]  # `kind` says so
        if entries and type(entries[0]) is not Inherit:
            return None
    elif kind is BinaryOperation and _joins_sets(node):  # type: ignore[arg-type]  # likewise
        raise Unknown
    return one_line(node, levels)


def _joins_sets(node: BinaryOperation) -> bool:
    if node.operator not in _JOINING:
        return False
    left: Node = node
    while isinstance(left, BinaryOperation):
        left = left.left
    return isinstance(left, AttributeSet) or isinstance(node.right, AttributeSet)


@line_of(Inherit)
def _inherit(node: Inherit, levels: int) -> str | None:
    """`inherit (source) names;`, which is on one line with up to three names."""
    if len(node.names) > 3 or not on_one_line(node.inherit, node.semicolon):
        return None
    if node.semicolon.leading or node.semicolon.trailing is not None or node.inherit.leading:
        return None
    start = inherit_start(node, levels)
    names = inherit_names(node, levels)
    if start is None or names is None:
        return None
    return f"{start} {' '.join(names)};" if names else f"{start} ;"


def inherit_start(node: Inherit, levels: int) -> str | None:
    """`inherit`, with its source."""
    if node.inherit.trailing is not None:
        return None
    if node.source is None:
        return "inherit"
    for token in (node.open, node.close):
        if token.leading or token.trailing is not None:
            return None
    source = inside(node.source, levels)
    return None if source is None else f"inherit ({source})"


def inherit_names(node: Inherit, levels: int) -> list[str] | None:
    """The names, each as it is written."""
    names = [one_line(name, levels) for name in node.names]
    return None if None in names else names  # type: ignore[return-value]  # no None is left


@line_of(List)
def _list(node: List, levels: int) -> str | None:
    if len(node.items) > 1 or not is_whole(node):
        return None
    if not node.items:
        return "[ ]"
    item = node.items[0]
    if type(item) is Apply:  # `f or`
        raise Unknown
    text = inside(item, levels)
    return None if text is None else f"[ {text} ]"


def is_whole(node: List) -> bool:
    """Whether a list is without line break and comments inside its brackets."""
    opener, closer = node.open, node.close
    if closer.leading or opener.trailing is not None or not on_one_line(opener, closer):
        return False
    if opener.leading or closer.trailing is not None:
        raise Commented
    return True


@line_of(Select)
def _select(node: Select, levels: int) -> str | None:
    refuse_comments(node.dot)
    target = one_line(node.target, levels)
    path = attribute_path(node.path, levels)
    if target is None or path is None:
        return None
    if type(node.target) is Integer or type(node.target) is Float:
        target += " "
    if node.default is None:
        return f"{target}.{path}"
    if type(node.default) is Apply:  # `a or f or`
        raise Unknown
    refuse_comments(node.or_)
    default = one_line(node.default, levels)
    return None if default is None else f"{target}.{path} or {default}"


@line_of(Parentheses)
def _parentheses(node: Parentheses, levels: int) -> str | None:
    opener, closer = node.open, node.close
    if opener.leading or opener.trailing is not None or closer.trailing is not None:
        raise Commented
    inner = None if closer.leading else inside(node.expression, levels)
    return None if inner is None else f"({inner})"
