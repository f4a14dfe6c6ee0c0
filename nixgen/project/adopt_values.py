"""Nix expressions to the Python that makes them: data as data, what is no data as raw Nix."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve

from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.names import is_static, static_name
from nixgen.nix.printing.printer import print_expression
from nixgen.nix.spans import first_token, tokens
from nixgen.nix.walk import children, walk
from nixgen.project.python_text import (
    Code,
    Group,
    call,
    lines_of,
    listed,
    literal,
    mapping,
    quoted,
    texts,
)

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_'-]*(\.[A-Za-z_][A-Za-z0-9_'-]*)*")
_PRIORITIES = {"lib.mkDefault": "default", "lib.mkForce": "force"}
_DEEP = 30  # levels of dicts, as deep as a reader of Python bears; further ones stay Nix


def dict_of(entries: Sequence[nodes.Entry], depth: int = 0, *, apart: bool = False) -> Group | None:
    """A dict of entries; None where one of them has no place in a dict.

    `apart` says that a blank line comes before them anyway.
    """
    made: dict[str, Code] = {}
    for entry in entries:
        if not isinstance(entry, nodes.Binding):
            return None
        dotted = dotted_of(entry.path)
        notes = notes_of(first_token(entry).leading)
        odd = [*list(tokens(entry.path))[1:], entry.equals, evolve(entry.semicolon, trailing=None)]
        if any(each.leading or each.trailing for each in odd) or first_token(entry).trailing:
            return None
        if dotted is None or dotted in made or notes is None:
            return None
        if apart and not made and notes[:1] == [""]:
            notes = notes[1:]
        code = _value(entry.value, depth)
        after = entry.semicolon.trailing
        remark = None if after is None else quoted(after.text.removeprefix(" "))
        if notes or remark:
            code = call("Option", value=code, notes=texts(notes), remark=remark)
        made[dotted] = code
    return mapping(list(made.items()))


def dotted_of(path: nodes.AttributePath) -> str | None:
    """An attribute path as a key of a dict; None where a name has to be evaluated.

    Quotes that a name does not need are lost.
    """
    if not all(map(is_static, path.names)):
        return None
    return build.join_path([static_name(name) for name in path.names])


def notes_of(trivia: Sequence[nodes.Trivia]) -> list[str] | None:
    """Comments as a Module has them; None for one that it has no form for."""
    notes = []
    for each in trivia:
        match each:
            case nodes.BlankLine():
                notes.append("")
            case nodes.LineComment(text):
                plain = text.startswith(" ") and text[1:2] not in ("", " ", "#")
                notes.append(text[1:] if plain else f"#{text}")
            case _:
                return None
    return notes


def code_of(node: nodes.Expression) -> Code:
    """An expression that is no option's set: data, a short form, or raw Nix."""
    made = None if _has_comments(node) or _is_deep(node) else _short(node)
    return made or call("nix.raw", lines_of(print_expression(node)))


def _value(node: nodes.Expression, depth: int) -> Code:
    if isinstance(node, nodes.AttributeSet) and node.entries and not node.recursive:
        edges = (node.open.leading, node.open.trailing, node.close.leading, node.close.trailing)
        if depth < _DEEP and not any(edges):
            made = dict_of(node.entries, depth + 1)
            if made is not None:
                return made
        return call("nix.raw", lines_of(print_expression(node)))
    return code_of(node)


def _has_comments(node: nodes.Node) -> bool:
    return any(each.leading or each.trailing for each in tokens(node))


def _is_deep(node: nodes.Node) -> bool:
    level = [node]
    for _ in range(_DEEP):
        level = [child for each in level for child in children(each)]
    return bool(level)


def _short(node: nodes.Expression) -> Code | None:
    """Data, and what has a short form in Python."""
    try:
        value = to_python(node)
    except NotDataError:
        value = node
    has_path = any(isinstance(each, nodes.Path) for each in walk(node))
    if not isinstance(value, nodes.Node) and not has_path and build.node(value) == node:
        return literal(value)
    match node:
        case nodes.List(items):
            return listed([code_of(each) for each in items])
        case nodes.IndentedString() if isinstance(value, str):
            if build.indented(value) == node:
                return call("nix.indented", lines_of(value))
        case nodes.Identifier() | nodes.Select():
            text = print_expression(node)
            if _SIMPLE.fullmatch(text) and build.ref(text) == node:
                return call("nix.ref", quoted(text))
        case nodes.With(nodes.Identifier("pkgs"), nodes.List(items)):
            names = [print_expression(each) for each in items]
            if names and all(map(_SIMPLE.fullmatch, names)) and build.with_pkgs(*names) == node:
                return call("nix.with_pkgs", *map(quoted, names))
        case nodes.Apply(nodes.Select() as function, argument):
            helper = _PRIORITIES.get(print_expression(function))
            inner = argument.expression if isinstance(argument, nodes.Parentheses) else argument
            if helper is not None and build.operand(inner) == argument:
                return call(helper, code_of(inner))
    return None
