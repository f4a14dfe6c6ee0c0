"""Nix files that people write, as `nixgen.project.managed` edits them."""

from __future__ import annotations

from nixgen.diagnostic import Location
from nixgen.nix.edit import Document, Placed, canonical
from nixgen.nix.edit.arguments import ARGUMENTS
from nixgen.nix.parsing.parser import parse
from nixgen.nix.scope import free_names
from nixgen.project.tree import ManagedEntry


class NixEditor:
    """A Nix file; an entry's key is an attribute path, and the comments above it are part of it."""

    start = "{ ... }:\n{ }\n"

    def __init__(self, text: str, place: str) -> None:
        self._document = Document(text, name=place)
        self._place = place

    @property
    def text(self) -> str:
        """The text with all edits so far."""
        return self._document.text

    def wanted(self, entry: ManagedEntry) -> str:
        """The text of an entry as `placed` has it, once it is as it is to be."""
        return canonical(entry.key, entry.value, [f"# {each}".rstrip() for each in entry.comments])

    def placed(self, key: str) -> Placed | None:
        """The entry in the file."""
        return self._document.placed(key)

    def put(self, entry: ManagedEntry) -> None:
        """Inserts an entry, or updates it."""
        names = ARGUMENTS | free_names(parse(entry.value))
        self._document.set(entry.key, entry.value, comments=entry.comments, arguments=names)

    def remove(self, key: str) -> None:
        """Removes an entry."""
        self._document.remove(key)

    def location(self, line: int) -> Location:
        """The place of an entry that begins on a line, for messages."""
        return Location(self._place, line)
