"""Values of Terraform variables: which secrets still lack one. No value is shown.

Where OpenTofu takes values from, the later winning over the earlier: the variable's default, the
environment's `TF_VAR_<name>`, then the files in the order given, `*.tfvars` in HCL and
`*.tfvars.json` in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from nixgen import hcl
from nixgen.diagnostic import Diagnostic, Location, Related, Severity, withhold
from nixgen.errors import InputError
from nixgen.model.base import close_match
from nixgen.model.host import Host
from nixgen.model.origin import Origin
from nixgen.model.secret import TerraformVariable, VaultSecret, is_placeholder
from nixgen.project.secrets.types import PRIMITIVE, example, fits
from nixgen.source import Source

ENVIRONMENT = "TF_VAR_"
_VALUE_IN_ENV = ("token=",)
"""What may stand before a placeholder, in lower case: `TOKEN=PLACEHOLDER` is none the less one."""


@frozen
class Value:
    """A variable's value as one source gives it.

    - `lack`: why it is none, such as `is empty`.
    - `data`: the value as Python data; the text of an environment's, and None of an expression.
    """

    location: Location
    lack: str | None
    data: Any = field(repr=False)


Values = Mapping[str, Value]


def read_tfvars(file: Path) -> Values:
    """The variables of a `*.tfvars` or `*.tfvars.json` file.

    Its lines are shown by no message from here on. Raises InputError where it cannot be read or
    does not parse, without a word of what is in it.
    """
    try:
        text = file.read_bytes().decode()  # as OpenTofu reads it: a lone \r ends no line
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise _unreadable(file, reason, "--tfvars names the file of values") from None
    except UnicodeDecodeError:
        raise _unreadable(file, "it is not in UTF-8") from None
    for line in range(1, text.count("\n") + 2):
        withhold(str(file), line)
    read = _from_json if file.name.endswith(".json") else _from_hcl
    return dict(read(text, file))


def environment_values(environment: Mapping[str, str]) -> Values:
    """The variables that an environment gives, as `TF_VAR_<name>`."""
    return {
        name.removeprefix(ENVIRONMENT): Value(Location(name), _lack(text), text)
        for name, text in environment.items()
        if name.startswith(ENVIRONMENT)
    }


def missing_values(hosts: Iterable[Host], sources: Sequence[Values]) -> list[Diagnostic]:
    """What is wrong with the values that the sources, the later winning, give to the variables.

    Errors for variables that lack a value, or have one that does not fit their type; warnings for
    values that no secret uses.
    """
    variables = _variables(hosts)
    values: dict[str, Value] = {}
    for source in sources:
        values |= source
    missing = [
        _missing(name, secret, wrong, values.get(name))
        for name, secret in variables.items()
        if (wrong := _wrong(_variable(secret), values.get(name))) is not None
    ]
    # The environment is that of all that OpenTofu does, not of these secrets alone.
    unused = [
        _unused(name, value, variables)
        for name, value in values.items()
        if name not in variables and not value.location.file.startswith(ENVIRONMENT)
    ]
    return [*missing, *unused]


def _variables(hosts: Iterable[Host]) -> dict[str, VaultSecret]:
    """The variables of the hosts' secrets, in order, each with the first secret that has it."""
    found: dict[str, VaultSecret] = {}
    for host in hosts:
        for secret in host.composition.secrets:
            name = secret.variable_name
            if name is not None and not secret.existing:
                found.setdefault(name, secret)
    return dict(sorted(found.items()))


# -- findings ----------------------------------------------------------------------------------


def _wrong(variable: TerraformVariable, value: Value | None) -> str | None:
    """What is wrong with a variable's value, or with there being none."""
    if value is None:
        placeholder = "" if variable.default is None else ", and its default is a placeholder"
        return f"has no value{placeholder}"
    if value.lack is not None:
        return value.lack
    # OpenTofu reads an expression in the environment where the type is no primitive one.
    if value.location.file.startswith(ENVIRONMENT) and variable.type not in PRIMITIVE:
        return None
    if fits(value.data, variable.type):
        return None
    return f"has a value that does not fit its type, {variable.type}"


