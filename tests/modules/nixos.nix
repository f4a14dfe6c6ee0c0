# The options of NixOS that nixgen's modules set or read, with the names and types that they have
# there, and the units that nixpkgs' runner module makes.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;

  unitName = types.strMatching "[a-zA-Z0-9@%:_.\\-]+[.](service|target|timer)";
  setting = types.either (types.listOf types.str) (
    types.either types.bool (types.either types.int types.str)
  );

  units = mkOption {
    type = types.listOf unitName;
    default = [ ];
  };

  unit = {
    description = mkOption {
      type = types.str;
      default = "";
    };
    wants = units;
    requires = units;
    after = units;
    before = units;
    wantedBy = units;
    requiredBy = units;
  };

  service = {
    options = unit // {
      environment = mkOption {
        type = types.attrsOf (types.nullOr (types.either types.str types.path));
        default = { };
      };
      serviceConfig = mkOption {
        type = types.attrsOf setting;
        default = { };
      };
      reloadIfChanged = mkOption {
        type = types.bool;
        default = false;
      };
      restartIfChanged = mkOption {
        type = types.bool;
        default = true;
      };
      startAt = mkOption {
        type = types.either types.str (types.listOf types.str);
        default = [ ];
      };
      path = mkOption {
        type = types.listOf (types.either types.package types.str);
        default = [ ];
      };
      script = mkOption {
        type = types.lines;
        default = "";
      };
    };
  };

  timer = {
    options = unit // {
      timerConfig = mkOption {
        type = types.attrsOf setting;
        default = { };
      };
    };
  };

  instance = {
    options = {
      enable = mkOption { type = types.bool; };
      name = mkOption { type = types.str; };
      url = mkOption { type = types.str; };
      tokenFile = mkOption { type = types.nullOr (types.either types.str types.path); };
      labels = mkOption { type = types.listOf types.str; };
      hostPackages = mkOption {
        type = types.listOf types.package;
        default = [ ];
      };
      settings = mkOption {
        type = types.attrsOf types.anything;
        default = { };
      };
    };
  };

  # As systemd escapes the characters that a runner's name can have.
  escaped = builtins.replaceStrings [ "-" ] [ "\\x2d" ];
in
{
  options = {
    assertions = mkOption {
      type = types.listOf types.anything;
      default = [ ];
    };
    networking.hostName = mkOption { type = types.str; };
    services.gitea-actions-runner.instances = mkOption {
      type = types.attrsOf (types.submodule instance);
      default = { };
    };
    systemd = {
      package = mkOption { type = types.package; };
      services = mkOption {
        type = types.attrsOf (types.submodule service);
        default = { };
      };
      timers = mkOption {
        type = types.attrsOf (types.submodule timer);
        default = { };
      };
      tmpfiles.rules = mkOption {
        type = types.listOf types.str;
        default = [ ];
      };
    };
  };

  config.systemd.services = lib.mapAttrs' (name: runner: {
    name = "gitea-runner-${escaped name}";
    value.serviceConfig.EnvironmentFile = runner.tokenFile;
  }) config.services.gitea-actions-runner.instances;
}
