"""The Terraform files that hosts share, as the last build left them and as the next has them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from nixgen import hcl
from nixgen.emit.shared import (
    HOSTS_FILE,
    PROVIDER_FILE,
    SECRETS_FILE,
    SHARED_FILES,
    VARIABLES_FILE,
    VAULT_FOLDER,
)
from nixgen.hcl.edit.address import steps_of
from nixgen.project import disk, line_origins
from nixgen.project.managed.terraform import withholding
from nixgen.project.managed.terraform_values import attributes, entries
from nixgen.project.manifest import Manifest, Record, shared_entries
from nixgen.project.moved.renames import POLICIES, SECRETS, VARIABLES, Known
from nixgen.project.tree import RenderedFile, Tree

FILES = {VARIABLES: VARIABLES_FILE, SECRETS: SECRETS_FILE, POLICIES: HOSTS_FILE}


def section_address(name: str) -> tuple[str, ...]:
    """Where the entries of a section are in their file."""
    return SHARED_FILES[FILES[name]].section(name).address


def entries_before(output: Path, name: str, manifest: Manifest) -> dict[str, Known]:
    """The entries that nixgen wrote into a shared file, with their texts where it has them."""
    path, address = FILES[name], section_address(name)
    texts = {entry.key: text for entry, text in shared_entries(output, path, manifest) or ()}
    known: dict[str, Known] = {}
    for record in manifest.records.get(path, ()):
        for key, hosts in _keys(record):
            found = known[key].hosts if key in known else frozenset()
            steps = (*address, key)
            known[key] = Known(steps, found | hosts, texts.get(key))
    if manifest.is_managed(path):
        _read_managed(output / path, known)
    return known


def _keys(record: Record) -> Iterator[tuple[str, frozenset[str]]]:
    """The keys of a record's entries, and whose they are; without those that are damaged."""
    for address, each in (record.managed_entries or {}).items():
        with contextlib.suppress(ValueError):
            *_, key = steps_of(address)
            yield key, each.hosts
    for part in record.parts if record.digest else ():
        match part:
            case [_, str(key), str(host), _, _]:
                yield key, frozenset({host})


def _read_managed(place: Path, known: dict[str, Known]) -> None:
    """Adds the texts of entries in a file that people write."""
    document = _document(place)
    if document is None:
        return
    text = document.text
    editor = hcl.Editor(text, name=str(place))
    for each in known.values():
        with contextlib.suppress(hcl.HclEditError):  # the plan tells of it
            placed = editor.placed(each.steps)
            if placed is not None and placed.item.span is not None:
                span = placed.item.span
                each.text = text[span.start : span.end]


def entries_after(tree: Tree, name: str) -> dict[str, Known]:
    """The entries of a tree's shared file."""
    file = tree.get(FILES[name])
    if file is None:
        return {}
    if file.managed:
        steps = [steps_of(each.key) for each in file.managed]
        return {
            way[-1]: Known(way, frozenset(each.hosts), each.value)
            for way, each in zip(steps, file.managed, strict=True)
        }
    lines = file.text.split("\n")
    known: dict[str, Known] = {}
    for each in file.entries:
        hosts = known[each.key].hosts if each.key in known else frozenset()
        text = "\n".join(lines[each.first - 1 : each.last])
        known[each.key] = Known((*section_address(name), each.key), hosts | {each.host}, text)
    return known


def origins_of(tree: Tree, name: str) -> dict[str, str]:
    """The origins of the entries of a tree's shared file, as `line_origins` has a part, by key."""
    file = tree.get(FILES[name])
    if file is None:
        return {}
    if file.managed:
        return {steps_of(each.key)[-1]: each.origins for each in file.managed}
    parts = line_origins.parts(file.origins)
    return {each.key: parts[each.first] for each in file.entries if each.first in parts}


def documents(tree: Tree, output: Path, manifest: Manifest) -> Iterator[hcl.Document]:
    """The Terraform files of the folder as they will be, whoever writes them.

    Those of nixgen's own are without the entries of hosts.
    """
    folder = output / VAULT_FOLDER
    on_disk = sorted(folder.glob("*.tf")) if folder.is_dir() else []
    for path, file in sorted(tree.items()):
        if path.startswith(f"{VAULT_FOLDER}/") and path.endswith(".tf") and not file.managed:
            yield hcl.parse(_without_entries(file), name=path)
    for place in on_disk:
        path = f"{VAULT_FOLDER}/{place.name}"
        is_ours = path in manifest.records and not manifest.is_managed(path)
        owned = path in tree and not tree[path].managed
        managed = path in tree or manifest.is_managed(path)
        document = None if is_ours or owned else _document(place, managed=managed)
        if document is not None:
            yield document


def changed_to_write_only(tree: Tree, output: Path) -> bool | None:
    """Whether a standalone folder has changed over to `Vault.write_only`; False where it has
    changed back, None where it is as it was.
    """
    file = tree.get(SECRETS_FILE)
    text = disk.read_if_file(os.fspath(output / SECRETS_FILE)).decode(errors="replace")
    if file is None or file.managed:
        return None
    before, after = (("data_json_wo" in each, "data_json" in each) for each in (text, file.text))
    if not (before[1] and after[1]) or before == after:
        return None
    return after[0]


def changed_mounts(tree: Tree, output: Path) -> list[tuple[str, str, str]]:
    """The field of `Vault`, the old and the new name of each mount that has another one now."""
    before, file = _document(output / PROVIDER_FILE), tree.get(PROVIDER_FILE)
    if before is None or file is None:
        return []
    old, new = _mounts(before), _mounts(hcl.parse(file.text))
    both = sorted(old.keys() & new.keys())
    return [(field, old[field], new[field]) for field in both if old[field] != new[field]]


def _mounts(document: hcl.Document) -> dict[str, str]:
    """The texts in `locals { vault = { ... } }`; people may have written anything beside it."""
    found: dict[str, str] = {}
    for block in document.body:
        if isinstance(block, hcl.Block) and block.type == "locals":
            for field, value in entries(attributes(block).get("vault")).items():
                match value:
                    case hcl.Template((str() as name,)):
                        found[field] = name
    return found


def _without_entries(file: RenderedFile) -> str:
    """The text of a shared file around its entries, which are most of it and no resources."""
    lines = file.text.split("\n")
    for first, last in sorted({(each.first, each.last) for each in file.entries}, reverse=True):
        del lines[first - 1 : last]
    return "\n".join(lines)


def _document(place: Path, *, managed: bool = True) -> hcl.Document | None:
    """A file on disk; None where nothing can be read. Of a managed one the plan tells the faults.

    Raises HclSyntaxError where another one does not parse.
    """
    try:
        text = disk.read(os.fspath(place)).decode()
        with withholding():
            return hcl.parse(text, name=str(place))
    except (OSError, UnicodeDecodeError):
        return None
    except hcl.HclSyntaxError:
        if managed:
            return None
        raise
