# Secrets of Vault (or OpenBao) as files: each is fetched by a unit of its own, before the units that
# need it, which are restarted when it changes.
#
#   vault.address = "https://vault.example.org:8200";
#   vault.secrets.database-password = {
#     secretPath = "hosts/web1/database";
#     extractKey = "password";
#     services = [ "postgresql" ];
#   };
#
# makes /run/secrets/database-password. A person puts the AppRole's credentials on the host, at
# roleIdFile and secretIdFile.
#
# This file and fetch-secret.sh are nixgen's: `nixgen build` writes them.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;

  cfg = config.vault;

  # Strings, not paths: a path of Nix would copy the file into the store, which everybody can read.
  absolutePath = types.strMatching "(/[a-zA-Z0-9_.@:+=-]+)+";
  pathInMount = types.strMatching "[a-zA-Z0-9_@:+=-][a-zA-Z0-9_.@:+=-]*(/[a-zA-Z0-9_@:+=-][a-zA-Z0-9_.@:+=-]*)*";

  loopback = "http://(localhost|127[.][0-9.]+|[[]::1[]])(:[0-9]+)?(/.*)?";

  fetch = pkgs.writeShellApplication {
    name = "fetch-secret";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.curl
      pkgs.diffutils # cmp
      pkgs.jq
      pkgs.util-linux # flock
      config.systemd.package
    ];
    text = builtins.readFile ./fetch-secret.sh;
  };

  secretUnit = name: "vault-secret-${name}";
  consumers = secret: map (name: "${lib.removeSuffix ".service" name}.service") secret.services;

  secretOptions =
    { name, config, ... }:
    {
      options = {
        secretPath = mkOption {
          type = pathInMount;
          example = "hosts/web1/database";
          description = "The secret's path in the KV engine, without its mount and without `data/`.";
        };
        extractKey = mkOption {
          type = types.nullOr types.str;
          default = null;
          description = "The key whose value is taken; null takes all keys.";
        };
        format = mkOption {
          type = types.enum [
            "raw"
            "env"
          ];
          default = "raw";
          description = ''
            `raw` is the value and nothing else, or all keys as JSON. `env` is a line `NAME=value`
            for each key, as systemd's EnvironmentFile reads it.
          '';
        };
        envVar = mkOption {
          type = types.nullOr (types.strMatching "[a-zA-Z_][a-zA-Z0-9_]*");
          default = null;
          description = "The NAME in format `env`; null is that of the key in upper case.";
        };
        mode = mkOption {
          type = types.strMatching "[0-7]{3,4}";
          default = "0400";
          description = ''
            The file's permissions, in octal. What systemd reads for a unit (EnvironmentFile,
            LoadCredential) needs no more than the default.
          '';
        };
        owner = mkOption {
          type = types.str;
          default = "root";
          description = "The user that the file belongs to.";
        };
        group = mkOption {
          type = types.str;
          default = "root";
          description = "The group that the file belongs to.";
        };
        services = mkOption {
          type = types.listOf (types.strMatching "[a-zA-Z0-9:_.@\\-]+");
          default = [ ];
          example = [ "gitea-runner-actions\\x2dnative" ];
          description = ''
            Services that start after the secret is there, and restart when it has changed. The
            names are those of the units, as systemd escapes them.
          '';
        };
        outputDir = mkOption {
          type = absolutePath;
          default = "/run/secrets";
          description = "The folder of the file. Below `/run` a secret is never on a disk.";
        };
        path = mkOption {
          type = absolutePath;
          default = "${config.outputDir}/${name}";
          defaultText = "<outputDir>/<name>";
          description = "The file.";
        };
        refreshInterval = mkOption {
          type = types.nullOr types.str;
          default = if config.allowCached then "1h" else null;
          defaultText = "null, and 1h with allowCached";
          example = "15min";
          description = ''
            How often to look for a new value, as a time span of systemd; null looks when the
            machine starts and when a deployment changes the secret's unit.
          '';
        };
        allowCached = mkOption {
          type = types.bool;
          default = false;
          description = ''
            Keep a copy on disk (in `/var/lib/vault-secrets`, for root alone), and start with it
            while the server cannot be reached. Without it, a machine that starts waits.
          '';
        };
      };
    };

  secretService = name: secret: {
    description = "Secret ${name} from Vault";
    wants = [ "network-online.target" ];
    after = [ "network-online.target" ];
    before = consumers secret;
    requiredBy = consumers secret;
    wantedBy = [ "multi-user.target" ];

    # A deployment fetches again and restarts consumers of what has changed. A restart of this unit
    # would restart all of them, and end a runner's jobs, for a new version of curl.
    reloadIfChanged = true;

    environment = {
      VAULT_ADDR = cfg.address;
      VAULT_CACERT = cfg.caFile;
      VAULT_NAMESPACE = toString cfg.namespace;
      APPROLE_MOUNT = cfg.appRoleMount;
      ROLE_ID_FILE = cfg.roleIdFile;
      SECRET_ID_FILE = toString cfg.secretIdFile;
      KV_MOUNT = cfg.mount;
      SECRET_PATH = secret.secretPath;
      EXTRACT_KEY = toString secret.extractKey;
      FORMAT = secret.format;
      ENV_VAR = toString secret.envVar;
      OUTPUT = secret.path;
      MODE = secret.mode;
      OWNER = secret.owner;
      GROUP = secret.group;
      CACHED_COPY = "/var/lib/vault-secrets/${name}";
      ALLOW_CACHED = if secret.allowCached then "1" else "0";
      SERVICES = lib.concatStringsSep " " (consumers secret);

      # In its sandbox, systemctl could take the unit's view of / for a chroot, and do nothing.
      SYSTEMD_IGNORE_CHROOT = "1";
    };

    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true; # so that consumers can restart while the server is away
      ExecStart = "${fetch}/bin/fetch-secret --wait";
      ExecReload = "${fetch}/bin/fetch-secret";
      UMask = "0077"; # no file is ever open to others, not for a moment

      # What it writes: the secret's folder and the cached copies.
      ProtectSystem = "strict";
      ReadWritePaths = [ (dirOf secret.path) ];
      StateDirectory = "vault-secrets";
      StateDirectoryMode = "0700";

      # What it may do as root: give files away, and read and replace those of others.
      CapabilityBoundingSet = [
        "CAP_CHOWN"
        "CAP_DAC_OVERRIDE"
        "CAP_FOWNER"
      ];
      NoNewPrivileges = true;

      # Whom it may talk to: the server, the resolver, and systemd (AF_UNIX) for restarts.
      RestrictAddressFamilies = [
        "AF_INET"
        "AF_INET6"
        "AF_UNIX"
      ];

      # curl and jq read what a server sends: a fault in them should not reach further.
      LockPersonality = true;
      MemoryDenyWriteExecute = true;
      PrivateDevices = true;
      PrivateTmp = true;
      ProtectClock = true;
      ProtectControlGroups = true;
      ProtectHome = true;
      ProtectHostname = true;
      ProtectKernelLogs = true;
      ProtectKernelModules = true;
      ProtectKernelTunables = true;
      RestrictNamespaces = true;
      RestrictRealtime = true;
      SystemCallArchitectures = "native";
      SystemCallFilter = [ "@system-service" ];
    };
  };

  refreshed = lib.filterAttrs (_: secret: secret.refreshInterval != null) cfg.secrets;

  refreshService = name: {
    description = "Look for a new value of the secret ${name}";
    serviceConfig = {
      Type = "oneshot";
      ExecStart = "${config.systemd.package}/bin/systemctl reload-or-restart ${secretUnit name}.service";
    };
  };

  refreshTimer = name: secret: {
    description = "Look for new values of the secret ${name}";
    wantedBy = [ "timers.target" ];
    timerConfig = {
      OnActiveSec = secret.refreshInterval;
      OnUnitInactiveSec = secret.refreshInterval;
    };
  };

  # -- assertions ------------------------------------------------------------------------------

  # What systemd escapes of a name that is no path, for comparison only.
  unescaped =
    builtins.replaceStrings
      [
        "\\x2d"
        "\\x40"
        "\\x2b"
      ]
      [
        "-"
        "@"
        "+"
      ];

  escapedTwins =
    service:
    let
      name = lib.removeSuffix ".service" service;
      units = builtins.attrNames config.systemd.services;
    in
    if builtins.elem name units then
      [ ]
    else
      builtins.filter (unit: unit != name && unescaped unit == unescaped name) units;

  unescapedServices =
    name: secret:
    map (service: {
      assertion = escapedTwins service == [ ];
      message = ''
        vault.secrets.${name}.services names the unit ${service}, which does not exist. systemd
        escapes the name: write ${lib.concatMapStringsSep " or " builtins.toJSON (escapedTwins service)}
      '';
    }) secret.services;

  ofSecret =
    name: secret:
    unescapedServices name secret
    ++ [
      {
        assertion = builtins.match "[a-zA-Z0-9][a-zA-Z0-9_.-]*" name != null;
        message = "vault.secrets: ${builtins.toJSON name} is no name of a secret: allowed are letters, digits and _ . -";
      }
      {
        assertion = secret.envVar == null || secret.format == "env";
        message = "vault.secrets.${name}.envVar is for format = \"env\" only";
      }
      {
        assertion = secret.envVar == null || secret.extractKey != null;
        message = "vault.secrets.${name}.envVar names one variable, so it needs extractKey, one key";
      }
    ];

  ofPaths =
    let
      byPath = builtins.groupBy (name: cfg.secrets.${name}.path) (builtins.attrNames cfg.secrets);
    in
    lib.mapAttrsToList (path: names: {
      assertion = builtins.length names == 1;
      message = "the secrets ${lib.concatStringsSep " and " names} of vault.secrets have one path, ${path}";
    }) byPath;

  ofAddress = [
    {
      assertion =
        cfg.allowPlainHttp
        || builtins.match "https://.*" cfg.address != null
        || builtins.match loopback cfg.address != null;
      message = ''
        vault.address is ${cfg.address}: over plain HTTP everybody on the way can read the
        credentials and the secrets. Use https, or say vault.allowPlainHttp = true.
      '';
    }
  ];
