"""What expressions refer to, wherever in them."""

from __future__ import annotations

from nixgen import hcl
from nixgen.hcl.references import references


def test_references() -> None:
    """In conditions, templates, keys and comprehensions, each once for each time it is written."""
    text = """{
      for key, secret in local.secrets :
      key => merge(var.a["x"].b, { (local.c) = "${each.key}-${d}" })
      if !secret.auto && contains(data.one.two, key)
    }"""
    assert sorted(references(hcl.parse_expression(text))) == [
        ("data", "one"),
        ("each", "key"),
        ("local", "c"),
        ("local", "secrets"),
        ("secret", "auto"),
        ("var", "a"),
    ]
    assert list(references(hcl.parse_expression("[1, null, x]"))) == []
