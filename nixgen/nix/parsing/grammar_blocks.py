"""Expressions that end where what holds them ends: lambdas, let, with, assert, if."""

from __future__ import annotations

from typing import Any

from nixgen.nix.names import is_static
from nixgen.nix.nodes import (
    Assert,
    FormalArgument,
    Identifier,
    If,
    Lambda,
    Let,
    SetPattern,
    Token,
    With,
)
from nixgen.nix.parsing.grammar_bindings import entries
from nixgen.nix.parsing.grammar_operators import complete
from nixgen.nix.parsing.grammar_terms import atom, attribute_set, legacy_let
from nixgen.nix.parsing.lexer import IDENTIFIER
from nixgen.nix.parsing.machine import (
    EXPRESSIONS,
    SET,
    STRUCTURE,
    Frame,
    Parser,
    SyntaxStop,
    begins,
    expression,
)
from nixgen.nix.parsing.parse_faults import duplicate_argument, dynamic_in_let

# -- lambdas -----------------------------------------------------------------------------------


@begins(EXPRESSIONS, at=(IDENTIFIER,))
def name_or_lambda(p: Parser) -> Any:
    """A name, `name: body`, or `name@{ ... }: body`."""
    following = p.kinds[p.index + 1]
    if following == ":":
        name, colon = p.values[p.index], p.values[p.index + 1]
        p.index += 2
        p.stack.append((_lambda, STRUCTURE, name, colon))
        return expression
    if following == "@":
        name, at = p.values[p.index], p.values[p.index + 1]
        p.index += 2
        return _pattern(p, name, at)
    return atom(p)


@begins(EXPRESSIONS, at=("{",))
def set_or_lambda(p: Parser) -> Any:
    """`{ entries }`, or `{ arguments }: body`."""
    return _pattern(p, None, None) if _is_pattern(p) else attribute_set(p)


def _is_pattern(p: Parser) -> bool:
    """Whether a brace opens a pattern: two tokens after it tell."""
    kinds, index = p.kinds, p.index + 1
    first = kinds[index]
    if first == "...":
        return True
    if first == "}":
        return kinds[index + 1] in {":", "@"}
    return first == IDENTIFIER and kinds[index + 1] in {",", "?", "}"}


def _pattern(p: Parser, name: Identifier | None, at: Token | None) -> Any:
    opening = p.take("{", at, "`{`")
    return _arguments(p, (_argument_default, STRUCTURE, opening, name, at, []))


def _arguments(p: Parser, frame: Frame) -> Any:
    """The next argument, or the end of the pattern."""
    found = frame[5]
    while True:
        kind = p.kinds[p.index]
        if kind == IDENTIFIER:
            name = p.values[p.index]
            p.index += 1
            if p.kinds[p.index] == "?":
                p.stack.append((*frame, name, p.values[p.index]))
                p.index += 1
                return expression
            comma = _comma(p, frame)
            found.append((name, None, None, comma))
            if comma is not None:
                continue
            return _close_pattern(p, frame, None)
        if kind == "...":
            dots = p.values[p.index]
            p.index += 1
            return _close_pattern(p, frame, dots)
        if kind == "}":
            return _close_pattern(p, frame, None)
        raise SyntaxStop(p.index, "an argument name, `...` or `}`", frame[2])


def _comma(p: Parser, frame: Frame) -> Token | None:
    """The comma after an argument, or None before the end of the pattern."""
    kind = p.kinds[p.index]
    if kind == ",":
        return p.take(",", None)
    if kind != "}":
        raise SyntaxStop(p.index, "`,` or `}`", frame[2])
    return None


def _argument_default(p: Parser, frame: Frame) -> Any:
    *start, name, question = frame
    pattern = tuple(start)
    comma = _comma(p, pattern)
    pattern[5].append((name, p.value, question, comma))
    return _arguments(p, pattern) if comma is not None else _close_pattern(p, pattern, None)


def _close_pattern(p: Parser, frame: Frame, dots: Token | None) -> Any:
    _, _, opening, binding, at, found = frame
    close = p.take("}", opening)
    first = binding is not None
    if binding is None and p.kinds[p.index] == "@":
        at = p.take("@", None)
        p.take(IDENTIFIER, at, "a name")
        binding = p.values[p.index - 1]
    colon = p.take(":", opening)
    arguments, final_comma = _argument_nodes(found, dots is not None)
    _check_names(p, arguments, binding)
    tokens: dict[str, Token] = {"open": opening, "close": close}
    if dots is not None:
        tokens["dots"] = dots
    if at is not None:
        tokens["at"] = at
    pattern = SetPattern(
        arguments, dots is not None, binding, first, final_comma=final_comma, **tokens
    )
    p.stack.append((_lambda, STRUCTURE, pattern, colon))
    return expression


