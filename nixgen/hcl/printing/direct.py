"""Prints the simple shapes straight to text, some ten times as fast as by way of tokens.

Simple are: names and keys in ASCII, strings, numbers, references, calls, lists and objects of
these, comments on lines of their own. Anything else (operators, heredocs, `for`, trailing comments)
makes `print_direct` give None, and the caller prints by way of tokens; so does a nesting too deep
for Python's recursion. A property test holds that both ways give the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import Factory, define

from nixgen.hcl import nodes
from nixgen.hcl.nodes import BodyItem, Expression, ObjectItem, OriginRange, Printed
from nixgen.hcl.normal_form import ends, is_word, needs_blank_line, without_quotes
from nixgen.hcl.printing import INDENT
from nixgen.hcl.strings import escape_label, escape_quoted, is_bare_key


class _NotSimpleError(Exception):
    """A shape that only the general path prints."""


def print_direct(items: Sequence[BodyItem | ObjectItem], depth: int) -> tuple[Printed, bool] | None:
    """What `by_tokens.print_tokens` gives, or None where a shape is not simple."""
    writer = _Writer()
    try:
        writer.add_items(items, depth)
    except (_NotSimpleError, RecursionError):
        return None
    printed = Printed("".join(writer.texts), depth, *ends(items), tuple(writer.ranges))
    return printed, writer.begins_aligned or writer.ends_aligned


def print_inline(expression: Expression) -> str | None:
    """The text of an expression on one line, or None where it is not simple."""
    try:
        return _inline(expression)
    except (_NotSimpleError, RecursionError):
        return None


@define
class _Writer:
    """The lines so far, the number of the next one, and the lines of nodes with origins."""

    texts: list[str] = Factory(list)
    line: int = 1
    ranges: list[OriginRange] = Factory(list)
    begins_aligned: bool = False
    ends_aligned: bool = False

    def add_items(self, items: Sequence[BodyItem | ObjectItem], depth: int) -> None:
        pad = INDENT * depth
        chain: list[tuple[str, str]] = []  # the name and value of lines that are aligned
        previous: BodyItem | ObjectItem | None = None
        for item in items:
            if needs_blank_line(previous, item):
                self.add_line("", chain)
            previous = item
            if isinstance(item, nodes.BlankLine):
                self.add_line("", chain)
            elif isinstance(item, nodes.Comment):
                self.add_line(_comment(pad, item.text), chain)
            elif isinstance(item, Printed):
                self.add_printed(item, depth, chain)
            else:
                slot = self.open_range(item)
                for text in item.comments:
                    self.add_line(_comment(pad, text), chain)
                if isinstance(item, nodes.Block):
                    self.add_block(item, pad, depth, chain)
                else:
                    self.add_assignment(item, pad, depth, chain)
                self.close_range(slot)
        self.align(chain)

    def add_line(self, text: str, chain: list[tuple[str, str]]) -> None:
        """A line that breaks the chain of aligned lines before it."""
        if chain:
            self.align(chain)
        self.texts.append(f"{text}\n")
        self.line += 1
        self.ends_aligned = False

    def align(self, chain: list[tuple[str, str]]) -> None:
        """Writes the chain, its `=` below each other; their lines are counted already."""
        if not chain:
            return
        if not self.texts:
            self.begins_aligned = True
        self.ends_aligned = True
        width = max([len(lead) for lead, _ in chain])
        self.texts += [f"{lead:<{width}} = {value}\n" for lead, value in chain]
        chain.clear()

    def open_range(self, item: nodes.Attribute | nodes.Block | ObjectItem) -> int | None:
        if item.origin is None:
            return None
        self.ranges.append((self.line, 0, item.origin))
        return len(self.ranges) - 1

    def close_range(self, slot: int | None) -> None:
        if slot is not None:
            first, _, origin = self.ranges[slot]
            self.ranges[slot] = first, self.line - 1, origin

    def add_printed(self, item: Printed, depth: int, chain: list[tuple[str, str]]) -> None:
        if item.depth != depth:
            raise ValueError(f"items printed for depth {item.depth} stand at depth {depth}")
        if chain:
            self.align(chain)
        before = self.line - 1
        self.ranges += [(first + before, last + before, of) for first, last, of in item.ranges]
        self.texts.append(item.text)
        self.line += item.text.count("\n")
        self.ends_aligned = False

    def add_block(
        self,
        block: nodes.Block,
        pad: str,
        depth: int,
        chain: list[tuple[str, str]],
    ) -> None:
        labels = "".join([f' "{escape_label(label)}"' for label in block.labels])
        if not block.body:
            self.add_line(f"{pad}{block.type}{labels} {{}}", chain)
            return
        self.add_line(f"{pad}{block.type}{labels} {{", chain)
        self.add_items(block.body, depth + 1)
        self.add_line(f"{pad}}}", chain)

    def add_assignment(
        self,
        item: nodes.Attribute | ObjectItem,
        pad: str,
        depth: int,
        chain: list[tuple[str, str]],
    ) -> None:
        if item.trailing is not None:
            raise _NotSimpleError
        value = item.value
        if isinstance(item, nodes.Attribute):
            lead = pad + item.name
            if not lead.isascii():
                raise _NotSimpleError
            if type(value) is nodes.Template:
                value = without_quotes(value)
        else:
            lead = pad + _key(item.key)
        opened = _opened(value)
        if opened is None:
            chain.append((lead, _inline(value)))
            self.line += 1
            return
        opener, container, closer = opened
        self.add_line(f"{lead} = {opener}", chain)
        self.add_contents(container, depth + 1)
        self.add_line(f"{pad}{closer}", chain)

    def add_contents(self, container: nodes.Object | nodes.Tuple, depth: int) -> None:
        """The lines between the brackets of an object or list that has a line for each item."""
        if isinstance(container, nodes.Object):
            self.add_items(container.items, depth)
            return
        pad = INDENT * depth
        for element in container.elements:
            opened = _opened(element)
            if opened is None:
                self.add_line(f"{pad}{_inline(element)},", [])
                continue
            opener, inner, closer = opened
            self.add_line(f"{pad}{opener}", [])
            self.add_contents(inner, depth + 1)
            self.add_line(f"{pad}{closer},", [])


def _opened(value: Expression) -> tuple[str, nodes.Object | nodes.Tuple, str] | None:
    """The text before and behind the lines of a value that takes several, and what they hold."""
    if isinstance(value, nodes.Object):
        return ("{", value, "}") if value.multiline and value.items else None
    if isinstance(value, nodes.Tuple):
        return ("[", value, "]") if value.multiline and value.elements else None
    if isinstance(value, nodes.FunctionCall) and len(value.arguments) == 1 and not value.expand:
        opened = _opened(value.arguments[0])
        if opened is not None:
            return f"{value.name}({opened[0]}", opened[1], f"{opened[2]})"
    return None


def _comment(pad: str, text: str) -> str:
    return f"{pad}# {text}".rstrip(" ") if text.strip(" ") else f"{pad}#"


def _key(key: str | Expression) -> str:
    if isinstance(key, str):
        if is_bare_key(key):
            return key
        if key.isascii():
            return f'"{escape_quoted(key)}"'
    elif isinstance(key, nodes.Template) and all(isinstance(part, str) for part in key.parts):
        text = _template(key)
        if text.isascii():
            return text
    raise _NotSimpleError


# -- expressions on one line -------------------------------------------------------------------


def _inline(value: Expression) -> str:
    write = _INLINE.get(type(value))
    if write is None:
        raise _NotSimpleError
    return write(value)


def _template(value: nodes.Template) -> str:
    parts = value.parts
    if not parts:
        return '""'
    if len(parts) == 1 and isinstance(parts[0], str):
        return f'"{escape_quoted(parts[0])}"'
    texts = []
    for index, part in enumerate(parts):
        if isinstance(part, str):
            before_sequence = index + 1 < len(parts) and not isinstance(parts[index + 1], str)
            texts.append(escape_quoted(part, before_sequence=before_sequence))
        elif isinstance(part, nodes.Interpolation):
            if part.trim_left or part.trim_right or not isinstance(part.expression, _STEPS):
                raise _NotSimpleError
            texts.append(f"${{{_inline(part.expression)}}}")
        else:
            raise _NotSimpleError
    return f'"{"".join(texts)}"'


def _literal(value: nodes.Literal) -> str:
    if value.value is None:
        return "null"
    return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)


def _negative(value: nodes.UnaryOperation) -> str:
    if value.operator == "-" and isinstance(value.operand, nodes.Literal):
        return f"-{_literal(value.operand)}"
    raise _NotSimpleError


def _tuple(value: nodes.Tuple) -> str:
    if value.multiline and value.elements:
        raise _NotSimpleError
    return f"[{', '.join([_inline(element) for element in value.elements])}]"


def _object(value: nodes.Object) -> str:
    if not value.items:
        return "{}"
    texts = []
    for item in value.items:
        if value.multiline or isinstance(item, Printed):
            raise _NotSimpleError
        if item.comments or item.trailing is not None:
            raise _NotSimpleError
        texts.append(f"{_key(item.key)} = {_inline(item.value)}")
    return f"{{ {', '.join(texts)} }}"


def _call(value: nodes.FunctionCall) -> str:
    expand = "..." if value.expand else ""
    return f"{value.name}({', '.join([_inline(inner) for inner in value.arguments])}{expand})"


def _attribute(value: nodes.GetAttribute) -> str:
    return f"{_step(value.source)}.{value.name}"


def _index(value: nodes.Index) -> str:
    if value.legacy or is_word(value.key):
        raise _NotSimpleError
    return f"{_step(value.collection)}[{_inline(value.key)}]"


def _splat(value: nodes.Splat) -> str:
    if value.attribute_only:
        raise _NotSimpleError
    return f"{_step(value.source)}[*]"


def _step(source: Expression) -> str:
    if isinstance(source, _STEPS):
        return _inline(source)
    raise _NotSimpleError


_STEPS = (nodes.Variable, nodes.GetAttribute, nodes.Index, nodes.Splat, nodes.FunctionCall)
_INLINE: dict[type, Callable[[Any], str]] = {
    nodes.Variable: lambda value: value.name,
    nodes.Literal: _literal,
    nodes.Template: _template,
    nodes.UnaryOperation: _negative,
    nodes.Tuple: _tuple,
    nodes.Object: _object,
    nodes.FunctionCall: _call,
    nodes.GetAttribute: _attribute,
    nodes.Index: _index,
    nodes.Splat: _splat,
}
