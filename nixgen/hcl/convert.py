"""Python data to HCL expressions, and back."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from nixgen.errors import ConversionFault
from nixgen.hcl import nodes
from nixgen.hcl.nodes import Expression
from nixgen.hcl.normal_form import key_of, without_parentheses
from nixgen.hcl.printing.graphemes import columns
from nixgen.hcl.printing.printer import print_expression

LINE_COLUMNS = 80  # a list that is longer has a line for each element

Path = tuple[str | int, ...]


class ConversionError(ConversionFault):
    """A value that has no form in HCL, or HCL that has no value before it is evaluated."""


@frozen
class _Build:
    """Makes the container of the last `count` values made."""

    count: int
    make: Callable[[list[Any]], Any]


def from_python(value: Any) -> Expression:
    """The HCL expression for None, bool, int, float, str, lists, tuples and mappings.

    HCL expressions inside stay as they are. Mappings keep their order, one item a line; lists stand
    on one line where they hold no containers and fit. Raises ConversionError, with the path, for
    NaN, infinities, integers of more than 512 bits, lone surrogates, keys that are no strings, and
    other types.
    """
    if type(value) in _SCALARS:
        return _scalar(value, ())
    made: Expression = _convert(value, _parts_of_data, _scalar)
    return made


def to_python(expression: Expression) -> Any:
    """The Python data that an expression spells: what `from_python` makes it of.

    Numbers that no float holds are Decimals. Raises ConversionError, with the path, for what has to
    be evaluated: references, calls, interpolations, operators, keys that are expressions.
    """
    return _convert(expression, _parts_of_expression, _constant)


def _convert(
    value: Any,
    parts: Callable[[Any, Path], tuple[Sequence[tuple[Any, Any]], _Build] | None],
    scalar: Callable[[Any, Path], Any],
) -> Any:
    """Converts a nested value with a stack of its own, so that depth costs no recursion.

    `parts` gives the steps and values inside of a container and what makes them one, None for what
    `scalar` converts.
    """
    work: list[_Build | tuple[Any, Path]] = [(value, ())]
    made: list[Any] = []
    while work:
        step = work.pop()
        if isinstance(step, _Build):
            last = made[len(made) - step.count :]
            del made[len(made) - step.count :]
            made.append(step.make(last))
            continue
        item, path = step
        found = parts(item, path)
        if found is None:
            made.append(scalar(item, path))
            continue
        inside, build = found
        work.append(build)
        work.extend((inner, (*path, key)) for key, inner in reversed(inside))
    return made[0]


# -- to HCL ------------------------------------------------------------------------------------


def _parts_of_data(item: Any, path: Path) -> tuple[Sequence[tuple[str | int, Any]], _Build] | None:
    if isinstance(item, Mapping):
        keys = [_key(key, path) for key in item]
        return list(item.items()), _Build(len(keys), functools.partial(_object, keys))
    if isinstance(item, list | tuple):
        return list(enumerate(item)), _Build(len(item), _tuple)
    return None


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


_SCALARS = frozenset({type(None), bool, int, float, str})


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
    if isinstance(value, int) and value.bit_length() > nodes.INTEGER_BITS:
        raise ValueError(f"the integer has more than {nodes.INTEGER_BITS} bits, all that HCL keeps")
    literal = nodes.Literal(abs(value))
    negative = value < 0 or math.copysign(1, value) < 0
    return nodes.UnaryOperation("-", literal) if negative else literal


# -- to Python ---------------------------------------------------------------------------------


def _parts_of_expression(
    item: Expression, path: Path
) -> tuple[Sequence[tuple[str | int, Any]], _Build] | None:
    match without_parentheses(item):
        case nodes.Tuple(elements):
            return list(enumerate(elements)), _Build(len(elements), list)
        case nodes.Object(items):
            pairs = [_pair(each, path) for each in items]
            keys = [key for key, _ in pairs]
            return pairs, _Build(len(keys), lambda values: dict(zip(keys, values, strict=True)))
    return None


def _pair(item: nodes.ObjectItem | nodes.Printed, path: Path) -> tuple[str, Expression]:
    key = None if isinstance(item, nodes.Printed) else key_of(item)
    if isinstance(item, nodes.Printed) or key is None:
        raise ConversionError("the object has a key that has to be evaluated", path)
    return key, item.value


def _constant(item: Expression, path: Path) -> Any:
    match without_parentheses(item):
        case nodes.Literal(value):
            return value
        case nodes.UnaryOperation("-", nodes.Literal(value)) if not isinstance(value, bool | None):
            return -value
        case nodes.Template(()) | nodes.Heredoc(()):
            return ""
        case nodes.Template((str(text),)) | nodes.Heredoc((str(text),)):
            return text
    raise ConversionError(f"`{print_expression(item)}` has to be evaluated", path)
