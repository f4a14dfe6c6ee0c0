# What NixOS makes of a host's modules: its configuration, as far as `nixos.nix` declares it.
#
# A package is its name in a store that is not there.
modules:
let
  nixos = import ./eval-modules.nix;

  package = name: {
    type = "derivation";
    inherit name;
    outPath = "/nix/store/${name}";
  };

  names = [
    "bash"
    "coreutils"
    "curl"
    "diffutils"
    "gawk"
    "git"
    "gitMinimal"
    "gnused"
    "jq"
    "nix"
    "nodejs"
    "util-linux"
    "wget"
  ];

  pkgs =
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = package name;
      }) names
    )
    // {
      writeShellApplication =
        {
          name,
          runtimeInputs,
          text,
        }:
        package name // { inherit runtimeInputs text; };
    };

  host = {
    networking.hostName = nixos.mkDefault "web1";
    systemd.package = package "systemd";
  };
in
nixos.evaluate {
  modules = [
    ./nixos.nix
    host
  ]
  ++ modules;
  arguments = { inherit pkgs; };
}
