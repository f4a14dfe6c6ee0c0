"""Whether Terraform takes a value for a variable of a type, and how such a value is written.

The types are those that `model.secret` allows: primitive ones, `any`, and list, set or map of one.
The rules are those of Terraform's language, "Types and Values", "Type Conversion": between
primitive types a value becomes another where its text is one of that type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PRIMITIVE = frozenset(["string", "number", "bool"])

_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI]nf)", re.ASCII)
_BOOLEANS = frozenset(["true", "false", "1", "0"])


def fits(value: Any, constraint: str) -> bool:
    """Whether a value, as Python data, is of a type or becomes one of it. None fits each."""
    outer, _, rest = constraint.partition("(")
    if value is None or outer == "any":
        return True
    match outer:
        case "string":
            return not isinstance(value, list | tuple | Mapping)
        case "number":
            if isinstance(value, str):
                return _NUMBER.fullmatch(value) is not None
            return not isinstance(value, bool | list | tuple | Mapping)
        case "bool":
            return isinstance(value, bool) or (isinstance(value, str) and value in _BOOLEANS)
    inner = rest.removesuffix(")")
    if outer == "map":
        return isinstance(value, Mapping) and all(fits(each, inner) for each in value.values())
    return isinstance(value, list | tuple) and all(fits(each, inner) for each in value)


def example(constraint: str) -> str:
    """How a value of a type is written in HCL, with dots for what is a person's to give."""
    outer, _, rest = constraint.partition("(")
    if not rest:
        return "..." if outer in ("number", "bool") else '"..."'
    inner = example(rest.removesuffix(")"))
    return f"{{ name = {inner} }}" if outer == "map" else f"[{inner}]"
