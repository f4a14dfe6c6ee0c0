"""Variables that people give secrets' values to, and the file that shows how."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen import hcl
from nixgen.emit.contribution import Cause, SharedEntry, derived, given
from nixgen.emit.shared import EXAMPLE_FILE, VARIABLES_FILE
from nixgen.model.host import Host
from nixgen.model.secret import PLACEHOLDER, TerraformVariable, VaultSecret


def variable(secret: VaultSecret, how: TerraformVariable, host: Host) -> SharedEntry:
    """`variable "name" { ... }`"""
    name = _name(secret)
    body: list[hcl.BodyItem] = [
        hcl.Attribute(field, value, origin=cause)
        for field, value, cause in _attributes(secret, how, host)
    ]
    required = _is_required(secret, host)
    if required:
        body.append(_validation(name, how, given(host.vault, "refuse_placeholders")))
    block = hcl.Block("variable", (name,), tuple(body), origin=_cause(secret, how))
    return SharedEntry(
        VARIABLES_FILE, "variables", name, block, identity=_identity(secret, how), rank=required
    )


def example(secret: VaultSecret, how: TerraformVariable) -> SharedEntry:
    """`name = ""` below the description: a line to be filled in, in `terraform.tfvars`."""
    name = _name(secret)
    description = hcl.Comment(" ".join(_description(secret, how)[0].split()))
    line = hcl.Attribute(
        name,
        hcl.string("") if how.type == "string" else hcl.from_python(None),
        comments=(description.text,) if description.text else (),
        origin=_cause(secret, how),
    )
    # It has a line of its own between blank ones, where no neighbour could shift its `=`.
    text, ranges = hcl.print_with_origins(hcl.File((line,)))
    item = hcl.Printed(text, 0, hcl.Block, hcl.Block, ranges)
    return SharedEntry(EXAMPLE_FILE, "examples", name, item, identity=_identity(secret, how))


def _name(secret: VaultSecret) -> str:
    name = secret.variable_name
    assert name is not None
    return name


def _cause(secret: VaultSecret, how: TerraformVariable) -> Cause:
    return derived(secret, "name") if how.name is None else given(how, "name")


def _identity(secret: VaultSecret, how: TerraformVariable) -> object:
    """What keeps a derived name from giving two secrets of two hosts one value without a word.

    A secret at one path is one secret, and so is one object.
    """
    return None if how.name is not None else secret.path or secret.origin.places[0]


def _attributes(
    secret: VaultSecret, how: TerraformVariable, host: Host
) -> Iterator[tuple[str, hcl.Expression, Cause]]:
    text, cause = _description(secret, how)
    yield "description", hcl.string(text), cause
    yield "type", _type(how.type), given(how, "type")
    if how.default is not None:
        yield "default", hcl.string(how.default), given(how, "default")
    if how.sensitive:
        yield "sensitive", hcl.from_python(True), given(how, "sensitive")
    if host.vault.write_only:
        # Also a saved plan has the values of variables that are not ephemeral.
        yield "ephemeral", hcl.from_python(True), given(host.vault, "write_only")


def _description(secret: VaultSecret, how: TerraformVariable) -> tuple[str, Cause]:
    if how.description is None:
        return f"Value of the secret {secret.name}", derived(secret, "name")
    return how.description, given(how, "description")


def _type(text: str) -> hcl.Expression:
    """A type constraint: `string`, `list(string)`."""
    name, parenthesis, inner = text.partition("(")
    if not parenthesis:
        return hcl.reference(name)
    return hcl.call(name, _type(inner.removesuffix(")")))


# -- values that are missing -------------------------------------------------------------------


def _is_required(secret: VaultSecret, host: Host) -> bool:
    """Whether applying has to wait for the value: not for runners that are off."""
    users = host.users_of(secret)
    is_off = bool(users) and not any(runner.enable for runner in users)
    return host.vault.refuse_placeholders and not is_off


def _validation(name: str, how: TerraformVariable, cause: Cause) -> hcl.Block:
    value = hcl.reference(f"var.{name}")
    if how.type == "string":
        # As `nixgen.model.secret.is_placeholder` has it; null is none of these texts, either.
        pattern = hcl.string(rf"(?i)^\s*({PLACEHOLDER})?\s*$")
        text = hcl.call("coalesce", value, hcl.string("PLACEHOLDER"))
        condition: hcl.Expression = hcl.UnaryOperation(
            "!", hcl.call("can", hcl.call("regex", pattern, text))
        )
    else:
        is_there = hcl.BinaryOperation(value, "!=", hcl.from_python(None))
        length = hcl.BinaryOperation(hcl.call("length", value), ">", hcl.from_python(0))
        condition = hcl.call("try", length, is_there)
    message = f"{name} has no value yet. Give it one in terraform.tfvars."
    return hcl.Block(
        "validation",
        (),
        (
            hcl.Attribute("condition", condition),
            hcl.Attribute("error_message", hcl.string(message)),
        ),
        origin=cause,
    )
