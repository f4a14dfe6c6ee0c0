"""The syntax tree of HCL's native syntax: files, blocks, attributes and expressions.

Nodes are immutable and compare by what they mean to a reader: `origin`, a caller's mark that
`print_with_origins` gives back with the lines, is outside equality, and so is `span`, where the
parser found the node. A node refuses a bad state with ValueError when it is made.

The names follow HCL's specification (hclsyntax/spec.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import Attribute as Field
from attrs import field, frozen

from nixgen.hcl.fields import (
    are_names,
    comment_fits,
    comments_field,
    heredoc_fits,
    is_function_name,
    is_one_name,
    kind_of,
    labels_fit,
    merged_texts,
    origin_field,
    span_field,
    texts_fit,
    trailing_field,
)
from nixgen.hcl.strings import check_text
from nixgen.node import Node

if TYPE_CHECKING:
    from decimal import Decimal


@frozen
class Span:
    """A half-open range of character offsets into the source text."""

    start: int
    end: int


# -- bodies ------------------------------------------------------------------------------------


@frozen(eq=False, repr=False, weakref_slot=False)
class Comment(Node):
    """`# text` on a line of its own; `text` follows `# ` (an empty one prints as `#`)."""

    text: str = field(validator=comment_fits)


@frozen(eq=False, repr=False, weakref_slot=False)
class BlankLine(Node):
    """An empty line."""


@frozen(eq=False, repr=False, weakref_slot=False)
class Attribute(Node):
    """`name = value`, with `comments` on the lines before and `trailing` behind.

    What is behind a heredoc stands before it, as the last of the comments.
    """

    name: str = field(validator=is_one_name)
    value: Expression
    comments: tuple[str, ...] = comments_field()
    trailing: str | None = trailing_field()
    origin: Any = origin_field()
    span: Span | None = span_field()


def _body_fits(instance: Any, attribute: Field[Any], value: Any) -> None:
    """Refuses what is no item of a body, of which a printed file would show nothing."""
    takes = f"{type(instance).__name__}.{attribute.name} takes attributes, blocks, comments and"
    takes = f"{takes} blank lines in a tuple"
    if not isinstance(value, list | tuple):
        raise ValueError(f"{takes}, and not {kind_of(value)}")
    for item in value:
        if not isinstance(item, _BODY_ITEMS):
            raise ValueError(f"{takes}, and {kind_of(item)} is none of them")


@frozen(eq=False, repr=False, weakref_slot=False)
class Block(Node):
    """`type "label" { body }`, with `comments` on the lines before; labels print quoted."""

    type: str = field(validator=is_one_name)
    labels: tuple[str, ...] = field(default=(), validator=labels_fit)
    body: tuple[BodyItem, ...] = field(default=(), validator=_body_fits)
    comments: tuple[str, ...] = comments_field()
    origin: Any = origin_field()
    span: Span | None = span_field()


OriginRange: TypeAlias = tuple[int, int, Any]


@frozen(eq=False, repr=False, weakref_slot=False)
class Printed(Node):
    """Items that `print_items` has printed, to stand for them in a body or an object.

    `text` is whole lines, laid out at `depth`; `first` and `last` are the classes of the first and
    last item, None where there is none; `ranges` are the lines of the nodes with origins, counted
    from 1 in this text.
    """

    text: str
    depth: int
    first: type | None
    last: type | None
    ranges: tuple[OriginRange, ...] = ()


BodyItem: TypeAlias = Attribute | Block | Comment | BlankLine | Printed
_BODY_ITEMS = (Attribute, Block, Printed, Comment, BlankLine)


@frozen(eq=False, repr=False, weakref_slot=False)
class File(Node):
    """A whole file.

    Blank lines are printed where `BlankLine` says so, and between two blocks, and between a block
    and an attribute, where none is given.
    """

    body: tuple[BodyItem, ...] = field(default=(), validator=_body_fits)


# -- values ------------------------------------------------------------------------------------

INTEGER_BITS = 512  # HCL computes with this many; longer integers lose digits


@frozen(eq=False, repr=False, weakref_slot=False)
class Literal(Node):
    """`null`, `true`, `false` or a number of no sign (`UnaryOperation` has the sign)."""

    value: bool | int | float | Decimal | None
    span: Span | None = span_field()

    def __attrs_post_init__(self) -> None:
        if self.value is not None and not 0 <= self.value < float("inf"):
            raise ValueError(f"{self.value} is no HCL number literal")


@frozen(eq=False, repr=False, weakref_slot=False)
class Interpolation(Node):
    """`${expression}`; `trim_left` and `trim_right` are the `~` that eat blanks."""

    expression: Expression
    trim_left: bool = False
    trim_right: bool = False


@frozen(eq=False, repr=False, weakref_slot=False)
class Directive(Node):
    """`%{if condition}`, `%{else}`, `%{endif}`, `%{for key, value in collection}`, `%{endfor}`."""

    keyword: str = field()
    names: tuple[str, ...] = field(default=(), validator=are_names)
    expression: Expression | None = None
    trim_left: bool = False
    trim_right: bool = False

    @keyword.validator
    def _known(self, _: Any, value: str) -> None:
        if value not in ("if", "else", "endif", "for", "endfor"):
            raise ValueError(f"{value!r} is no template directive")


TemplatePart: TypeAlias = str | Interpolation | Directive


@frozen(eq=False, repr=False, weakref_slot=False)
class Template(Node):
    """A quoted string: literal text, interpolations and directives."""

    parts: tuple[TemplatePart, ...] = field(default=(), converter=merged_texts, validator=texts_fit)
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class Heredoc(Node):
    """`<<EOT`: a text of whole lines, each ended by a newline.

    `flush` prints `<<-EOT` and indents the lines with the code; HCL takes as many blanks away from
    each line as the least indented one has; so the lines have no `~`, which would count, too. The
    text has no line that equals the marker.
    """

    parts: tuple[TemplatePart, ...] = field(converter=merged_texts, validator=texts_fit)
    marker: str = field(default="EOT", validator=is_one_name)
    flush: bool = False
    span: Span | None = span_field()

    def __attrs_post_init__(self) -> None:
        heredoc_fits(self.parts, self.marker, flush=self.flush)


@frozen(eq=False, repr=False, weakref_slot=False)
class Tuple(Node):
    """`[a, b]` on one line, or one element a line where `multiline`."""

    elements: tuple[Expression, ...] = ()
    multiline: bool = field(default=False, eq=False)
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class ObjectItem(Node):
    """`key = value`; a `str` key is quoted where it has to be, an expression prints as it is.

    A key expression that is neither a string nor a name prints in parentheses.
    """

    key: str | Expression
    value: Expression
    comments: tuple[str, ...] = comments_field()
    trailing: str | None = trailing_field()
    origin: Any = origin_field()
    span: Span | None = span_field()

    def __attrs_post_init__(self) -> None:
        if isinstance(self.key, str):
            check_text(self.key)


def _object_items(items: Any) -> tuple[ObjectItem | Printed, ...]:
    return tuple(
        item if isinstance(item, ObjectItem | Printed) else ObjectItem(*item) for item in items
    )


@frozen(eq=False, repr=False, weakref_slot=False)
class Object(Node):
    """`{ key = value }`, one item a line where `multiline`; items may be given as pairs.

    An item with a comment needs lines of its own, whatever `multiline` says.
    """

    items: tuple[ObjectItem | Printed, ...] = field(default=(), converter=_object_items)
    multiline: bool = field(default=True, eq=False)
    span: Span | None = span_field()


# -- references, calls, operators --------------------------------------------------------------


@frozen(eq=False, repr=False, weakref_slot=False)
class Variable(Node):
    """A name by itself: `var`, `string`, `each`."""

    name: str = field(validator=is_one_name)
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class GetAttribute(Node):
    """`source.name`."""

    source: Expression
    name: str = field(validator=is_one_name)
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class Index(Node):
    """`collection[key]`; the `legacy` form is `collection.0`, for each element behind `.*`."""

    collection: Expression
    key: Expression
    legacy: bool = field(default=False, kw_only=True)
    span: Span | None = span_field()

    def __attrs_post_init__(self) -> None:
        if self.legacy and not (isinstance(self.key, Literal) and type(self.key.value) is int):
            raise ValueError("a legacy index is a whole number")


@frozen(eq=False, repr=False, weakref_slot=False)
class Splat(Node):
    """`source[*]`, or `source.*` where `attribute_only`; the steps behind go for each element."""

    source: Expression
    attribute_only: bool = False
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class FunctionCall(Node):
    """`name(argument, …)`; `expand` puts `...` behind the last argument. Names may hold `::`."""

    name: str = field(validator=is_function_name)
    arguments: tuple[Expression, ...] = ()
    expand: bool = False
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class UnaryOperation(Node):
    """`-operand` or `!operand`."""

    operator: str
    operand: Expression
    span: Span | None = span_field()

    def __attrs_post_init__(self) -> None:
        if self.operator not in ("-", "!"):
            raise ValueError(f"{self.operator!r} is no unary operator")


# The binary operators, those that bind least first.
PRECEDENCE: dict[str, int] = {
    operator: level
    for level, operators in enumerate(
        (("||",), ("&&",), ("==", "!="), (">", ">=", "<", "<="), ("+", "-"), ("*", "/", "%"))
    )
    for operator in operators
}


@frozen(eq=False, repr=False, weakref_slot=False)
class BinaryOperation(Node):
    """`left operator right`; the printer adds the parentheses that precedence asks for."""

    left: Expression
    operator: str
    right: Expression
    span: Span | None = span_field()

    def __attrs_post_init__(self) -> None:
        if self.operator not in PRECEDENCE:
            raise ValueError(f"{self.operator!r} is no binary operator")


@frozen(eq=False, repr=False, weakref_slot=False)
class Conditional(Node):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class Parentheses(Node):
    """`(expression)`, kept because somebody wrote them."""

    expression: Expression
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class TupleFor(Node):
    """`[for names in collection : value if condition]`; one or two names."""

    names: tuple[str, ...] = field(validator=are_names)
    collection: Expression
    value: Expression
    condition: Expression | None = None
    span: Span | None = span_field()


@frozen(eq=False, repr=False, weakref_slot=False)
class ObjectFor(Node):
    """`{ for names in collection : key => value... if condition }`; `grouping` prints `...`."""

    names: tuple[str, ...] = field(validator=are_names)
    collection: Expression
    key: Expression
    value: Expression
    condition: Expression | None = None
    grouping: bool = False
    span: Span | None = span_field()


Expression: TypeAlias = (
    Literal
    | Template
    | Heredoc
    | Tuple
    | Object
    | Variable
    | GetAttribute
    | Index
    | Splat
    | FunctionCall
    | UnaryOperation
    | BinaryOperation
    | Conditional
    | Parentheses
    | TupleFor
    | ObjectFor
)
