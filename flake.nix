{
  description = "NixOS modules and the Terraform for their Vault secrets, from hosts described in Python";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forEachSystem = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      dependencies =
        python: with python; [
          attrs
          cattrs
          click
          httpx
          hvac
          jinja2
          rich
          ruamel-yaml
        ];
      testDependencies =
        python: with python; [
          hypothesis
          mypy
          pytest
          pytest-regressions
          pytest-xdist
          python-hcl2
        ];

      nixgen =
        pkgs:
        pkgs.python3Packages.buildPythonApplication {
          pname = "nixgen";
          version = "0.1.0";
          pyproject = true;
          src = self;
          build-system = [ pkgs.python3Packages.setuptools ];
          dependencies = dependencies pkgs.python3Packages;
          # The tests need OpenTofu, Nix and a pinned nixfmt; CI runs them.
          doCheck = false;
          pythonImportsCheck = [ "nixgen" ];
          meta = {
            description = "Generates NixOS modules and Terraform from hosts described in Python";
            license = pkgs.lib.licenses.mit;
            mainProgram = "nixgen";
          };
        };

      # A check for a user's own flake: fails where the files that nixgen wrote differ from hosts/.
      #   checks.x86_64-linux.nixgen = inputs.nixgen.lib.check {
      #     pkgs = nixpkgs.legacyPackages.x86_64-linux;
      #     src = ./.;
      #   };
      check =
        {
          pkgs,
          src,
          arguments ? [ ],
        }:
        pkgs.runCommand "nixgen-check"
          {
            nativeBuildInputs = [
              (nixgen pkgs)
              pkgs.nixfmt
            ];
          }
          ''
            cp --recursive --no-preserve=mode ${src} source
            cd source
            nixgen check ${pkgs.lib.escapeShellArgs arguments}
            touch $out
          '';
    in
    {
      lib = { inherit check; };

      packages = forEachSystem (pkgs: {
        nixgen = nixgen pkgs;
        default = nixgen pkgs;
      });

      apps = forEachSystem (pkgs: {
        default = {
          type = "app";
          program = pkgs.lib.getExe (nixgen pkgs);
          meta.description = "Generates NixOS modules and Terraform from hosts described in Python";
        };
      });

      # Run pytest, ruff and mypy directly in here: NixOS does not run the wheels that make installs.
      devShells = forEachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            (pkgs.python3.withPackages (python: dependencies python ++ testDependencies python))
            pkgs.check-jsonschema
            pkgs.ruff
            pkgs.nixfmt
            pkgs.opentofu
            pkgs.openbao
            pkgs.nix
            pkgs.jq
            pkgs.shellcheck
            pkgs.graphviz
          ];
        };
      });

      checks = forEachSystem (pkgs: {
        package = nixgen pkgs;
      });

      formatter = forEachSystem (pkgs: pkgs.nixfmt);
    };
}
