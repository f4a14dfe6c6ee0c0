"""Terraform files that people write, as `nixgen.project.managed` edits them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from attrs import evolve

from nixgen import hcl
from nixgen.diagnostic import WITHHELD_LINE, Diagnostic, Location
from nixgen.errors import InputError
from nixgen.hcl.edit.address import Steps, steps_of
from nixgen.hcl.edit.editor import Placed
from nixgen.hcl.edit.sameness import canonical
from nixgen.project.tree import ManagedEntry

LOCALS = "locals"


class TerraformEditor:
    """A Terraform file; an entry is an entry of a map in `locals`, or a block of the file.

    Its key is its address: `locals.secrets["hosts/a/token"]`, `variable.token`. Comments are the
    people's, whoever wrote the entry below them.
    """

    start = ""

    def __init__(self, text: str, place: str) -> None:
        with withholding():
            self._editor = hcl.Editor(text, name=place)
        self._lines = text.split("\n")
        self._place = place
        self._items: dict[str, hcl.Block | hcl.ObjectItem] = {}

    @property
    def text(self) -> str:
        """The text with all edits so far."""
        return self._editor.text

    def wanted(self, entry: ManagedEntry) -> str:
        """The text of an entry as `placed` has it, once it is as it is to be."""
        return canonical(self._item(entry))

    def _item(self, entry: ManagedEntry) -> hcl.Block | hcl.ObjectItem:
        item = self._items.get(entry.key)
        if item is None:
            item = self._items[entry.key] = item_of(steps_of(entry.key), entry.value)
        return item

    def placed(self, key: str) -> Placed | None:
        """The entry in the file."""
        with withholding():
            return self._editor.placed(key)

    def put(self, entry: ManagedEntry) -> None:
        """Inserts an entry, or updates it."""
        steps = steps_of(entry.key)
        item = self._item(entry)
        with withholding():
            if isinstance(item, hcl.Block):
                self._editor.set_block(item)
            else:
                self._editor.set_entry(steps[:-1], item, make_map=True)

    def remove(self, key: str) -> None:
        """Removes an entry."""
        with withholding():
            self._editor.remove(key)

    def location(self, line: int) -> Location:
        """The place of an entry that begins on a line, for messages."""
        return _without_value(Location(self._place, line, source=self._lines[line - 1]))


@contextlib.contextmanager
def withholding() -> Iterator[None]:
    """Has messages show no line of Terraform on which a value may stand."""
    try:
        yield
    except InputError as error:
        raise type(error)(*map(_shown, error.diagnostics)) from None


def _shown(found: Diagnostic) -> Diagnostic:
    related = tuple(evolve(each, location=_without_value(each.location)) for each in found.related)
    location = found.location and _without_value(found.location)
    return evolve(found, location=location, related=related)


def _without_value(location: Location) -> Location:
    has_value = re.search("""=.*["<]""", location.line_text() or "")
    return evolve(location, source=WITHHELD_LINE) if has_value else location


def item_of(steps: Steps, text: str) -> hcl.Block | hcl.ObjectItem:
    """The block or the map's entry that a text is."""
    if steps[0] != LOCALS:
        (block,) = hcl.parse(text).body
        assert isinstance(block, hcl.Block)
        return block
    entries = hcl.parse_expression(f"{{\n{text}\n}}")
    assert isinstance(entries, hcl.Object)
    (item,) = entries.items
    assert isinstance(item, hcl.ObjectItem)
    # In quotes like its neighbours, also where its key would be a name without them.
    return evolve(item, key=hcl.string(steps[-1]))
