"""Options of NixOS, and the parts that hosts are built from.

A part contributes secrets, runners and options. `Profile` is one; `Host` is the part that the
others are put into. Options of all parts become one set, as NixOS merges modules: a plain value
stands over `default(value)` and below `force(value)`; two different values of one priority are an
error that names both lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from nixgen.diagnostic import Diagnostic
from nixgen.model import mappings, values
from nixgen.model.base import ModelObject, checked, model_class
from nixgen.model.expressions import expression_fault, object_fault
from nixgen.model.inner_names import misread_names
from nixgen.model.literals import literal_secret
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret, secrets_field
from nixgen.nix import build, nodes


def _value(value: Any) -> str | None:
    """Objects inside are judged by what the option is given to: in a `Module` some have a place."""
    if object_fault(value) is None:
        return _expression_fault(value)
    inside = value.values() if isinstance(value, Mapping) else ()
    return next(filter(None, map(_value, inside)), None)


def _expression_fault(value: Any) -> str | None:
    wrong = expression_fault(value)
    return wrong and values.without_addresses(wrong)


@model_class
class Option(ModelObject):
    """The value of an option, with comments above it: `Option(value=True, notes=["why"])`.

    `remark` is a comment after it, on its line in a `Module`; elsewhere it is the last note.
    """

    value: Any = checked(_value)
    notes: Sequence[str] = checked(
        values.each(values.plain_text), default=(), converter=values.to_tuple
    )
    remark: str | None = checked(values.optional(values.plain_text), default=None)

    def __nix_fault__(self) -> str:
        """It is no value, but one with notes."""
        return (
            "an Option stands inside a value\n"
            'give it a key of its own, with its whole path: "a.b": Option(...)'
        )

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The notes and the remark."""
        return (*self.notes, *([] if self.remark is None else [self.remark]))


@model_class
class Profile(ModelObject):
    """A part that several hosts share; give it to them with `Host(parts=[...])`.

    - `secrets`, `runners`: put before those of the host itself.
    - `options`: dotted attribute paths (`services."a.b".enable`) to values: Python data, nested
      dicts, expressions of `nixgen.nix`, or `Option` objects. Keys of nested dicts are names and no
      paths, with dots and without quotes: `{"boot.kernel.sysctl": {"vm.swappiness": 10}}`. In the
      content of a `Module` they are paths, too.
    """

    secrets: Sequence[VaultSecret] = secrets_field()
    runners: Sequence[Runner] = checked(
        values.each(values.instance_of(Runner)), default=(), converter=values.to_tuple
    )
    options: dict[str, Any] = checked(
        factory=mappings.FixedDict, converter=mappings.to_fixed_mapping
    )

    def faults(self) -> Iterable[Diagnostic]:
        """Paths parse and values have a form in Nix."""
        return option_faults(self, self.options)

    def faults_beside(self, faulty: Collection[str]) -> Iterable[Diagnostic]:
        """The same, whatever is wrong with the rest."""
        return () if "options" in faulty else self.faults()


def option_faults(owner: ModelObject, options: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """What is wrong with the options of a part, each at the line of its own key."""
    field = "options" if hasattr(owner, "options") else "content"
    where = f"{type(owner).__name__}.{field}"
    for dotted, given in options.items():
        wrong = _option_fault(dotted, given)
        if wrong is not None:
            summary, _, advice = wrong.partition("\n")
            kind = type(wrong)  # a Withheld stays one
            yield owner.fault(kind(f"{where}: {summary}"), field, key=dotted, advice=advice or None)
        elif field == "options" and getattr(given, "sound", True):
            # In the content of a file, keys are paths at every depth.
            place = owner.origin.at(field, dotted)
            for misread in misread_names(dotted, _bare(given)):
                yield Diagnostic(
                    summary=f"{where}: {misread.summary}",
                    location=place.location(*misread.keys),
                    help=misread.advice,
                )


def _option_fault(dotted: str, given: Any) -> str | None:
    try:
        build.split_path(dotted)
    except ValueError as error:
        return f"{error}; allowed are names joined by dots, quoted where they hold dots or blanks"
    value = _bare(given)
    secret = literal_secret({dotted: value})
    if secret is not None:
        return secret
    wrong = object_fault(value) or (_expression_fault(value) if value is given else None)
    if wrong is None:
        return None
    return f"{dotted}{wrong}" if wrong.startswith("[") else f"{dotted}: {wrong}"


def _bare(given: Any) -> Any:
    return given.value if isinstance(given, Option) else given


def default(value: Any) -> nodes.Expression:
    """A value that yields to any other, between parts and in NixOS: `lib.mkDefault value`."""
    return build.mk_default(value)


def force(value: Any) -> nodes.Expression:
    """A value that wins over any other, between parts and in NixOS: `lib.mkForce value`."""
    return build.mk_force(value)
