"""The map from generated lines back to Python, kept for `explain`.

`.nixgen/origins.jsonl` has a line for each file: the hash of the file's content, its path, and the
origins as rendering gave them. New lines are added at the end and the last one of a file counts, so
a build of one host out of ten thousand adds a line; when half the lines are old, the file is
written anew. Like the stat cache it can be lost at any time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from nixgen.project import disk
from nixgen.project.line_origins import LineOrigin, decoded, parts
from nixgen.project.paths import STATE_FOLDER
from nixgen.project.tree import RenderedFile

ORIGINS = f"{STATE_FOLDER}/origins.jsonl"
_PATH = 68  # where it stands in a line: `["<64 hexadecimal digits>","path",[...]]`


def read_origins(output: Path, path: str) -> tuple[LineOrigin, ...] | None:
    """The origins of a file's lines; None where they are not known for the content on disk."""
    try:
        return decoded(_recorded(output, path))
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def read_parts(output: Path, path: str) -> dict[int, str]:
    """The parts of a shared file's origins by their first lines, as far as they are known."""
    try:
        return parts(_recorded(output, path))
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return {}


def _recorded(output: Path, path: str) -> str:
    """The text of a file's origins. Raises LookupError where there is none for its content."""
    content = disk.digest(disk.read(os.fspath(output / path)))
    data = disk.read(os.fspath(output / ORIGINS))
    start = f'["{content}",{json.dumps(path)},'.encode()
    place = data.rfind(start)
    if place < 0:
        raise LookupError(path)
    line = data[place + len(start) :].partition(b"\n")[0]
    return line.decode().removesuffix("]")


def write_origins(root: str, files: Iterable[tuple[RenderedFile, str]], *, whole: bool) -> None:
    """Records the origins of files, each given with its content's hash; a file without is skipped.

    `whole` says that these are all files of the output folder, so that lines of others can go.
    """
    path = f"{root}/{ORIGINS}"
    data = disk.read_if_there(path)
    lines = data.splitlines(keepends=True)
    wanted = [_line(file, content) for file, content in files if file.origins]
    if whole and len(lines) > 2 * len(wanted) + 100:
        data, lines = b"", []
    known = {_path_of(line): line for line in lines}  # the last line of a path counts
    missing = [line for line in wanted if known.get(_path_of(line)) != line]
    if not missing:
        return
    if known:
        _append(path, data, missing)
    else:
        disk.replace(path, b"".join(missing))


def _path_of(line: bytes) -> bytes:
    """The path in a line, as JSON writes it."""
    return line[_PATH : line.find(b'",[', _PATH) + 1]


def _append(path: str, data: bytes, lines: list[bytes]) -> None:
    torn = b"" if data.endswith(b"\n") else b"\n"  # the last line of a build that was killed
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, "ab") as file:
        file.write(b"".join([torn, *lines]))


def _line(file: RenderedFile, content: str) -> bytes:
    return f'["{content}",{json.dumps(file.path)},{file.origins}]\n'.encode()
