"""The resources that a Terraform folder has over a map: an instance for each of its entries."""

from __future__ import annotations

from collections.abc import Collection

from nixgen import hcl
from nixgen.emit.moved import Resource
from nixgen.hcl.references import references


def resources_over(name: str, documents: Collection[hcl.Document]) -> list[Resource]:
    """The resources whose `for_each` leads to a local value, by way of others if need be."""
    blocks = [
        each for document in documents for each in document.body if isinstance(each, hcl.Block)
    ]
    values: list[tuple[tuple[str, str], hcl.Expression]] = []
    for block in blocks:
        for item in block.body:
            if not isinstance(item, hcl.Attribute):
                continue
            if block.type == "locals":
                values.append((("local", item.name), item.value))
            elif block.type == "resource" and item.name == "for_each" and len(block.labels) == 2:
                values.append(((block.labels[0], block.labels[1]), item.value))
    found = {("local", name)}
    while reached := {
        what for what, value in values if what not in found and found & {*references(value)}
    }:
        found |= reached
    return [
        Resource(*what, _kind(value))
        for what, value in values
        if what in found and what[0] != "local"
    ]


def _kind(for_each: hcl.Expression) -> bool | None:
    """Whether `for_each` takes the secrets alone that Terraform makes, or those alone that it does
    not: by `if secret.auto_generate` or `if !secret.auto_generate`.
    """
    condition = for_each.condition if isinstance(for_each, hcl.ObjectFor) else None
    match condition:
        case hcl.GetAttribute(_, "auto_generate"):
            return True
        case hcl.UnaryOperation("!", hcl.GetAttribute(_, "auto_generate")):
            return False
    return None
