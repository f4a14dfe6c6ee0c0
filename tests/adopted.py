"""Nix that people wrote, and how what `adopt` makes of it compares."""

from __future__ import annotations

from nixgen.project.adopting.adopt import Adopted

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


def same(adopted: Adopted, path: str = "a.nix") -> str:
    """How a file compares with what is built: "bytes" where formatting it leads there."""
    state = adopted.files[path][2]
    return "bytes" if state == "formatted" else state
