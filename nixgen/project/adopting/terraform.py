"""Terraform files that exist to what the model says of a host's secrets.

An entry of the map of secrets becomes the `terraform` of a `VaultSecret`, where the object makes
the same entry and the same variable. It may add what says nothing new: a description, the type
`string`, `auto_generate = false`. All else in the files stays as it is: people write them
(`Vault.managed`). A secret's value that is found in them is refused, and not repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from attrs import evolve

from nixgen import hcl
from nixgen.diagnostic import WITHHELD_LINE, Diagnostic, Location
from nixgen.emit.terraform.secrets import secret_entry
from nixgen.emit.terraform.variables import variable
from nixgen.errors import InputError, ModelError
from nixgen.hcl.edit.sameness import canonical
from nixgen.model.base import changed
from nixgen.model.host import Host
from nixgen.model.secret import Generated, TerraformVariable, VaultSecret
from nixgen.model.vault import MANAGED_FILES
from nixgen.project.adopting.objects import sound
from nixgen.project.managed.terraform import withholding
from nixgen.project.managed.terraform_values import attributes, entries, values_in, variables_of
from nixgen.source import Source


class TerraformFiles:
    """The Terraform files of a repository, by their names, and one host's secrets in them.

    `kept` says which entries of the host's stay people's, each with the reason; `shown` has what
    people call the files. Raises HclSyntaxError, and InputError for a file of another name and for
    values of secrets.
    """

    def __init__(self, texts: Mapping[str, str], host: str, shown: Mapping[str, str]) -> None:
        self.host = host
        self.kept: list[str] = []
        self._files = {name: _parsed(name, text, shown[name]) for name, text in texts.items()}
        self._entries: dict[str, hcl.Expression] = {}
        self._variables: dict[str, hcl.Block] = {}
        used = set().union(*map(variables_of, self._files.values()))
        for name, document in self._files.items():
            _refuse_values(document, Source(texts[name], shown[name]), used)
            self._collect(document)

    @property
    def names(self) -> tuple[str, ...]:
        """The files that people write."""
        return tuple(name for name in MANAGED_FILES if name in self._files)

    def joined(self, secret: VaultSecret) -> VaultSecret:
        """A secret of the Nix files with what Terraform says of it."""
        path = secret.vault_path(self.host)
        entry = self._entries.pop(path, None)
        if entry is None:
            return secret
        made = self._made(secret, entry)
        if made is None:
            self._keep(path, entry)
        return made or secret

    def loose(self) -> list[VaultSecret]:
        """The host's secrets that no Nix file has: none of them is left afterwards."""
        own = f"hosts/{self.host}/"
        found = []
        for path in [path for path in self._entries if path.startswith(own)]:
            name = path.removeprefix(own).replace("/", "-")
            plain = None if path == f"{own}{name}" else path
            bare = sound(VaultSecret, name=name, path=plain, terraform=None)
            entry = self._entries.pop(path)
            made = bare and self._made(bare, entry, with_key=True)
            if made is None:
                self._keep(path, entry)
            else:
                found.append(made)
        return found

    def leave(self, reasons: Mapping[str, str]) -> None:
        """Notes the host's secrets that are no objects of its Nix files: they stay people's.

        `reasons` has, by their paths, why those in the Nix files are none.
        """
        own = f"hosts/{self.host}/"
        self.kept += [
            f"{path}: {reasons.get(path, 'no vault.secrets in the adopted Nix files has it')}"
            for path in self._entries
            if path in reasons or path.startswith(own)
        ]

    def _keep(self, path: str, entry: hcl.Expression) -> None:
        name = _variable_of(entries(entry).get("data"))
        if name is not None and name not in self._variables:
            self.kept.append(f"{path}: its variable {name} is in none of the files")
        else:
            self.kept.append(f"{path}: its entry or its variable says more than an object does")

    # -- what the files have -------------------------------------------------------------------

    def _collect(self, document: hcl.Document) -> None:
        for block in document.body:
            match block:
                case hcl.Block("variable", (name,)):
                    self._variables[name] = block
                case hcl.Block("locals", ()):
                    self._entries |= entries(attributes(block).get("secrets"))

    # -- objects -------------------------------------------------------------------------------

    def _made(
        self, secret: VaultSecret, entry: hcl.Expression, *, with_key: bool = False
    ) -> VaultSecret | None:
        """The secret with its `terraform`; None where the object would say something else.

        `with_key` has the entry say the secret's key, too.
        """
        fields = entries(entry)
        key, how = self._how(secret, fields)
        if how is None:
            return None
        made = _changed(secret, terraform=how, key=key if with_key else secret.key)
        owner = sound(Host, name=self.host, release="25.11", secrets=[made]) if made else None
        if made is None or owner is None or not self._same_entry(made, owner, fields):
            return None
        found = self._variables.get(made.variable_name or "")
        return made if found is None or _same_variable(made, owner, found) else None

    def _how(
        self, secret: VaultSecret, fields: Mapping[str, hcl.Expression]
    ) -> tuple[str | None, TerraformVariable | Generated | None]:
        """The key that the value is stored under, and where the value comes from."""
        if _data(fields.get("auto_generate")) is True:
            length = _data(fields.get("length"))
            key = _data(fields.get("key"))
            return key, sound(Generated, **({} if length is None else {"length": length}))
        data = entries(fields.get("data"))
        name = _variable_of(fields.get("data"))
        if len(data) != 1 or name not in self._variables:
            return None, None
        return next(iter(data)), _variable(secret, name, self._variables[name])

    def _same_entry(
        self, secret: VaultSecret, host: Host, fields: Mapping[str, hcl.Expression]
    ) -> bool:
        """Whether a secret's entry says what the file says, `auto_generate = false` aside."""
        item = secret_entry(secret, host).item
        assert isinstance(item, hcl.ObjectItem)
        plain = {"auto_generate": hcl.from_python(False), **fields}
        there = hcl.ObjectItem(secret.vault_path(host.name), hcl.Object(tuple(plain.items())))
        return canonical(item) == canonical(there)


