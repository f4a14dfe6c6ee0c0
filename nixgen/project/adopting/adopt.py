"""Nix and Terraform files to the Python that makes them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from attrs import evolve, field, frozen

from nixgen.diagnostic import Diagnostic, Severity
from nixgen.emit.header import header
from nixgen.emit.shared import VAULT_FOLDER
from nixgen.errors import InputError, NixgenError
from nixgen.model.scope import Scope
from nixgen.nix import nodes
from nixgen.nix.meaning import same_values
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.project.adopting.literals import literal_secrets
from nixgen.project.adopting.modules import Adopter, release_of
from nixgen.project.adopting.terraform import TerraformFiles
from nixgen.project.api import render_tree
from nixgen.project.load import load_fleet
from nixgen.project.managed import merge
from nixgen.project.tree import Tree


@frozen
class Adopted:
    """The Python, and for each file its formatted text, what is built now, and how they compare.

    They compare as "bytes", "formatted" (the same bytes once the file is formatted), "values"
    (another layout still) or "different". `refused` are Nix files that hold a literal secret, by
    their paths, each with what is wrong: people go on writing them. `without_scope` are the names
    of runners that stay options, because nobody said what they are registered for, `options` are
    others, each with the reason. `kept` are secrets of Terraform files that stay as they are there,
    each with the reason.
    """

    python: str
    files: dict[str, tuple[str, str, str]]
    refused: Mapping[str, Sequence[Diagnostic]] = field(factory=dict)
    without_scope: Sequence[str] = ()
    options: Sequence[str] = ()
    kept: Sequence[str] = ()


def adopt(
    texts: Mapping[str, str],
    name: str,
    release: str | None = None,
    scope: Scope | None = None,
    *,
    shown: Mapping[str, str] = MappingProxyType({}),
) -> Adopted:
    """The Python for Nix files, by their paths below the host's folder; nothing is written.

    A `.tf` file is the one of this name in `terraform/vault/`; people go on writing it, and it
    becomes what a build makes of it. `release` None is that of `system.stateVersion`; `scope` is
    what the runners are registered for, which Nix does not say: without it runners stay options.
    `shown` has what people call files, where that is not the path.

    Raises NixSyntaxError, HclSyntaxError, and InputError where the release is not known, the model
    refuses what a file holds, or a secret's value stands in a Terraform file or in all Nix files.
    """
    shown = {path: shown.get(path, path) for path in texts}
    nix = {path: text for path, text in texts.items() if not path.endswith(".tf")}
    shared = {path: text for path, text in texts.items() if path not in nix}
    trees = {path: parse(text, name=shown[path]) for path, text in nix.items()}
    refused = _refused(trees, shown)
    terraform = TerraformFiles(shared, name, shown)
    adopter = Adopter(name, scope, terraform)
    own = {path: _without_header(text) for path, text in nix.items() if path not in refused}
    formatted = {path: format_nix(text) for path, text in own.items()}
    for path, text in formatted.items():
        adopter.module(path, parse(text, name=shown[path]))
    python = adopter.python(release or _release(trees.values(), name))
    built = _built(python, name)
    files = {}
    for path, text in formatted.items():
        made = _without_header(built[f"hosts/{name}/{path}"].text)
        files[path] = (text, made, _same(own[path], text, made))
    for path, text in shared.items():
        made = _merged(path, text, built)
        files[path] = (text, made, "bytes" if text == made else "different")
    return Adopted(python, files, refused, adopter.without_scope, adopter.options, terraform.kept)


def _refused(
    trees: Mapping[str, nodes.File], shown: Mapping[str, str]
) -> dict[str, list[Diagnostic]]:
    """The files with a literal secret. Raises InputError where no other one is left."""
    found = {path: literal_secrets(tree, shown[path]) for path, tree in trees.items()}
    refused = {path: faults for path, faults in found.items() if faults}
    if refused and len(refused) == len(trees):
        faults = (fault for faults in refused.values() for fault in faults)
        raise InputError(*(evolve(fault, severity=Severity.ERROR) for fault in faults))
    return refused


def _release(files: Iterable[nodes.File], host: str) -> str:
    """What `system.stateVersion` says in one of the files."""
    for release in map(release_of, files):
        if release is not None:
            return release
    raise InputError(
        Diagnostic(
            summary=f"the NixOS release of {host!r} is not known",
            help="which one does it run? Give it: --release 25.11",
        )
    )


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
    """A Nix file without what a build has put on top of it."""
    lines = "".join(f"# {line}\n" for line in header("SOURCE"))
    return re.sub("^" + re.escape(lines).replace("SOURCE", ".*"), "", text)


def _without_place(fault: Diagnostic) -> Diagnostic:
    """What the model refuses, without the place: a file that is gone when the message is read."""
    advice = f"{fault.help}\n" if fault.help else ""
    return evolve(
        fault,
        location=None,
        related=(),
        help=f"{advice}change it in the Nix file, then adopt that; nothing was written",
    )


def _same(text: str, formatted: str, made: str) -> str:
    if formatted == made:
        return "bytes" if text == made else "formatted"
    return "values" if same_values(parse(formatted), parse(made)) else "different"