def _missing(name: str, secret: VaultSecret, wrong: str, value: Value | None) -> Diagnostic:
    variable = _variable(secret)
    given = () if value is None else (Related(value.location, "it is given here"),)
    return Diagnostic(
        summary=f"the variable {name!r} of the secret {secret.name!r} {wrong}",
        location=_origin(secret, variable).location(),
        related=given,
        help=f"give it in terraform.tfvars: {name} = {example(variable.type)}",
    )


def _variable(secret: VaultSecret) -> TerraformVariable:
    assert isinstance(secret.terraform, TerraformVariable)
    return secret.terraform


def _origin(secret: VaultSecret, variable: TerraformVariable) -> Origin:
    """Where a variable is described: its own call, or the secret's where there is none."""
    made_by_default = variable.origin.places[0] == secret.origin.places[0]
    return secret.origin if made_by_default else variable.origin


def _unused(name: str, value: Value, variables: Iterable[str]) -> Diagnostic:
    return Diagnostic(
        severity=Severity.WARNING,
        summary=f"the variable {name!r} is that of no secret",
        location=value.location,
        help=close_match(name, variables) or None,
    )


def _unreadable(file: Path, reason: str, advice: str | None = None) -> InputError:
    summary = f"cannot read {file.name}: {reason}"
    return InputError(Diagnostic(summary=summary, location=Location(str(file)), help=advice))


# -- files -------------------------------------------------------------------------------------


def _from_hcl(text: str, file: Path) -> Iterator[tuple[str, Value]]:
    try:
        body = hcl.parse(text, name=str(file)).body
    except hcl.HclSyntaxError as error:
        raise InputError(*(unseen(each, file) for each in error.diagnostics)) from None
    source = Source(text, str(file))
    for item in body:
        if isinstance(item, hcl.Attribute):
            assert item.span is not None
            location = source.location(item.span.start, len(item.name))
            yield item.name, _from_expression(location, item.value)


def unseen(found: Diagnostic, file: Path) -> Diagnostic:
    """What the parser found, without its words: they quote the text, which may be a secret."""
    if found.summary.endswith("is set a second time"):
        summary, advice = f"{file.name} sets a variable twice", "remove one of the lines"
        return Diagnostic(
            summary=summary, location=found.location, related=found.related, help=advice
        )
    return Diagnostic(
        summary=f"{file.name} is no HCL",
        location=found.location,
        help='values are written name = "value", each on a line of its own',
    )


def _from_expression(location: Location, expression: hcl.Expression) -> Value:
    try:
        data = hcl.to_python(expression)
    except hcl.ConversionError:
        lack = "is an expression; allowed is a literal, in which $${ stands for ${ and %%{ for %{"
        return Value(location, lack, None)
    return Value(location, _lack(data), data)


def _lack(value: Any) -> str | None:
    """Why it is no value: null, empty, a placeholder, or something of which a part is one."""
    match value:
        case None:
            return "is null"
        case str():
            start = next((each for each in _VALUE_IN_ENV if value.lower().startswith(each)), "")
            text = value[len(start) :]
            if not text.strip():
                return "is empty"
            return "is a placeholder" if is_placeholder(text) else None
        case list() | tuple() | dict():
            parts = list(value.values()) if isinstance(value, dict) else value
            if not parts:
                return "is empty"
            return next((f"has a part that {lack}" for lack in map(_lack, parts) if lack), None)
    return None


def _from_json(text: str, file: Path) -> Iterator[tuple[str, Value]]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        location = Location(str(file), error.lineno, error.colno)
        summary = f"{file.name} is no JSON: {error.msg[0].lower()}{error.msg[1:]}"
        raise InputError(Diagnostic(summary=summary, location=location)) from None
    except RecursionError:
        raise _unreadable(file, "it is nested too deeply") from None
    if not isinstance(data, dict):
        raise _unreadable(file, "it is no JSON object of variables")
    for name, value in data.items():
        yield name, Value(Location(str(file), _line_of(name, text)), _lack(value), value)


def _line_of(name: str, text: str) -> int | None:
    """The line that a name of a JSON object stands on, as it is mostly written."""
    position = text.find(f"{json.dumps(name)}:")
    return None if position < 0 else text.count("\n", 0, position) + 1
