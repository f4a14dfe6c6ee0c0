"""Changes of Nix files that people wrote: one attribute, and no other line.

    text = edit.set(text, "services.openssh.enable", "true")
    text = edit.append(text, "environment.systemPackages", "pkgs.git")

    document = edit.Document(text, name="configuration.nix")
    document.remove("services.nginx")
    document.text

A path is found whichever way the file spells it; a new binding goes beside its nearest relatives,
with the arguments (`pkgs`) that its value needs. Comments stay with what they describe. What nixfmt
had laid out is laid out as by nixfmt afterwards; other text keeps its own indentation. Doing a
change twice is doing it once. What cannot be done safely raises `EditError`, which says where.
"""

from __future__ import annotations

from collections.abc import Callable

from nixgen.nix.edit.document import AttributePath, Document, Placed, Value
from nixgen.nix.edit.faults import EditError
from nixgen.nix.edit.text import canonical

__all__ = [
    "Document",
    "EditError",
    "Placed",
    "Value",
    "add_argument",
    "add_import",
    "append",
    "canonical",
    "discard",
    "get",
    "remove",
    "set",
]


def set(  # noqa: A001  # `edit.set(...)` is the name that users look for
    text: str, path: AttributePath, value: Value, *, name: str = "<nix>"
) -> str:
    """The text with a value at a path, see `Document.set`."""
    return _changed(text, name, lambda document: document.set(path, value))


def get(text: str, path: AttributePath, *, name: str = "<nix>") -> str | None:
    """The Nix text of the value at a path, see `Document.get`."""
    return Document(text, name=name).get(path)


def remove(text: str, path: AttributePath, *, name: str = "<nix>") -> str:
    """The text without what sets a path, see `Document.remove`."""
    return _changed(text, name, lambda document: document.remove(path))


def append(text: str, path: AttributePath, item: Value, *, name: str = "<nix>") -> str:
    """The text with an item in the list at a path, see `Document.append`."""
    return _changed(text, name, lambda document: document.append(path, item))


def discard(text: str, path: AttributePath, item: Value, *, name: str = "<nix>") -> str:
    """The text without an item of the list at a path, see `Document.discard`."""
    return _changed(text, name, lambda document: document.discard(path, item))


def add_import(text: str, module: Value, *, name: str = "<nix>") -> str:
    """The text with a module in `imports`, see `Document.add_import`."""
    return _changed(text, name, lambda document: document.add_import(module))


def add_argument(text: str, argument: str, *, name: str = "<nix>") -> str:
    """The text with an argument of its function, see `Document.add_argument`."""
    return _changed(text, name, lambda document: document.add_argument(argument))


def _changed(text: str, name: str, change: Callable[[Document], object]) -> str:
    document = Document(text, name=name)
    change(document)
    return document.text
