"""The files that hosts share, and how the entries of their sections stand in them.

An entry is printed by itself at the depth of its section, and a file is the tree around its printed
entries, in the order of their keys. So one host's entry can be replaced without knowing the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from nixgen import hcl
from nixgen.emit.header import header

VARIABLES_FILE = "terraform/vault/variables.tf"
SECRETS_FILE = "terraform/vault/secrets.tf"
HOSTS_FILE = "terraform/vault/hosts-generated.tf"


@frozen
class Section:
    """A run of entries: `depth` levels of braces around them, which `wrap` puts there."""

    name: str
    depth: int
    wrap: Callable[[Sequence[hcl.Printed]], Sequence[hcl.BodyItem]]


@frozen
class SharedFile:
    """A file and its sections; `about` says in its header what it holds."""

    path: str
    about: str
    sections: tuple[Section, ...]

    def tree(self, source: str, sections: Sequence[Sequence[hcl.Printed]]) -> hcl.File:
        """The whole file around the printed entries of each section."""
        comments = [hcl.Comment(line) for line in header(source, (self.about,))]
        body: list[hcl.BodyItem] = [*comments]
        for section, entries in zip(self.sections, sections, strict=True):
            if entries:
                body += [hcl.BlankLine(), *section.wrap(entries)]
        return hcl.File(tuple(body))

    def section(self, name: str) -> Section:
        """The section of that name."""
        return next(section for section in self.sections if section.name == name)


def _local_map(section: str, name: str) -> Section:
    """`locals { name = { entries } }`."""

    def wrap(entries: Sequence[hcl.Printed]) -> Sequence[hcl.BodyItem]:
        return (hcl.Block("locals", (), (hcl.Attribute(name, hcl.Object(tuple(entries))),)),)

    return Section(section, 2, wrap)


SHARED_FILES = {
    file.path: file
    for file in (
        SharedFile(
            VARIABLES_FILE,
            "One variable for each secret whose value a person gives.",
            (Section("variables", 0, lambda entries: entries),),
        ),
        SharedFile(
            SECRETS_FILE,
            "The secrets in Vault, by their path in the mount.",
            (_local_map("secrets", "secrets"),),
        ),
        SharedFile(
            HOSTS_FILE,
            "What the AppRole of each host may read.",
            (_local_map("policies", "generated_host_policies"),),
        ),
    )
}
