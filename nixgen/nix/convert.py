"""Python values to Nix, by a cattrs converter whose target is a syntax tree instead of JSON.

None, bool, int, float, str, `pathlib` paths, lists, tuples, mappings, enums and attrs classes are
known; a further type needs one hook:

    converter.register_unstructure_hook(Money, lambda money: nix.string(str(money)))

Numbers follow Nix's lexer: integers are signed 64-bit, floats have a point.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

import attrs
from cattrs import Converter

from nixgen.nix import build, nodes
from nixgen.nix.nodes import Expression

INTEGER_MIN = -(2**63)
INTEGER_MAX = 2**63 - 1


class ConversionError(ValueError):
    """A Python value that has no form in Nix; `path` leads to it inside the whole value."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        inside = "".join(f"[{step!r}]" for step in self.path)
        return f"value{inside}: {self.message}" if inside else self.message

    def under(self, step: str | int) -> ConversionError:
        """The same error, seen from one level further out."""
        return ConversionError(self.message, (step, *self.path))


def from_python(value: Any) -> Expression:
    """The Nix expression for a Python value.

    Raises ConversionError, with the path to the part that has no form in Nix: NaN, infinities,
    integers outside 64 bits, strings with NUL, keys that are no strings, unknown types.
    """
    expression: Expression = converter.unstructure(value)
    return expression


def _null(_: None) -> Expression:
    return nodes.Identifier("null")


def _boolean(value: bool) -> Expression:
    return nodes.Identifier("true" if value else "false")


def _integer(value: int) -> Expression:
    if not INTEGER_MIN <= value <= INTEGER_MAX:
        raise ConversionError(f"{value} does not fit Nix's signed 64-bit integers")
    if value >= 0:
        return nodes.Integer(str(value))
    if value == INTEGER_MIN:
        # Its digits alone overflow: Nix reads the sign as an operator.
        lowest = nodes.UnaryOperation("-", nodes.Integer(str(INTEGER_MAX)))
        return nodes.BinaryOperation(lowest, "-", nodes.Integer("1"))
    return nodes.UnaryOperation("-", nodes.Integer(str(-value)))


def _float(value: float) -> Expression:
    if not math.isfinite(value):
        raise ConversionError(f"{value} has no form in Nix, which has finite numbers only")
    digits = repr(abs(value))
    mantissa, exponent, power = digits.partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    literal = nodes.Float(f"{mantissa}{exponent}{power}")
    negative = math.copysign(1, value) < 0
    return nodes.UnaryOperation("-", literal) if negative else literal


def _string(value: str) -> Expression:
    if isinstance(value, enum.Enum):
        return _enum(value)
    try:
        return build.string(value)
    except ValueError as error:
        raise ConversionError(str(error)) from error


def _path(value: PurePath) -> Expression:
    return build.file_path(value.as_posix())


def _list(value: list[Any] | tuple[Any, ...]) -> Expression:
    items = []
    for index, item in enumerate(value):
        try:
            items.append(build.operand(from_python(item)))
        except ConversionError as error:
            raise error.under(index) from None
    return nodes.List(tuple(items))


def _mapping(value: Mapping[Any, Any]) -> Expression:
    entries = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise ConversionError(
                f"the key {key!r} is {type(key).__name__}; attribute names are strings"
            )
        try:
            expression = from_python(item)
            entries.append(nodes.Binding(build.path((key,)), expression))
        except ConversionError as error:
            raise error.under(key) from None
        except ValueError as error:
            raise ConversionError(str(error), (key,)) from error
    return nodes.AttributeSet(tuple(entries))


def _enum(value: enum.Enum) -> Expression:
    return from_python(value.value)


def _attrs_class(value: Any) -> Expression:
    fields = attrs.fields(type(value))
    return _mapping({field.name: getattr(value, field.name) for field in fields})


def _refuse(value: Any) -> Expression:
    kind = type(value).__name__
    raise ConversionError(
        f"a {kind} has no form in Nix; give None, bool, int, float, str, Path, list, tuple, "
        "dict, an attrs class, an enum or a nixgen.nix expression"
    )


def make_converter() -> Converter:
    """A converter of one's own, to add hooks to without changing the shared one."""
    made = Converter()
    made.register_unstructure_hook_func(lambda _: True, _refuse)
    made.register_unstructure_hook_func(attrs.has, _attrs_class)
    hooks: dict[type, Callable[[Any], Expression]] = {
        type(None): _null,
        bool: _boolean,
        int: _integer,
        float: _float,
        str: _string,
        bytes: _refuse,
        PurePath: _path,
        list: _list,
        tuple: _list,
        dict: _mapping,
        Mapping: _mapping,
        enum.Enum: _enum,
        nodes.Node: lambda node: node,
    }
    for kind, hook in hooks.items():
        made.register_unstructure_hook(kind, hook)
    # cattrs has exact entries of its own for these, which would go first.
    made.register_unstructure_hook_func(_kind_of(enum.Enum), _enum)
    made.register_unstructure_hook_func(_kind_of(PurePath), _path)
    made.register_unstructure_hook_func(_kind_of(nodes.Node), lambda node: node)
    return made


def _kind_of(kind: type) -> Callable[[Any], bool]:
    return lambda cls: isinstance(cls, type) and issubclass(cls, kind)


converter = make_converter()
"""The converter that `from_python` uses; hooks registered here hold for the whole process."""
