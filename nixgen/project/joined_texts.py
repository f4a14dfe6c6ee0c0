"""Lists whose commas were forgotten, as in Nix: Python joins the texts without a word.

`["alice" "bob"]` is a list of two in Nix, and in Python the list of one, `["alicebob"]`. Prose that
goes on in a second literal has blanks, and what is to be one text can stand in parentheses: neither
is told.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator, Sequence
from importlib.util import decode_source
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.model.values import shown
from nixgen.project.syntax_tree import syntax_tree

# One pattern for each quote: each begins with a character that is quickly looked for.
_NEXT = rb"\s+(?:#[^\n]*\n\s*)*[\"']"
_SUSPECT = (re.compile(rb"\"" + _NEXT), re.compile(rb"'" + _NEXT))
_BLANK = re.compile(r"\s")


def joined_texts(source: bytes, file: Path) -> Iterator[Diagnostic]:
    """What is joined in the lists of a file."""
    if not _is_suspect(source):
        return
    text: str | None = None
    for node in ast.walk(syntax_tree(source)):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            text = decode_source(source) if text is None else text
            for item in node.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    pieces = _pieces(item, text)
                    if len(pieces) > 1 and not any(map(_BLANK.search, pieces)):
                        line = text.split("\n")[item.lineno - 1]
                        yield _joined(pieces, Location(str(file), item.lineno), line)


def _is_suspect(source: bytes) -> bool:
    return any(pattern.search(source) for pattern in _SUSPECT)


def _pieces(item: ast.Constant, text: str) -> list[str]:
    """The literals that an item consists of; one where parentheses hold them together."""
    import tokenize  # only here: few files have such items

    written = ast.get_source_segment(text, item) or ""
    if not _is_suspect(written.encode()) or _in_parentheses(item, text.split("\n")):
        return [written]
    tokens = tokenize.generate_tokens(io.StringIO(f"({written})").readline)
    return [str(ast.literal_eval(each.string)) for each in tokens if each.type == tokenize.STRING]


def _in_parentheses(item: ast.Constant, lines: Sequence[str]) -> bool:
    """Whether they open right before the item, on its line or on one above it."""
    line = lines[item.lineno - 1].encode()[: item.col_offset].decode()
    for each in (line, *reversed(lines[: item.lineno - 1])):
        if code := each.partition("#")[0].rstrip():
            return code.endswith("(")
    return False


def _joined(pieces: list[str], place: Location, line: str) -> Diagnostic:
    from nixgen.project.python_errors import hide_secrets  # only here: most files have no mistake

    what = " and ".join(map(shown, pieces[:2]))
    if hide_secrets(place.file, place.line or 1, line):
        what = "two texts"
    return Diagnostic(
        summary=f"no comma stands between {what}, so that they are one text",
        location=place,
        help="write commas between the items of a list; parentheses around what is to be one",
    )
