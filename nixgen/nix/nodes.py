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

from collections.abc import Callable
from typing import Any, TypeAlias

from attrs import field, frozen

# -- tokens and what stands between them -------------------------------------------------------


@frozen
class Span:
    """A half-open range of character offsets into the source text."""

    start: int
    end: int


@frozen
class BlankLine:
    """One or more empty lines between two tokens."""


@frozen
class LineComment:
    """`# text` on a line of its own; `text` is what follows `#`, its last blanks removed."""

    text: str


@frozen
class BlockComment:
    """`/* text */`, or `/** text */` where `documentation`; one entry of `lines` a line."""

    lines: tuple[str, ...]
    documentation: bool = False


@frozen
class LanguageAnnotation:
    """`/* lua */` right before a string: names the language inside; `text` is `lua`."""

    text: str


Trivia: TypeAlias = BlankLine | LineComment | BlockComment | LanguageAnnotation


@frozen
class Token:
    """One token: its text, the trivia before it, and a comment after it on the same line.

    `span` is None for tokens that were not parsed.
    """

    text: str
    leading: tuple[Trivia, ...] = ()
    trailing: LineComment | None = None
    span: Span | None = field(default=None, eq=False, repr=False)


def _token(text: str) -> Any:
    """A token field: keyword-only, outside equality and repr, one shared bare token as default."""
    return field(default=Token(text), kw_only=True, eq=False, repr=False)


def _optional_token() -> Any:
    """A token that may be absent."""
    return field(default=None, kw_only=True, eq=False, repr=False)


class Node:
    """Base of all nodes. `origin` is the caller's own note of where a node comes from."""

    __slots__ = ()


def _origin() -> Any:
    return field(default=None, kw_only=True, eq=False, repr=False)


# -- literals and names ------------------------------------------------------------------------


@frozen
class Identifier(Node):
    """A name: a variable, an attribute name or an argument. `__curPos` is one too."""

    name: str
    token: Token | None = _optional_token()


@frozen
class Integer(Node):
    """An integer literal as written; Nix integers are signed 64-bit."""

    text: str
    token: Token | None = _optional_token()


@frozen
class Float(Node):
    """A floating point literal as written: `1.5`, `.5e3`."""

    text: str
    token: Token | None = _optional_token()


@frozen
class SearchPath(Node):
    """`<nixpkgs/lib>`; `text` includes the angle brackets."""

    text: str
    token: Token | None = _optional_token()


@frozen
class Uri(Node):
    """An unquoted URI, `https://example.org`, a string to Nix."""

    text: str
    token: Token | None = _optional_token()


@frozen
class Interpolation(Node):
    """`${ expression }` in a string, a path or an attribute path."""

    expression: Expression
    open: Token = _token("${")
    close: Token = _token("}")


StringPart: TypeAlias = str | Interpolation


@frozen
class Path(Node):
    """A path literal: `./a`, `~/b`, `/etc/${name}`; text parts as written."""

    parts: tuple[StringPart, ...]
    open: Token = _token("")
    close: Token = _token("")


@frozen
class String(Node):
    """`"..."`; text parts stand as in the source, escapes and all. `text_of` decodes them.

    `open` carries the trivia before the string, `close` the comment after it.
    """

    parts: tuple[StringPart, ...]
    open: Token = _token('"')
    close: Token = _token('"')


@frozen
class IndentedString(Node):
    """`''...''`; text parts stand as in the source, indentation and escapes included."""

    parts: tuple[StringPart, ...]
    open: Token = _token("''")
    close: Token = _token("''")


# -- sets and lists ----------------------------------------------------------------------------

AttributeName: TypeAlias = Identifier | String | Interpolation


@frozen
class AttributePath(Node):
    """`a."b c".${d}`; `dots` are the tokens between the names (bare ones when empty)."""

    names: tuple[AttributeName, ...]
    dots: tuple[Token, ...] = field(default=(), kw_only=True, eq=False, repr=False)


@frozen
class Binding(Node):
    """`path = value;`"""

    path: AttributePath
    value: Expression
    equals: Token = _token("=")
    semicolon: Token = _token(";")
    origin: Any = _origin()


@frozen
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


@frozen
class AttributeSet(Node):
    """`{ entries }` or `rec { entries }`.

    `close.leading` holds the comments after the last entry.
    """

    entries: tuple[Entry, ...] = ()
    recursive: bool = False
    rec: Token = _token("rec")
    open: Token = _token("{")
    close: Token = _token("}")


@frozen
class List(Node):
    """`[ items ]`."""

    items: tuple[Expression, ...] = ()
    open: Token = _token("[")
    close: Token = _token("]")
    origin: Any = _origin()


# -- compound expressions ----------------------------------------------------------------------


@frozen
class Select(Node):
    """`target.path` or `target.path or default`."""

    target: Expression
    path: AttributePath
    default: Expression | None = None
    dot: Token = _token(".")
    or_: Token = _token("or")


@frozen
class HasAttribute(Node):
    """`target ? path`."""

    target: Expression
    path: AttributePath
    question: Token = _token("?")


@frozen
class Parentheses(Node):
    """`( expression )`."""

    expression: Expression
    open: Token = _token("(")
    close: Token = _token(")")


@frozen
class FormalArgument(Node):
    """`name ? default` in a set pattern; `comma` follows it (None after the last one)."""

    name: Identifier
    default: Expression | None = None
    question: Token = _token("?")
    comma: Token | None = _optional_token()


@frozen
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


@frozen
class Lambda(Node):
    """`parameter: body`."""

    parameter: Parameter
    body: Expression
    colon: Token = _token(":")


@frozen
class Apply(Node):
    """`function argument`: one argument each; `f a b` is `Apply(Apply(f, a), b)`."""

    function: Expression
    argument: Expression


@frozen
class Let(Node):
    """`let entries in body`."""

    entries: tuple[Entry, ...]
    body: Expression
    let: Token = _token("let")
    in_: Token = _token("in")


@frozen
class LegacyLet(Node):
    """The old `let { entries }`, whose value is its attribute `body`."""

    entries: tuple[Entry, ...]
    let: Token = _token("let")
    open: Token = _token("{")
    close: Token = _token("}")


@frozen
class With(Node):
    """`with scope; body`."""

    scope: Expression
    body: Expression
    with_: Token = _token("with")
    semicolon: Token = _token(";")


@frozen
class Assert(Node):
    """`assert condition; body`."""

    condition: Expression
    body: Expression
    assert_: Token = _token("assert")
    semicolon: Token = _token(";")


@frozen
class If(Node):
    """`if condition then consequence else alternative`."""

    condition: Expression
    consequence: Expression
    alternative: Expression
    if_: Token = _token("if")
    then: Token = _token("then")
    else_: Token = _token("else")


@frozen
class BinaryOperation(Node):
    """`left operator right`; operator is one of `+ - * / ++ // == != < <= > >= && || -> |> <|`."""

    left: Expression
    operator: str
    right: Expression
    token: Token | None = _optional_token()


@frozen
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


@frozen
class File(Node):
    """A whole file: one expression, the trivia after it, and the text it was parsed from, if any.

    `end` is the empty token at the end of the file; its `leading` are the last comments.
    """

    expression: Expression
    end: Token = _token("")
    text: str | None = field(default=None, kw_only=True, eq=False, repr=False)
    name: str = field(default="<nix>", kw_only=True, eq=False, repr=False)


Visitor: TypeAlias = Callable[[Node], None]
