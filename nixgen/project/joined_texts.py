"""Lists whose commas were forgotten, as in Nix: Python joins the texts without a word.

`["alice" "bob"]` is a list of two in Nix, and in Python the list of one, `["alicebob"]`. Prose that
goes on in a second literal has blanks, and what is to be one text can stand in parentheses: neither
is told.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from importlib.util import decode_source
from pathlib import Path

from nixgen.diagnostic import Diagnostic, Location
from nixgen.model.values import shown
from nixgen.project.syntax_tree import syntax_tree

# One pattern for each quote: each begins with a character that is quickly looked for. They look at
# a text without the lines that are comments, which each quote before such lines would look through.
_NEXT = rb"\s++(?>(?:#[^\n]*+\n\s*+)?)[rRuU]?[\"']"
_SUSPECT = (re.compile(rb"\"" + _NEXT), re.compile(rb"'" + _NEXT))
_COMMENT = re.compile(rb"\n[ \t\f]*+#[^\n]*+")
_BLANK = re.compile(r"\s")


def joined_texts(source: bytes, file: Path) -> Iterator[Diagnostic]:
    """What is joined in the lists of a file."""
    if not _is_suspect(source):
        return
    lines: list[bytes] = []  # in UTF-8, whose bytes the tree counts

    @functools.cache
    def is_hidden(line: int) -> bool:
        from nixgen.project.python_errors import hide_secrets  # only here: few files have mistakes

        return hide_secrets(str(file), line, lines[line - 1].decode())

    for item in _texts_in_lists(syntax_tree(source)):
        lines = lines or decode_source(source).encode().split(b"\n")
        pieces = _pieces(item, lines)
        if len(pieces) > 1 and not any(map(_BLANK.search, pieces)):
            yield _joined(pieces, Location(str(file), item.lineno), is_hidden(item.lineno))


def _texts_in_lists(module: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            for item in node.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item


def _is_suspect(source: bytes) -> bool:
    code = _COMMENT.sub(b"", source)
    return any(pattern.search(code) for pattern in _SUSPECT)


def _pieces(item: ast.Constant, lines: Sequence[bytes]) -> list[str]:
    """The literals that an item consists of; one where parentheses hold them together."""
    import tokenize  # only here: few files have such items

    own = list(lines[item.lineno - 1 : item.end_lineno])
    own[-1] = own[-1][: item.end_col_offset]
    own[0] = own[0][item.col_offset :]
    written = b"\n".join(own)
    if not _is_suspect(written) or _in_parentheses(item, lines):
        return [str(item.value)]
    tokens = tokenize.generate_tokens(io.StringIO(f"({written.decode()})").readline)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # who runs the file is warned enough
        return [
            str(ast.literal_eval(each.string)) for each in tokens if each.type == tokenize.STRING
        ]


def _in_parentheses(item: ast.Constant, lines: Sequence[bytes]) -> bool:
    """Whether they open right before the item, on its line or on one above it."""
    if before := lines[item.lineno - 1][: item.col_offset].rstrip():
        return before.endswith(b"(")
    for number in range(item.lineno - 2, -1, -1):
        if code := lines[number].partition(b"#")[0].rstrip():
            return code.endswith(b"(")
    return False


def _joined(pieces: list[str], place: Location, is_hidden: bool) -> Diagnostic:
    what = "two texts" if is_hidden else " and ".join(map(shown, pieces[:2]))
    return Diagnostic(
        summary=f"no comma stands between {what}, so that they are one text",
        location=place,
        help="write commas between the items of a list; parentheses around what is to be one",
    )
