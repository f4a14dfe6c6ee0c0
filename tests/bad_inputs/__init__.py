"""Mistakes that people make, for `golden/test_bad_inputs.py`: what is on disk and what is typed.

A case is the files of a project and a command; `before` can change the folder first. The modules of
this package have a theme's cases each; `CASES` is the table of all.
"""

from __future__ import annotations

from bad_inputs import (
    commands,
    hosts,
    output,
    python_code,
    runners,
    secrets,
    terraform_files,
    vault,
)
from bad_inputs.project import LITERAL, Case

__all__ = ["CASES", "LITERAL", "Case"]

THEMES = (
    python_code,
    hosts,
    secrets,
    vault,
    runners,
    commands,
    output,
    terraform_files,
)

CASES: dict[str, Case] = {name: case for theme in THEMES for name, case in theme.CASES.items()}
assert len(CASES) == sum(len(theme.CASES) for theme in THEMES), "a name stands in two themes"
