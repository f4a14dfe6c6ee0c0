# The flake's outputs as plain data, for tests/test_flake.py. The stand-in for nixpkgs has packages
# that are sets with a name, and derivations that are the sets of their arguments.
{ flake }:
let
  names =
    list:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = { inherit name; };
      }) list
    );
  python =
    names [
      "attrs"
      "cattrs"
      "click"
      "httpx"
      "hvac"
      "jinja2"
      "rich"
      "ruamel-yaml"
      "setuptools"
      "hypothesis"
      "mypy"
      "pytest"
      "pytest-regressions"
      "pytest-xdist"
      "python-hcl2"
    ]
    // {
      buildPythonApplication = arguments: arguments // { name = arguments.pname; };
    };
  lib = {
    genAttrs =
      list: make:
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = make name;
        }) list
      );
    getExe = package: "/bin/${package.meta.mainProgram}";
    escapeShellArgs = arguments: builtins.concatStringsSep " " (map (each: "'${each}'") arguments);
    licenses.mit = "MIT";
  };
  packagesFor =
    system:
    names [
      "check-jsonschema"
      "nixfmt"
      "opentofu"
      "openbao"
      "jq"
      "shellcheck"
      "graphviz"
      "nix"
      "ruff"
    ]
    // {
      inherit lib system;
      python3Packages = python;
      python3.withPackages = choose: {
        name = "python3";
        packages = choose python;
      };
      mkShell = arguments: arguments;
      runCommand =
        name: arguments: script:
        arguments // { inherit name script; };
    };
  nixpkgs = {
    inherit lib;
    legacyPackages = lib.genAttrs [
      "aarch64-darwin"
      "aarch64-linux"
      "x86_64-darwin"
      "x86_64-linux"
    ] packagesFor;
  };
  outputs = flake.outputs {
    self = "/source";
    inherit nixpkgs;
  };
in
{
  inherit (flake) description inputs;
  inherit (outputs)
    packages
    apps
    devShells
    checks
    formatter
    ;
  check = outputs.lib.check {
    pkgs = packagesFor "x86_64-linux";
    src = "/user";
    arguments = [
      "--output"
      "my files"
    ];
  };
  plainCheck = outputs.lib.check {
    pkgs = packagesFor "x86_64-linux";
    src = "/user";
  };
}
