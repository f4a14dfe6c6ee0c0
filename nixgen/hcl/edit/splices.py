"""Collects the replacements that make up an edit, and carries them out at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from attrs import frozen

from nixgen.hcl import nodes
from nixgen.hcl.edit.address import Container, Item, Steps, items_of, name_of
from nixgen.hcl.nodes import Attribute, Block, BodyItem, Expression, File, ObjectItem
from nixgen.hcl.parsing.places import Places
from nixgen.hcl.printing import INDENT
from nixgen.hcl.printing.by_tokens import print_indented
from nixgen.hcl.tokens import Kind, Token


@frozen(order=True)
class Splice:
    """The text that replaces a range; `order` decides between texts for one place."""

    start: int
    end: int
    order: tuple[bool, int, Steps]
    text: str


class Splicer:
    """Replacements in one document; all offsets are those of its text, whatever was replaced."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._splices: list[Splice] = []
        self._kinds: dict[tuple[int, str], tuple[list[Item], list[Steps], bool]] = {}
        self.is_final = False  # whether nothing else can be put beside what was put in

    def __len__(self) -> int:
        return len(self._splices)

    def roll_back(self, length: int) -> None:
        """Forgets all replacements but the first ones."""
        del self._splices[length:]

    def result(self) -> str:
        """The text with all replacements made."""
        parts: list[str] = []
        position = 0
        for splice in sorted(self._splices):
            parts.append(self.places.text[position : splice.start])
            parts.append(splice.text)
            position = max(position, splice.end)
        return "".join(parts) + self.places.text[position:]

    def replace(self, start: int, end: int, text: str, name: Steps = ()) -> None:
        """Puts a text in the place of a range; several at one place in the order of their names."""
        order = (bool(name), 0 if name else len(self._splices), name)
        self._splices.append(Splice(start, end, order, text))

    def _lines(self, items: Sequence[BodyItem | ObjectItem], indentation: str) -> str:
        return print_indented(items, indentation, self.places.newline)

    # -- values --------------------------------------------------------------------------------

    def set_value(self, item: Attribute | ObjectItem, value: Expression) -> None:
        """Replaces the value of an item, and nothing around it."""
        assert item.value.span is not None
        span = item.value.span
        rest_of_line = self.places.text[span.end : self.places.line_end(span.end)]
        if isinstance(value, nodes.Heredoc) and rest_of_line.strip():
            value = nodes.Template(value.parts)  # a heredoc's marker needs its line for itself
        new = Attribute("x", value) if isinstance(item, Attribute) else ObjectItem("x", value)
        indentation = self.places.indentation(span.start)
        text = self._lines([new], indentation)[len(f"{indentation}x = ") :]
        self.replace(span.start, span.end, text.removesuffix(self.places.newline))

    # -- new items -----------------------------------------------------------------------------

    def insert(
        self, container: Container, items: Sequence[Item], after: Item | None = None
    ) -> None:
        """Puts new items of one kind into a container, one behind the other.

        Where the names of this kind stand in ascending order they still do; otherwise the items
        stand behind `after`, or become the last of their kind.
        """
        kind, names, ascending = self._kind(container, items[0])
        if ascending:
            for item in items:
                before = bisect_right(names, name_of(item))
                following = kind[before] if before < len(kind) else None
                if following is None or not self.insert_before(following, [item], name_of(item)):
                    after = kind[before - 1] if before else None
                    self._insert_behind(container, [item], after, name_of(item))
        else:
            self._insert_behind(container, items, after or (kind[-1] if kind else None))

    def _insert_behind(
        self,
        container: Container,
        items: Sequence[Item],
        after: Item | None,
        order: Steps = (),
    ) -> None:
        there = items_of(container)
        if after is None and there and isinstance(items[0], Block):
            after = there[-1]
        if after is not None and self._insert_after(after, items, order):
            return
        self.is_final = True
        if isinstance(container, File):
            self._append(items)
        elif not there:
            self._insert_into_empty(container, items)
        elif self.places.on_one_line(container):
            self._insert_into_line(container, items)
        elif after is None:
            self._insert_at_top(container, items)
        else:
            self._insert_before_closer(container, items)

    def _kind(self, container: Container, item: Item) -> tuple[list[Item], list[Steps], bool]:
        """The items like a new one, their names, and whether they stand in their order."""
        kind = item.type if isinstance(item, Block) else ""
        found = self._kinds.get((id(container), kind))
        if found is None:
            items = [
                each
                for each in items_of(container)
                if (each.type if isinstance(each, Block) else "") == kind
            ]
            names = [name_of(each) for each in items]
            # The attributes of a block have an order of their own, not that of their names.
            by_name = not isinstance(container, Block) and names == sorted(names)
            found = self._kinds[id(container), kind] = items, names, by_name
        return found

    def insert_before(self, before: Item, items: Sequence[Item], order: Steps = ()) -> bool:
        """Puts items before another and its comments; False where that has no line of its own."""
        assert before.span is not None
        start = self.places.first_line(before.span)
        if start is None:
            return False
        text = self._lines(items, self.places.indentation(before.span.start))
        if isinstance(items[0], Block):
            text += self.places.newline
        self.replace(start, start, text, order)
        return True

    def _insert_after(self, after: Item, items: Sequence[Item], order: Steps) -> bool:
        assert after.span is not None
        end = self.places.last_line(after.span)
        if end is None:
            return False
        newline = self.places.newline
        text = self._lines(items, self.places.indentation(after.span.start))
        is_block = isinstance(items[0], Block)
        if is_block or isinstance(after, Block):
            text = newline + text
        if is_block and not self._ends_body(end):
            text += newline
        if self.places.text[end - 1] != "\n":
            text = newline + text
        self.replace(end, end, text, order)
        return True

    def _ends_body(self, offset: int) -> bool:
        """Whether a blank line, a closing brace or the end of the file follows."""
        kind = self.places.tokens[self.places.token_at(offset)].kind
        return kind in (Kind.NEWLINE, Kind.CLOSE_BRACE, Kind.END)

    def _append(self, items: Sequence[Item]) -> None:
        """Puts an item at the end of the file."""
        text, newline = self.places.text, self.places.newline
        begin = "" if not text or text.endswith("\n") else newline
        if text.strip() and not self.places.is_blank_before(len(text)):
            begin += newline
        self.replace(len(text), len(text), begin + self._lines(items, ""))

    def _insert_at_top(self, container: Container, items: Sequence[Item]) -> None:
        """Puts the first attribute of a block before the blocks inside."""
        opener, _ = self.places.brackets(container)
        end = self.places.token_at(opener.end)
        while not self.places.ends_line(self.places.tokens[end]):
            end += 1
        start = self.places.tokens[end].end
        text = self._lines(items, self._inside(opener))
        self.replace(start, start, text if self._ends_body(start) else text + self.places.newline)

    def _insert_into_empty(self, container: Container, items: Sequence[Item]) -> None:
        opener, closer = self.places.brackets(container)
        if self.places.has_comment(opener.end, closer.start):
            self._insert_before_closer(container, items)
            return
        outside = self.places.indentation(opener.start)
        text = self.places.newline + self._lines(items, self._inside(opener)) + outside
        self.replace(opener.end, closer.start, text)

    def _insert_before_closer(self, container: Container, items: Sequence[Item]) -> None:
        """Puts an item on lines of its own before the closing brace."""
        opener, closer = self.places.brackets(container)
        lines = self._lines(items, self._inside(opener))
        start = self.places.line_start(closer.start)
        if not self.places.text[start : closer.start].strip():
            self.replace(start, start, lines)
            return
        last = self.places.tokens[self.places.token_at(closer.start) - 1]
        text = self.places.newline + lines + self.places.indentation(opener.start)
        self.replace(last.end, closer.start, text)

    def _insert_into_line(self, container: Container, items: Sequence[Item]) -> None:
        """Puts an item into `{ a = 1 }`: an entry on the line, an attribute on one of its own."""
        opener, closer = self.places.brackets(container)
        last = self.places.tokens[self.places.token_at(closer.start) - 1]
        lines = self._lines(items, self._inside(opener))
        if all(_fits_line(item) for item in items):
            comma = " " if last.kind is Kind.COMMA else ", "
            outside = self.places.indentation(opener.start)
            flat = ", ".join([self._lines([item], outside).strip() for item in items])
            self.replace(last.end, last.end, comma + flat)
            return
        first = self.places.tokens[self.places.token_at(opener.end)]
        inside = self.places.newline + self._inside(opener)
        self.replace(opener.end, first.start, inside)
        outside = self.places.indentation(opener.start)
        self.replace(last.end, closer.start, self.places.newline + lines + outside)

    def _inside(self, opener: Token) -> str:
        return self.places.indentation(opener.start) + INDENT

    def rewrite(self, block: Block, body: Sequence[BodyItem]) -> None:
        """Replaces all that stands between the braces of a block."""
        opener, closer = self.places.brackets(block)
        outside = self.places.indentation(opener.start)
        text = self.places.newline + self._lines(body, self._inside(opener)) + outside
        self.replace(opener.end, closer.start, text if body else "")

    # -- removal -------------------------------------------------------------------------------

    def remove(self, container: Container, item: Item, *, with_blank_line: bool = True) -> bool:
        """Removes an item with its comments, and one of two blank lines that would meet.

        False where it shares its line with comments.
        """
        assert item.span is not None
        start, end = self.places.first_line(item.span), self.places.last_line(item.span)
        if start is not None and end is not None:
            if with_blank_line:
                start, end = self.places.without_blank_line(start, end)
        else:
            start, end = self._range_in_line(container, item)
            if self.places.has_comment(start, end):
                return False
            self.is_final = True
        self.replace(start, end, "")
        return True

    def _range_in_line(self, container: Container, item: Item) -> tuple[int, int]:
        """The range of an item that shares a line with others, with one comma."""
        assert item.span is not None
        items = items_of(container)
        index = next(at for at, each in enumerate(items) if each is item)
        following = items[index + 1].span if index + 1 < len(items) else None
        preceding = items[index - 1].span if index > 0 else None
        if following is not None:
            return item.span.start, following.start
        if preceding is not None:
            return preceding.end, item.span.end
        opener, closer = self.places.brackets(container)
        return opener.end, closer.start


def _fits_line(item: Item) -> bool:
    return isinstance(item, ObjectItem) and not item.comments and item.trailing is None
