"""What the Nix files of hosts say of a secret: mode, owner, services; all but where it is in Vault.

It tells secrets apart that Terraform has the same entry for.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nixgen.errors import SyntaxFault
from nixgen.model.module import innermost
from nixgen.model.secrets_module import SECRETS
from nixgen.nix import nodes
from nixgen.nix.parsing.parser import parse
from nixgen.nix.printing.printer import print_expression
from nixgen.project import disk
from nixgen.project.manifest import Manifest
from nixgen.project.reading.entries import plain_text
from nixgen.project.reading.places import attributes, places
from nixgen.project.tree import Tree


class NixSide:
    """The Nix files of one build; `texts` gives those of a host, and is asked once for each."""

    def __init__(self, texts: Callable[[str], Iterable[str]]) -> None:
        self._texts = texts
        self._hosts: dict[str, dict[str, str]] = {}

    def meaning(self, hosts: Iterable[str], path: str) -> str:
        """What the hosts' files say of the secret at a path in Vault; empty where nothing."""
        return "\n".join(self._of(host).get(path, "") for host in sorted(hosts))

    def _of(self, host: str) -> dict[str, str]:
        if host not in self._hosts:
            self._hosts[host] = dict(each for text in self._texts(host) for each in _said(text))
        return self._hosts[host]


def nix_before(output: Path, manifest: Manifest) -> NixSide:
    """The files that the last build left."""

    def texts(host: str) -> Iterator[str]:
        for path, records in manifest.records.items():
            if path.endswith(".nix") and any(record.host == host for record in records):
                with contextlib.suppress(OSError):  # the plan tells of it
                    yield disk.read_if_file(os.fspath(output / path)).decode(errors="replace")

    return NixSide(texts)


def nix_after(tree: Tree) -> NixSide:
    """The files of a tree."""
    return NixSide(
        lambda host: (
            file.text for path, file in tree.items() if file.host == host and path.endswith(".nix")
        )
    )


def _said(text: str) -> Iterator[tuple[str, str]]:
    """The paths of the secrets in a file, and what it says of each."""
    try:
        body = innermost(parse(text).expression)
    except SyntaxFault:
        return
    for place in places(body, SECRETS) if isinstance(body, nodes.AttributeSet) else ():
        values = attributes(place)
        path = plain_text(values.pop("secretPath", None))
        if path is not None:
            rest = (f"{name} = {print_expression(value)}" for name, value in values.items())
            yield path, "\n".join(sorted(rest))
