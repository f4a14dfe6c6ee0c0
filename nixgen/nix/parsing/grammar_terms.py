"""Terms: names, literals, `( )`, `[ ]`, `{ }`, `rec { }`, `let { }`."""

from __future__ import annotations

from typing import Any

from nixgen.nix.nodes import AttributeSet, LegacyLet, List, Parentheses
from nixgen.nix.parsing.grammar_bindings import entries
from nixgen.nix.parsing.grammar_names import text_with_interpolations
from nixgen.nix.parsing.grammar_operators import after_simple
from nixgen.nix.parsing.lexer import IDENTIFIER, LITERAL, PLAIN_STRING, START
from nixgen.nix.parsing.machine import (
    ATOMS,
    EXPRESSIONS,
    OPERANDS,
    SELECTORS,
    SET,
    STRUCTURE,
    TERM,
    TERMS,
    Frame,
    Parser,
    SyntaxStop,
    begins,
    expression,
)

ANYWHERE = (EXPRESSIONS, OPERANDS, TERMS)


@begins(*ANYWHERE, at=(IDENTIFIER, PLAIN_STRING, LITERAL))
def atom(p: Parser) -> Any:
    """A name, or a literal without interpolation."""
    p.value = p.values[p.index]
    p.index += 1
    return after_simple(p)


@begins(*ANYWHERE, at=(START,))
def text(p: Parser) -> Any:
    """A string or path with interpolations."""
    return text_with_interpolations(p, after_simple)


@begins(*ANYWHERE, at=("(",))
def parentheses(p: Parser) -> Any:
    """`( expression )`."""
    p.stack.append((_close_parentheses, STRUCTURE, p.values[p.index]))
    p.index += 1
    return expression


def _close_parentheses(p: Parser, frame: Frame) -> Any:
    close = p.take(")", frame[2])
    p.value = Parentheses(p.value, open=frame[2], close=close)
    return after_simple


@begins(*ANYWHERE, at=("[",))
def list_(p: Parser) -> Any:
    """`[ items ]`."""
    frame: Frame = (_list_item, TERM, p.values[p.index], [])
    p.index += 1
    return _items(p, frame)


def _list_item(p: Parser, frame: Frame) -> Any:
    frame[3].append(p.value)
    return _items(p, frame)


def _items(p: Parser, frame: Frame) -> Any:
    kinds, values = p.kinds, p.values
    items = frame[3]
    index = p.index
    while True:
        kind = kinds[index]
        if kind in ATOMS and kinds[index + 1] not in SELECTORS:
            items.append(values[index])
            index += 1
            continue
        p.index = index
        if kind in TERMS:
            p.stack.append(frame)
            return TERMS[kind]
        if kind != "]":
            raise SyntaxStop(index, "an item or `]`", frame[2])
        p.index = index + 1
        p.value = List(tuple(items), open=frame[2], close=values[index])
        return after_simple


@begins(*ANYWHERE, at=("{",))
def attribute_set(p: Parser) -> Any:
    """`{ entries }`."""
    p.stack.append((_close_set, SET, [], "}", p.values[p.index], None))
    p.index += 1
    return entries(p)


@begins(*ANYWHERE, at=("rec",))
def recursive_set(p: Parser) -> Any:
    """`rec { entries }`."""
    rec = p.values[p.index]
    p.index += 1
    opening = p.take("{", rec)
    p.stack.append((_close_set, SET, [], "}", opening, rec))
    return entries(p)


def _close_set(p: Parser, frame: Frame) -> Any:
    _, _, found, _, opening, rec = frame
    p.sets.append(found)
    close = p.take("}", opening)
    if rec is None:
        p.value = AttributeSet(tuple(found), open=opening, close=close)
    else:
        p.value = AttributeSet(tuple(found), True, rec=rec, open=opening, close=close)
    return after_simple


@begins(OPERANDS, TERMS, at=("let",))
def legacy_let(p: Parser) -> Any:
    """`let { entries }`, the only `let` that is a term."""
    let = p.values[p.index]
    if p.kinds[p.index + 1] != "{":
        raise SyntaxStop(p.index, "an operand")
    p.index += 1
    opening = p.take("{", let)
    p.stack.append((_close_legacy_let, SET, [], "}", opening, let))
    return entries(p)


def _close_legacy_let(p: Parser, frame: Frame) -> Any:
    _, _, found, _, opening, let = frame
    p.sets.append(found)
    close = p.take("}", opening)
    p.value = LegacyLet(tuple(found), let=let, open=opening, close=close)
    return after_simple
