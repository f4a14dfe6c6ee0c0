"""A `Module` says of a Nix file all that stands in it."""

from __future__ import annotations

import pytest

from nixgen import Fleet, Host, ModelError, Module, Option, TokenFile, VaultSecret, nix, render
from nixgen.model.runner import GlobalScope, NativeRunner


def text(module: Module) -> str:
    """The file without its header."""
    host = Host(name="web1", release="25.11", modules=[module])
    files = render(Fleet(hosts=[host]))
    return files[f"hosts/web1/{module.file}"].split("\n", 1)[1]


def test_entries_stand_as_they_are_given() -> None:
    """Order, nesting, blank lines and comments are the user's; arguments that are used follow."""
    content = [
        {
            "networking": {
                "hostName": Option(value="web1", remark="as in DNS"),
                "firewall.enable": Option(value=True, notes=["", "on", "#off = 1;"]),
            }
        },
        {"a.b": nix.raw("config.c"), '"x.y".z': {}},
    ]
    assert (
        text(Module(file="a.nix", content=content, notes=["top"], last_notes=["end"]))
        == """\
# top
{ config, ... }:
{
  networking = {
    hostName = "web1"; # as in DNS

    # on
    #off = 1;
    firewall.enable = true;
  };

  a.b = config.c;
  "x.y".z = { };
  # end
}
"""
    )


def test_frame() -> None:
    """A function with defaults, a let or a with around the options is given as Nix."""
    frame = nix.raw("{ lib, ... }:\nwith lib;\nlet a = 1; in { }")
    made = text(Module(file="b/c.nix", frame=frame, content=[{"x": nix.ref("a")}]))
    assert made == "{ lib, ... }:\nwith lib;\nlet\n  a = 1;\nin\n{\n  x = a;\n}\n"
    with pytest.raises(ModelError, match="no empty set"):
        Module(file="a.nix", frame=nix.raw("1"), content=[{"x": 1}])


def test_objects_stand_where_they_are_placed() -> None:
    """A runner in a module is in that file alone, and is the host's like any other."""
    secret = VaultSecret(name="t", key="token")
    runner = NativeRunner(
        name="r",
        url="https://a.example",
        token=TokenFile(path="/run/t"),
        labels=["x:host"],
        scope=GlobalScope(),
    )
    host = Host(
        name="web1", release="25.11", modules=[Module(file="ci.nix", content=[secret, runner])]
    )
    files = render(Fleet(hosts=[host]))
    assert [path for path in files if path.startswith("hosts/")] == ["hosts/web1/ci.nix"]
    assert "instances.r = {" in files["hosts/web1/ci.nix"]
    assert 'variable "t"' in files["terraform/vault/variables.tf"]


def test_no_literal_secrets() -> None:
    """A password in a nested dict is refused as everywhere, and not shown."""
    with pytest.raises(ModelError) as error:
        Module(file="a.nix", content=[{"users.users.a": {"password": "hunter2"}}])
    assert "literal secret" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_file_has_one_source() -> None:
    """Two modules of one file, or a module for a file that the host makes itself, are refused."""
    module = Module(file="options.nix", content=[{"a": 1}])
    with pytest.raises(ModelError, match="twice: for this module, and for another module"):
        Host(name="web1", release="25.11", modules=[module, Module(file="Options.nix")])
    with pytest.raises(ModelError, match="beside modules"):
        Host(name="web1", release="25.11", modules=[module], options={"b": 1})
    assert Host(name="web1", release="25.11", modules=[module])
