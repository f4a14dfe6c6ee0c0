"""The direct path: its state, and a node that begins a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from nixgen.nix.nodes import (
    BlankLine,
    BlockComment,
    Entry,
    Float,
    Identifier,
    Integer,
    Lambda,
    LanguageAnnotation,
    LineComment,
    Node,
    Path,
    Select,
    String,
    Trivia,
)
from nixgen.nix.outer_tokens import first_token
from nixgen.nix.printing.fallback import Unknown, WholeFile
from nixgen.nix.printing.one_line.base import one_line

if TYPE_CHECKING:
    from nixgen.layout.document import Document

Mark: TypeAlias = tuple[int, int, int, int, Any]
"""(piece, lines into it, piece after the last, lines added to its first, origin)."""


class Place(NamedTuple):
    """Where a node begins and ends: after `head` on the current line, whose text that is."""

    start: str  # printed before `head`: a line break and `pad`, or nothing
    head: str
    pad: str
    end: str

    def after(self, text: str) -> Place:
        """The place behind further text."""
        return Place(self.start, self.head + text, self.pad, self.end)

    def within_parentheses(self) -> Place:
        """The place in parentheses, of which the first one is printed."""
        return Place(self.start, self.head, self.pad, ")" + self.end)


ValueFunction: TypeAlias = "Callable[[Direct, Any, Place, bool], bool]"
BlockFunction: TypeAlias = "Callable[[Direct, Any, str, str], bool]"

VALUES: dict[type, ValueFunction] = {}
"""How values of bindings continue on further lines; the last argument tells of a short name."""

BLOCKS: dict[type, BlockFunction] = {}
"""How nodes at the start of a line continue on further lines."""

F = TypeVar("F", bound=Callable[..., bool])


def value_of(*kinds: type) -> Callable[[F], F]:
    """Registers how values of some types continue on further lines."""
    return _register(VALUES, kinds)


def block_of(*kinds: type) -> Callable[[F], F]:
    """Registers how nodes of some types continue on further lines."""
    return _register(BLOCKS, kinds)


def _register(table: dict[type, Any], kinds: tuple[type, ...]) -> Callable[[F], F]:
    def register(function: F) -> F:
        table.update(dict.fromkeys(kinds, function))
        return function

    return register


class Direct:
    """Prints a tree into `out`, a list of pieces of text; `tracing` notes where origins are."""

    def __init__(self, width: int, step: int, *, tracing: bool = False) -> None:
        self.out: list[str] = []
        self.width = width
        self.levels = width
        self.step = " " * step
        self.tracing = tracing
        self.marks: list[Mark] = []
        self.bodies: dict[int, tuple[Node, Node]] = {}  # of chains of functions
        self.header: Lambda | None = None  # a function whose body starts a line in any case

    # -- comments ------------------------------------------------------------------------------

    def trivia(self, trivia: tuple[Trivia, ...], pad: str, line_break: str) -> str:
        """Print comments on lines of their own; returns the line break that is due after them."""
        out = self.out
        for each in trivia:
            if type(each) is BlankLine:
                line_break = "\n\n"
            elif type(each) is LineComment:
                out.append(f"{line_break}{pad}#{each.text}")
                line_break = "\n"
            elif type(each) is BlockComment:
                out.append(f"{line_break}{pad}/*{'*' * each.documentation}")
                line_break = "\n"
                for line in each.lines:
                    if line:
                        out.append(f"{line_break}{pad}  {line}")
                    line_break = "\n" if line else "\n\n"
                out.append(f"{line_break}{pad}*/")
                line_break = "\n"
            else:
                raise Unknown if type(each) is LanguageAnnotation else WholeFile
        return line_break

    # -- at the start of a line ----------------------------------------------------------------

    def line(self, node: Node, pad: str, end: str) -> None:
        """A node that has the current line, whose indentation is printed, for itself."""
        place, marks = len(self.out), len(self.marks)
        try:
            text = one_line(node, self.levels)
            if text is not None and (
                len(text) + columns(end) <= self.width or is_unbreakable(node)
            ):
                if self.tracing:
                    self.mark_inside(node)
                self.out.append(text + end)
                return
            function = BLOCKS.get(type(node))
            if function is not None and function(self, node, pad, end):
                return
        except Unknown:
            del self.out[place:]
            del self.marks[marks:]
        self.by_document(node, pad, end)

    # -- through the document ------------------------------------------------------------------

    def by_document(self, node: Node, pad: str, end: str, *, spliced: bool = False) -> None:
        """Print a node by the rules and the engine; `spliced`, without a group of its own."""
        from nixgen.nix.printing.by_document import document_of_node

        document = document_of_node(node, end, spliced=spliced, header=self.header)
        self.out.append(self._laid_out(document, pad, spliced=spliced).removeprefix(pad))

    def entry_by_document(self, entry: Entry, pad: str) -> None:
        """Print an entry, the comments before it being printed."""
        from nixgen.nix.printing.by_document import document_of_entry

        self.out.append(self._laid_out(document_of_entry(entry), pad, own_origin=False))

    def _laid_out(
        self, document: Document, pad: str, *, spliced: bool = False, own_origin: bool = True
    ) -> str:
        from nixgen.layout.engine import Engine, TracingEngine

        kind = TracingEngine if self.tracing else Engine
        engine = kind(self.width, len(self.step), len(pad))
        text = engine.print(document, spliced=spliced).removesuffix("\n")
        if isinstance(engine, TracingEngine):
            place = len(self.out)
            for first, last, origin in engine.origins[0 if own_origin else 1 :]:
                self.marks.append((place, first, place, last, origin))
        return text

    # -- origins -------------------------------------------------------------------------------

    def end_mark(self, index: int) -> None:
        """Note that the entry or list with the mark at an index ends here."""
        first, skip, _, more, origin = self.marks[index]
        self.marks[index] = (first, skip, len(self.out), more, origin)

    def mark_inside(self, node: Node) -> None:
        """Note the origins inside a node that comes on one line, in the next piece."""
        if type(node) in _WITHOUT_ORIGINS:
            return
        place = len(self.out)
        pending: list[Any] = [node]
        while pending:
            each = pending.pop()
            if isinstance(each, Node):
                origin = getattr(each, "origin", None)
                if origin is not None:
                    self.marks.append((place, -1, place + 1, 0, origin))
                pending += [getattr(each, name) for name in reversed(each.__match_args__)]
            elif isinstance(each, tuple):
                pending += reversed(each)


_WITHOUT_ORIGINS = frozenset({Identifier, Integer, Float, String, Select, Path})


def comment_text(comment: LineComment) -> str:
    """A comment at the end of a line."""
    return f"# {comment.text.strip()}"


def has_comment(node: Node) -> bool:
    """Whether something stands before a node's first token."""
    token = first_token(node)
    return token is not None and bool(token.leading)


def is_unbreakable(node: Node) -> bool:
    """Whether a node is on one line whatever the width: a string without interpolations."""
    if type(node) is not String:
        return False
    parts = node.parts
    return not parts or (len(parts) == 1 and type(parts[0]) is str)


def columns(end: str) -> int:
    """The width of what follows a node: comments count nothing."""
    comment = end.find("#")
    return len(end) if comment < 0 else comment
