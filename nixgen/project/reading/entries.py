"""Entries of sets in Nix files: names, comments and values that are known without evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from attrs import evolve

from nixgen.nix import build, nodes
from nixgen.nix.data import NotDataError, to_python
from nixgen.nix.names import is_static, static_name
from nixgen.nix.spans import tokens

DEEP = 30  # levels of sets, as deep as a reader of Python bears its dicts; further ones stay Nix


def is_key(entry: nodes.Entry) -> TypeGuard[nodes.Binding]:
    """Whether an entry can be a key of a dict, with its comments; its value is another matter."""
    if not isinstance(entry, nodes.Binding) or dotted_of(entry.path) is None:
        return False
    first, *rest = tokens(entry.path)
    odd = [*rest, entry.equals, evolve(entry.semicolon, trailing=None)]
    plain = first.trailing is None and not any(map(has_trivia, odd))
    return plain and notes_of(first.leading) is not None


def is_open(node: nodes.Node, depth: int) -> TypeGuard[nodes.AttributeSet]:
    """Whether a node is a set whose entries can be told one by one; else all of it stays Nix."""
    if not isinstance(node, nodes.AttributeSet) or node.recursive or not node.entries:
        return False
    edges = (node.open.leading, node.open.trailing, node.close.trailing)
    return depth < DEEP and not any(edges) and notes_of(node.close.leading) is not None


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


def has_comment(node: nodes.Node) -> bool:
    """Whether there is a comment at a node or in it."""
    return any(map(_has_comment, tokens(node)))


def _has_comment(token: nodes.Token) -> bool:
    return token.trailing is not None or any(
        not isinstance(each, nodes.BlankLine) for each in token.leading
    )


def has_trivia(token: nodes.Token) -> bool:
    """Whether there is a comment or a blank line at a token."""
    return bool(token.leading) or token.trailing is not None


def plain_text(node: nodes.Expression | None) -> str | None:
    """The text of a string that is known without evaluation; None for any other expression."""
    return value if isinstance(value := data_of(node), str) else None


def data_of(node: nodes.Expression | None) -> Any:
    """The value of literal data; None for what is none."""
    try:
        return None if node is None else to_python(node)
    except NotDataError:
        return None
