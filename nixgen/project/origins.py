"""The map from generated lines back to Python, kept for `explain`.

`.nixgen/origins.jsonl` has a line for each file: a digest of the line itself, the hash of the
file's content, its path, and the origins as rendering gave them. New lines are added at the end and
the last one of a file counts, so a build of one host out of ten thousand adds a line; when half the
lines are old, the file is written anew. Like the stat cache it can be lost at any time.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nixgen.project import disk
from nixgen.project.paths import STATE_FOLDER
from nixgen.project.tree import LineOrigin, RenderedFile

ORIGINS = f"{STATE_FOLDER}/origins.jsonl"
# Where they stand in a line: `["<32 hexadecimal digits>","<64>","path",[...]]`.
_DIGEST = slice(2, 34)
_PATH = 36 + 67


def read_origins(output: Path, path: str) -> tuple[LineOrigin, ...] | None:
    """The origins of a file's lines; None where they are not known for the content on disk."""
    try:
        content = disk.digest(disk.read(os.fspath(output / path)))
        data = disk.read(os.fspath(output / ORIGINS))
    except OSError:
        return None
    place = data.rfind(f',"{content}",{json.dumps(path)},'.encode())
    if place < 0:
        return None
    line = data[data.rfind(b"\n", 0, place) + 1 :].partition(b"\n")[0]
    try:
        _, _, _, lines = json.loads(line)
    except (TypeError, ValueError, RecursionError):
        return None
    return tuple(_as_tuple(each) for each in lines)


def write_origins(root: str, files: Iterable[tuple[RenderedFile, str]], *, whole: bool) -> None:
    """Records the origins of files, each given with its content's hash; a file without is skipped.

    `whole` says that these are all files of the output folder, so that lines of others can go.
    """
    path = f"{root}/{ORIGINS}"
    data = disk.read_if_there(path)
    lines = data.splitlines()
    known = {_path_of(line): line[_DIGEST] for line in lines}  # the last line of a path counts
    wanted = [(_line_digest(*each), *each) for each in files if each[0].lines]
    if whole and len(lines) > 2 * len(wanted) + 100:
        data, known = b"", {}
    missing = [each for each in wanted if known.get(json.dumps(each[1].path).encode()) != each[0]]
    if not missing:
        return
    added = [_line(*each) for each in missing]
    if known:
        _append(path, data, added)
    else:
        disk.replace(path, b"".join(added))


def _path_of(line: bytes) -> bytes:
    """The path in a line, as JSON writes it."""
    return line[_PATH : line.find(b'",[', _PATH) + 1]


def _append(path: str, data: bytes, lines: list[bytes]) -> None:
    torn = b"" if data.endswith(b"\n") else b"\n"  # the last line of a build that was killed
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(descriptor, "ab") as file:
        file.write(b"".join([torn, *lines]))


def _line(digest: bytes, file: RenderedFile, content: str) -> bytes:
    parts = (digest.decode(), content, file.path, file.lines)
    return json.dumps(parts, separators=(",", ":")).encode() + b"\n"


def _line_digest(file: RenderedFile, content: str) -> bytes:
    # marshal, because it is ten times as fast as json; version 2 writes equal values alike.
    data = marshal.dumps((file.path, content, file.lines), 2)
    return hashlib.blake2b(data, digest_size=16).hexdigest().encode()


def _as_tuple(value: Any) -> Any:
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value
