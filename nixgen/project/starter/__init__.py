"""The files of a starting repository, for `nixgen init`: templates in `templates/`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_TEMPLATES = Path(__file__).parent / "templates"
_SUFFIX = ".j2"


def starter_files(name: str) -> dict[str, str]:
    """The paths of all files and their texts; `name` is what the repository is called."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the texts are no HTML
    )
    return {
        _target(path): environment.get_template(path).render(name=name) for path in sorted(_paths())
    }


def _target(path: str) -> str:
    """The path in the repository: `dot_gitignore.j2` is `.gitignore`, which packaging left out."""
    folder, slash, name = path.removesuffix(_SUFFIX).rpartition("/")
    return folder + slash + re.sub("^dot_", ".", name)


def _paths() -> Iterator[str]:
    for path in _TEMPLATES.rglob(f"*{_SUFFIX}"):
        yield path.relative_to(_TEMPLATES).as_posix()
