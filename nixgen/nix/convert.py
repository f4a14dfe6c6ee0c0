"""Python values to Nix.

None, bool, int, float, str, `pathlib` paths, lists, tuples, mappings, enums and attrs classes are
known; a further type needs one hook:

    nix.converter.register_unstructure_hook(Money, lambda money: nix.string(str(money)))

That converter is one of cattrs, whose target is a syntax tree instead of JSON (`nixgen.nix.hooks`).
Plain data, most of what there is, need neither it nor the time to import it.

An attrs class that is no value has a method `__nix_fault__`, which says why: the text of a
ConversionError.

Numbers follow Nix's lexer: integers are signed 64-bit, floats have a point.
"""

from __future__ import annotations

import enum
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import attrs

from nixgen.errors import ConversionFault
from nixgen.nix import literals, nodes
from nixgen.nix.kinds import kind_of
from nixgen.nix.nodes import Expression

_NULL, _TRUE, _FALSE = map(nodes.Identifier, ("null", "true", "false"))
INTEGER_MIN = -(2**63)
INTEGER_MAX = 2**63 - 1


class ConversionError(ConversionFault):
    """A Python value that has no form in Nix."""

    def under(self, step: str | int) -> ConversionError:
        """The same error, seen from one level further out."""
        return ConversionError(self.message, (step, *self.path))


def from_python(value: Any) -> Expression:
    """The Nix expression for a Python value.

    Raises ConversionError, with the path to the part that has no form in Nix: NaN, infinities,
    integers outside 64 bits, strings with NUL, keys that are no strings, unknown types.
    """
    plain = _PLAIN.get(type(value))
    if plain is not None:
        return plain(value)
    if isinstance(value, nodes.Node):
        return value  # type: ignore[return-value]  # Node is the base of all expressions
    from nixgen.nix.hooks import converter

    expression: Expression = converter.unstructure(value)
    return expression


def null_node(_: None) -> Expression:
    """`null`."""
    return _NULL


def boolean_node(value: bool) -> Expression:
    """`true` or `false`."""
    return _TRUE if value else _FALSE


def integer_node(value: int) -> Expression:
    """The digits; a negative number is an operation. Raises ConversionError outside 64 bits."""
    if not INTEGER_MIN <= value <= INTEGER_MAX:
        raise ConversionError(f"{value} does not fit Nix's signed 64-bit integers")
    if value >= 0:
        return nodes.Integer(str(value))
    if value == INTEGER_MIN:
        # Its digits alone overflow: Nix reads the sign as an operator.
        lowest = nodes.UnaryOperation("-", nodes.Integer(str(INTEGER_MAX)))
        return nodes.BinaryOperation(lowest, "-", nodes.Integer("1"))
    return nodes.UnaryOperation("-", nodes.Integer(str(-value)))


def float_node(value: float) -> Expression:
    """Digits with a point. Raises ConversionError for NaN and infinities."""
    if not math.isfinite(value):
        raise ConversionError(f"{value} has no form in Nix, which has finite numbers only")
    if 0 < abs(value) < sys.float_info.min:
        raise ConversionError(f"{value} is too small for Nix, which refuses subnormal numbers")
    digits = repr(abs(value))
    mantissa, exponent, power = digits.partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    literal = nodes.Float(f"{mantissa}{exponent}{power}")
    negative = math.copysign(1, value) < 0
    return nodes.UnaryOperation("-", literal) if negative else literal


def string_node(value: str) -> Expression:
    """A string in double quotes. Raises ConversionError for NUL and lone surrogates."""
    if isinstance(value, enum.Enum):
        return enum_node(value)
    try:
        return literals.string(str.__str__(value))  # a subclass ends here
    except ValueError as error:
        raise ConversionError(str(error)) from error


def path_node(value: PurePath) -> Expression:
    """A path literal."""
    return literals.file_path(value.as_posix())


def list_node(value: list[Any] | tuple[Any, ...]) -> Expression:
    """A list. Raises ConversionError with the index of the item that has no form."""
    items = []
    for index, item in enumerate(value):
        try:
            items.append(literals.operand(from_python(item)))
        except ConversionError as error:
            raise error.under(index) from None
    return nodes.List(tuple(items))


def mapping_node(value: Mapping[Any, Any]) -> Expression:
    """A set, in the mapping's order. Raises ConversionError with the key of what has no form."""
    entries = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise ConversionError(
                f"the key {key!r} is {type(key).__name__}; attribute names are strings"
            )
        try:
            expression = from_python(item)
            entries.append(nodes.Binding(literals.path((key,)), expression))
        except ConversionError as error:
            raise error.under(key) from None
        except ValueError as error:
            raise ConversionError(str(error), (key,)) from error
    return nodes.AttributeSet(tuple(entries))


def enum_node(value: enum.Enum) -> Expression:
    """The enum's value."""
    return from_python(value.value)


def attrs_class_node(value: Any) -> Expression:
    """The set of the object's fields. Raises ConversionError for one that says it is no value."""
    if hasattr(value, "__nix_fault__"):
        raise ConversionError(value.__nix_fault__())
    fields = attrs.fields(type(value))
    return mapping_node({field.name: getattr(value, field.name) for field in fields})


def refuse(value: Any) -> Expression:
    """Raises ConversionError: the type is unknown."""
    raise ConversionError(
        f"{kind_of(value)} has no form in Nix; give None, bool, int, float, str, Path, list, "
        "tuple, dict, an attrs class, an enum or a nixgen.nix expression"
    )


def refuse_entry(_: nodes.Entry) -> Expression:
    """Raises ConversionError: `a = 1;` stands in a set, and is none."""
    raise ConversionError(
        "an entry of a set is no value; allowed are Python data and expressions\n"
        "the set of entries is nix.attribute_set([...]); among the options of a host's file, they "
        "stand in Module(content=[...]) and Entries(content=[...])"
    )


def refuse_part(value: nodes.Node) -> Expression:
    """Raises ConversionError: the node is no expression."""
    advice = "\nwrite its attribute expression" if isinstance(value, nodes.File) else ""
    raise ConversionError(
        f"{kind_of(value)} is no value; allowed are Python data and expressions{advice}"
    )


_PLAIN: dict[type, Callable[[Any], Expression]] = {
    type(None): null_node,
    bool: boolean_node,
    int: integer_node,
    float: float_node,
    str: string_node,
    list: list_node,
    tuple: list_node,
    dict: mapping_node,
    **dict.fromkeys(literals.NO_EXPRESSIONS, refuse_part),
    nodes.Binding: refuse_entry,
    nodes.Inherit: refuse_entry,
}
"""What is neither a subclass nor open to hooks."""
