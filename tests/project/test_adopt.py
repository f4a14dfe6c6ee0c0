"""Files that people wrote become Python, and are made again from it as they were."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nix_random import RandomNix, laid_out

from nixgen import load_fleet, render
from nixgen.errors import InputError
from nixgen.model.runner import GlobalScope, UserScope
from nixgen.nix import build, nodes
from nixgen.nix.parsing.parser import parse_expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.nix.printing.printer import print_expression, print_file
from nixgen.project.adopt import Adopted, adopt
from nixgen.project.adopt_objects import scope_of

RUNNER = """\
# Runners of the build machine
{ config, pkgs, ... }:
{
  # The token that the forge gave us
  vault.secrets.forge-token = {
    secretPath = "hosts/build1/forge-token";
    extractKey = "token";
    mode = "0444";
    services = [ "gitea-runner-actions-native" ];
  };

  # Builds on the machine itself
  services.gitea-actions-runner.instances.actions-native = {
    enable = true;
    name = "${config.networking.hostName}-native";
    url = "https://git.example.org";
    tokenFile = "/run/secrets/forge-token";
    labels = [ "native-nix:host" ];
    hostPackages = with pkgs; [
      bash
      git
      nix
    ];
    settings = {
      runner.capacity = 4;
      cache = {
        enabled = true;
        dir = "/var/lib/gitea-runner/actions-native/cache";
      };
    };
  };

  services.gitea-actions-runner.instances.containers = {
    enable = true;
    name = "in containers";
    url = "https://git.example.org";
    tokenFile = "/var/token";
    labels = [ "nix:docker://nixos/nix:latest" ];
    settings.log.level = "debug";
  };

  systemd.services."gitea-runner-actions\\\\x2dnative".serviceConfig = {
    MemoryMax = "8G"; # half of it
    CPUQuota = lib.mkForce "200%";
  };
}
"""
SYSTEM = """\
# The machine
{
  config,
  lib,
  modulesPath,
  ...
}:
let
  domain = "example.org"; # ours
