"""What all model classes share: origins, checks that collect every fault, and clear messages.

A model class is a frozen, keyword-only attrs class derived from `ModelObject`; its fields are made
with `checked`, whose checks return what is wrong instead of raising. Constructing an object

1. records the file and line of the call (`object.origin`, outside equality, hash and repr),
2. runs every field's checks and the class's own `faults`, and
3. raises one `ModelError` with all findings, or, while `collecting()` is active (as when a fleet
   is loaded), notes them and goes on, so that one run shows the mistakes of all files.
"""

from __future__ import annotations

import contextlib
import contextvars
import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import attrs

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ModelError
from nixgen.model.origin import Origin, capture

Check = Callable[[Any], str | None]
"""Takes a value; returns what is wrong with it ("... is no host name: ..."), or None."""

T = TypeVar("T")

_collected: contextvars.ContextVar[list[Diagnostic] | None] = contextvars.ContextVar(
    "nixgen_collected", default=None
)


@contextlib.contextmanager
def collecting() -> Iterator[list[Diagnostic]]:
    """While active, faulty objects are made all the same and their faults noted in the list."""
    found: list[Diagnostic] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Raise a ModelError with the diagnostics, or note them while `collecting()` is active."""
    found = tuple(diagnostics)
    if not found:
        return
    collected = _collected.get()
    if collected is None:
        raise ModelError(*found)
    collected.extend(found)


def checked(
    *checks: Check,
    default: Any = attrs.NOTHING,
    converter: Callable[[Any], Any] | None = None,
    factory: Callable[[], Any] | None = None,
) -> Any:
    """An attrs field with checks; a converter that raises ValueError or TypeError is a fault."""
    return attrs.field(
        default=attrs.Factory(factory) if factory is not None else default,
        metadata={"checks": checks, "convert": converter},
    )


def _fields(cls: Any) -> dict[str, Any]:
    return {name: field for name, field in attrs.fields_dict(cls).items() if field.init}


class _ModelMeta(type):
    """Makes model objects: names are checked before, values after attrs has stored them."""

    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **values: Any) -> Any:
            origin = capture()
            fields = _fields(cls)
            if args:
                _refuse(origin, f"{cls.__name__} takes keyword arguments only", None)
            unknown = [name for name in values if name not in fields]
            missing = [
                name
                for name, field in fields.items()
                if field.default is attrs.NOTHING and name not in values
            ]
            if unknown or missing:
                report(_name_faults(cls, origin, unknown, missing))
                if missing:
                    raise Abandoned
            faults: list[Diagnostic] = []
            accepted = {
                name: _converted(cls, fields[name], value, origin, faults)
                for name, value in values.items()
                if name in fields
            }
            made = super().__call__(**accepted)
            object.__setattr__(made, "origin", origin)
            if not faults:
                faults = list(_value_faults(made, fields)) or list(made.faults())
            report(faults)
            return made


class Abandoned(ModelError):
    """An object that cannot be made although its faults are noted already; ends its file."""

    def __init__(self) -> None:
        super().__init__(Diagnostic(summary="an object of the model is not complete"))


@attrs.frozen(kw_only=True)
class ModelObject(metaclass=_ModelMeta):
    """The base of the model's classes."""

    origin: Origin = attrs.field(init=False, eq=False, repr=False)

    def faults(self) -> Iterable[Diagnostic]:
        """What is wrong between several fields; run when each field is right by itself."""
        return ()

    def fault(
        self, summary: str, field: str | None = None, *, advice: str | None = None
    ) -> Diagnostic:
        """A diagnostic about this object, at the line of the field where one is named."""
        origin = self.origin.at(field) if field else self.origin
        return Diagnostic(summary=summary, location=origin.location(), help=advice)


def close_matches(name: str, allowed: Iterable[str]) -> str:
    """`; did you mean "x"?`, or nothing where no allowed name is near."""
    near = difflib.get_close_matches(name, list(allowed), n=1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else ""


def _refuse(origin: Origin, summary: str, advice: str | None) -> NoReturn:
    raise ModelError(Diagnostic(summary=summary, location=origin.location(), help=advice))


def _name_faults(
    cls: type, origin: Origin, unknown: list[str], missing: list[str]
) -> Iterator[Diagnostic]:
    allowed = list(_fields(cls))
    for name in unknown:
        near = close_matches(name, allowed)
        choices = "it has " + ", ".join(allowed)
        yield Diagnostic(
            summary=f"{cls.__name__} has no field {name!r}",
            location=origin.at(name).location(),
            help=f"{near} {choices}" if near else choices,
        )
    for name in missing:
        yield Diagnostic(
            summary=f"{cls.__name__} needs the field {name!r}",
            location=origin.location(),
            help=f"add {name}=... to the call",
        )


def _converted(cls: type, field: Any, value: Any, origin: Origin, faults: list[Diagnostic]) -> Any:
    convert = field.metadata.get("convert")
    if convert is None:
        return value
    try:
        return convert(value)
    except (ValueError, TypeError) as error:
        location = origin.at(field.name).location()
        faults.append(
            Diagnostic(summary=f"{cls.__name__}.{field.name}: {error}", location=location)
        )
        return value


def _value_faults(made: ModelObject, fields: dict[str, Any]) -> Iterator[Diagnostic]:
    for name, field in fields.items():
        for check in field.metadata.get("checks", ()):
            wrong = check(getattr(made, name))
            if wrong is not None:
                summary, _, help_text = wrong.partition("\n")
                yield made.fault(
                    f"{type(made).__name__}.{name}: {summary}", name, advice=help_text or None
                )
                break
