"""Files that people wrote become Python, and are made again from it as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from adopted import RUNNER, same

from nixgen import load_fleet, render
from nixgen.diagnostic import render_all
from nixgen.errors import InputError
from nixgen.model.scope import GlobalScope, UserScope
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.project.adopting.adopt import adopt

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


def test_deep_nesting() -> None:
    """A set or a list of thousands of levels is adopted as well."""
    for open_, close in (("{ a = ", "; }"), ("[ ", " ]"), ("(x: ", ")"), ("lib.mkForce (", ")")):
        text = f"{{ a = {open_ * 2000}1{close * 2000}; }}"
        assert same(adopt({"a.nix": text}, "build1", "25.11")) == "bytes"


def test_literal_secrets_are_refused() -> None:
    """A password in a file is no value for the model; its line is named and not shown."""
    text = '{\n  users.users = {\n    a.password = "hunter2";\n    b.token = "hunter3";\n  };\n}'
    with pytest.raises(InputError) as error:
        adopt({"a.nix": text}, "build1", "25.11")
    shown = render_all(error.value.diagnostics)
    assert "users.users.a.password holds a literal secret" in shown
    assert "--> a.nix:3\n" in shown
    assert "--> a.nix:4\n" in shown
    assert "hunter" not in shown
    assert "hosts/build1.py" not in shown
