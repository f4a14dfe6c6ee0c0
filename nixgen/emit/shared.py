"""The files that hosts share, and how the entries of their sections stand in them.

An entry is printed by itself at the depth of its section, and a file is the tree around its printed
entries, in the order of their keys. So one host's entry can be replaced without knowing the others.
What follows the entries is the same whatever hosts there are (`nixgen.emit.standalone`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

from nixgen import hcl
from nixgen.emit import standalone
from nixgen.emit.header import header
from nixgen.model.vault import Vault

VAULT_FOLDER = "terraform/vault"
VARIABLES_FILE = f"{VAULT_FOLDER}/variables.tf"
SECRETS_FILE = f"{VAULT_FOLDER}/secrets.tf"
HOSTS_FILE = f"{VAULT_FOLDER}/hosts-generated.tf"
MOVED_FILE = f"{VAULT_FOLDER}/moved-generated.tf"
VERSIONS_FILE = f"{VAULT_FOLDER}/versions.tf"
PROVIDER_FILE = f"{VAULT_FOLDER}/provider.tf"
EXAMPLE_FILE = f"{VAULT_FOLDER}/terraform.tfvars.example"


@frozen
class Section:
    """A run of entries: `depth` levels of braces around them, which `wrap` puts there.

    An entry's address in the file is `address` and then its key.
    """

    name: str
    depth: int
    address: tuple[str, ...]
    wrap: Callable[[Sequence[hcl.Printed]], Sequence[hcl.BodyItem]]


@frozen
class SharedFile:
    """A file and its sections; `about` says in its header what it holds.

    `fixed` gives what a standalone folder has in it, each with a `Cause` as its origin; a section
    without entries stands there empty.
    """

    path: str
    about: str
    sections: tuple[Section, ...] = ()
    fixed: Callable[[Vault], Iterable[hcl.BodyItem]] = lambda _: ()

    def tree(
        self, source: str, vault: Vault, sections: Sequence[Sequence[hcl.Printed]]
    ) -> hcl.File | None:
        """The whole file around the printed entries of each section; None if there is nothing."""
        fixed = tuple(self.fixed(vault))
        parts = [
            section.wrap(entries)
            for section, entries in zip(self.sections, sections, strict=True)
            if entries or fixed
        ]
        parts += [(item,) for item in fixed]
        if not parts:
            return None
        body: list[hcl.BodyItem] = [hcl.Comment(line) for line in header(source, (self.about,))]
        for part in parts:
            body += [hcl.BlankLine(), *part]
        return hcl.File(tuple(body))

    def section(self, name: str) -> Section:
        """The section of that name."""
        return next(section for section in self.sections if section.name == name)


def _local_map(section: str, name: str) -> Section:
    """`locals { name = { entries } }`."""

    def wrap(entries: Sequence[hcl.Printed]) -> Sequence[hcl.BodyItem]:
        return (hcl.Block("locals", (), (hcl.Attribute(name, hcl.Object(tuple(entries))),)),)

    return Section(section, 2, ("locals", name), wrap)


SHARED_FILES = {
    file.path: file
    for file in (
        SharedFile(
            VARIABLES_FILE,
            "One variable for each secret whose value a person gives.",
            (Section("variables", 0, ("variable",), lambda entries: entries),),
        ),
        SharedFile(
            SECRETS_FILE,
            "The secrets in Vault, by their path in the mount.",
            (_local_map("secrets", "secrets"),),
            standalone.secrets,
        ),
        SharedFile(
            HOSTS_FILE,
            "What the AppRole of each host may read.",
            (_local_map("policies", "generated_host_policies"),),
            standalone.hosts,
        ),
        SharedFile(
            EXAMPLE_FILE,
            "Copy it to terraform.tfvars, which git leaves out, and give each variable its value.",
            (Section("examples", 0, (), lambda entries: entries),),
        ),
        SharedFile(VERSIONS_FILE, "OpenTofu and the provider.", fixed=standalone.versions),
        SharedFile(PROVIDER_FILE, "The Vault server.", fixed=standalone.provider),
        SharedFile(
            f"{VAULT_FOLDER}/mounts.tf",
            "Where secrets are kept, and where hosts log in.",
            fixed=standalone.mounts,
        ),
        SharedFile(
            f"{VAULT_FOLDER}/outputs.tf",
            "What each host logs in with, for /var/lib/vault/approle on it.",
            fixed=standalone.outputs,
        ),
        SharedFile(
            f"{VAULT_FOLDER}/.gitignore",
            "Values, and the state, which holds values, stay out of the repository.",
            fixed=standalone.ignored,
        ),
    )
}
