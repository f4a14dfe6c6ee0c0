"""The parser's machine: it walks the tokens with a stack of its own, so depth costs no recursion.

The grammar is written as *states*: functions that read some tokens and return the state to go on
with. A construct that waits for an expression inside it puts a *frame* on the stack; when that
expression is complete, it is in `value`, the frame is taken off, and its first item is called with
it. Frames are tuples `(finish, level, ...)`: the level tells how much an expression under the frame
may hold before it is complete.

The grammar's parts register at import what an expression can begin with:

    EXPRESSIONS    anything
    OPERANDS       what can stand beside an operator: no lambda, let, with, assert, if
    TERMS          what can be an argument or a list's item: no operators either
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

from nixgen.diagnostic import Diagnostic
from nixgen.nix.nodes import Token
from nixgen.nix.parsing.lexer import IDENTIFIER, LITERAL, PLAIN_STRING, Lexer
from nixgen.nix.source import MOST_MISTAKES

State: TypeAlias = Callable[["Parser"], Any]  # returns a State, or None at the end
Frame: TypeAlias = tuple[Any, ...]
Handler = TypeVar("Handler", bound=State)

# Levels of frames. Those between are the precedences of operators.
SET: Final = -1  # the entries of a set or `let`; after a mistake, the parser can go on here
STRUCTURE: Final = 0  # an expression up to the construct's own next token
TERM: Final = 99  # one argument, item or default

ATOMS: Final = frozenset((IDENTIFIER, PLAIN_STRING, LITERAL))
"""Tokens that are a term by themselves."""
SELECTORS: Final = frozenset((".", "or"))
"""Tokens after an atom that make it part of a larger term."""

EXPRESSIONS: Final[dict[str, State]] = {}
OPERANDS: Final[dict[str, State]] = {}
TERMS: Final[dict[str, State]] = {}


class SyntaxStop(Exception):
    """Raised by the grammar where the next token cannot stand.

    `index` is that token's; `expected` says what could have stood there; `opening` is the token
    that began what is not complete.
    """

    def __init__(self, index: int, expected: str, opening: Token | None = None) -> None:
        super().__init__(index, expected, opening)
        self.index = index
        self.expected = expected
        self.opening = opening


class Parser:
    """The state of one parse."""

    __slots__ = ("faults", "index", "kinds", "lexer", "sets", "stack", "stopped", "value", "values")

    def __init__(self, lexer: Lexer) -> None:
        self.lexer = lexer
        self.kinds = lexer.kinds
        self.values = lexer.values
        self.index = 0
        self.stack: list[Frame] = []
        self.value: Any = None
        self.faults: list[Diagnostic] = []
        self.sets: list[list[Any]] = []  # the entries of each set and `let`
        self.stopped = 0  # how often a token could not stand

    def fault(self, message: Callable[..., Diagnostic], *arguments: Any) -> None:
        """Notes a mistake that does not hinder reading on."""
        if len(self.faults) < MOST_MISTAKES:
            self.faults.append(message(self.lexer.source, *arguments))

    def take(self, kind: str, opening: Token | None, expected: str | None = None) -> Token:
        """Steps over a token that has to come next; `opening` is the one that asks for it."""
        index = self.index
        if self.kinds[index] != kind:
            raise SyntaxStop(index, expected or f"`{kind}`", opening)
        self.index = index + 1
        token: Token = self.values[index]
        return token


def expression(p: Parser) -> Any:
    """The beginning of any expression."""
    state = EXPRESSIONS.get(p.kinds[p.index])
    if state is None:
        raise SyntaxStop(p.index, "an expression")
    return state(p)


def operand(p: Parser) -> Any:
    """The beginning of what stands beside an operator."""
    state = OPERANDS.get(p.kinds[p.index])
    if state is None:
        raise SyntaxStop(p.index, "an operand")
    return state(p)


def term(p: Parser) -> Any:
    """The beginning of an argument, an item or a default."""
    state = TERMS.get(p.kinds[p.index])
    if state is None:
        raise SyntaxStop(p.index, "a value")
    return state(p)


def begins(*tables: dict[str, State], at: tuple[str, ...]) -> Callable[[Handler], Handler]:
    """Registers a state for the kinds of tokens that it begins with."""

    def register(state: Handler) -> Handler:
        for table in tables:
            table.update(dict.fromkeys(at, state))
        return state

    return register
