"""Files of variables and secrets, and what edits of them are made of."""

from __future__ import annotations

from collections.abc import Callable

from nixgen import hcl

Edit = Callable[[hcl.Editor], object]


def attribute(name: str, value: object, **more: tuple[str, ...]) -> hcl.Attribute:
    """An attribute of Python data."""
    return hcl.Attribute(name, hcl.from_python(value), **more)


def entry(key: str, value: object, *comments: str) -> hcl.ObjectItem:
    """An entry of Python data."""
    return hcl.ObjectItem(key, hcl.from_python(value), comments=comments)


def variable(name: str, *attributes: hcl.BodyItem) -> hcl.Block:
    """A variable."""
    return hcl.Block("variable", (name,), attributes)


STRING = hcl.Attribute("type", hcl.reference("string"))
SECRET = {"auto_generate": False, "data": {"token": hcl.reference("var.token")}}
VARIABLES = """\
# What Vault is told by hand.

variable "alpha" {
  type = string # a token
}

# The last one.
variable "omega" {
  # Nobody knows why.
  default   = "x"
  sensitive = true
}
"""
SECRETS = """\
locals {
  secrets = {
    # by hand
    "hosts/a/token" = {
      auto_generate = true # for now
      length        = 20
    }

    "hosts/c/token" = { auto_generate = true }
    "zone"          = "a"
  }
  plain = merge({}, {})
}
"""
