"""Keys that stand twice in one dict: Python takes the last value, and says nothing of the first.

Nix refuses such a set. It is a mistake whatever the values are: where they are equal, one of the
two lines is left over, and whoever changes the first one changes nothing.
"""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterator
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location, Related, withhold
from nixgen.model.base import SECRET_NAMES
from nixgen.model.values import shown
from nixgen.project.syntax_tree import syntax_tree

# Texts and numbers, with the colon of a key, and braces; comments and long texts are passed over.
_PIECE = re.compile(
    rb"""
    \"{3} [^\\]*? (?:\\.[^\\]*?)* \"{3} | '{3} [^\\]*? (?:\\.[^\\]*?)* '{3} | \#[^\n]*
    | ( \"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\" | '[^'\\\n]*(?:\\.[^'\\\n]*)*' | \b[0-9]\w* ) (\s*:)?
    | ([{}])
    """,
    re.DOTALL | re.VERBOSE,
)
_MAY_BE_SECRET = re.compile("|".join(sorted(SECRET_NAMES)), re.IGNORECASE)


def repeated_keys(source: bytes, file: Path) -> Iterator[Diagnostic]:
    """The keys of a file's dicts that stand there once more, each at its later line."""
    if not _is_suspect(source):
        return
    for node in ast.walk(syntax_tree(source)):
        if isinstance(node, ast.Dict):
            yield from _repeated(node, file)


def _is_suspect(source: bytes) -> bool:
    """Whether a key seems to stand twice between two braces; a syntax tree takes far longer."""
    inside: list[set[bytes]] = []
    for piece in _PIECE.finditer(source):
        text, colon, brace = piece.groups()
        if brace == b"{":
            inside.append(set())
        elif brace and inside:
            inside.pop()
        elif colon and inside:
            key = text.strip(b"\"'")
            if key in inside[-1]:
                return True
            inside[-1].add(key)
    return False


def _repeated(node: ast.Dict, file: Path) -> Iterator[Diagnostic]:
    seen: dict[object, int] = {}
    for key in node.keys:
        if not isinstance(key, ast.Constant):  # what is computed, and `**other`, is not known
            continue
        if key.value in seen:
            yield _twice(key, seen[key.value], node, file)
        seen.setdefault(key.value, key.lineno)


def _twice(key: ast.Constant, first: int, whole: ast.Dict, file: Path) -> Diagnostic:
    for line in (first, key.lineno):
        near = (linecache.getline(str(file), each) for each in (whole.lineno, line - 1, line))
        if _MAY_BE_SECRET.search("".join(near)):
            withhold(str(file), line)
    there = Related(Location(str(file), first), "the first one is here")
    return Diagnostic(
        summary=f"the key {shown(key.value)} stands twice in one dict, and its first value is lost",
        location=Location(str(file), key.lineno),
        related=(there,) if first != key.lineno else (),
        help="remove one of the two, or give it the key that was meant",
    )
