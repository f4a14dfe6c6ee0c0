"""The syntax tree of the Nix language.

One tree serves both ways: the parser makes it from text, with every comment and blank line on the
token it belongs to; the model's emitter makes it from values, with bare tokens. Equality and hash
look at what the code means to a reader of it (names, values, structure) and not at tokens, comments
or positions, so that a tree equals the one parsed from its formatted text.

`__match_args__` of each node are its meaningful fields, in reading order:

    match node:
        case Binding(AttributePath((Identifier("services"), *_)), value): ...

Names follow the Nix manual's chapter on syntax; the grammar is that of Nix 2.24 (`parser.y`).
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from attrs import field, frozen

from nixgen.nix.kinds import WrongKindError
from nixgen.nix.tokens import (
    BlankLine,
    BlockComment,
    FormatDirective,
    LanguageAnnotation,
    LineComment,
    Span,
    Token,
    Trivia,
)
from nixgen.node import Node

__all__ = [
    "Apply",
    "Assert",
    "AttributeName",
    "AttributePath",
    "AttributeSet",
    "BinaryOperation",
    "Binding",
    "BlankLine",
    "BlockComment",
    "Entry",
    "Expression",
    "File",
    "Float",
    "FormalArgument",
    "FormatDirective",
    "HasAttribute",
    "Identifier",
    "If",
    "IndentedString",
    "Inherit",
    "Integer",
    "Interpolation",
    "Lambda",
    "LanguageAnnotation",
    "LegacyLet",
    "Let",
    "LineComment",
    "List",
    "Literal",
    "Node",
    "Parameter",
    "Parentheses",
    "Path",
    "SearchPath",
    "Select",
    "SetPattern",
    "Span",
    "String",
    "StringPart",
    "Token",
    "Trivia",
    "UnaryOperation",
    "Uri",
    "With",
]


_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*")


def _token(text: str) -> Any:
    """A token field: keyword-only, outside equality and repr, one shared bare token as default."""
    return field(default=Token(text), kw_only=True, eq=False, repr=False)


def _optional_token() -> Any:
    """A token that may be absent."""
    return field(default=None, kw_only=True, eq=False, repr=False)


def _origin() -> Any:
    return field(default=None, kw_only=True, eq=False, repr=False)


# -- literals and names ------------------------------------------------------------------------


@frozen(eq=False, repr=False, weakref_slot=False)
class Identifier(Node):
    """A name: a variable, an attribute name or an argument. `__curPos` is one too."""

    name: str
    token: Token | None = _optional_token()

    def __attrs_post_init__(self) -> None:
        """Raises WrongKindError, or ValueError, for what is no name; the parser knows it is one."""
        if not isinstance(self.name, str):
            raise WrongKindError('nix.Identifier takes a name, such as "pkgs"', self.name)
        if _NAME.fullmatch(self.name) is None:
            raise ValueError(f"{self.name!r} is no name in Nix; a text is nix.string(...)")


@frozen(eq=False, repr=False, weakref_slot=False)
class Integer(Node):
    """An integer literal as written; Nix integers are signed 64-bit."""

    text: str
    token: Token | None = _optional_token()


@frozen(eq=False, repr=False, weakref_slot=False)
class Float(Node):
    """A floating point literal as written: `1.5`, `.5e3`."""

    text: str
    token: Token | None = _optional_token()


@frozen(eq=False, repr=False, weakref_slot=False)
class SearchPath(Node):
    """`<nixpkgs/lib>`; `text` includes the angle brackets."""

    text: str
    token: Token | None = _optional_token()


@frozen(eq=False, repr=False, weakref_slot=False)
class Uri(Node):
    """An unquoted URI, `https://example.org`, a string to Nix."""

    text: str
    token: Token | None = _optional_token()


@frozen(eq=False, repr=False, weakref_slot=False)
class Interpolation(Node):
    """`${ expression }` in a string, a path or an attribute path."""

    expression: Expression
    open: Token = _token("${")
    close: Token = _token("}")


StringPart: TypeAlias = str | Interpolation


@frozen(eq=False, repr=False, weakref_slot=False)
class Path(Node):
    """A path literal: `./a`, `~/b`, `/etc/${name}`; text parts as written."""

    parts: tuple[StringPart, ...]
    open: Token = _token("")
    close: Token = _token("")


@frozen(eq=False, repr=False, weakref_slot=False)
class String(Node):
    """`"..."`; text parts stand as in the source, escapes and all. `text_of` decodes them.

    `open` carries the trivia before the string, `close` the comment after it.
    """

    parts: tuple[StringPart, ...]
    open: Token = _token('"')
    close: Token = _token('"')


@frozen(eq=False, repr=False, weakref_slot=False)
class IndentedString(Node):
    """`''...''`; text parts stand as in the source, indentation and escapes included.

    `cut` tells that a region between format directives begins or ends in one of its interpolations.
    """

    parts: tuple[StringPart, ...]
    open: Token = _token("''")
    close: Token = _token("''")
    cut: bool = field(default=False, kw_only=True, eq=False, repr=False)


# -- sets and lists ----------------------------------------------------------------------------

AttributeName: TypeAlias = Identifier | String | Interpolation


@frozen(eq=False, repr=False, weakref_slot=False)
class AttributePath(Node):
    """`a."b c".${d}`; `dots` are the tokens between the names (bare ones when empty)."""

    names: tuple[AttributeName, ...]
    dots: tuple[Token, ...] = field(default=(), kw_only=True, eq=False, repr=False)


@frozen(eq=False, repr=False, weakref_slot=False)
class Binding(Node):
    """`path = value;`"""

    path: AttributePath
    value: Expression
    equals: Token = _token("=")
    semicolon: Token = _token(";")
    origin: Any = _origin()


@frozen(eq=False, repr=False, weakref_slot=False)
class Inherit(Node):
    """`inherit (source) names;` with `source` None for `inherit names;`."""

    names: tuple[AttributeName, ...]
    source: Expression | None = None
    inherit: Token = _token("inherit")
    open: Token = _token("(")
    close: Token = _token(")")
    semicolon: Token = _token(";")
    origin: Any = _origin()


Entry: TypeAlias = Binding | Inherit


@frozen(eq=False, repr=False, weakref_slot=False)
class AttributeSet(Node):
    """`{ entries }` or `rec { entries }`.

    `close.leading` holds the comments after the last entry.
    """

    entries: tuple[Entry, ...] = ()
    recursive: bool = False
    rec: Token = _token("rec")
    open: Token = _token("{")
    close: Token = _token("}")


@frozen(eq=False, repr=False, weakref_slot=False)
class List(Node):
    """`[ items ]`."""

    items: tuple[Expression, ...] = ()
    open: Token = _token("[")
    close: Token = _token("]")
    origin: Any = _origin()

    def __attrs_post_init__(self) -> None:
        """Raises WrongKindError for what is no tuple of nodes."""
        items: Any = self.items
        if not isinstance(items, tuple):
            raise WrongKindError("nix.List takes a tuple of expressions", items)
        for item in items:
            if not isinstance(item, Node):
                takes = "nix.List takes expressions, as nix.from_python([...]) makes them of data"
                raise WrongKindError(takes, item)


# -- compound expressions ----------------------------------------------------------------------


@frozen(eq=False, repr=False, weakref_slot=False)
class Select(Node):
    """`target.path` or `target.path or default`."""

    target: Expression
    path: AttributePath
    default: Expression | None = None
    dot: Token = _token(".")
    or_: Token = _token("or")

    def __attrs_post_init__(self) -> None:
        """Raises WrongKindError for names as text: `nix.ref` takes these."""
        target: Any = self.target
        path: Any = self.path
        if not isinstance(target, Node):
            takes = 'nix.Select takes an expression first, such as nix.ref("config")'
            raise WrongKindError(takes, target)
        if not isinstance(path, AttributePath):
            raise WrongKindError('nix.Select takes a path second, nix.path("a.b")', path)


@frozen(eq=False, repr=False, weakref_slot=False)
class HasAttribute(Node):
    """`target ? path`."""

    target: Expression
    path: AttributePath
    question: Token = _token("?")


@frozen(eq=False, repr=False, weakref_slot=False)
class Parentheses(Node):
    """`( expression )`."""

    expression: Expression
    open: Token = _token("(")
    close: Token = _token(")")


@frozen(eq=False, repr=False, weakref_slot=False)
class FormalArgument(Node):
    """`name ? default` in a set pattern; `comma` follows it (None after the last one)."""

    name: Identifier
    default: Expression | None = None
    question: Token = _token("?")
    comma: Token | None = _optional_token()


@frozen(eq=False, repr=False, weakref_slot=False)
class SetPattern(Node):
    """`{ a, b ? 1, ... }`, with `name@` before or `@name` after it.

    `binding` is the `@` name; `binding_first` tells which side it stands on.
    """

    arguments: tuple[FormalArgument, ...] = ()
    ellipsis: bool = False
    binding: Identifier | None = None
    binding_first: bool = False
    open: Token = _token("{")
    close: Token = _token("}")
    dots: Token = _token("...")
    at: Token = _token("@")
    final_comma: Token | None = _optional_token()


Parameter: TypeAlias = Identifier | SetPattern


@frozen(eq=False, repr=False, weakref_slot=False)
class Lambda(Node):
    """`parameter: body`."""

    parameter: Parameter
    body: Expression
    colon: Token = _token(":")


@frozen(eq=False, repr=False, weakref_slot=False)
class Apply(Node):
    """`function argument`: one argument each; `f a b` is `Apply(Apply(f, a), b)`."""

    function: Expression
    argument: Expression


@frozen(eq=False, repr=False, weakref_slot=False)
class Let(Node):
    """`let entries in body`."""

    entries: tuple[Entry, ...]
    body: Expression
    let: Token = _token("let")
    in_: Token = _token("in")


@frozen(eq=False, repr=False, weakref_slot=False)
class LegacyLet(Node):
    """The old `let { entries }`, whose value is its attribute `body`."""

    entries: tuple[Entry, ...]
    let: Token = _token("let")
    open: Token = _token("{")
    close: Token = _token("}")


@frozen(eq=False, repr=False, weakref_slot=False)
class With(Node):
    """`with scope; body`."""

    scope: Expression
    body: Expression
    with_: Token = _token("with")
    semicolon: Token = _token(";")


@frozen(eq=False, repr=False, weakref_slot=False)
class Assert(Node):
    """`assert condition; body`."""

    condition: Expression
    body: Expression
    assert_: Token = _token("assert")
    semicolon: Token = _token(";")


@frozen(eq=False, repr=False, weakref_slot=False)
class If(Node):
    """`if condition then consequence else alternative`."""

    condition: Expression
    consequence: Expression
    alternative: Expression
    if_: Token = _token("if")
    then: Token = _token("then")
    else_: Token = _token("else")


@frozen(eq=False, repr=False, weakref_slot=False)
class BinaryOperation(Node):
    """`left operator right`; operator is one of `+ - * / ++ // == != < <= > >= && || -> |> <|`."""

    left: Expression
    operator: str
    right: Expression
    token: Token | None = _optional_token()


@frozen(eq=False, repr=False, weakref_slot=False)
class UnaryOperation(Node):
    """`-operand` or `!operand`."""

    operator: str
    operand: Expression
    token: Token | None = _optional_token()


Literal: TypeAlias = Integer | Float | String | IndentedString | Path | SearchPath | Uri

Expression: TypeAlias = (
    Literal
    | Identifier
    | AttributeSet
    | List
    | Select
    | HasAttribute
    | Parentheses
    | Lambda
    | Apply
    | Let
    | LegacyLet
    | With
    | Assert
    | If
    | BinaryOperation
    | UnaryOperation
)


@frozen(eq=False, repr=False, weakref_slot=False)
class File(Node):
    """A whole file: one expression, the trivia after it, and the text it was parsed from, if any.

    `end` is the empty token at the end of the file; its `leading` are the last comments.
    """

    expression: Expression
    end: Token = _token("")
    text: str | None = field(default=None, kw_only=True, eq=False, repr=False)
    name: str = field(default="<nix>", kw_only=True, eq=False, repr=False)

    def source(self) -> str:
        """The text that the file was parsed from, byte for byte.

        Raises ValueError for a file that was made, not parsed: it has no text until it is printed.
        """
        if self.text is None:
            raise ValueError(f"{self.name}: this file was not parsed; format it to get a text")
        return self.text