in
{
  imports = [
    ./hardware.nix
    (modulesPath + "/installer/scan/not-detected.nix")
  ];

  networking = {
    hostName = "build1"; # as in DNS
    inherit domain;
    firewall.allowedTCPPorts = [
      22
      # the cache
      443
    ];
  };

  users.users.anna = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    # her laptop
    openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA anna" ];
    # no more keys
  };

  systemd.services.sync = {
    after = [ "network.target" ];
    script = ''
      echo "${config.networking.hostName}"
    '';
  };

  #services.old.enable = true;
  services.nginx = lib.mkIf config.services.x.enable {
    enable = true;
  };
  boot.loader.timeout = lib.mkDefault 3;
  system.stateVersion = "25.11";
  # the end
}
"""


def same(adopted: Adopted, path: str = "a.nix") -> str:
    """How a file compares with what is built."""
    return adopted.files[path][2]


@pytest.mark.parametrize(
    "text", [RUNNER, SYSTEM, "# why\nargs@{ lib, ... }:\n{\n  a = args.b;\n}\n"]
)
def test_realistic_files(text: str) -> None:
    """What is built is the file, byte for byte, comments and all."""
    assert format_nix(text) == text
    adopted = adopt({"a.nix": text}, "build1", "25.11", UserScope(user="anna"))
    assert adopted.files["a.nix"][1] == text
    assert same(adopted) == "bytes"


def test_secrets_and_runners_are_objects() -> None:
    """What the model has types for is typed; what follows from something else is left out."""
    python = adopt({"a.nix": RUNNER}, "build1", "25.11", UserScope(user="anna")).python
    for part in (
        "forge_token = VaultSecret(",
        "    mode=0o444,\n",
        "actions_native = NativeRunner(",
        "    token=forge_token,\n",
        '    scope=UserScope(user="anna"),\n',
        "    capacity=4,\n    cache=RunnerCache(),\n",
        '    host_packages=["bash", "git", "nix"],\n',
        "containers = ContainerRunner(",
        '    token=TokenFile(path="/var/token"),\n',
        '    settings={"log": {"level": "debug"}},\n',
        'force("200%")',
    ):
        assert part in python
    assert "path=" not in python.partition("actions_native")[0]
    assert "display_name" not in python.partition("containers")[0]


def test_a_capacity_changes_one_line(tmp_path: Path) -> None:
    """After a change in the Python, one line of the file differs."""
    python = adopt({"a.nix": RUNNER}, "build1", "25.11", GlobalScope()).python
    (tmp_path / "build1.py").write_text(python.replace("capacity=4", "capacity=6"))
    made = render(load_fleet(tmp_path))["hosts/build1/a.nix"]
    expected = RUNNER.replace("capacity = 4", "capacity = 6")
    assert made.split("\n", 1)[1] == expected


def test_runners_without_a_scope_stay_options() -> None:
    """Nix does not say what a runner is registered for, and nobody guesses it."""
    adopted = adopt({"a.nix": RUNNER}, "build1", "25.11")
    assert list(adopted.without_scope) == ["actions-native", "containers"]
    assert "Runner(" not in adopted.python
    assert "VaultSecret(" in adopted.python
    assert same(adopted) == "bytes"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('mode = "0444"', 'mode = "444"'),
        ('    mode = "0444";\n', ""),
        ("enable = true;", "enable = cfg.on;"),
        ("enable = true;", "enable = true; # on"),
        ("enable = true;", "enable = true;\n    extra = 1;"),
        ("capacity = 4", "capacity = n"),
        ('secretPath = "hosts', 'secretPath = "/hosts'),
    ],
)
def test_what_an_object_does_not_emit_stays_options(old: str, new: str) -> None:
    """An object stands only for what it emits: no attribute is lost, added or changed."""
    text = RUNNER.replace(old, new)
    assert text != RUNNER
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    assert same(adopted) == "bytes"
    typed = adopt({"a.nix": RUNNER}, "build1", "25.11", GlobalScope()).python
    count = [each.count("Secret(") + each.count("Runner(") for each in (adopted.python, typed)]
    assert count[0] < count[1]


def test_a_secret_of_another_file_is_the_token() -> None:
    """Secrets are found in all files of the host."""
    secret, runner = RUNNER.split("  # Builds", 1)
    texts = {"b.nix": "{ config, pkgs, ... }:\n{\n  # Builds" + runner, "a.nix": secret + "}"}
    adopted = adopt(texts, "build1", "25.11", GlobalScope())
    assert {state for _, _, state in adopted.files.values()} == {"bytes"}
    assert "token=forge_token" in adopted.python


def test_deep_nesting() -> None:
    """A set or a list of thousands of levels is adopted as well."""
    for open_, close in (("{ a = ", "; }"), ("[ ", " ]"), ("(x: ", ")"), ("lib.mkForce (", ")")):
        text = f"{{ a = {open_ * 2000}1{close * 2000}; }}"
        assert same(adopt({"a.nix": text}, "build1", "25.11")) == "bytes"


def test_literal_secrets_are_refused() -> None:
    """A password in a file is no value for the model; the message neither shows nor places it."""
    with pytest.raises(InputError) as error:
        adopt({"a.nix": '{ users.users.a.password = "hunter2"; }'}, "build1", "25.11")
    assert "literal secret" in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "hosts/build1.py" not in str(error.value)


def test_scope_of() -> None:
    """The flag has the four scopes; all else is refused."""
    assert scope_of("user:anna") == UserScope(user="anna")
    assert scope_of("global") == GlobalScope()
    for wrong in ("anna", "user:", "repo:anna", "global:x", ""):
        with pytest.raises(ValueError, match="no scope"):
            scope_of(wrong)


def sound(make: RandomNix) -> nodes.Expression:
    """A random expression that Nix takes: no attribute or argument twice."""
    while True:
        expression = make.expression(4)
        try:
            parse_expression(print_expression(expression))
        except NixSyntaxError:
            continue
        return expression


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_options(seed: int) -> None:
    """Random options in a random layout, with comments anywhere, are built as they were."""
    random = Random(seed)
    make = RandomNix(random)
    entries = [
        nodes.Binding(build.path(f"o{index}.{random.choice('abc')}"), sound(make))
        for index in range(random.randint(1, 8))
    ]
    names = random.sample(["config", "lib", "pkgs"], random.randint(0, 3))
    tree = nodes.File(build.function(names, nodes.AttributeSet(tuple(entries))))
    text = laid_out(print_file(tree), random, comments=random.choice([0.0, 0.05, 0.3]))
    old, new, state = adopt({"a.nix": text}, "build1", "25.11").files["a.nix"]
    assert old == format_nix(text)
    assert state in {"bytes", "values"}, new
