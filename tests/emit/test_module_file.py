"""A `Module` says of a Nix file all that stands in it."""

from __future__ import annotations

import pytest

from nixgen import (
    Entries,
    Fleet,
    Host,
    ModelError,
    Module,
    NixDaemon,
    Option,
    ResourceLimits,
    TokenFile,
    VaultSecret,
    nix,
    render,
)
from nixgen.emit.module_file import module_file
from nixgen.model.runner import NativeRunner
from nixgen.model.scope import GlobalScope


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


def runner(**fields: object) -> NativeRunner:
    """A runner whose token something else puts there."""
    given = {"name": "r", "url": "https://a.example", "labels": ["x:host"], "scope": GlobalScope()}
    return NativeRunner(token=TokenFile(path="/run/t"), **given, **fields)


def test_entries_written_as_nix() -> None:
    """What a dict cannot say stands between dicts, verbatim, close to what is around it."""
    content = [
        nix.raw_entry("inherit (config) a; # why"),
        {"b": Option(value=1, notes=["", "apart"])},
        nix.raw_entry("${config.c}.d = {\n    e = 1;\n    };"),
        {"f": {"g": Entries(content=[nix.inherit("lib"), {"h": 2}], last_notes=["no more"])}},
    ]
    assert (
        text(Module(file="a.nix", content=content))
        == """\
{ config, lib, ... }:
{
  inherit (config) a; # why

  # apart
  b = 1;
  ${config.c}.d = {
    e = 1;
  };
  f = {
    g = {
      inherit lib;
      h = 2;
      # no more
    };
  };
}
"""
    )
    with pytest.raises(ModelError) as error:
        Module(file="a.nix", content=["inherit x;"])
    assert "nix.raw_entry" in str(error.value.diagnostics[0].help)


def test_objects_in_sets() -> None:
    """In a set inside the file an object has the rest of its path, and its settings follow."""
    made = runner(limits=ResourceLimits(memory_high="4G"), notes=["builds"])
    services = {"gitea-actions-runner": Entries(content=[{"package": nix.pkg("a")}, made])}
    secret = VaultSecret(name="t", key="token", terraform=None)
    content = [{"services": services, "config.vault.secrets": Entries(content=[secret])}]
    module = Module(file="a.nix", content=content)
    assert (module.secrets, module.runners) == ((secret,), (made,))
    printed = text(module)
    assert "  services = {\n    gitea-actions-runner = {\n      package = pkgs.a;\n\n" in printed
    assert "      # builds\n      instances.r = {\n        enable = true;\n" in printed
    assert "  config.vault.secrets = {\n    t = {\n" in printed
    assert "\n  # Above this they are slowed down and memory is taken back.\n" in printed
    assert "\n  systemd.services.gitea-runner-r.serviceConfig.MemoryHigh = " in printed
    assert printed.count("MemoryHigh") == 1


def test_limits_of_builds_stand_where_they_are_placed() -> None:
    """The host's NixDaemon in a module is in that file alone; another one is refused."""
    daemon = NixDaemon(limits=ResourceLimits(memory_high="8G"), max_jobs=4)
    module = Module(file="a.nix", content=[{"a": 1}, daemon])
    host = Host(name="web1", release="25.11", modules=[module], nix_daemon=daemon)
    files = render(Fleet(hosts=[host]))
    assert [path for path in files if path.startswith("hosts/")] == ["hosts/web1/a.nix"]
    made = files["hosts/web1/a.nix"]
    assert 'systemd.services.nix-daemon.serviceConfig.MemoryHigh = "8G";' in made
    assert "nix.settings.max-jobs = 4;" in made
    for other in (None, NixDaemon(max_jobs=8)):
        with pytest.raises(ModelError, match="is not that of host"):
            Host(name="web1", release="25.11", modules=[module], nix_daemon=other)
    with pytest.raises(ModelError, match="allowed is VaultSecret or Runner or dict"):
        Entries(content=[daemon])


@pytest.mark.parametrize("place", ["vault", "services", "vault.secrets.t", "a.vault.secrets"])
def test_an_object_has_one_place(place: str) -> None:
    """A set in which the module of NixOS does not look for an object is refused."""
    made = runner() if place.startswith("vault") else VaultSecret(name="t", key="token")
    if place.startswith("vault.secrets"):
        made = VaultSecret(name="t", key="token")
    with pytest.raises(ModelError, match="has its place at"):
        Module(file="a.nix", content=[{place: Option(value=Entries(content=[made]))}])


def test_objects_are_no_values() -> None:
    """An object where a value is wanted is refused: it would be written as its fields."""
    secret = VaultSecret(name="t", key="token")
    for wrong in (secret, [secret], Entries(), {"b": secret}, {"b": Option(value=1)}):
        for given in (wrong, Option(value=wrong)):
            with pytest.raises(ModelError, match=r"no form in Nix|Option stands inside"):
                Host(name="web1", release="25.11", options={"a": given})
    with pytest.raises(ModelError, match="no form in Nix"):
        Module(file="a.nix", content=[{"a": {"b": secret}}])


def test_the_set_of_a_condition_can_be_filled() -> None:
    """`config = lib.mkIf ...` of a module with options of its own holds the content."""
    frame = nix.raw("{ config, lib, ... }: { options.on = 1; config = lib.mkIf config.on {\n}; }")
    made = text(Module(file="a.nix", frame=frame, content=[{"x": 1}]))
    assert "options.on = 1;\n  config = lib.mkIf config.on {\n    x = 1;\n  };\n" in made


def test_lines_of_entries_lead_to_python() -> None:
    """Each generated line is explained by the content that holds it."""
    content = [nix.raw_entry("inherit (config) a;"), {"b": Entries(content=[{"c": 1}])}]
    module = Module(file="a.nix", content=content)
    host = Host(name="web1", release="25.11", modules=[module])
    _, ranges = nix.print_with_origins(module_file(module, host, "web1.py"))
    assert [(first, last, cause.what) for first, last, cause in ranges] == [
        (4, 4, "Module.content"),
        (5, 7, "Module.content"),
        (6, 6, "Entries.content"),
    ]
