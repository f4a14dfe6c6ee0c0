"""What the layout rules ask about expressions: which ones may begin on the line before them.

RFC 166 calls an expression *absorbable* that starts on the current line and continues on lines
indented once: sets, lists, multi-line strings, and what wraps them in few tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from nixgen.nix import nodes
from nixgen.nix.nodes import (
    AttributeSet,
    Identifier,
    IndentedString,
    LanguageAnnotation,
    LegacyLet,
    List,
    Node,
    Parentheses,
    Select,
    SetPattern,
    String,
    Token,
)
from nixgen.nix.outer_tokens import first_token, has_trivia, leading

if TYPE_CHECKING:
    from nixgen.nix.printing.builder import Builder, Known

TERMS = (
    Identifier,
    String,
    AttributeSet,
    List,
    Select,
    Parentheses,
    nodes.Integer,
    nodes.Path,
    IndentedString,
    nodes.Float,
    nodes.SearchPath,
    nodes.Uri,
    LegacyLet,
)
"""Expressions that need no parentheses anywhere (nixfmt: `Term`)."""


def is_absorbable(b: Builder, node: Node) -> bool:
    """Whether a term may begin on the line of what is before it (nixfmt: `isAbsorbable`)."""
    match node:
        case IndentedString():
            return len(b.lines(node)) > 1
        case AttributeSet() | LegacyLet():
            return bool(node.entries) or _is_open_without_items(b, node.open, node.close)
        case List():
            return bool(node.items) or _is_open_without_items(b, node.open, node.close)
        case Parentheses():
            known = b.absorbable.get(id(node))
            if known is None:
                known = b.absorbable[id(node)] = (node, _is_absorbable_inside(b, node))
            return known[1]
    return False


def _is_absorbable_inside(b: Builder, node: Parentheses) -> bool:
    inner = node.expression
    if has_trivia(node.open) or not isinstance(inner, TERMS):
        return False
    annotated = all(isinstance(each, LanguageAnnotation) for each in leading(inner))
    return annotated and is_absorbable(b, inner)


def _is_open_without_items(b: Builder, opener: Token, closer: Token) -> bool:
    """Whether an empty set or list holds comments or a line break."""
    return bool(has_trivia(opener) or closer.leading or not b.on_one_line(opener, closer))


def is_absorbable_expression(b: Builder, node: Node) -> bool:
    """The same for any expression (nixfmt: `isAbsorbableExpr`)."""
    while True:
        match node:
            case nodes.With(_, body):
                return isinstance(body, TERMS) and is_absorbable(b, body)
            case nodes.Lambda(Identifier(), nodes.Lambda() as body):
                node = body
            case nodes.Lambda(Identifier(), body):
                return isinstance(body, TERMS) and is_absorbable(b, body)
            case nodes.Lambda(SetPattern() as pattern, body) if pattern.binding is None:
                if (
                    has_trivia(pattern.open)
                    or not can_flatten(b, pattern)
                    or not b.body_on_line(node)
                ):
                    return False
                node = body
            case _:
                return is_absorbable(b, node)


def can_flatten(b: Builder, pattern: SetPattern) -> bool:
    """Whether a set pattern may stand on one line (nixfmt: `canFlattenAttrs`).

    So it is with up to two names without defaults, and the ellipsis.
    """
    if len(pattern.arguments) > 2:
        return False
    if has_trivia(pattern.close) or not b.on_one_line(pattern.open, pattern.close):
        return False
    if pattern.ellipsis and has_trivia(pattern.dots):
        return False
    return not (
        has_trivia(pattern.final_comma)
        or any(
            argument.default is not None
            or has_trivia(argument.name.token)
            or has_trivia(argument.comma)
            for argument in pattern.arguments
        )
    )


def is_simple(node: Node, known: Known | None = None) -> bool:
    """Whether an expression is short enough by its kind to stay whole (nixfmt: `isSimple`).

    `known` keeps the answers for what nests, of which each level asks again.
    """
    if not isinstance(node, Parentheses | nodes.Apply):
        return _is_simple(node, known)
    if known is None:
        known = {}
    found = known.get(id(node))
    if found is None:
        found = known[id(node)] = (node, _is_simple(node, known))
    return found[1]


def _is_simple(node: Node, known: Known | None) -> bool:
    match node:
        case Identifier(token=token) | nodes.Integer(token=token) | nodes.Float(token=token):
            return not has_trivia(token)
        case nodes.SearchPath(token=token) | nodes.Uri(token=token):
            return not has_trivia(token)
        case String() | IndentedString() | nodes.Path():
            return not has_trivia(node.open) and not has_trivia(node.close)
        case Select(target, path, None):
            named = all(isinstance(name, Identifier) for name in path.names)
            return named and is_simple(target, known)
        case Parentheses(inner):
            bare = not has_trivia(node.open) and not has_trivia(node.close)
            return bare and is_simple(inner, known)
        case nodes.Apply(nodes.Apply(nodes.Apply(), _), _):
            return False
        case nodes.Apply(function, argument):
            return is_simple(function, known) and is_simple(argument, known)
    return False


def as_call(node: Node) -> Node:
    """`a.b or f or`, to Nix `a.b or (f or)`, as nixfmt reads it: the call `(a.b or f) or`."""
    if isinstance(node, Select) and isinstance(node.default, nodes.Apply):
        inner = node.default
        return nodes.Apply(evolve(node, default=inner.function), inner.argument)
    return node


def starts_without_trivia(node: Node) -> bool:
    """Whether nothing stands before an expression's first token."""
    token = first_token(node)
    return token is None or not token.leading
