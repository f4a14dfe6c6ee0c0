# The options of NixOS around a binary cache with runners, with the names and types that they have
# there. Harmonia's moved in NixOS 26.05; `older` says which of both forms there is.
older:
{ lib, ... }:
let
  inherit (lib) mkOption types;

  harmonia = {
    enable = mkOption { type = types.bool; };
    signKeyPaths = mkOption { type = types.listOf types.path; };
    settings = mkOption {
      type = types.attrsOf types.anything;
      default = { };
    };
  };

  # nixpkgs, nixos/modules/services/continuous-integration/forgejo-runner.nix
  connection = {
    options = {
      url = mkOption { type = types.str; };
      uuid = mkOption { type = types.str; };
    };
  };

  runner = {
    options = {
      enable = mkOption { type = types.bool; };
      settings = {
        runner.labels = mkOption { type = types.listOf types.str; };
        runner.capacity = mkOption {
          type = types.int;
          default = 1;
        };
        server.connections = mkOption { type = types.attrsOf (types.submodule connection); };
        cache = mkOption {
          type = types.attrsOf types.anything;
          default = { };
        };
      };
      secrets = mkOption { type = types.attrsOf types.anything; };
      hostPackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
    };
  };
in
{
  options = {
    nix = {
      package = mkOption { type = types.package; };
      gc = {
        automatic = mkOption { type = types.bool; };
        dates = mkOption { type = types.str; };
        options = mkOption { type = types.str; };
      };
      settings = mkOption { type = types.attrsOf types.anything; };
    };
    programs.ssh.package = mkOption { type = types.package; };
    services.harmonia = if older then harmonia else { cache = harmonia; };
    services.forgejo-runner.instances = mkOption {
      type = types.attrsOf (types.submodule runner);
      default = { };
    };
    virtualisation.podman.enable = mkOption {
      type = types.bool;
      default = false;
    };
  };
}