in
{
  options.vault = {
    address = mkOption {
      type = types.strMatching "https?://[^/ %]+(/[^/ %]+)*";
      example = "https://vault.example.org:8200";
      description = "The address of the server, without a slash at the end.";
    };
    allowPlainHttp = mkOption {
      type = types.bool;
      default = false;
      description = "Allow an `http://` address that is not this machine's own.";
    };
    caFile = mkOption {
      type = absolutePath;
      default = "/etc/ssl/certs/ca-certificates.crt";
      description = ''
        The certificates that the server is checked with. The default is the machine's own, with
        what `security.pki.certificates` adds.
      '';
    };
    namespace = mkOption {
      type = types.nullOr pathInMount;
      default = null;
      description = "The namespace in the server, where it has namespaces.";
    };
    mount = mkOption {
      type = pathInMount;
      default = "secret";
      description = "The mount of the KV engine, version 2.";
    };
    appRoleMount = mkOption {
      type = pathInMount;
      default = "approle";
      description = "The mount of the AppRole auth method.";
    };
    roleIdFile = mkOption {
      type = absolutePath;
      default = "/var/lib/vault/approle/role-id";
      description = "The file with the AppRole's role id; not below `/home` or `/root`, which are hidden.";
    };
    secretIdFile = mkOption {
      type = types.nullOr absolutePath;
      default = "/var/lib/vault/approle/secret-id";
      description = "The file with the AppRole's secret id; null for a role that needs none.";
    };
    secrets = mkOption {
      type = types.attrsOf (types.submodule secretOptions);
      default = { };
      description = "The secrets of this host, by their names.";
    };
  };

  config = lib.mkIf (cfg.secrets != { }) {
    assertions = ofAddress ++ ofPaths ++ lib.concatLists (lib.mapAttrsToList ofSecret cfg.secrets);

    # Made where it is missing; a folder that is there keeps its owner and mode (the colons). Others
    # can reach a file whose name they know, and cannot list the names.
    systemd.tmpfiles.rules = lib.unique (
      lib.mapAttrsToList (_: secret: "d ${dirOf secret.path} :0751 :root :root -") cfg.secrets
    );

    systemd.services =
      lib.mapAttrs' (name: secret: {
        name = secretUnit name;
        value = secretService name secret;
      }) cfg.secrets
      // lib.mapAttrs' (name: _: {
        name = "vault-refresh-${name}";
        value = refreshService name;
      }) refreshed;

    systemd.timers = lib.mapAttrs' (name: secret: {
      name = "vault-refresh-${name}";
      value = refreshTimer name secret;
    }) refreshed;
  };
}
