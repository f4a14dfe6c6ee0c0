"""What all model classes share: origins, checks that collect every fault, and clear messages.

A model class is derived from `ModelObject` and decorated with `model_class`, which makes it a
frozen, keyword-only attrs class. Its fields are made with `checked`, whose checks return what is
wrong instead of raising. Constructing an object

1. records the file and line of the call (`object.origin`, outside equality, hash and repr),
2. runs every field's checks and the class's own `faults`, and
3. raises one `ModelError` with all findings, or, while `collecting()` is active (as when a fleet
   is loaded), notes them and goes on, so that one run shows the mistakes of all files.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import typing
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

import attrs

from nixgen.diagnostic import Diagnostic
from nixgen.errors import ModelError
from nixgen.model.origin import Origin, capture

T = TypeVar("T")
M = TypeVar("M", bound="ModelObject")

Check = Callable[[Any], str | None]
"""Takes a value; returns what is wrong with it ("... is no host name: ..."), or None.

Text after a line break says what to do.
"""

SECRET_NAMES = frozenset(
    {
        *("token", "password", "passphrase", "secret", "secretkey", "secret_key", "apikey"),
        *("api_key", "privatekey", "private_key", "initialpassword", "value", "data"),
    }
)
"""Fields and options, in lower case, that somebody may give a secret's value itself to."""


class Withheld(str):
    """What a check says of a value that may be a secret: the user's line is not shown either."""

    __slots__ = ()


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


class Made(NamedTuple):
    """That an object which stands alone was made. It is `held()` for as long as others hold it."""

    kind: type
    origin: Origin
    held: weakref.ref[ModelObject]


_made: contextvars.ContextVar[list[Made] | None] = contextvars.ContextVar(
    "nixgen_made", default=None
)


@contextlib.contextmanager
def noting_made() -> Iterator[list[Made]]:
    """While active, objects that stand alone are noted in the list, in order."""
    made: list[Made] = []
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)


def report(diagnostics: Iterable[Diagnostic]) -> None:
    """Raise a ModelError with the diagnostics, or note them while `collecting()` is active."""
    found = tuple(diagnostics)
    if not found:
        return
    collected = _collected.get()
    if collected is None:
        raise ModelError(*found)
    collected.extend(found)


def first_fault(checks: Iterable[Check], value: Any) -> str | None:
    """What the first failing check says, or None."""
    for check in checks:
        wrong = check(value)
        if wrong is not None:
            return wrong
    return None


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


class _Fields(NamedTuple):
    """The fields of a class in their order, and what is to be done with each."""

    names: dict[str, None]
    required: frozenset[str]
    converters: tuple[tuple[str, Callable[[Any], Any]], ...]
    checks: tuple[tuple[str, tuple[Check, ...]], ...]


@functools.cache
def _fields(cls: Any) -> _Fields:
    fields = [field for field in attrs.fields(cls) if field.init]
    metadata = [(field.name, field.metadata) for field in fields]
    return _Fields(
        names=dict.fromkeys(field.name for field in fields),
        required=frozenset(field.name for field in fields if field.default is attrs.NOTHING),
        converters=tuple((name, of["convert"]) for name, of in metadata if of.get("convert")),
        checks=tuple((name, of["checks"]) for name, of in metadata if of.get("checks")),
    )


def _compared_names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls) if field.eq)


# One implementation for all classes: methods made for each take longer than importing it.
_compared: Callable[[Any], tuple[str, ...]] = functools.cache(_compared_names)


class _ModelMeta(type):
    """Makes model objects: names are checked before, values after attrs has stored them."""

    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **values: Any) -> Any:
            origin = capture()
            fields = _fields(cls)
            faults: list[Diagnostic] = []
            unchecked: frozenset[str] = frozenset()
            given = values.keys()
            if args or not fields.required <= values.keys() <= fields.names.keys():
                faults = _name_faults(cls, origin, args, values)
                values = {name: values[name] for name in fields.names if name in values}
                unchecked = fields.required - values.keys()
                values |= dict.fromkeys(unchecked)
            for name, convert in fields.converters:
                if name in values and name not in unchecked:
                    try:
                        values[name] = convert(values[name])
                    except (ValueError, TypeError) as error:
                        faults.append(_fault(cls, origin, name, _said(error)))
                        unchecked |= {name}
            made = super().__call__(**values)
            object.__setattr__(made, "origin", origin)
            for name, checks in fields.checks:
                if name in values and name not in unchecked:
                    wrong = first_fault(checks, values[name])
                    if wrong is not None:
                        faults.append(_fault(cls, origin, name, wrong))
                        unchecked |= {name}
            if faults:
                faulty = unchecked.union(given - fields.names.keys())
                faults += _whole_faults(made.faults_beside, faulty)
            else:
                faults = _whole_faults(made.faults)
            object.__setattr__(made, "sound", not faults)
            if faults:
                report(faults)
            if cls.stands_alone and (noted := _made.get()) is not None:
                noted.append(Made(cls, origin, weakref.ref(made)))
            return made


@typing.dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(checked,))
def model_class(cls: type[T]) -> type[T]:
    """Makes a class of the model: attrs' fields, and the methods that `ModelObject` has for all."""
    return attrs.frozen(cls, kw_only=True, eq=False, repr=False)


