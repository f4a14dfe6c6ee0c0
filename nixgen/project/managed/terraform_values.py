"""Values of secrets that stand in Terraform files, where they have no place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from nixgen import hcl
from nixgen.diagnostic import WITHHELD_LINE
from nixgen.hcl.normal_form import key_of
from nixgen.hcl.references import references
from nixgen.model.secret import is_placeholder
from nixgen.source import Source

_KEYS = ("auto_generate", "data")  # of an entry in the shape that nixgen gives it


class Value(NamedTuple):
    """A literal, and what it is the value of."""

    of: str
    node: hcl.Expression


def values_in(document: hcl.Document, used: Collection[str] | None = None) -> Iterator[Value]:
    """The values in the map of secrets, and the defaults of variables.

    `used` are the variables that secrets' values come from; of others only sensitive ones count.
    Without it, any default may be a value, and any text in an entry of another shape.
    """
    for block in document.body:
        match block:
            case hcl.Block("variable", (name,)):
                sensitive = attributes(block).get("sensitive") == hcl.Literal(True)
                if used is None or name in used or sensitive:
                    for node in literals(attributes(block).get("default")):
                        yield Value(f"the variable {name}", node)
            case hcl.Block("locals", ()):
                for path, entry in entries(attributes(block).get("secrets")).items():
                    known = entries(entry)
                    is_known = used is not None or not known.keys().isdisjoint(_KEYS)
                    for node in literals(known.get("data") if is_known else entry):
                        yield Value(f"the secret {path}", node)


def without_values(text: str) -> str:
    """A text whose lines with values are not shown; the text itself where it is no HCL."""
    try:
        document = hcl.parse(text)
    except hcl.HclSyntaxError:
        return text
    source, lines = Source(text, ""), text.split("\n")
    for each in values_in(document):
        if each.node.span is not None:
            first = source.location(each.node.span.start).line or 1
            last = source.location(max(each.node.span.start, each.node.span.end - 1)).line or 1
            lines[first - 1 : last] = [WITHHELD_LINE] * (last - first + 1)
    return "\n".join(lines)


def variables_of(document: hcl.Document) -> set[str]:
    """The variables that stand in the map of secrets."""
    maps = (
        attributes(block).get("secrets")
        for block in document.body
        if isinstance(block, hcl.Block) and block.type == "locals"
    )
    return {name for each in maps for first, name in references(each) if first == "var"}


def entries(value: hcl.Expression | None) -> dict[str, hcl.Expression]:
    """The values of an object by their keys, as far as these are texts."""
    return {
        key: item.value
        for item in (value.items if isinstance(value, hcl.Object) else ())
        if isinstance(item, hcl.ObjectItem) and (key := key_of(item)) is not None
    }


def attributes(block: hcl.Block) -> dict[str, hcl.Expression]:
    """The attributes of a block by their names."""
    return {each.name: each.value for each in block.body if isinstance(each, hcl.Attribute)}


def literals(node: hcl.Expression | None) -> Iterator[hcl.Expression]:
    """The literals in an expression that may be values: no placeholders, no `true` or `null`."""
    match node:
        case hcl.Template(parts) | hcl.Heredoc(parts):
            text = "".join(part for part in parts if isinstance(part, str))
            if len(parts) == 1 and text and not is_placeholder(text):
                yield node
        case hcl.Literal(value) if value is not None and not isinstance(value, bool):
            yield node
        case hcl.Object(items):
            for item in items:
                if isinstance(item, hcl.ObjectItem):
                    yield from literals(item.value)
        case hcl.Tuple(inner) | hcl.FunctionCall(_, inner):
            for each in inner:
                yield from literals(each)
        case hcl.Parentheses(inside):
            yield from literals(inside)
        case hcl.Conditional(_, one, other):
            yield from literals(one)
            yield from literals(other)
