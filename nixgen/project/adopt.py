"""Nix files to the Python that makes them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from nixgen.diagnostic import Diagnostic
from nixgen.emit.header import header
from nixgen.errors import InputError, NixgenError
from nixgen.model.runner import Scope
from nixgen.nix.meaning import same_values
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.project.adopt_modules import Adopter
from nixgen.project.api import render
from nixgen.project.load import load_fleet


@frozen
class Adopted:
    """The Python, and for each file its formatted text, what is built now, and how they compare.

    `same` is "bytes" or "values" (another layout) or "different". `without_scope` are the names of
    runners that stay options, because nobody said what they are registered for.
    """

    python: str
    files: dict[str, tuple[str, str, str]]
    without_scope: Sequence[str] = ()


def adopt(
    texts: Mapping[str, str], name: str, release: str | None = None, scope: Scope | None = None
) -> Adopted:
    """The Python for Nix files, by their paths below the host's folder; nothing is written.

    `release` None is that of `system.stateVersion`; `scope` is what the runners are registered
    for, which Nix does not say: without it runners stay options.

    Raises NixSyntaxError, and InputError where the release is not known or the model refuses what
    a file holds.
    """
    formatted = {path: format_nix(text, name=path) for path, text in texts.items()}
    adopter = Adopter(name, scope)
    for path, text in formatted.items():
        adopter.module(path, parse(text, name=path))
    release = release or adopter.release
    if release is None:
        raise InputError(
            Diagnostic(
                summary=f"the NixOS release of {name!r} is not known",
                help="which one does it run? Give it: --release 25.11",
            )
        )
    python = adopter.python(release)
    built = _built(python, name)
    files = {}
    for path, text in formatted.items():
        made = built[f"hosts/{name}/{path}"]
        files[path] = (text, made, _same(text, made))
    return Adopted(python, files, adopter.without_scope)


def _built(python: str, name: str) -> dict[str, str]:
    """The files that the Python makes, without their headers."""
    with tempfile.TemporaryDirectory(prefix="nixgen-") as folder:
        hosts = Path(folder, "hosts")
        hosts.mkdir()
        (hosts / f"{name}.py").write_text(python, encoding="utf-8")
        try:
            files = render(load_fleet(hosts))
        except NixgenError as error:
            raise InputError(*(_without_place(each) for each in error.diagnostics)) from None
    skipped = len(header("")) if header("") else 0
    return {path: text.split("\n", skipped)[skipped] for path, text in files.items()}


def _without_place(fault: Diagnostic) -> Diagnostic:
    """What the model refuses, without the place: a file that is gone when the message is read."""
    advice = f"{fault.help}\n" if fault.help else ""
    return evolve(
        fault,
        location=None,
        related=(),
        help=f"{advice}change it in the Nix file, then adopt that; nothing was written",
    )


def _same(one: str, two: str) -> str:
    if one == two:
        return "bytes"
    return "values" if same_values(parse(one), parse(two)) else "different"
