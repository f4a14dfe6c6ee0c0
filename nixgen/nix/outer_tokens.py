"""The first and last tokens of nodes, and trees with the trivia of those tokens changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from attrs import evolve

from nixgen.nix import nodes
from nixgen.nix.nodes import Expression, Lambda, LineComment, Node, SetPattern, Token, Trivia
from nixgen.node import with_field

N = TypeVar("N", bound=Node)

_FIRST: dict[type, str] = {
    nodes.Binding: "path",
    nodes.Inherit: "inherit",
    nodes.Select: "target",
    nodes.HasAttribute: "target",
    nodes.Apply: "function",
    nodes.BinaryOperation: "left",
    nodes.Lambda: "parameter",
    nodes.FormalArgument: "name",
    nodes.File: "expression",
    nodes.Let: "let",
    nodes.LegacyLet: "let",
    nodes.With: "with_",
    nodes.Assert: "assert_",
    nodes.If: "if_",
    nodes.Identifier: "token",
    nodes.Integer: "token",
    nodes.Float: "token",
    nodes.SearchPath: "token",
    nodes.Uri: "token",
    nodes.UnaryOperation: "token",
    nodes.Interpolation: "open",
    nodes.Path: "open",
    nodes.String: "open",
    nodes.IndentedString: "open",
    nodes.List: "open",
    nodes.Parentheses: "open",
}
"""The field that holds the first token, or the child that begins with it."""

_LAST: dict[type, str] = {
    nodes.Binding: "semicolon",
    nodes.Inherit: "semicolon",
    nodes.Apply: "argument",
    nodes.BinaryOperation: "right",
    nodes.Lambda: "body",
    nodes.Let: "body",
    nodes.LegacyLet: "close",
    nodes.With: "body",
    nodes.Assert: "body",
    nodes.If: "alternative",
    nodes.Identifier: "token",
    nodes.Integer: "token",
    nodes.Float: "token",
    nodes.SearchPath: "token",
    nodes.Uri: "token",
    nodes.UnaryOperation: "operand",
    nodes.Interpolation: "close",
    nodes.Path: "close",
    nodes.String: "close",
    nodes.IndentedString: "close",
    nodes.AttributeSet: "close",
    nodes.List: "close",
    nodes.Parentheses: "close",
    nodes.HasAttribute: "path",
}


# Their first and last tokens hold the trivia of one token to nixfmt.
_QUOTED = (nodes.String, nodes.IndentedString, nodes.Path)
_Quoted: TypeAlias = nodes.String | nodes.IndentedString | nodes.Path


def _whole(node: _Quoted) -> Token:
    return evolve(node.open, trailing=node.close.trailing)


def _with_whole(node: _Quoted, token: Token) -> _Quoted:
    opener = evolve(node.open, leading=token.leading)
    return evolve(node, open=opener, close=evolve(node.close, trailing=token.trailing))


def _first_field(node: Node) -> str:
    if isinstance(node, nodes.AttributeSet):
        return "rec" if node.recursive else "open"
    if isinstance(node, nodes.SetPattern):
        return "binding" if node.binding_first and node.binding is not None else "open"
    return _FIRST[type(node)]


def _last_field(node: Node) -> str:
    if isinstance(node, nodes.Select):
        return "path" if node.default is None else "default"
    return _LAST[type(node)]


def first_token(node: Any) -> Token | None:
    """The first token of a node; None for a literal or name that was not parsed."""
    while type(node) is not Token:
        if isinstance(node, nodes.AttributePath):
            node = node.names[0]
        node = getattr(node, _first_field(node))
        if node is None:
            return None
    token: Token = node
    return token


def first_token_with_comments(node: Any) -> Token | None:
    """The first token, with the comment after its whole literal where that is a string or path."""
    while not isinstance(node, _QUOTED):
        if type(node) is Token:
            token: Token = node
            return token
        if isinstance(node, nodes.AttributePath):
            node = node.names[0]
        else:
            node = getattr(node, _first_field(node))
        if node is None:
            return None
    return _whole(node)


def leading(node: Node) -> tuple[Trivia, ...]:
    """The trivia before a node."""
    token = first_token(node)
    return () if token is None else token.leading


def change_first_token(node: N, change: Callable[[Token], Token]) -> N:
    """The node with its first token changed; the node itself where it has no token."""
    changed: N = _change(node, _first_field, 0, change)
    return changed


def change_last_token(node: N, change: Callable[[Token], Token]) -> N:
    """The node with its last token changed."""
    changed: N = _change(node, _last_field, -1, change)
    return changed


def _change(
    node: Any, field_of: Callable[[Node], str], place: int, change: Callable[[Token], Token]
) -> Any:
    path: list[tuple[Any, str]] = []
    inner = node
    while type(inner) is not Token and not isinstance(inner, _QUOTED):
        if isinstance(inner, nodes.AttributePath):
            path.append((inner, "names"))
            inner = inner.names[place]
            continue
        field = field_of(inner)
        path.append((inner, field))
        inner = getattr(inner, field)
        if inner is None:
            inner = Token(_text_of(path[-1][0]))
    if isinstance(inner, _QUOTED):
        changed: Any = _with_whole(inner, change(_whole(inner)))
    else:
        changed = change(inner)
    for outer, field in reversed(path):
        if field == "names":
            names = list(outer.names)
            names[place] = changed
            changed = tuple(names)
        changed = with_field(outer, field, changed)
    return changed


def _text_of(node: Any) -> str:
    """The text of the token that a bare node leaves out."""
    if isinstance(node, nodes.Identifier):
        return node.name
    if isinstance(node, nodes.UnaryOperation):
        return node.operator
    text: str = node.text
    return text


def comment_above(comment: LineComment) -> LineComment:
    """A trailing comment as one on a line of its own (nixfmt: `toLineComment`)."""
    return LineComment(f" {comment.text.strip()}")


def trailing_moved_up(token: Token) -> Token:
    """The token with a comment after it moved before it (nixfmt: `moveTrailingCommentUp`)."""
    if token.trailing is None:
        return token
    return evolve(token, leading=(*token.leading, comment_above(token.trailing)), trailing=None)


def with_leading(node: N, trivia: tuple[Trivia, ...]) -> N:
    """The node with trivia put before those of its first token (nixfmt: `prependTrivia`)."""
    if not trivia:
        return node
    return change_first_token(
        node, lambda token: with_field(token, "leading", (*trivia, *token.leading))
    )


def without_leading(node: N) -> N:
    """The node without the trivia before it."""
    if not leading(node):
        return node
    return change_first_token(node, lambda token: with_field(token, "leading", ()))


def has_trivia(token: Token | None) -> bool:
    """Whether anything stands before or after the token (nixfmt: `hasTrivia`)."""
    return token is not None and bool(token.leading or token.trailing is not None)


def module_header(expression: Expression) -> Lambda | None:
    """The function of a module that was made, not parsed: its body starts a line."""
    if not isinstance(expression, Lambda) or expression.colon.line:
        return None
    parameter = expression.parameter
    plain = isinstance(parameter, SetPattern) and parameter.binding is None
    return expression if plain else None
