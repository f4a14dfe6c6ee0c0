"""Edits HCL that people write by hand: every byte that an edit is not about stays.

    editor = hcl.Editor(text, name="secrets.tf")
    editor.set_block(hcl.Block("variable", ("token",), body))
    editor.set_entry("locals.secrets", hcl.ObjectItem("hosts/a/token", value))
    editor.remove('locals.secrets["hosts/b/token"]')
    print(editor.text)

What is there already is changed in place, value by value: comments stay with what they describe,
and what means the same stays as it is written. What is new goes where the order of its neighbours
asks for, or behind them. A text that was a fixed point of `tofu fmt` is one afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from nixgen.hcl.edit.address import (
    Container,
    Finder,
    Item,
    Steps,
    address_of,
    items_of,
    name_of,
    span_of,
    steps_of,
)
from nixgen.hcl.edit.sameness import canonical, keys_of, same
from nixgen.hcl.edit.splices import Splicer
from nixgen.hcl.nodes import Attribute, Block, Expression, Object, ObjectItem
from nixgen.hcl.normal_form import key_of, without_parentheses
from nixgen.hcl.parsing.parser import Document, parse
from nixgen.hcl.parsing.places import Places
from nixgen.hcl.printing.formatter import format_document


@frozen
class Placed:
    """An item in its file.

    `item` is its tree. The lines `first` to `last` are its own and those of the comments right
    above it, counted from 1; the item itself begins on `line`.
    """

    item: Item
    first: int
    line: int
    last: int

    @property
    def text(self) -> str:
        """What it means: the same for all items that mean the same."""
        return canonical(self.item)


class Editor:
    """A text that is edited; `text` is the text with all edits so far.

    Raises HclSyntaxError where the text is no HCL. Addresses are those of
    `nixgen.hcl.edit.address`. An edit raises HclEditError, and changes nothing, where its address
    leads nowhere, to several items, or to what is no map.
    """

    def __init__(self, text: str, *, name: str = "<hcl>") -> None:
        self._name = name
        self._load(parse(text, name=name))
        self._settled = self._document  # the last document that `text` gave

    def _load(self, document: Document) -> None:
        self._document = document
        self._finder = Finder(document)
        self._splicer = Splicer(Places(document))
        self._touched: set[Steps] = set()
        self._above_touched: set[Steps] = set()
        self._removes = False
        self._kept = 0  # how many replacements stay where the edit at hand fails

    @property
    def text(self) -> str:
        """The text with all edits so far."""
        self._carry_out()
        if self._document is not self._settled:
            text, before = self._document.text, self._settled.text
            if text != before and format_document(self._settled) == before:
                formatted = format_document(self._document)
                if formatted != text:
                    self._load(parse(formatted, name=self._name))
            self._settled = self._document
        return self._document.text

    def _carry_out(self) -> None:
        if self._splicer:
            self._load(parse(self._splicer.result(), name=self._name))

    def _begin(self, steps: Steps, *, removes: bool = False) -> None:
        """Carries out what was collected, if it may be about the same lines."""
        prefixes = [steps[:length] for length in range(len(steps) + 1)]
        again = any(prefix in self._touched for prefix in prefixes)
        mixed = removes is not self._removes
        if again or mixed or steps in self._above_touched or self._splicer.is_final:
            self._carry_out()
        self._removes = removes
        self._kept = len(self._splicer)
        self._touched.add(steps)
        self._above_touched.update(prefixes[:-1])

    def placed(self, address: str | Steps) -> Placed | None:
        """The block, attribute or entry that has the address; None where there is none.

        Raises HclEditError where there are several, or the address goes through what is no map.
        """
        self._carry_out()
        steps = steps_of(address)
        found = [item for _, item in self._finder.find(steps)]
        if not found:
            return None
        item = self._finder.only(found, steps)
        assert item.span is not None
        line_of = self._finder.line_of
        above = self._splicer.places.first_line(item.span)
        first = line_of(item.span.start if above is None else above)
        last = line_of(item.span.end - 1)
        return Placed(item, first, line_of(item.span.start), last)

    # -- edits ---------------------------------------------------------------------------------

    def set_block(self, block: Block) -> None:
        """Makes a block of the file as given: the one of this type and labels, or a new one.

        An attribute or block inside that is not among the given ones goes; one that means the same
        stays as it is written.
        """
        steps = name_of(block)
        self._begin(steps)
        file = self._document.file
        there = [item for item in self._finder.items(file, steps) if isinstance(item, Block)]
        if there:
            self._update_block(self._finder.only(there, steps), block)
        else:
            self._splicer.insert(file, [block])

    def set_attribute(self, address: str | Steps, attribute: Attribute) -> None:
        """Gives an attribute to the block that has the address, or to the file where it is empty.

        The comments of an attribute that is there stay.
        """
        steps = steps_of(address)
        self._begin((*steps, attribute.name))
        found = self._finder.containers(steps)
        bodies = [container for container in found if not isinstance(container, Object)]
        if not bodies:
            self._finder.fail(
                f"`{address_of(steps)}` is a map; it has entries, no attributes", span_of(found)
            )
        self._set(bodies, (*steps, attribute.name), attribute)

    def set_entry(self, address: str | Steps, entry: ObjectItem, *, make_map: bool = False) -> None:
        """Gives an entry to the map that has the address; its key is a plain text.

        The comments of an entry that is there stay. `make_map` has a map that is not there made,
        and the block around it.
        """
        key = key_of(entry)
        if key is None:
            raise ValueError("an entry's key is a text")
        steps = steps_of(address)
        self._begin((*steps, key))
        if make_map and not self._finder.find(steps):
            self._make_map(steps, entry)
            return
        found = self._finder.containers(steps)
        maps = [container for container in found if isinstance(container, Object)]
        if not maps:
            self._finder.fail(f"`{address_of(steps)}` is no map", span_of(found))
        self._set(maps, (*steps, key), entry)

    def _make_map(self, steps: Steps, entry: ObjectItem) -> None:
        attribute = Attribute(steps[-1], Object((entry,)))
        blocks = [each for _, each in self._finder.find(steps[:-1]) if isinstance(each, Block)]
        if blocks:
            self._splicer.insert(blocks[-1], [attribute])
        else:
            block = Block(steps[0], steps[1:-1], (attribute,))
            self._splicer.insert(self._document.file, [block])
        self._carry_out()

    def remove(self, address: str | Steps) -> bool:
        """Removes the block, attribute or entry that has the address, with its comments.

        Gives whether it was there.
        """
        steps = steps_of(address)
        self._begin(steps, removes=True)
        found = self._finder.find(steps)
        if not found:
            return False
        item = self._finder.only([item for _, item in found], steps)
        self._remove(found[0][0], item)
        return True

    # -- one item ------------------------------------------------------------------------------

    def _set(
        self, containers: Sequence[Container], steps: Steps, new: Attribute | ObjectItem
    ) -> None:
        there: list[Attribute | ObjectItem] = [
            item
            for container in containers
            for item in self._finder.items(container, steps[-1:])
            if not isinstance(item, Block)
        ]
        if there:
            self._update(self._finder.only(there, steps), new.value)
        else:
            self._splicer.insert(containers[-1], [new])

    def _update(self, old: Attribute | ObjectItem, value: Expression) -> None:
        """Gives an item another value."""
        there = without_parentheses(old.value)
        if same(there, value):
            return
        if isinstance(there, Object) and isinstance(value, Object) and self._merge(there, value):
            return
        self._splicer.set_value(old, value)

    def _merge(self, old: Object, new: Object) -> bool:
        """Makes an object mean another, key by key; False where that needs a new text."""
        some, others = keys_of(old), keys_of(new)
        if some is None or others is None or not some.keys() & others.keys():
            return False
        if some.keys() != others.keys() and not self._has_own_lines(old):
            return False
        self._make_equal(old, some, others)
        return True

    def _has_own_lines(self, container: Container) -> bool:
        """Whether each item of a container has its lines for itself."""
        return all(self._splicer.places.has_own_lines(item) for item in items_of(container))

    def _update_block(self, old: Block, new: Block) -> None:
        """Makes a block mean another, attribute by attribute and block by block."""
        some, others = _by_name(old), _by_name(new)
        one_line = self._splicer.places.on_one_line(old)
        if one_line and some.keys() != others.keys():
            self._splicer.rewrite(old, new.body)
            return
        self._make_equal(old, some, others)

    def _make_equal(
        self, container: Container, some: Mapping[Any, Item], others: Mapping[Any, Item]
    ) -> None:
        """Removes what is not among the others, updates what is, inserts what is new.

        New items stand behind the one that they stand behind among the others.
        """
        has_new = not others.keys() <= some.keys()
        for name, item in some.items():
            if name not in others:
                self._remove(container, item, with_blank_line=not has_new)
        after: dict[type, Item] = {}
        waiting: list[Item] = []  # new items that stand before the first that is there
        for name, item in others.items():
            there = some.get(name)
            kind = type(item)
            if there is None and kind in after:
                self._splicer.insert(container, [item], after[kind])
            elif there is None:
                waiting.append(item)
            else:
                same_kind = [each for each in waiting if type(each) is kind]
                if same_kind and self._splicer.insert_before(there, same_kind):
                    waiting = [each for each in waiting if type(each) is not kind]
                after[kind] = there
                self._update_item(there, item)
        for item in waiting:
            self._splicer.insert(container, [item])

    def _update_item(self, old: Item, new: Item) -> None:
        if isinstance(old, Block):
            assert isinstance(new, Block)
            self._update_block(old, new)
        else:
            assert not isinstance(new, Block)
            self._update(old, new.value)

    def _remove(self, container: Container, item: Item, *, with_blank_line: bool = True) -> None:
        if not self._splicer.remove(container, item, with_blank_line=with_blank_line):
            self._splicer.roll_back(self._kept)
            hint = "put it on a line of its own first"
            self._finder.fail("this item shares its line with comments", item.span, hint)


def _by_name(block: Block) -> dict[tuple[type, Steps, int], Item]:
    """The items of a block by kind, name, and number among those of one name."""
    found: dict[tuple[type, Steps, int], Item] = {}
    for item in items_of(block):
        kind, name, number = type(item), name_of(item), 0
        while (kind, name, number) in found:
            number += 1
        found[kind, name, number] = item
    return found
