"""Operators, application and what follows a term: `f x`, `a.b or c`, `a ? b`, `a + b`, `!a`.

Precedence and associativity are those of Nix's `parser.y`: an operator on the stack is complete
when the next one binds less.
"""

from __future__ import annotations

from typing import Any, Final

from nixgen.nix.nodes import (
    BinaryOperation,
    HasAttribute,
    Select,
    UnaryOperation,
)
from nixgen.nix.parsing import quick
from nixgen.nix.parsing.grammar_names import attribute_path
from nixgen.nix.parsing.machine import (
    ATOMS,
    EXPRESSIONS,
    OPERANDS,
    SELECTORS,
    STRUCTURE,
    TERM,
    TERMS,
    Frame,
    Parser,
    SyntaxStop,
    begins,
    operand,
    term,
)

PIPE, IMPLIES, OR, AND, EQUAL, COMPARE, UPDATE, NOT, ADD, MULTIPLY, CONCAT, HAS, NEGATE = range(
    1, 14
)
LEFT, RIGHT, NONE = "left", "right", "none"

BINARY: Final[dict[str, tuple[int, str]]] = {
    # Pipes of both directions do not mix without parentheses.
    "|>": (PIPE, LEFT),
    "<|": (PIPE, RIGHT),
    "->": (IMPLIES, RIGHT),
    "||": (OR, LEFT),
    "&&": (AND, LEFT),
    "==": (EQUAL, NONE),
    "!=": (EQUAL, NONE),
    "<": (COMPARE, NONE),
    "<=": (COMPARE, NONE),
    ">": (COMPARE, NONE),
    ">=": (COMPARE, NONE),
    "//": (UPDATE, RIGHT),
    "+": (ADD, LEFT),
    "-": (ADD, LEFT),
    "*": (MULTIPLY, LEFT),
    "/": (MULTIPLY, LEFT),
    "++": (CONCAT, RIGHT),
}
UNARY: Final = {"!": NOT, "-": NEGATE}


# -- after a term ------------------------------------------------------------------------------


def after_simple(p: Parser) -> Any:
    """After a term that can be selected from."""
    kind = p.kinds[p.index]
    if kind == ".":
        frame = (_selected, STRUCTURE, p.value, p.values[p.index])
        p.index += 1
        return attribute_path(p, frame, [], [])
    if kind == "or":
        # Nix reads `or` after a term as an argument: there once was a function of this name.
        p.value = quick.apply(p.value, quick.identifier("or", p.values[p.index]))
        p.index += 1
    return after_term(p)


def _selected(p: Parser, frame: Frame) -> Any:
    _, _, target, dot = frame
    if p.kinds[p.index] == "or":
        p.stack.append((_default, TERM, target, p.value, dot, p.values[p.index]))
        p.index += 1
        return term
    p.value = quick.select(target, p.value, dot)
    return after_term(p)


def _default(p: Parser, frame: Frame) -> Any:
    _, _, target, path, dot, or_ = frame
    p.value = Select(target, path, p.value, dot=dot, or_=or_)
    return after_term


def after_term(p: Parser) -> Any:
    """After a term: it is complete, and may be the function of an application."""
    frame = p.stack[-1]
    if frame[1] == TERM:
        p.stack.pop()
        return frame[0](p, frame)
    return _application(p)


def _application(p: Parser) -> Any:
    kinds, values = p.kinds, p.values
    index = p.index
    kind = kinds[index]
    while kind in TERMS:
        if kind not in ATOMS or kinds[index + 1] in SELECTORS:
            p.stack.append((_applied, TERM, p.value))
            p.index = index
            return TERMS[kind](p)
        p.value = quick.apply(p.value, values[index])
        index += 1
        kind = kinds[index]
    p.index = index
    return after_operand(p)


def _applied(p: Parser, frame: Frame) -> Any:
    p.value = quick.apply(frame[2], p.value)
    return after_term


# -- operators ---------------------------------------------------------------------------------


def after_operand(p: Parser) -> Any:
    """After an operand: an operator goes on, anything else completes the expression."""
    kind = p.kinds[p.index]
    operator = BINARY.get(kind)
    if operator is None:
        return _has(p) if kind == "?" else complete(p)
    level, associates = operator
    _reduce(p, level + 1)
    top = p.stack[-1]
    if top[1] == level:
        if associates is NONE or (level == PIPE and top[3] != kind):
            raise SyntaxStop(p.index, CHAINED)
        if associates is LEFT:
            _reduce(p, level)
    p.stack.append((_binary, level, p.value, kind, p.values[p.index]))
    p.index += 1
    return operand


CHAINED: Final = "parentheses around one of the two operations"


def _has(p: Parser) -> Any:
    _reduce(p, NEGATE)
    frame = (_has_path, STRUCTURE, p.value, p.values[p.index])
    p.index += 1
    return attribute_path(p, frame, [], [])


def _has_path(p: Parser, frame: Frame) -> Any:
    _, _, target, question = frame
    p.value = HasAttribute(target, p.value, question=question)
    return after_operand


@begins(EXPRESSIONS, OPERANDS, at=("!", "-"))
def unary(p: Parser) -> Any:
    """`!a` or `-a`."""
    kind = p.kinds[p.index]
    p.stack.append((_unary, UNARY[kind], kind, p.values[p.index]))
    p.index += 1
    return operand


def _reduce(p: Parser, level: int) -> None:
    """Completes the operators on the stack that bind at least as much as a level."""
    stack = p.stack
    while stack[-1][1] >= level:
        frame = stack.pop()
        frame[0](p, frame)


def _binary(p: Parser, frame: Frame) -> None:
    _, _, left, kind, token = frame
    p.value = BinaryOperation(left, kind, p.value, token=token)


def _unary(p: Parser, frame: Frame) -> None:
    _, _, kind, token = frame
    p.value = UnaryOperation(kind, p.value, token=token)


def complete(p: Parser) -> Any:
    """After a whole expression: what waits for it goes on."""
    _reduce(p, STRUCTURE + 1)
    frame = p.stack.pop()
    return frame[0](p, frame)
