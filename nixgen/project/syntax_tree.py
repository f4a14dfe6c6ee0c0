"""The syntax tree of a hosts file, for what a run of the file does not show."""

from __future__ import annotations

import ast
import functools
import warnings


@functools.lru_cache(maxsize=1)  # several look at one file after each other
def syntax_tree(source: bytes) -> ast.Module:
    """The tree; empty where the text is no Python, which the run of the file tells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # who runs the file is warned enough
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module(body=[], type_ignores=[])
