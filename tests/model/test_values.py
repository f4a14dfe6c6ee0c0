"""How messages show values: in few words, and the same in every run."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

import attrs
import pytest

from nixgen import Host, Machine, Profile, VaultSecret
from nixgen.errors import ModelError
from nixgen.exports import HOMES
from nixgen.model.base import ModelObject, collecting
from nixgen.model.values import said, shown, to_tuple


class Odd:
    """An object of somebody's own, whose repr has its address."""

    def method(self) -> None:
        """Nothing."""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        ("see <a at 0x1f", "'see <a at 0x1f'"),
        (Odd(), "an Odd"),
        (Odd, "Odd"),
        (Odd().method, "a method"),
        ([Odd()], f"[<{__name__}.Odd object>]"),
        ({"a": Odd()}, "{'a': ...}"),
        ((each for each in "ab"), "a generator"),
        (map(str, [1]), "a map"),
        (functools.partial(len), "functools.partial(<built-in function len>)"),
        ({"b", "c", "a"}, "{'a', 'b', 'c'}"),
        (sys, "sys"),
    ],
)
def test_values_are_shown_without_addresses(value: Any, text: str) -> None:
    """Two runs over the same files say the same: an address differs each time."""
    assert shown(value) == text


def test_what_a_value_is_is_said_once() -> None:
    """Where a value is shown as its kind, the kind does not follow once more."""
    assert said(Machine(cores=1, memory="1G")) == "it is a Machine"
    assert said(4) == "4 is an int"
    assert said(None) == "it is None"


@pytest.mark.parametrize(
    ("value", "kind"),
    [((each for each in "ab"), "a generator"), (map(str, [1]), "a map"), (range(2), "range(0, 2)")],
)
def test_what_makes_a_list_is_no_list(value: Any, kind: str) -> None:
    """It can be gone through once only, or is another thing: the help says how it becomes one."""
    with pytest.raises(ValueError, match="is no list") as caught:
        to_tuple(value)
    assert str(caught.value) == (
        f"{kind} is no list; allowed is a list or a tuple\nwrite [...] or list(...)"
    )


def test_a_generator_of_secrets() -> None:
    """The host's line is told, with what to write."""
    token = VaultSecret(name="token", key="token")
    with pytest.raises(ModelError) as caught:
        Host(name="web1", release="25.11", secrets=(each for each in [token]))  # type: ignore[arg-type]
    (fault,) = caught.value.diagnostics
    assert fault.summary.startswith("Host.secrets: a generator is no list;")
    assert fault.help == "write [...] or list(...)"


def _classes() -> dict[str, Any]:
    """The classes of the model that people use."""
    homes = {home: names for home, names in HOMES.items() if home.startswith("nixgen.model.")}
    found = {
        name: getattr(importlib.import_module(home), name)
        for home, names in homes.items()
        for name in names
    }
    return {
        name: each
        for name, each in found.items()
        if isinstance(each, type) and issubclass(each, ModelObject)
    }


@pytest.mark.parametrize(("name", "made"), _classes().items(), ids=_classes())
def test_no_message_has_an_address(name: str, made: Any) -> None:
    """Whatever field an object of another kind is given to, alone or with others like it."""
    fields = [field for field in attrs.fields(made) if field.init]
    required = [field.name for field in fields if field.default is attrs.NOTHING]
    odd = [Odd(), Odd().method, [Odd()], {"a": Odd()}, {Odd(): 1}, iter([]), lambda: 1, [print]]
    for value in odd:
        for field in fields:
            with collecting() as found:
                made(**{field.name: value})
                made(**dict.fromkeys([*required, field.name], value))
            assert found
            for each in found:
                assert " at 0x" not in f"{each.summary} {each.help}", (field.name, value)


def test_no_address_in_options() -> None:
    """Neither as a key nor as a value, at any depth."""
    for value in (Odd(), {"b": Odd()}, {"b": [Odd()]}, {"b": {Odd(): 1}}, {Odd(): 1}):
        with pytest.raises(ModelError) as caught:
            Profile(options={"a": value})
        assert " at 0x" not in str(caught.value)