def _argument_nodes(
    found: list[Any], ellipsis: bool
) -> tuple[tuple[FormalArgument, ...], Token | None]:
    final_comma = None
    if found and not ellipsis:
        name, default, question, final_comma = found[-1]
        found[-1] = (name, default, question, None)
    arguments = tuple(
        FormalArgument(name, comma=comma)
        if question is None
        else FormalArgument(name, default, question=question, comma=comma)
        for name, default, question, comma in found
    )
    return arguments, final_comma


def _check_names(
    p: Parser, arguments: tuple[FormalArgument, ...], binding: Identifier | None
) -> None:
    seen: dict[str, Identifier] = {} if binding is None else {binding.name: binding}
    for argument in arguments:
        name = argument.name
        first = seen.setdefault(name.name, name)
        if first is not name:
            p.fault(duplicate_argument, name, first)


def _lambda(p: Parser, frame: Frame) -> Any:
    _, _, parameter, colon = frame
    p.value = Lambda(parameter, p.value, colon=colon)
    return complete


# -- let ---------------------------------------------------------------------------------------


@begins(EXPRESSIONS, at=("let",))
def let(p: Parser) -> Any:
    """`let entries in body`, or the old `let { entries }`."""
    if p.kinds[p.index + 1] == "{":
        return legacy_let(p)
    p.stack.append((_let_in, SET, [], "in", p.values[p.index]))
    p.index += 1
    return entries(p)


def _let_in(p: Parser, frame: Frame) -> Any:
    _, _, found, _, let_token = frame
    in_ = p.take("in", let_token)
    p.sets.append(found)
    for entry in found:
        path = getattr(entry, "path", None)
        if path is not None and len(path.names) == 1 and not is_static(path.names[0]):
            p.fault(dynamic_in_let, path)
    p.stack.append((_let, STRUCTURE, found, let_token, in_))
    return expression


def _let(p: Parser, frame: Frame) -> Any:
    _, _, found, let_token, in_ = frame
    p.value = Let(tuple(found), p.value, let=let_token, in_=in_)
    return complete


# -- with, assert, if --------------------------------------------------------------------------


@begins(EXPRESSIONS, at=("with", "assert"))
def with_or_assert(p: Parser) -> Any:
    """`with scope; body` or `assert condition; body`."""
    kind = With if p.kinds[p.index] == "with" else Assert
    p.stack.append((_scope, STRUCTURE, kind, p.values[p.index]))
    p.index += 1
    return expression


def _scope(p: Parser, frame: Frame) -> Any:
    _, _, kind, keyword = frame
    semicolon = p.take(";", keyword)
    p.stack.append((_scope_body, STRUCTURE, kind, keyword, p.value, semicolon))
    return expression


def _scope_body(p: Parser, frame: Frame) -> Any:
    _, _, kind, keyword, scope, semicolon = frame
    if kind is With:
        p.value = With(scope, p.value, with_=keyword, semicolon=semicolon)
    else:
        p.value = Assert(scope, p.value, assert_=keyword, semicolon=semicolon)
    return complete


@begins(EXPRESSIONS, at=("if",))
def if_(p: Parser) -> Any:
    """`if condition then consequence else alternative`."""
    p.stack.append((_then, STRUCTURE, p.values[p.index]))
    p.index += 1
    return expression


def _then(p: Parser, frame: Frame) -> Any:
    then = p.take("then", frame[2])
    p.stack.append((_else, STRUCTURE, frame[2], p.value, then))
    return expression


def _else(p: Parser, frame: Frame) -> Any:
    _, _, keyword, condition, then = frame
    else_ = p.take("else", keyword)
    p.stack.append((_if, STRUCTURE, keyword, condition, then, p.value, else_))
    return expression


def _if(p: Parser, frame: Frame) -> Any:
    _, _, keyword, condition, then, consequence, else_ = frame
    p.value = If(condition, consequence, p.value, if_=keyword, then=then, else_=else_)
    return complete
