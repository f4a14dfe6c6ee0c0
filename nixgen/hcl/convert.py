"""Python data to HCL expressions."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from nixgen.hcl import nodes
from nixgen.hcl.graphemes import columns
from nixgen.hcl.nodes import Expression
from nixgen.hcl.printer import print_expression

INTEGER_BITS = 512  # HCL computes with this many; longer integers lose digits
LINE_COLUMNS = 80  # a list that is longer has a line for each element

Path = tuple[str | int, ...]


class ConversionError(ValueError):
    """A Python value that has no form in HCL; `path` leads to it inside the whole value."""

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        inside = "".join(f"[{step!r}]" for step in self.path)
        return f"value{inside}: {self.message}" if inside else self.message


@frozen
class _Build:
    """Makes the container of the last `count` expressions made."""

    count: int
    make: Callable[[list[Expression]], Expression]


def from_python(value: Any) -> Expression:
    """The HCL expression for None, bool, int, float, str, lists, tuples and mappings.

    HCL expressions inside stay as they are. Mappings keep their order, one item a line; lists stand
    on one line where they hold no containers and fit. Raises ConversionError, with the path, for
    NaN, infinities, integers of more than 512 bits, lone surrogates, keys that are no strings, and
    other types.
    """
    work: list[_Build | tuple[Any, Path]] = [(value, ())]
    made: list[Expression] = []
    while work:
        step = work.pop()
        if isinstance(step, _Build):
            parts = made[len(made) - step.count :]
            del made[len(made) - step.count :]
            made.append(step.make(parts))
            continue
        item, path = step
        if isinstance(item, Mapping):
            keys = [_key(key, path) for key in item]
            work.append(_Build(len(keys), functools.partial(_object, keys)))
            work.extend((inner, (*path, key)) for key, inner in reversed(list(item.items())))
        elif isinstance(item, list | tuple):
            work.append(_Build(len(item), _tuple))
            work.extend((inner, (*path, index)) for index, inner in reversed([*enumerate(item)]))
        else:
            made.append(_scalar(item, path))
    return made[0]


def _key(key: Any, path: Path) -> str:
    if not isinstance(key, str):
        raise ConversionError(
            f"the key {key!r} is {type(key).__name__}; object keys are strings", path
        )
    return key


def _object(keys: list[str], values: list[Expression]) -> Expression:
    return nodes.Object(tuple(zip(keys, values, strict=True)))


def _tuple(elements: list[Expression]) -> Expression:
    inline = nodes.Tuple(tuple(elements))
    nested = any(isinstance(element, nodes.Object | nodes.Tuple) for element in elements)
    if nested or columns(print_expression(inline)) > LINE_COLUMNS:
        return nodes.Tuple(tuple(elements), multiline=True)
    return inline


def _scalar(value: Any, path: Path) -> Expression:
    try:
        if value is None or isinstance(value, bool):
            return nodes.Literal(value)
        if isinstance(value, int | float):
            return _number(value)
        if isinstance(value, str):
            return nodes.Template((str(value),)) if value else nodes.Template()
    except ValueError as error:
        raise ConversionError(str(error), path) from None
    if isinstance(value, nodes.Expression):
        return value
    raise ConversionError(
        f"a {type(value).__name__} has no form in HCL; give None, bool, int, float, str, list, "
        "tuple, dict or an HCL expression",
        path,
    )


def _number(value: int | float) -> Expression:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} has no form in HCL, which has finite numbers only")
    if isinstance(value, int) and value.bit_length() > INTEGER_BITS:
        raise ValueError(f"the integer has more than {INTEGER_BITS} bits, all that HCL keeps")
    literal = nodes.Literal(abs(value))
    negative = value < 0 or math.copysign(1, value) < 0
    return nodes.UnaryOperation("-", literal) if negative else literal
