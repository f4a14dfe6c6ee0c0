"""Prints the common shapes of trees as text at once, without a document.

What the model emits, and most of what people write, leaves the layout no choice: a set has a line
for each entry, a value that fits stands on the line of its name, a call that does not fit continues
with the entries of its last argument. The functions here and in `direct_blocks` print these shapes,
each from the start of a line, where nothing before it matters. What they do not know goes through
the document and the layout engine, from the start of its own line to its end. Both ways give the
same bytes, which tests hold. The conditions are those of the rules in this package, with their
sources.

In all functions, `pad` is the indentation of the current line, and `end` what follows the node on
its last line. Those that return a bool print nothing where they return False.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from nixgen.nix.nodes import (
    Apply,
    AttributeSet,
    Binding,
    BlankLine,
    BlockComment,
    Entry,
    Float,
    Identifier,
    IndentedString,
    Inherit,
    Integer,
    LanguageAnnotation,
    LineComment,
    List,
    Node,
    Path,
    Select,
    String,
    Token,
    Trivia,
)
from nixgen.nix.printing.direct_line import (
    attribute_path,
    inherit_names,
    inherit_start,
    joined_parts,
    on_one_line,
    one_line,
    value,
)
from nixgen.nix.printing.fallback import Unknown, WholeFile
from nixgen.nix.printing.strings import string_lines
from nixgen.nix.printing.tokens import first_token, without_leading

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
        self.header: Node | None = None  # a function whose body starts a line in any case

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

    # -- entries of sets -----------------------------------------------------------------------

    def entries(self, items: tuple[Entry, ...], last: tuple[Trivia, ...], pad: str) -> str:
        """Print bindings, a line break before each; returns the one due after them."""
        out, marks, tracing = self.out, self.marks, self.tracing
        line_break = "\n"
        for entry in items:
            mark = -1
            if tracing and entry.origin is not None:
                mark = len(marks)
                marks.append((len(out), -1, 0, 0, entry.origin))
            trivia = _comments_before(entry)
            if trivia:
                line_break = self.trivia(trivia, pad, line_break)
            place, count = len(out), len(marks)
            try:
                if type(entry) is Binding:
                    done = self.binding(entry, line_break + pad, pad)
                else:
                    done = self.inherit(entry, line_break + pad, pad)  # type: ignore[arg-type]
            except Unknown:
                del out[place:]
                del marks[count:]
                done = False
            if not done:
                out.append(line_break)
                self._entry_by_document(entry, pad)
            if mark >= 0:
                self._end_mark(mark)
            line_break = "\n"
        return self.trivia(last, pad, "\n") if last else line_break

    def binding(self, node: Binding, start: str, pad: str) -> bool:
        """`path = value;`."""
        names = node.path.names
        path = attribute_path(node.path, first=True)
        end = _end_of(node.semicolon)
        if path is None or end is None or node.equals.leading or node.equals.trailing is not None:
            return False
        short = len(names) <= 4
        if short:
            for name in names:
                if type(name) is not Identifier:
                    short = False
                    break
        node_value = node.value
        kind = type(node_value)
        text = None if kind is AttributeSet else value(node_value, self.levels)
        if text is not None:
            columns = len(path) + len(text) + (4 if end == ";" else 3 + _columns(end))
            if columns <= self.width or (short and _is_unbreakable(node_value)):
                if self.tracing and kind not in _WITHOUT_ORIGINS:
                    self._mark_inside(node_value)
                self.out.append(f"{start}{path} = {text}{end}")
                return True
        elif kind is AttributeSet and self._small_set(node_value, f"{start}{path} = ", end, path):
            return True
        function = VALUES.get(kind)
        if function is None or (not short and len(path) + 3 > self.width):
            return False
        return function(self, node_value, Place(start, f"{path} = ", pad, end), short)

    def _small_set(self, node: Any, head: str, end: str, path: str) -> bool:
        """`path = { };`, and `path = { inherit a; };`: no other set is on the line of its name."""
        if node.entries and type(node.entries[0]) is not Inherit:
            return False
        text = one_line(node, self.levels)
        if text is None or len(path) + len(text) + 3 + _columns(end) > self.width:
            return False
        if self.tracing:
            self._mark_inside(node)
        self.out.append(f"{head}{text}{end}")
        return True

    def inherit(self, node: Inherit, start: str, pad: str) -> bool:
        """`inherit names;`, on one line with up to three names."""
        text = inherit_start(node, self.levels)
        names = inherit_names(node, self.levels)
        end = _end_of(node.semicolon)
        if text is None or end is None or not names or len(text) > self.width:
            return False
        if len(names) < 4 and on_one_line(node.inherit, node.semicolon):
            text = f"{text} {' '.join(names)}"
            if len(text) + _columns(end) > self.width:
                return False
            self.out.append(f"{start}{text}{end}")
            return True
        between = f"\n{pad}{self.step}"
        self.out.append(f"{start}{text}{between}{between.join(names)}{between}{end}")
        return True

    # -- what continues on further lines -------------------------------------------------------

    def braces(self, node: AttributeSet, head: str, pad: str, end: str) -> bool:
        """`{`, the entries a line each, `}`."""
        opener, closer = node.open, node.close
        if opener.leading or closer.trailing is not None:
            return False
        if node.recursive:
            if node.rec.leading or node.rec.trailing is not None:
                return False
            head += "rec "
        inner = pad + self.step
        self.out.append(head + "{")
        if opener.trailing is not None:
            self.out.append(f"\n{inner}{_comment(opener.trailing)}")
        line_break = self.entries(node.entries, closer.leading, inner)
        self.out.append(f"{line_break}{pad}}}{end}")
        return True

    def brackets(self, node: List, head: str, pad: str, end: str) -> bool:
        """`[`, the items a line each, `]`."""
        opener, closer = node.open, node.close
        if opener.leading or closer.trailing is not None:
            return False
        inner = pad + self.step
        out = self.out
        mark = -1
        if self.tracing and node.origin is not None:
            mark = len(self.marks)
            self.marks.append((len(out), head.count("\n"), 0, 0, node.origin))
        out.append(head + "[")
        if opener.trailing is not None:
            out.append(f"\n{inner}{_comment(opener.trailing)}")
        line_break = "\n"
        for each in node.items:
            item: Node = each
            if type(item) is Identifier and item.token is None:
                out.append(f"{line_break}{inner}{item.name}")
                line_break = "\n"
                continue
            if type(item) is Apply:  # `f or`
                raise Unknown
            token = first_token(item)
            if token is not None and token.leading:
                line_break = self.trivia(token.leading, inner, line_break)
                item = without_leading(item)
            out.append(line_break + inner)
            self.line(item, inner, "")
            line_break = "\n"
        if closer.leading:
            line_break = self.trivia(closer.leading, inner, line_break)
        out.append(f"{line_break}{pad}]{end}")
        if mark >= 0:
            self._end_mark(mark)
        return True

    def quotes(self, node: IndentedString, head: str, pad: str, end: str) -> bool:
        """`''`, the lines of the string, `''`."""
        if node.open.leading or node.close.trailing is not None or node.cut:
            return False
        lines = string_lines(node)
        inner = pad + self.step
        last = lines[-1]
        if last and isinstance(last[0], str) and len(last[0]) + 2 + _columns(end) > self.width:
            return False
        pieces = [head, "''"]
        for line in lines:
            if not line:
                pieces.append("\n")
                continue
            text = line[0]
            if len(line) > 1 or type(text) is not str:
                joined = joined_parts(line, self.levels)
                if joined is None or len(joined) + 2 + _columns(end) > self.width:
                    return False
                text = joined
            pieces.append(f"\n{inner}{text}")
        pieces.append(f"''{end}" if lines[-1] else f"{pad}''{end}")
        self.out.append("".join(pieces))
        return True

    # -- at the start of a line ----------------------------------------------------------------

    def line(self, node: Node, pad: str, end: str) -> None:
        """A node that has the current line, whose indentation is printed, for itself."""
        place, marks = len(self.out), len(self.marks)
        try:
            text = one_line(node, self.levels)
            if text is not None and (
                len(text) + _columns(end) <= self.width or _is_unbreakable(node)
            ):
                if self.tracing and type(node) not in _WITHOUT_ORIGINS:
                    self._mark_inside(node)
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

        document = document_of_node(node, end, spliced=spliced)
        self.out.append(self._laid_out(document, pad, spliced=spliced).removeprefix(pad))

    def _entry_by_document(self, entry: Entry, pad: str) -> None:
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

    def _end_mark(self, index: int) -> None:
        """Note that the entry or list with the mark at an index ends here."""
        first, skip, _, more, origin = self.marks[index]
        self.marks[index] = (first, skip, len(self.out), more, origin)

    def _mark_inside(self, node: Node) -> None:
        """Note the origins inside a node that comes on one line, in the next piece."""
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


def _comment(comment: LineComment) -> str:
    return f"# {comment.text.strip()}"


def _end_of(semicolon: Token) -> str | None:
    """A semicolon with the comment after it; None with comments before it."""
    if semicolon.trailing is not None:
        return None if semicolon.leading else f"; {_comment(semicolon.trailing)}"
    return None if semicolon.leading else ";"


def _comments_before(entry: Entry) -> tuple[Trivia, ...]:
    if type(entry) is not Binding:
        return entry.inherit.leading  # type: ignore[union-attr]
    name = entry.path.names[0]
    token = name.token if type(name) is Identifier else first_token(name)
    return token.leading if token is not None else ()


def _is_unbreakable(node: Node) -> bool:
    """Whether a node is on one line whatever the width: a string without interpolations."""
    if type(node) is not String:
        return False
    parts = node.parts
    return not parts or (len(parts) == 1 and type(parts[0]) is str)


def _columns(end: str) -> int:
    """The width of what follows a node: comments count nothing."""
    comment = end.find("#")
    return len(end) if comment < 0 else comment
