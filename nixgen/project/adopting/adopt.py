"""Nix and Terraform files to the Python that makes them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from nixgen.diagnostic import Diagnostic, Location, withhold
from nixgen.emit.header import header
from nixgen.emit.shared import VAULT_FOLDER
from nixgen.errors import InputError, NixgenError
from nixgen.model.literals import literal_secret
from nixgen.model.scope import Scope
from nixgen.nix.build import join_path
from nixgen.nix.meaning import same_values
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.nix.spans import first_token
from nixgen.project.adopting.modules import Adopter, options_of
from nixgen.project.adopting.objects import plain_text
from nixgen.project.adopting.places import settings
from nixgen.project.adopting.terraform import TerraformFiles
from nixgen.project.api import render_tree
from nixgen.project.load import load_fleet
from nixgen.project.managed import merge
from nixgen.project.tree import Tree


@frozen
class Adopted:
    """The Python, and for each file its formatted text, what is built now, and how they compare.

    `same` is "bytes" or "values" (another layout) or "different". `without_scope` are the names of
    runners that stay options, because nobody said what they are registered for. `kept` are secrets
    of Terraform files that stay as they are there, each with the reason.
    """

    python: str
    files: dict[str, tuple[str, str, str]]
    without_scope: Sequence[str] = ()
    kept: Sequence[str] = ()


def adopt(
    texts: Mapping[str, str], name: str, release: str | None = None, scope: Scope | None = None
) -> Adopted:
    """The Python for Nix files, by their paths below the host's folder; nothing is written.

    A `.tf` file is the one of this name in `terraform/vault/`; people go on writing it, and it
    becomes what a build makes of it. `release` None is that of `system.stateVersion`; `scope` is
    what the runners are registered for, which Nix does not say: without it runners stay options.

    Raises NixSyntaxError, HclSyntaxError, and InputError where the release is not known, the model
    refuses what a file holds, or a secret's value stands in it.
    """
    shared = {path: text for path, text in texts.items() if path.endswith(".tf")}
    formatted = {
        path: format_nix(text, name=path) for path, text in texts.items() if path not in shared
    }
    _refuse_literal_secrets({path: texts[path] for path in formatted})
    terraform = TerraformFiles(shared, name)
    adopter = Adopter(name, scope, terraform)
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
        made = _without_header(built[f"hosts/{name}/{path}"].text)
        files[path] = (text, made, _same(text, made))
    for path, text in shared.items():
        made = _merged(path, text, built)
        files[path] = (text, made, "bytes" if text == made else "different")
    return Adopted(python, files, adopter.without_scope, terraform.kept)


def _refuse_literal_secrets(texts: Mapping[str, str]) -> None:
    """Raises an InputError that names each line of Nix with a secret's value, and shows none."""
    faults = []
    for path, text in texts.items():
        for names, binding in settings(options_of(parse(text, name=path))):
            wrong = literal_secret({join_path(names): plain_text(binding.value)})
            if wrong is not None:
                line = first_token(binding).line
                withhold(path, line)
                summary, _, advice = wrong.partition("\n")
                place = Location(path, line)
                faults.append(Diagnostic(summary=summary, location=place, help=advice))
    if faults:
        raise InputError(*faults)


def _merged(name: str, text: str, built: Tree) -> str:
    """What a build makes of a Terraform file that people write."""
    file = built.get(f"{VAULT_FOLDER}/{name}")
    if file is None:
        return text
    merged = merge(file, text.encode(), (), place=name, force=True)
    if merged.conflicts:
        raise InputError(*merged.conflicts)
    return merged.file.text


def _built(python: str, name: str) -> Tree:
    """The files that the Python makes."""
    with tempfile.TemporaryDirectory(prefix="nixgen-") as folder:
        hosts = Path(folder, "hosts")
        hosts.mkdir()
        (hosts / f"{name}.py").write_text(python, encoding="utf-8")
        try:
            return render_tree(load_fleet(hosts))
        except NixgenError as error:
            raise InputError(*(_without_place(each) for each in error.diagnostics)) from None


def _without_header(text: str) -> str:
    skipped = len(header(""))
    return text.split("\n", skipped)[skipped]


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
