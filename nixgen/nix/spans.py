"""The tokens of a tree in the order of the text, and where nodes stand in it.

Read in their order, the tokens of a parsed file and the text parts of its strings tile the text:
between two neighbours there are only blanks, line ends and comments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from nixgen.nix import nodes
from nixgen.nix.nodes import Node, Span, Token

Element: TypeAlias = Node | Token | str
"""What a node consists of; `str` is text in a string or path."""


def elements(node: Node) -> list[Element]:
    """What a node consists of, in the order of the text; tokens that are absent are left out.

    A name or number that was made, not parsed, has a bare token.
    """
    return _ELEMENTS[type(node)](node)


def tokens(node: Node) -> Iterator[Token]:
    """The tokens of a tree, in the order of the text."""
    return (piece for piece in pieces(node) if isinstance(piece, Token))


def pieces(node: Node) -> Iterator[Token | str]:
    """The tokens of a tree and the text parts of its strings, in the order of the text."""
    pending: list[Element] = [node]
    while pending:
        element = pending.pop()
        if isinstance(element, Node):
            pending += reversed(elements(element))
        else:
            yield element


def first_token(node: Node) -> Token:
    """The first token of a tree: the one with the comments before it."""
    element: Element = node
    while isinstance(element, Node):
        element = _first_element(element)
    assert isinstance(element, Token)
    return element


def last_token(node: Node) -> Token:
    """The last token of a tree: the one with the comment after it."""
    element: Element = node
    while isinstance(element, Node):
        element = _last_element(element)
    assert isinstance(element, Token)
    return element


def node_span(node: Node) -> Span:
    """Where a node stands: from its first token to its last, without the comments around it.

    Raises ValueError for a node that was made, not parsed.
    """
    first, last = first_token(node), last_token(node)
    if first.start < 0 or last.start < 0:
        raise ValueError(f"this {type(node).__name__} was not parsed: it stands nowhere")
    return Span(first.start, last.start + len(last.text))


# Long sequences stand in the middle of nodes that begin and end with tokens.
_BRACKETED: Final = (nodes.String, nodes.IndentedString, nodes.Path, nodes.List, nodes.LegacyLet)


def _first_element(node: Node) -> Element:
    match node:
        case nodes.AttributeSet(recursive=recursive):
            return node.rec if recursive else node.open
        case nodes.Let() | nodes.LegacyLet():
            return node.let
        case nodes.Inherit():
            return node.inherit
        case nodes.AttributePath(names):
            return names[0]
    if isinstance(node, _BRACKETED):
        return node.open
    return elements(node)[0]


def _last_element(node: Node) -> Element:
    match node:
        case nodes.AttributeSet() | nodes.LegacyLet():
            return node.close
        case nodes.Let(_, body):
            return body
        case nodes.Inherit():
            return node.semicolon
        case nodes.AttributePath(names):
            return names[-1]
    if isinstance(node, _BRACKETED):
        return node.close
    return elements(node)[-1]


def _named(node: Any) -> list[Element]:
    return [node.token or Token(getattr(node, node.__match_args__[0]))]


def _quoted(node: Any) -> list[Element]:
    return [node.open, *node.parts, node.close]


def _path(node: nodes.AttributePath) -> list[Element]:
    dots: Sequence[Token] = node.dots or (Token("."),) * (len(node.names) - 1)
    made: list[Element] = [node.names[0]]
    for dot, name in zip(dots, node.names[1:], strict=True):
        made += (dot, name)
    return made


def _inherit(node: nodes.Inherit) -> list[Element]:
    source = [] if node.source is None else [node.open, node.source, node.close]
    return [node.inherit, *source, *node.names, node.semicolon]


def _set(node: nodes.AttributeSet) -> list[Element]:
    return [*([node.rec] if node.recursive else []), node.open, *node.entries, node.close]


def _select(node: nodes.Select) -> list[Element]:
    default = [] if node.default is None else [node.or_, node.default]
    return [node.target, node.dot, node.path, *default]


def _argument(node: nodes.FormalArgument) -> list[Element]:
    default = [] if node.default is None else [node.question, node.default]
    return [node.name, *default, *([node.comma] if node.comma is not None else [])]


def _pattern(node: nodes.SetPattern) -> list[Element]:
    comma = [node.final_comma] if node.final_comma is not None else []
    dots = [node.dots] if node.ellipsis else []
    braces: list[Element] = [node.open, *node.arguments, *comma, *dots, node.close]
    if node.binding is None:
        return braces
    if node.binding_first:
        return [node.binding, node.at, *braces]
    return [*braces, node.at, node.binding]


_ELEMENTS: Final[dict[type[Node], Callable[[Any], list[Element]]]] = {
    nodes.Identifier: _named,
    nodes.Integer: _named,
    nodes.Float: _named,
    nodes.SearchPath: _named,
    nodes.Uri: _named,
    nodes.Interpolation: lambda node: [node.open, node.expression, node.close],
    nodes.Path: _quoted,
    nodes.String: _quoted,
    nodes.IndentedString: _quoted,
    nodes.AttributePath: _path,
    nodes.Binding: lambda node: [node.path, node.equals, node.value, node.semicolon],
    nodes.Inherit: _inherit,
    nodes.AttributeSet: _set,
    nodes.List: lambda node: [node.open, *node.items, node.close],
    nodes.Select: _select,
    nodes.HasAttribute: lambda node: [node.target, node.question, node.path],
    nodes.Parentheses: lambda node: [node.open, node.expression, node.close],
    nodes.FormalArgument: _argument,
    nodes.SetPattern: _pattern,
    nodes.Lambda: lambda node: [node.parameter, node.colon, node.body],
    nodes.Apply: lambda node: [node.function, node.argument],
    nodes.Let: lambda node: [node.let, *node.entries, node.in_, node.body],
    nodes.LegacyLet: lambda node: [node.let, node.open, *node.entries, node.close],
    nodes.With: lambda node: [node.with_, node.scope, node.semicolon, node.body],
    nodes.Assert: lambda node: [node.assert_, node.condition, node.semicolon, node.body],
    nodes.If: lambda node: [
        node.if_,
        node.condition,
        node.then,
        node.consequence,
        node.else_,
        node.alternative,
    ],
    nodes.BinaryOperation: lambda node: [
        node.left,
        node.token or Token(node.operator),
        node.right,
    ],
    nodes.UnaryOperation: lambda node: [node.token or Token(node.operator), node.operand],
    nodes.File: lambda node: [node.expression, node.end],
}
