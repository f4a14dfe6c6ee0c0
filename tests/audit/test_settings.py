"""Options are found wherever the host sets them, and read where they are plain data."""

from __future__ import annotations

from typing import Any

import pytest
from rule_cases import host, secret

from nixgen import Module, Option, Profile, default, force, nix
from nixgen.audit.view import HostView
from nixgen.model.module import Entries

SANDBOX = "nix.settings.sandbox"
token = secret(name="token")


def module(*content: Any, frame: Any = None) -> dict[str, Any]:
    """A host's fields with one module."""
    return {"modules": [Module(file="x.nix", content=content, frame=frame)]}


@pytest.mark.parametrize(
    "fields",
    [
        {"options": {SANDBOX: False}},
        {"options": {"nix": {"settings": {"sandbox": False}}}},
        {"options": {"nix.settings": Option(value={"sandbox": False}, notes=["why"])}},
        {"options": {SANDBOX: force(False)}},
        {"options": {"nix.settings": default({"sandbox": False})}},
        {"options": {SANDBOX: nix.raw("mkOverride 10 (false)")}},
        {"parts": [Profile(options={SANDBOX: default(True)})], "options": {SANDBOX: False}},
        module({"nix": {"settings.sandbox": False}}),
        module({"nix": Entries(content=[{"settings": Option(value={"sandbox": False})}])}),
        module(nix.raw_entry("nix.settings = { inherit (x) cores; sandbox = false; };")),
        module({"vault.secrets": Entries(content=[token])}, {"config": {SANDBOX: False}}),
        module(frame=nix.raw("{ lib, ... }: with lib; { nix.settings.sandbox = mkForce false; }")),
        module(frame=nix.raw("{ ... }: { imports = [ ]; config.nix.settings.sandbox = false; }")),
        module(
            frame=nix.raw(
                "{ lib, ... }: { config = lib.mkIf true { nix.settings.sandbox = false; }; }"
            )
        ),
    ],
    ids=range(14),
)
def test_found_in_every_form(fields: dict[str, Any]) -> None:
    """However it is written, in Python or in raw Nix, it is the same option."""
    assert HostView(host(**fields)).value(SANDBOX) is False


TRUSTED = "nix.settings.trusted-users"


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        (["a"], ["b"], [["a"], ["b"]]),
        (["a"], nix.raw('lib.mkAfter [ "b" ]'), [["a"], ["b"]]),
        (nix.raw('mkOrder 10 [ "a" ]'), nix.raw('mkBefore [ "b" ]'), [["a"], ["b"]]),
        (nix.raw('lib.mkMerge [ [ "a" ] (lib.mkBefore [ "b" ]) ]'), ["c"], [["a"], ["b"], ["c"]]),
        (["a"], default(["b"]), [["a"]]),
        (force(["a"]), ["b"], [["a"]]),
        (nix.raw('lib.mkOverride 60 [ "a" ]'), force(["b"]), [["b"]]),
        (["a"], nix.raw('lib.mkIf config.x [ "b" ]'), [["a"], None]),
    ],
)
def test_what_is_defined_twice(first: Any, second: Any, taken: list[Any]) -> None:
    """Of an option's definitions in several files those count that NixOS takes, and lists have the
    items of all; what depends on a condition is not known.
    """
    made = host(options={TRUSTED: first}, **module({TRUSTED: second}))
    assert [each.value for each in HostView(made).lists(TRUSTED)] == taken


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('[ "a" ] ++ [ "b" ]', ["a", "b"]),
        ('config.x ++ (lib.optional y "c") ++ [ "b" ]', ["b"]),
        ('with config.users; [ name "b" ]', ["b"]),
        ('"a b"', ["a b"]),
        ("config.x", []),
        ("1", [1]),
    ],
)
def test_what_is_in_a_list_for_sure(text: str, items: list[Any]) -> None:
    """Items that are written out count, whatever Nix adds to them."""
    (setting,) = HostView(host(options={TRUSTED: nix.raw(text)})).lists(TRUSTED)
    assert setting.items == items


def test_sets_that_are_merged_or_have_a_priority() -> None:
    """A priority around a set is that of all in it, and the sets of mkMerge are all looked into."""
    text = (
        "{ lib, ... }: { config = lib.mkMerge [ { a.b = 1; } (lib.mkForce { c = 2; d = 3; }) ]; }"
    )
    view = HostView(host(options={"c": 4}, **module(frame=nix.raw(text))))
    assert [view.value(name) for name in ("a.b", "c", "d")] == [1, 2, 3]


def test_lines_of_nix_conf_come_last() -> None:
    """nix.extraOptions is the end of nix.conf, where the last line of a name counts."""
    options = {"nix.extraOptions": "sandbox = false", SANDBOX: force(True)}
    assert HostView(host(options=options)).value(SANDBOX) == "false"


def test_lines_that_are_no_settings() -> None:
    """A line of nix.conf that includes a file, is empty or a comment sets nothing."""
    lines = "!include /run/nix.conf\n\n# cores = 1\nsandbox = false # for now\n"
    view = HostView(host(options={"nix.extraOptions": lines}))
    settings = {path: each.value for path, each in view.settings.items() if path[1] == "settings"}
    assert settings == {("nix", "settings", "sandbox"): "false"}


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ("cores = 1", default("cores = 2"), ["1"]),
        (force("cores = 1"), "cores = 2", ["1"]),
        ("cores = 1", "cores = 2", ["1", "2"]),
        (default("cores = 1"), nix.ref("config.x"), []),
    ],
)
def test_lines_of_nix_conf_in_several_files(first: Any, second: Any, taken: list[str]) -> None:
    """Lines are those of the definitions of nix.extraOptions that NixOS takes, joined."""
    name = "nix.extraOptions"
    view = HostView(host(options={name: first}, **module({name: second})))
    assert [each.value for each in view.lists("nix.settings.cores")] == taken


def test_old_names_have_priorities() -> None:
    """An option by its old name has the priority that it is given there."""
    view = HostView(host(options={"nix.buildCores": default(1), "nix.settings.cores": 2}))
    assert view.value("nix.settings.cores") == 2
    view = HostView(host(options={"nix.buildCores": 1, "nix.settings.cores": default(2)}))
    assert view.value("nix.settings.cores") == 1


@pytest.mark.parametrize(
    "value", [nix.ref("config.x"), nix.raw("if a then true else false"), nix.text(nix.ref("a"))]
)
def test_what_nix_has_to_evaluate_says_nothing(value: Any) -> None:
    """An expression is no value: no rule guesses what it will be."""
    view = HostView(host(options={SANDBOX: value}))
    assert view.value(SANDBOX) is None
    assert view.setting(SANDBOX) is not None


def test_where_it_was_set() -> None:
    """A finding about an option leads to the option's own line."""
    made = host(options={"a.b": 1, SANDBOX: False})
    setting = HostView(made).setting(SANDBOX)
    assert setting is not None
    assert setting.name == SANDBOX
    assert setting.origin.location().line is not None


def test_units_are_found_by_their_escaped_name() -> None:
    """The name of a unit is a name like others, whatever signs it has."""
    options = {r'systemd.services."a\\x2db".serviceConfig.MemoryMax': "1G"}
    setting = HostView(host(options=options)).unit_setting(r"a\x2db", "MemoryMax")
    assert setting is not None
    assert setting.value == "1G"