def _parsed(name: str, text: str, shown: str) -> hcl.Document:
    if name not in MANAGED_FILES:
        raise InputError(
            Diagnostic(
                summary=f"{name} is no file in which nixgen keeps entries",
                location=Location(shown),
                help=f"those are {', '.join(MANAGED_FILES)}",
            )
        )
    with withholding():
        return hcl.parse(text, name=shown)


def _refuse_values(document: hcl.Document, source: Source, used: Collection[str]) -> None:
    """Raises InputError for the values in a file; their lines are not shown."""
    faults = []
    for each in values_in(document, used):
        place = source.location(each.node.span.start) if each.node.span else Location(source.name)
        faults.append(
            Diagnostic(
                summary=f"{each.of} has a value in the file (not shown here)",
                location=evolve(place, column=None, source=WITHHELD_LINE),
                help="move it to terraform.tfvars, which stays out of the repository; the "
                "repository's\nhistory has it, so change it at its origin, too. Or leave the file "
                "out:\nwhat it has of the host's secrets stays people's",
            )
        )
    if faults:
        raise InputError(*faults)


def _data(value: hcl.Expression | None) -> Any:
    """Literal data; None for what is none."""
    try:
        return None if value is None else hcl.to_python(value)
    except hcl.ConversionError:
        return None


def _variable_of(data: hcl.Expression | None) -> str | None:
    """The variable in `{ key = var.name }`."""
    for value in entries(data).values():
        match value:
            case hcl.GetAttribute(hcl.Variable("var"), name):
                return name
    return None


def _changed(secret: VaultSecret, **fields: Any) -> VaultSecret | None:
    """A secret with other fields; None where the model refuses it."""
    try:
        return changed(secret, **fields)
    except ModelError:
        return None


def _variable(secret: VaultSecret, name: str, block: hcl.Block) -> TerraformVariable | None:
    """The variable, with no more said than its secret's name does not say."""
    said = {key: _data(value) for key, value in attributes(block).items() if key != "type"}
    kind = attributes(block).get("type")
    bare = _changed(secret, key=secret.key or "key", terraform=TerraformVariable())
    derived = bare and bare.variable_name
    description = said.get("description")
    return sound(
        TerraformVariable,
        name=None if name == derived else name,
        description=None if description == f"Value of the secret {secret.name}" else description,
        type="string" if kind is None else hcl.print_expression(kind).strip('"'),
        default=said.get("default"),
        sensitive=said.get("sensitive") is True,
    )


def _same_variable(secret: VaultSecret, host: Host, block: hcl.Block) -> bool:
    """Whether a secret's variable says what the file says; description and type may be added."""
    assert isinstance(secret.terraform, TerraformVariable)
    made = variable(secret, secret.terraform, host).item
    assert isinstance(made, hcl.Block)
    there = {**attributes(made), **attributes(block)}
    added = {each for each in there if each not in attributes(block)}
    inner = [each for each in block.body if isinstance(each, hcl.Block)]
    body = tuple(hcl.Attribute(name, value) for name, value in there.items())
    same = canonical(evolve(block, body=body)) == canonical(made)
    return same and not inner and added <= {"description", "type"}
