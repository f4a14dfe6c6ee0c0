"""Builds the document of a syntax tree: what all layout rules share.

A rule is a function `(builder, node)` that adds the node's elements to `builder.out`; `RULES` holds
one for each type of node. A rule may put elements into a group:

    outer = builder.open()
    ...
    builder.close(outer)

and deepen the nesting of the texts that it adds, by `builder.depth`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

from nixgen.layout.document import (
    COMMENT,
    EMPTY_LINE,
    HARD_LINE,
    HARD_SPACE,
    PLAIN,
    REGULAR,
    TRAILING_COMMENT,
    VERBATIM,
    VERBATIM_START,
    VERBATIM_TO_END,
    Document,
    Group,
)
from nixgen.nix import nodes
from nixgen.nix.nodes import (
    BlankLine,
    BlockComment,
    FormatDirective,
    LanguageAnnotation,
    LineComment,
    Node,
    Token,
    Trivia,
)
from nixgen.nix.outer_tokens import first_token
from nixgen.nix.printing.fallback import WholeFile
from nixgen.nix.printing.strings import Lines, string_lines

Rule = Callable[..., None]  # of a builder and a node
R = TypeVar("R", bound=Rule)

RULES: dict[type, Rule] = {}

Known: TypeAlias = dict[int, tuple[Node, bool]]
"""Answers to a question about nodes, by their identity."""


def rule(*kinds: type) -> Callable[[R], R]:
    """Registers a function as the layout rule of some types of nodes."""

    def register(function: R) -> R:
        for kind in kinds:
            RULES[kind] = function
        return function

    return register


class Builder:
    """Collects a document.

    Where a person broke a line between two tokens can decide about their layout; in `strict` mode,
    and where tokens were not parsed, all count as standing on one line. `header` is a function
    whose body starts a line whatever it is. The builder for a `part` of a file raises WholeFile
    where it meets a format directive.
    """

    __slots__ = (
        "_lines",
        "absorbable",
        "depth",
        "header",
        "out",
        "part",
        "shift",
        "simple",
        "skip_leading",
        "strict",
    )

    def __init__(
        self, *, strict: bool = False, header: nodes.Lambda | None = None, part: bool = False
    ) -> None:
        self.part = part
        self.out: Document = []
        self.strict = strict
        self.header = header
        self.depth = 0
        self.shift = 0
        self.skip_leading = False  # the next token's leading trivia has been printed already
        # What is known of nodes by their identity; the nodes in it keep that from being reused.
        self._lines: dict[int, tuple[Node, Lines]] = {}
        self.absorbable: Known = {}
        self.simple: Known = {}

    # -- elements ------------------------------------------------------------------------------

    def open(self) -> Document:
        """Begin a group; give the result to `close`."""
        outer = self.out
        self.out = []
        return outer

    def close(self, outer: Document, kind: int = REGULAR, origin: Any = None) -> None:
        """End a group."""
        origins = () if origin is None else (origin,)
        outer.append(Group(kind, self.out, origins))
        self.out = outer

    def add(self, text: str) -> None:
        """Add plain text."""
        self.out.append((PLAIN, text, self.depth, self.shift))

    def nested(self, node: Node) -> None:
        """Add a node one depth further in."""
        self.depth += 1
        self.node(node)
        self.depth -= 1

    def node(self, node: Node) -> None:
        """Add a node by the rule of its type."""
        RULES[type(node)](self, node)

    def grouped(self, node: Node) -> None:
        """Add a node in a regular group of its own."""
        outer = self.open()
        RULES[type(node)](self, node)
        self.close(outer)

    # -- tokens and trivia ---------------------------------------------------------------------

    def token(self, token: Token) -> None:
        """Add a token with the trivia around it."""
        if token.leading or token.trailing is not None:
            self.leading(token)
            self.out.append((PLAIN, token.text, self.depth, self.shift))
            self.trailing(token.trailing)
        else:
            self.skip_leading = False
            self.out.append((PLAIN, token.text, self.depth, self.shift))

    def leading(self, token: Token) -> None:
        """Add the trivia before a token, unless that has been done."""
        if token.leading and not self.skip_leading:
            self.trivia(token.leading)
        self.skip_leading = False

    def trailing(self, comment: LineComment | None) -> None:
        """Add a comment that follows a token on its line (nixfmt: `Pretty TrailingComment`)."""
        if comment is not None:
            text = f"# {comment.text.strip()}"
            self.out += (
                HARD_SPACE,
                (TRAILING_COMMENT, text, self.depth, self.shift),
                HARD_LINE,
            )

    def trivia(self, trivia: Iterable[Trivia]) -> None:
        """Add trivia on lines of their own; one language annotation alone stays on its line."""
        trivia = tuple(trivia)
        if not trivia:
            return
        if len(trivia) > 1 or not isinstance(trivia[0], LanguageAnnotation):
            self.out.append(HARD_LINE)
        for each in trivia:
            self._trivium(each)

    def _trivium(self, trivium: Trivia) -> None:
        match trivium:
            case BlankLine():
                self.out.append(EMPTY_LINE)
            case LineComment(text):
                self._comment(f"#{text}")
                self.out.append(HARD_LINE)
            case LanguageAnnotation(text):
                self._comment(f"/* {text} */")
                self.out.append(HARD_SPACE)
            case BlockComment():
                self._block_comment(trivium)
            case FormatDirective():
                self._directive(trivium)

    def _comment(self, text: str) -> None:
        self.out.append((COMMENT, text, self.depth, self.shift))

    def _block_comment(self, comment: BlockComment) -> None:
        self._comment("/**" if comment.documentation else "/*")
        self.out.append(HARD_LINE)
        self.shift += 2
        for line in comment.lines:
            if line:
                self._comment(line)
                self.out.append(HARD_LINE)
            else:
                self.out.append(EMPTY_LINE)
        self.shift -= 2
        self._comment("*/")
        self.out.append(HARD_LINE)

    def _directive(self, directive: FormatDirective) -> None:
        """A region that is not formatted: laid out like all else, but printed from its source."""
        if self.part:
            raise WholeFile
        raw = directive.raw
        if directive.kind == "disable":
            self.out.append((VERBATIM_START, "", self.depth, self.shift))
        elif raw is None:
            self._comment("/*nixfmt:enable*/")
            self.out.append(HARD_LINE)
        elif directive.kind == "end":
            self.out.append((VERBATIM_TO_END, raw, self.depth, self.shift))
        else:
            self.out += ((VERBATIM, raw, self.depth, self.shift), HARD_LINE)

    # -- what the source looked like -----------------------------------------------------------

    def on_one_line(self, first: Token | None, second: Token | None) -> bool:
        """Whether two tokens stood on one line; also where that is not known."""
        if self.strict or first is None or second is None:
            return True
        return first.line == second.line or not first.line or not second.line

    def body_on_line(self, node: nodes.Lambda) -> bool:
        """Whether a function's body began on the line of its colon."""
        return node is not self.header and self.on_one_line(node.colon, first_token(node.body))

    def lines(self, node: nodes.String | nodes.IndentedString) -> Lines:
        """A string's lines, each a list of text and interpolations, without indentation."""
        known = self._lines.get(id(node))
        if known is None:
            known = self._lines[id(node)] = (node, string_lines(node))
        return known[1]


def origin_of(node: nodes.Binding | nodes.Inherit | nodes.List) -> tuple[Any, int] | None:
    """The node's origin, with the number of comment lines above that belong to it."""
    if node.origin is None:
        return None
    token = first_token(node)
    above = 0 if token is None else sum(isinstance(e, LineComment) for e in token.leading)
    return node.origin, above
