"""Layout of functions: RFC 166, section "Function declaration"."""

from __future__ import annotations

from attrs import evolve, frozen

from nixgen.layout.document import (
    BREAK,
    EXPANDED_ONLY,
    HARD_LINE,
    HARD_SPACE,
    PRIORITY,
    SPACE,
)
from nixgen.nix.nodes import (
    Expression,
    FormatDirective,
    Identifier,
    Lambda,
    LineComment,
    Node,
    SetPattern,
    Token,
)
from nixgen.nix.outer_tokens import change_last_token, has_trivia, trailing_moved_up
from nixgen.nix.printing.builder import Builder, rule
from nixgen.nix.printing.sets import term
from nixgen.nix.printing.shape import TERMS, can_flatten, is_absorbable, is_absorbable_expression
from nixgen.nix.printing.values import absorb_value, absorbed

_COMMA = Token(",")


@rule(Lambda)
def function(b: Builder, node: Lambda) -> None:
    """`parameter: body` (nixfmt: `Pretty Expression`, the cases of `Abstraction`)."""
    parameter = node.parameter
    if isinstance(parameter, Identifier):
        _named_parameters(b, node)
        return
    body = node.body
    b.node(parameter)
    if parameter.binding is None:
        if not b.body_on_line(node):
            b.token(node.colon)
            b.out.append(HARD_LINE)
            b.node(body)
            return
        if can_flatten(b, parameter) and is_absorbable_expression(b, body):
            b.token(node.colon)
            b.out.append(HARD_SPACE)
            outer = b.open()
            b.node(body)
            b.close(outer, PRIORITY)
            return
    b.token(node.colon)
    b.out.append(SPACE)
    if isinstance(body, TERMS) and is_absorbable(b, body):
        outer = b.open()
        term(b, body, wide=True)
        b.close(outer)
    else:
        b.node(body)


def _named_parameters(b: Builder, node: Lambda) -> None:
    """`a: b: body`: all named parameters stand on one line (nixfmt: `absorbAbs`)."""
    outer = b.open()
    b.out.append(BREAK)
    count = 0
    current: Node = node
    while isinstance(current, Lambda) and isinstance(current.parameter, Identifier):
        if count:
            b.out.append(HARD_SPACE)
        b.node(current.parameter)
        b.token(current.colon)
        current = current.body
        count += 1
    if is_absorbable_expression(b, current):
        b.out.append(HARD_SPACE)
        inner = b.open()
        absorbed(b, current, wide=False)
        b.close(inner, PRIORITY)
    else:
        b.out.append(SPACE if count <= 2 else HARD_LINE)
        b.node(current)
    b.close(outer)


# -- set patterns ------------------------------------------------------------------------------


@frozen
class _Entry:
    """A name of a set pattern with its default, or the ellipsis; `comma` follows it."""

    name: Token
    comma: Token | None = None
    default: Expression | None = None
    question: Token | None = None


@rule(SetPattern)
def set_pattern(b: Builder, node: SetPattern) -> None:
    """`{ a, b ? c, ... }`, with a name before or after it."""
    if node.binding is None:
        _braces(b, node)
        return
    if node.binding_first:
        b.node(node.binding)
        b.token(node.at)
        _braces(b, node)
    else:
        _braces(b, node)
        b.token(node.at)
        b.node(node.binding)


def _braces(b: Builder, node: SetPattern) -> None:
    outer = b.open()
    b.token(trailing_moved_up(node.open))
    if not node.arguments and not node.ellipsis:
        b.out.append(HARD_SPACE if b.on_one_line(node.open, node.close) else HARD_LINE)
        b.token(node.close)
        b.close(outer)
        return
    separator = SPACE if can_flatten(b, node) else HARD_LINE
    b.out.append(separator)
    b.depth += 1
    names = [_comment_after_comma(entry) for entry in _with_comments_moved(_entries(node))]
    for index, entry in enumerate(names):
        if index:
            b.out.append(separator)
        _entry(b, entry, last=index == len(names) - 1)
    b.depth -= 1
    b.out.append(separator)
    b.depth += 1
    b.trivia(node.close.leading)
    b.depth -= 1
    b.token(evolve(node.close, leading=()) if node.close.leading else node.close)
    b.close(outer)


def _entries(node: SetPattern) -> list[_Entry]:
    entries = [
        _Entry(
            argument.name.token or Token(argument.name.name),
            argument.comma or _COMMA,
            argument.default,
            argument.question,
        )
        for argument in node.arguments
    ]
    if node.ellipsis:
        entries.append(_Entry(node.dots))
    elif entries and node.final_comma is not None:
        entries[-1] = evolve(entries[-1], comma=node.final_comma)
    return entries


def _with_comments_moved(entries: list[_Entry]) -> list[_Entry]:
    """Comments before a comma belong to the name after it (nixfmt: `moveParamsComments`)."""
    result = list(entries)
    for index, following in enumerate(entries[1:]):
        comma = result[index].comma
        if comma is None or not comma.leading or comma.trailing is not None:
            continue
        if any(isinstance(each, FormatDirective) for each in comma.leading):
            continue
        name = evolve(following.name, leading=(*comma.leading, *following.name.leading))
        result[index] = evolve(result[index], comma=evolve(comma, leading=()))
        result[index + 1] = evolve(following, name=name)
    return result


def _comment_after_comma(entry: _Entry) -> _Entry:
    """`name # comment` before a comma stands after it (nixfmt: `moveParamAttrComment`)."""
    comma = entry.comma
    if comma is None or has_trivia(comma):
        return entry
    if entry.default is None:
        if entry.name.trailing is None:
            return entry
        name = evolve(entry.name, trailing=None)
        return evolve(entry, name=name, comma=evolve(comma, trailing=entry.name.trailing))
    found: list[LineComment] = []

    def take(token: Token) -> Token:
        if token.trailing is None:
            return token
        found.append(token.trailing)
        return evolve(token, trailing=None)

    default = change_last_token(entry.default, take)
    if not found:
        return entry
    return evolve(entry, default=default, comma=evolve(comma, trailing=found[0]))


def _entry(b: Builder, entry: _Entry, last: bool) -> None:
    if entry.default is None:
        b.token(entry.name)
        _comma(b, entry.comma, last)
        return
    outer = b.open()
    b.token(entry.name)
    b.out.append(HARD_SPACE)
    b.depth += 1
    assert entry.question is not None
    b.token(entry.question)
    absorb_value(b, entry.default)
    b.depth -= 1
    if last and not has_trivia(entry.comma):
        b.close(outer)
        _comma(b, entry.comma, last)
    else:
        _comma(b, entry.comma, last)
        b.close(outer)


def _comma(b: Builder, comma: Token | None, last: bool) -> None:
    """The comma after a name; the last one stands only in an expanded pattern."""
    if comma is None:
        return
    if last and not has_trivia(comma):
        b.out.append((EXPANDED_ONLY, ",", b.depth, b.shift))
    else:
        b.token(comma)
