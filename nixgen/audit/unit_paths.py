"""Lists of paths in a unit's settings, as systemd reads them: systemd.exec(5).

Words have spaces between them; quotes and backslashes keep a sign from ending one
(systemd, `src/basic/extract-word.c`; `src/core/load-fragment.c`: `config_parse_bind_paths`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUOTED = r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_WORD = re.compile(rf"(?:{_QUOTED}|\S)+")
_FIELD = re.compile(rf"(?:^|:)((?:{_QUOTED}|[^:])*)")


def paths(text: str) -> Iterator[str]:
    """The paths of a setting such as ReadWritePaths=, without `-` and `+` before them."""
    for word in _WORD.findall(text):
        yield _plain(word).lstrip("-+")


def destinations(text: str) -> Iterator[str]:
    """Where BindPaths= mounts, each `source[:destination[:options]]`: at the source if not said.

    An empty destination is one that systemd refuses.
    """
    for word in _WORD.findall(text):
        source, *further = map(_plain, _FIELD.findall(word))
        yield further[0] if further else source.removeprefix("-")


def _plain(word: str) -> str:
    """A word without its quotes, and without the backslashes before what they keep."""
    return re.sub(r"\\(.)|[\"']", r"\1", word)
