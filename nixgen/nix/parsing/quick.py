"""Makes the tokens and nodes that a file has most of, three times as quickly as their classes do.

A frozen class sets each field through `object.__setattr__`. Here a twin without the freeze is
filled and then becomes an instance of the class: the same object in the end, as immutable as any.
"""

from __future__ import annotations

from typing import Any

from nixgen.nix.nodes import (
    Apply,
    AttributePath,
    Binding,
    Expression,
    Identifier,
    LineComment,
    Select,
    String,
    Token,
    Trivia,
)
from nixgen.node import Node


class QuickToken:
    """Becomes a Token when its `__class__` is set; the lexer's loop does that itself."""

    __slots__ = ("leading", "line", "start", "text", "trailing")

    def __init__(
        self,
        text: str,
        leading: tuple[Trivia, ...],
        trailing: LineComment | None,
        start: int,
        line: int,
    ) -> None:
        self.text = text
        self.leading = leading
        self.trailing = trailing
        self.start = start
        self.line = line


class QuickIdentifier(Node):
    """Becomes an Identifier when its `__class__` is set."""

    __slots__ = Identifier.__slots__

    def __init__(self, name: str, token: Any) -> None:
        self.name = name
        self.token = token


class _QuickString(Node):
    __slots__ = String.__slots__

    def __init__(self, parts: tuple[Any, ...], opening: Token, closing: Token) -> None:
        self.parts = parts
        self.open = opening
        self.close = closing


class _QuickPath(Node):
    __slots__ = AttributePath.__slots__

    def __init__(self, names: tuple[Any, ...], dots: tuple[Token, ...]) -> None:
        self.names = names
        self.dots = dots


class _QuickBinding(Node):
    __slots__ = Binding.__slots__

    def __init__(
        self, path: AttributePath, value: Expression, equals: Token, semicolon: Token
    ) -> None:
        self.path = path
        self.value = value
        self.equals = equals
        self.semicolon = semicolon
        self.origin = None


class _QuickSelect(Node):
    __slots__ = Select.__slots__

    def __init__(self, target: Expression, path: AttributePath, dot: Token) -> None:
        self.target = target
        self.path = path
        self.default = None
        self.dot = dot
        self.or_ = _OR


class _QuickApply(Node):
    __slots__ = Apply.__slots__

    def __init__(self, function: Expression, argument: Expression) -> None:
        self.function = function
        self.argument = argument


_OR = Token("or")


def token(text: str, leading: tuple[Trivia, ...], start: int, line: int) -> Token:
    """A token without a comment after it."""
    made: Any = QuickToken(text, leading, None, start, line)
    made.__class__ = Token
    return made  # type: ignore[no-any-return]  # the class is what it says now


def identifier(name: str, name_token: Token) -> Identifier:
    """A name."""
    made: Any = QuickIdentifier(name, name_token)
    made.__class__ = Identifier
    return made  # type: ignore[no-any-return]  # see token


def string(parts: tuple[Any, ...], opening: Token, closing: Token) -> String:
    """`"..."`."""
    made: Any = _QuickString(parts, opening, closing)
    made.__class__ = String
    return made  # type: ignore[no-any-return]  # see token


def attribute_path(names: tuple[Any, ...], dots: tuple[Token, ...]) -> AttributePath:
    """`a.b`."""
    made: Any = _QuickPath(names, dots)
    made.__class__ = AttributePath
    return made  # type: ignore[no-any-return]  # see token


def binding(path: AttributePath, value: Expression, equals: Token, semicolon: Token) -> Binding:
    """`path = value;`."""
    made: Any = _QuickBinding(path, value, equals, semicolon)
    made.__class__ = Binding
    return made  # type: ignore[no-any-return]  # see token


def select(target: Expression, path: AttributePath, dot: Token) -> Select:
    """`target.path` without a default."""
    made: Any = _QuickSelect(target, path, dot)
    made.__class__ = Select
    return made  # type: ignore[no-any-return]  # see token


def apply(function: Expression, argument: Expression) -> Apply:
    """`function argument`."""
    made: Any = _QuickApply(function, argument)
    made.__class__ = Apply
    return made  # type: ignore[no-any-return]  # see token