@model_class
class ModelObject(metaclass=_ModelMeta):
    """The base of the model's classes.

    `origin` is where it was made; `sound` is False for an object with faults, which exists only
    while `collecting()` is active. `near_secrets` says that people may give the class the value of
    a secret, so that a call with unnamed values is not shown. `stands_alone` says that files in
    hosts/ have such objects by themselves, and not only as parts of others. `strangers` are fields
    that people look for in the class and that it has not, with what to do instead.
    """

    near_secrets: ClassVar[bool] = False
    stands_alone: ClassVar[bool] = False
    strangers: ClassVar[Mapping[str, str]] = MappingProxyType({})
    origin: Origin = attrs.field(init=False, eq=False, repr=False)
    sound: bool = attrs.field(init=False, eq=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """Equal fields, of the same class; where an object was written does not count."""
        if type(self) is not type(other):
            return NotImplemented
        names = _compared(type(self))
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in _compared(type(self)))))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _compared(type(self)))
        return f"{type(self).__name__}({shown})"

    def __nix_fault__(self) -> str:
        """That it is no value of an option, for `nixgen.nix.from_python`."""
        return (
            f"a {type(self).__name__} has no form in Nix; allowed are Python data and expressions"
        )

    def faults(self) -> Iterable[Diagnostic]:
        """What is wrong between several fields; run when each field is right by itself."""
        return ()

    def faults_beside(self, faulty: Collection[str]) -> Iterable[Diagnostic]:
        """What of `faults` does not follow from what is wrong with single fields.

        It is told with that, so that one run shows all; `faulty` has the names of these fields, and
        of those that the class does not have.
        """
        return ()

    def fault(
        self,
        summary: str,
        field: str | None = None,
        *,
        key: str | None = None,
        advice: str | None = None,
    ) -> Diagnostic:
        """A diagnostic about this object, at the line of the field (and its key) if one is named.

        A `Withheld` summary keeps the lines of the field out of every message.
        """
        origin = self.origin if field is None else self.origin.at(field, key)
        if isinstance(summary, Withheld):
            origin.withhold()
        return Diagnostic(summary=summary, location=origin.location(), help=advice)


def fields_of(cls: type[ModelObject]) -> tuple[attrs.Attribute[Any], ...]:
    """The fields of a class of the model, as attrs describes them."""
    kind: Any = cls
    found: tuple[attrs.Attribute[Any], ...] = attrs.fields(kind)
    return found


def changed(made: M, **fields: Any) -> M:
    """A copy with other values in some fields, checked like any object. Raises ModelError."""
    one: Any = made
    copy: M = attrs.evolve(one, **fields)
    return copy


def close_match(name: str, allowed: Iterable[str]) -> str:
    """`did you mean 'x'?`, or nothing where no allowed name is near."""
    from difflib import get_close_matches

    in_any_case = {each.lower(): each for each in allowed}
    near = get_close_matches(name.lower(), in_any_case, n=1, cutoff=0.6)
    return f"did you mean {in_any_case[near[0]]!r}?" if near else ""


def _fault(cls: type, origin: Origin, field: str, wrong: str) -> Diagnostic:
    place = origin.at(field)
    if isinstance(wrong, Withheld):
        place.withhold()
    summary, _, advice = wrong.partition("\n")
    return Diagnostic(
        summary=f"{cls.__name__}.{field}: {summary}",
        location=place.location(),
        help=advice or None,
    )


def _said(error: Exception) -> str:
    """What a converter says is wrong; a `Withheld` stays one."""
    wrong = error.args[0] if error.args else ""
    return wrong if isinstance(wrong, Withheld) else str(error)


def _name_faults(
    cls: type[ModelObject], origin: Origin, args: tuple[Any, ...], values: dict[str, Any]
) -> list[Diagnostic]:
    """Positional arguments, unknown fields, and fields that are missing."""
    fields = _fields(cls)
    faults: list[Diagnostic] = []
    if args:
        if cls.near_secrets:
            origin.withhold()
        faults.append(
            Diagnostic(
                summary=f"{cls.__name__} takes keyword arguments only",
                location=origin.location(),
                help=f"write {cls.__name__}({next(iter(fields.names), 'field')}=...)",
            )
        )
    faults += [
        _unknown_field(cls, origin, name, value)
        for name, value in values.items()
        if name not in fields.names
    ]
    missing = [name for name in fields.names if name in fields.required and name not in values]
    if missing and not args:
        plural = "s" if len(missing) > 1 else ""
        faults.append(
            Diagnostic(
                summary=f"{cls.__name__} needs the field{plural} {', '.join(map(repr, missing))}",
                location=origin.location(),
                help=f"add {', '.join(f'{name}=...' for name in missing)} to the call",
            )
        )
    return faults


def _unknown_field(cls: type[ModelObject], origin: Origin, name: str, value: Any) -> Diagnostic:
    from difflib import get_close_matches

    allowed = list(_fields(cls).names)
    hint = cls.strangers.get(name) or close_match(name, allowed)
    advice = [hint, f"{cls.__name__} has {', '.join(allowed)}"]
    names = {name.lower(), *get_close_matches(name, SECRET_NAMES, 1, 0.8)}
    if cls.near_secrets and name in cls.strangers:
        origin.at(name).withhold()
    elif isinstance(value, (str, bytes)) and SECRET_NAMES & names:
        origin.at(name).withhold()
        advice.append(
            "the value of a secret has no place in the model: it goes into terraform.tfvars"
        )
    return Diagnostic(
        summary=f"{cls.__name__} has no field {name!r}",
        location=origin.at(name).location(),
        help="\n".join(filter(None, advice)),
    )


def _whole_faults(find: Callable[..., Iterable[Diagnostic]], *about: Any) -> list[Diagnostic]:
    try:
        return list(find(*about))
    except Exception:
        # A faulty part can break the checks of the whole; its own faults are noted already.
        if not _collected.get():
            raise
        return []
