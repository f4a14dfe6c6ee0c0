"""What was renamed, as OpenTofu is told it: `moved` and `removed` blocks.

Vault cannot rename: the provider destroys an object whose path or name changes and makes another.
A host reads the old one until it is deployed. So what is in Vault is forgotten, not moved: it goes
to an address that no resource has, and from there out of the state, while its successor is made
beside it. Resources of other providers (a random value) move, and keep what they hold.

The rules of the blocks are those of OpenTofu's documentation of refactoring: `from` of a `removed`
block is a resource without a key, which is why instances are moved to one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from attrs import evolve

from nixgen import hcl
from nixgen.emit.header import header

ABOUT = (
    "What was renamed, so that `tofu apply` destroys none of it. Delete this file once it has been",
    "applied everywhere.",
)


class Resource(NamedTuple):
    """A resource that has an instance for each entry of a map, or for those of one kind.

    `generated` says whether it is for secrets that Terraform makes, or for the given ones; None
    where it is for both.
    """

    type: str
    name: str
    generated: bool | None = None

    @property
    def is_in_vault(self) -> bool:
        """Whether its instances are objects in Vault."""
        return self.type.startswith("vault_")

    def address(self, key: str) -> str:
        """The address of an instance."""
        return f"{self.type}.{self.name}[{hcl.print_expression(hcl.string(key))}]"


class Renamed(NamedTuple):
    """An entry with another key, and the resources over its map.

    Where both keys are the same, another kind of resource holds the secret now: `generated` is
    what it is.
    """

    what: str
    old: str
    new: str
    generated: bool | None
    resources: Sequence[Resource]


def moved_file(renamed: Iterable[Renamed], source: str) -> hcl.File:
    """The file for what was renamed; without items where no resource is concerned.

    `source` is the folder that its header names. The origin of each block is what it is for, None
    for those at the end.
    """
    body: list[hcl.BodyItem] = []
    forgotten: set[tuple[str, str]] = set()
    for each in renamed:
        blocks = [evolve(block, origin=each) for block in _blocks(each, forgotten)]
        if blocks:
            body += [hcl.BlankLine(), hcl.Comment(_comment(each)), *blocks]
    if not body:
        return hcl.File()
    comments = [hcl.Comment(line) for line in header(source, ABOUT)]
    removed = [_removed(*each) for each in sorted(forgotten)]
    return hcl.File((*comments, *body, *removed))


def _comment(each: Renamed) -> str:
    if each.old != each.new:
        return f"The {each.what} {each.old} is {each.new} now."
    how = "made by Terraform" if each.generated else "given"
    return f"The value of the {each.what} {each.old} is {how} now."


def _blocks(each: Renamed, forgotten: set[tuple[str, str]]) -> Iterator[hcl.Block]:
    if each.old == each.new:
        for resource in each.resources:
            for other in each.resources:
                if _is_successor(resource, other, each.generated):
                    yield _moved(other, each.old, resource, each.new)
        return
    for resource in each.resources:
        if resource.is_in_vault:
            shadow = Resource(resource.type, f"forgotten_{resource.name}")
            forgotten.add((shadow.type, shadow.name))
            yield _moved(resource, each.old, shadow, each.old)
        else:
            yield _moved(resource, each.old, resource, each.new)


def _is_successor(resource: Resource, other: Resource, generated: bool | None) -> bool:
    """Whether a resource holds secrets now that another of its type held before."""
    return (
        resource.type == other.type
        and resource.generated is generated
        and other.generated is (not generated)
    )


def _moved(old: Resource, old_key: str, new: Resource, new_key: str) -> hcl.Block:
    return hcl.Block(
        "moved",
        (),
        (
            hcl.Attribute("from", hcl.reference(old.address(old_key))),
            hcl.Attribute("to", hcl.reference(new.address(new_key))),
        ),
    )


def _removed(kind: str, name: str) -> hcl.Block:
    lifecycle = hcl.Block("lifecycle", (), (hcl.Attribute("destroy", hcl.from_python(False)),))
    return hcl.Block(
        "removed", (), (hcl.Attribute("from", hcl.reference(f"{kind}.{name}")), lifecycle)
    )
