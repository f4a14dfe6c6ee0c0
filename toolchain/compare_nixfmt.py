"""Formats every Nix file under some folders with nixfmt and with nixgen, and compares the bytes.

    python toolchain/compare_nixfmt.py [--width N] [--squeeze] [--show N] FOLDER...

The folders are not changed: nixfmt works on a copy, in one process. `--squeeze` first puts each
file on as few lines as its comments and strings allow, so that no line break of its author decides.
Prints how many files are identical, different, or refused by one or both, and the first difference
of each different file. Exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CONTEXT = 3  # lines shown around a difference
PROCESSES = 2


def nix_files(folders: list[Path]) -> Iterator[Path]:
    """The Nix files under folders, in a fixed order; links are left out."""
    for folder in folders:
        for path in sorted(folder.rglob("*.nix")):
            if path.is_file() and not path.is_symlink():
                yield path


def squeezed(text: str) -> str:
    """The text on as few lines as its comments and strings allow; itself where it does not lex."""
    from nixgen.nix.parsing.lexer import ERROR, TEXT, Lexer
    from nixgen.nix.source import Source

    lexer = Lexer(Source(text, "<nix>"))
    if lexer.kinds[-1] is ERROR:
        return text
    pieces: list[str] = []
    end = 0
    for kind, value in zip(lexer.kinds, lexer.values, strict=True):
        if kind is TEXT:
            start, stop = end, end + len(value)
        else:
            start, stop = extent(value)
        gap = text[end:start]
        has_comment = "#" in gap or "/*" in gap
        pieces.append(gap if has_comment else " " if gap else "")
        pieces.append(text[start:stop])
        end = stop
    return "".join(pieces)


def extent(value: Any) -> tuple[int, int]:
    """Where a token, or the node of a whole literal, begins and ends."""
    first = getattr(value, "open", None) or getattr(value, "token", None) or value
    last = getattr(value, "close", None) or first
    return first.start, last.start + len(last.text)


def ours(job: tuple[str, int, bool]) -> str | None:
    """The text as nixgen formats it; None where it refuses."""
    from nixgen.errors import NixgenError
    from nixgen.nix.printing.formatter import format as format_nix

    text, width, strict = job
    try:
        return format_nix(text, width=width, strict=strict)
    except NixgenError:
        return None


def theirs(texts: list[str], width: int) -> list[str | None]:
    """The texts as nixfmt formats them, by one process; None for those it refuses."""
    nixfmt = shutil.which(
        "nixfmt", path=f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    )
    if nixfmt is None:
        sys.exit("nixfmt is neither in .tools/bin nor on PATH; `make tools` installs it")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{index}.nix" for index in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text.encode())
        command = [nixfmt, "-w", str(width), "--message-format=json", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        refused = refused_names(done.stdout + done.stderr)
        return [None if path.name in refused else path.read_bytes().decode() for path in paths]


def refused_names(messages: str) -> set[str]:
    """The names of the files in nixfmt's messages."""
    return set(re.findall(r"(\d+\.nix)", messages))


def first_difference(expected: str, made: str) -> str:
    """The first hunk between two texts."""
    lines = list(
        difflib.unified_diff(
            expected.splitlines(), made.splitlines(), "nixfmt", "nixgen", lineterm="", n=CONTEXT
        )
    )
    starts = [index for index, line in enumerate(lines) if line.startswith("@@")]
    return "\n".join(lines[: starts[1]] if len(starts) > 1 else lines)


def main() -> int:
    """Runs the comparison; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--width", type=int, default=100)
    parser.add_argument("--squeeze", action="store_true")
    parser.add_argument("--show", type=int, default=10, help="differences to show")
    options = parser.parse_args()

    paths: list[Path] = []
    texts: list[str] = []
    for path in nix_files(options.folders):
        try:
            texts.append(path.read_bytes().decode())
        except UnicodeDecodeError:
            continue
        paths.append(path)
    if options.squeeze:
        texts = [squeezed(text) for text in texts]
    expected = theirs(texts, options.width)
    start = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        jobs = [(text, options.width, False) for text in texts]
        made = list(pool.map(ours, jobs, chunksize=32))
    seconds = time.perf_counter() - start

    counts: Counter[str] = Counter()
    for path, one, two in zip(paths, expected, made, strict=True):
        verdict = judge(one, two)
        counts[verdict] += 1
        if verdict not in {"identical", "refused by both"} and options.show > 0:
            options.show -= 1
            print(f"{path}: {verdict}")
            if one is not None and two is not None:
                print(first_difference(one, two))
    size = sum(map(len, texts))
    print(f"{len(paths)} files, {size / 1e6:.1f} MB, width {options.width}, {seconds:.1f} s")
    for verdict, count in sorted(counts.items()):
        print(f"{count:7} {verdict}")
    return 0 if set(counts) <= {"identical", "refused by both"} else 1


def judge(expected: str | None, made: str | None) -> str:
    """What two results say about a file."""
    if expected is None or made is None:
        if expected is made:
            return "refused by both"
        return "refused by nixfmt only" if expected is None else "refused by nixgen only"
    return "identical" if expected == made else "different"


if __name__ == "__main__":
    sys.exit(main())
