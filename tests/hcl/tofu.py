"""Asks OpenTofu about many HCL texts with one process."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import programs


def formatted(texts: Sequence[str | bytes]) -> list[bytes | None]:
    """Each text as `tofu fmt` lays it out, or None for one that does not parse."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"case{index:06}.tf" for index in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        done = subprocess.run(
            [programs.real_program("tofu"), "fmt", "-list=false", "-no-color", folder],
            env=programs.tofu_environment(),
            cwd=folder,
            capture_output=True,
            timeout=programs.TIME_LIMIT,
            check=False,
        )
        message = done.stderr.decode(errors="replace")
        refused = set(re.findall(r"case\d{6}\.tf", message))
        assert done.returncode == (2 if refused else 0), message[-4000:]
        return [None if path.name in refused else path.read_bytes() for path in paths]


def changed(texts: Sequence[str]) -> list[tuple[str, str | None]]:
    """The texts that are no fixed points of `tofu fmt`, each with what it makes of them."""
    pairs = zip(texts, formatted(texts), strict=True)
    return [
        (text, None if after is None else after.decode())
        for text, after in pairs
        if after is None or after != text.encode()
    ]


def values(expressions: Sequence[str], folder: Path) -> list[Any]:
    """The values of expressions of one or more lines, each as `tofu console` has them."""
    cases = "".join(f"    {expression},\n" for expression in expressions)
    (folder / "cases.tf").write_bytes(f"locals {{\n  cases = [\n{cases}  ]\n}}\n".encode())
    found = programs.eval_tofu("local.cases", folder)
    assert len(found) == len(expressions), json.dumps(found)[:1000]
    return list(found)
