"""The NixOS module of `vault.secrets`, evaluated by Nix: options, units, assertions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import nixos
import programs
import pytest
from fetching import SCRIPT

from nixgen import nix
from nixgen.external.nixfmt import format_files
from nixgen.model.secret import PLACEHOLDER

SECRET = 'vault.secrets.a = {{ secretPath = "a"; {} }};'
TOKEN = r"""
vault.secrets.token = {
  secretPath = "hosts/web1/token";
  extractKey = "token";
  services = [ "gitea-runner-actions\\x2dnative" "nginx.service" ];
};
"""


# -- units -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def systemd(nix_instantiate):
    """What a host with two secrets has under `systemd`."""
    database = """
    vault = {
      mount = "kv";
      appRoleMount = "machines/approle";
      namespace = "team";
      caFile = "/etc/vault.pem";
      roleIdFile = "/keys/role";
      secretIdFile = null;
      secrets.database = {
        secretPath = "shared/database";
        format = "env";
        mode = "0440";
        owner = "postgres";
        group = "backup";
        outputDir = "/run/database";
        refreshInterval = "15min";
        allowCached = true;
      };
    };
    """
    return nixos.evaluate(f"({nixos.with_secrets(TOKEN, database)}).systemd")


def test_a_secret_is_there_before_its_consumers(systemd) -> None:
    """A consumer starts when its secret was fetched, and not at all where that failed."""
    unit = systemd["services"]["vault-secret-token"]
    consumers = [r"gitea-runner-actions\x2dnative.service", "nginx.service"]
    assert unit["before"] == unit["requiredBy"] == consumers
    assert unit["wants"] == unit["after"] == ["network-online.target"]
    assert unit["wantedBy"] == ["multi-user.target"]
    settings = unit["serviceConfig"]
    assert (settings["Type"], settings["RemainAfterExit"]) == ("oneshot", True)
    assert settings["ExecStart"] == "/nix/store/fetch-secret/bin/fetch-secret --wait"


def test_a_deployment_fetches_again_and_restarts_nothing(systemd) -> None:
    """A new version of curl changes every unit, and ends no job of a runner."""
    unit = systemd["services"]["vault-secret-token"]
    assert unit["reloadIfChanged"] is True
    assert unit["serviceConfig"]["ExecReload"] == "/nix/store/fetch-secret/bin/fetch-secret"


def test_the_script_is_told_what_the_options_say(systemd) -> None:
    """Each option reaches the script; no option holds a secret."""
    services = systemd["services"]
    assert services["vault-secret-token"]["environment"] == {
        "VAULT_ADDR": nixos.ADDRESS,
        "VAULT_CACERT": "/etc/vault.pem",
        "VAULT_NAMESPACE": "team",
        "APPROLE_MOUNT": "machines/approle",
        "ROLE_ID_FILE": "/keys/role",
        "SECRET_ID_FILE": "",
        "KV_MOUNT": "kv",
        "SECRET_PATH": "hosts/web1/token",
        "EXTRACT_KEY": "token",
        "FORMAT": "raw",
        "ENV_VAR": "",
        "OUTPUT": "/run/secrets/token",
        "MODE": "0400",
        "OWNER": "root",
        "GROUP": "root",
        "CACHED_COPY": "/var/lib/vault-secrets/token",
        "ALLOW_CACHED": "0",
        "SERVICES": r"gitea-runner-actions\x2dnative.service nginx.service",
        "SYSTEMD_IGNORE_CHROOT": "1",
    }
    database = services["vault-secret-database"]["environment"]
    assert database | {"EXTRACT_KEY": "", "FORMAT": "env", "MODE": "0440"} == database
    assert database | {"OWNER": "postgres", "GROUP": "backup", "ALLOW_CACHED": "1"} == database
    assert database["OUTPUT"] == "/run/database/database"


def test_the_script_needs_all_that_it_is_told(systemd) -> None:
    """The names in the script's own documentation are those that the unit sets."""
    comment = SCRIPT.read_text().split("set -o errexit")[0]
    documented = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)*\b(?=[ ,])", comment))
    set_by_unit = systemd["services"]["vault-secret-token"]["environment"].keys()
    assert set_by_unit - {"SYSTEMD_IGNORE_CHROOT"} <= documented


def test_a_timer_looks_for_new_values(systemd) -> None:
    """A refresh reloads the unit, which keeps its consumers running; it starts one that failed."""
    assert systemd["timers"].keys() == {"vault-refresh-database"}
    timer = systemd["timers"]["vault-refresh-database"]
    assert timer["wantedBy"] == ["timers.target"]
    assert timer["timerConfig"] == {"OnActiveSec": "15min", "OnUnitInactiveSec": "15min"}
    refresh = systemd["services"]["vault-refresh-database"]["serviceConfig"]
    assert refresh["Type"] == "oneshot"
    command = "/nix/store/systemd/bin/systemctl reload-or-restart vault-secret-database.service"
    assert refresh["ExecStart"] == command


def test_folders_of_secrets(systemd) -> None:
    """Folders are made where they are missing, and the unit can write nowhere else."""
    rules = systemd["tmpfiles"]["rules"]
    assert rules == [f"d /run/{name} :0751 :root :root -" for name in ("database", "secrets")]
    settings = systemd["services"]["vault-secret-database"]["serviceConfig"]
    assert settings["ProtectSystem"] == "strict"
    assert settings["ReadWritePaths"] == ["/run/database"]
    assert (settings["StateDirectory"], settings["StateDirectoryMode"]) == (
        "vault-secrets",
        "0700",
    )
    assert settings["UMask"] == "0077"


def test_systemd_knows_every_directive(systemd, tmp_path: Path) -> None:
    """The real systemd reads the units, and has no word of doubt about them."""
    program = programs.real_program("systemd-analyze")
    files = []
    units = [(f"{name}.service", unit) for name, unit in systemd["services"].items()]
    units += [(f"{name}.timer", unit) for name, unit in systemd["timers"].items()]
    for name, unit in units:
        text = nixos.unit_text(unit)
        text = re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", text, flags=re.MULTILINE)
        files.append(tmp_path / name)
        files[-1].write_text(text)
    done = subprocess.run(
        [program, "verify", "--recursive-errors=no", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_nothing_is_there_without_secrets(nix_instantiate) -> None:
    """A host that imports the module and has no secret needs no address and gets no unit."""
    made = nixos.evaluate(f"let host = {nixos.host(nixos.MODULE)}; in [ host.systemd.services ]")
    assert made == [{}]


def test_a_cached_copy_is_renewed(nix_instantiate) -> None:
    """A host that started with a cached copy looks for the value every hour, or as it is told."""
    cases = [
        "allowCached = true;",
        'allowCached = true; refreshInterval = "5min";',
        "allowCached = true; refreshInterval = null;",
        "",
    ]
    hosts = " ".join(f"({nixos.with_secrets(SECRET.format(each))})" for each in cases)
    made = nixos.evaluate(f"map (host: host.vault.secrets.a.refreshInterval) [ {hosts} ]")
    assert made == ["1h", "5min", None, None]


def test_modules_merge(nix_instantiate) -> None:
    """Secrets and their services can be said in several modules, by condition and by priority."""
    one = '{ vault.secrets.a = { secretPath = "a"; services = [ "x" ]; mode = "0440"; }; }'
    two = """
      { lib, config, ... }: {
        imports = [ MODULE ];
        vault.secrets = lib.mkMerge [
          { a.services = [ "y" ]; a.mode = lib.mkForce "0444"; }
          (lib.mkIf (config.networking.hostName == "web1") { b.secretPath = lib.mkDefault "b"; })
          (lib.mkIf (config.networking.hostName == "other") { c.secretPath = "c"; })
        ];
      }
    """.replace("MODULE", str(nixos.MODULE))
    made = nixos.evaluate(f"({nixos.host(nixos.MODULE, one, two)}).vault.secrets")
    assert made.keys() == {"a", "b"}
    assert made["a"]["services"] == ["x", "y"]
    assert made["a"]["mode"] == "0444"
    assert made["b"]["path"] == "/run/secrets/b"


# -- what is refused ---------------------------------------------------------------------------

ASSERTIONS = {
    "fine": (SECRET.format('extractKey = "k"; format = "env"; envVar = "TOKEN";'), []),
    "one path": (
        'vault.secrets = rec { a = { secretPath = "x"; path = "/run/x/s"; }; b = a; };',
        ["the secrets a and b of vault.secrets have one path, /run/x/s"],
    ),
    "unescaped unit": (
        'systemd.services."gitea-runner-a\\\\x2db" = { }; '
        + SECRET.format('services = [ "gitea-runner-a-b.service" ];'),
        [r'systemd escapes the name: write "gitea-runner-a\\x2db"'],
    ),
    "escaped unit": (
        'systemd.services."gitea-runner-a\\\\x2db" = { }; '
        + SECRET.format('services = [ "gitea-runner-a\\\\x2db" "other" ];'),
        [],
    ),
    "unit with a hyphen": (
        "systemd.services.php-fpm = { }; " + SECRET.format('services = [ "php-fpm" ];'),
        [],
    ),
    "variable of raw": (
        SECRET.format('extractKey = "k"; envVar = "TOKEN";'),
        ['vault.secrets.a.envVar is for format = "env" only'],
    ),
    "variable of all keys": (
        SECRET.format('format = "env"; envVar = "TOKEN";'),
        ["vault.secrets.a.envVar names one variable, so it needs extractKey, one key"],
    ),
    "name": (
        'vault.secrets."a@b".secretPath = "a";',
        ['vault.secrets: "a@b" is no name of a secret'],
    ),
    "plain http": (
        'vault.address = "http://vault.example:8200"; ' + SECRET.format(""),
        ["over plain HTTP everybody on the way can read"],
    ),
    "plain http, allowed": (
        'vault.address = "http://vault.example:8200"; vault.allowPlainHttp = true; '
        + SECRET.format(""),
        [],
    ),
    "loopback": ('vault.address = "http://127.0.0.1:8200"; ' + SECRET.format(""), []),
    "loopback name": ('vault.address = "http://localhost/v"; ' + SECRET.format(""), []),
    "loopback 6": ('vault.address = "http://[::1]:8200"; ' + SECRET.format(""), []),
    "no loopback": (
        'vault.address = "http://127.example"; ' + SECRET.format(""),
        ["over plain HTTP everybody on the way can read"],
    ),
}


def test_assertions(nix_instantiate) -> None:
    """What options contradict is told before anything is deployed, and says what to do."""
    hosts = " ".join(f"({nixos.with_secrets(text)})" for text, _ in ASSERTIONS.values())
    failed = nixos.evaluate(
        "map (host: map (each: each.message) (builtins.filter (each: !each.assertion) "
        f"host.assertions)) [ {hosts} ]"
    )
    for (name, (_, wanted)), messages in zip(ASSERTIONS.items(), failed, strict=True):
        assert len(messages) == len(wanted), (name, messages)
        for part, message in zip(wanted, messages, strict=True):
            assert part in " ".join(message.split()), name


REFUSED = {
    'secretPath = "/a";': "vault.secrets.a.secretPath' is not of type",
    'secretPath = "a/../b";': "vault.secrets.a.secretPath' is not of type",
    'secretPath = "a b";': "vault.secrets.a.secretPath' is not of type",
    'mode = "rw";': "vault.secrets.a.mode' is not of type",
    "mode = 400;": "vault.secrets.a.mode' is not of type",
    'format = "json";': 'is not of type `one of "raw", "env"',
    'services = [ "a b" ];': "vault.secrets.a.services.*' is not of type",
    'services = "nginx";': "vault.secrets.a.services' is not of type `list of",
    'envVar = "1X";': "vault.secrets.a.envVar' is not of type `null or",
    'outputDir = "secrets";': "vault.secrets.a.outputDir' is not of type",
    "outputDir = ./secrets;": "vault.secrets.a.outputDir' is not of type",
    'allowCached = "yes";': "vault.secrets.a.allowCached' is not of type `boolean",
    "refreshInterval = 60;": "vault.secrets.a.refreshInterval' is not of type `null or string",
    'owner = "a"; group = [ ];': "vault.secrets.a.group' is not of type `string",
    'extrctKey = "x";': "The option `vault.secrets.a.extrctKey' does not exist",
    '}; vault.secrets.b = { extractKey = "x";': "vault.secrets.b.secretPath' was accessed but",
    '}; vault.roleIdFile = ./role-id; vault.secrets.b = { secretPath = "b";': "vault.roleIdFile'",
    '}; vault.address = "vault.example"; vault.secrets.b = { secretPath = "b";': "vault.address'",
    '}; vault.adress = "x"; vault.secrets.b = { secretPath = "b";': "vault.adress' does not exist",
}


def test_types(nix_instantiate) -> None:
    """A value of the wrong type, an unknown option and a missing one are refused by name."""
    for text, message in REFUSED.items():
        path = "" if "secretPath = " in text and "};" not in text else 'secretPath = "x";'
        settings = f"vault.secrets.a = {{ {path} {text} }};"
        said = nixos.refusal(
            f"let host = {nixos.with_secrets(settings)}; in [ host.vault host.systemd.services ]"
        )
        assert message in said, text


# -- the files themselves ----------------------------------------------------------------------


def test_the_module_is_formatted(nixfmt: Path) -> None:
    """The nixfmt in the user's own CI has nothing to say, nor has nixgen's formatter."""
    folder = Path(__file__).parent
    files = {each.name: each.read_text() for each in (nixos.MODULE, *folder.glob("*.nix"))}
    assert format_files(files, program=str(nixfmt)) == files
    assert {name: nix.format(text) for name, text in files.items()} == files


def test_every_option_is_described(nix_instantiate) -> None:
    """The manual that NixOS makes of a host's options has a sentence for each."""
    made = nixos.evaluate(
        f"let lib = import {nixos.HERE}/eval-modules.nix;"
        f" options = (lib.evaluate {{ modules = [ {nixos.MODULE} ]; arguments.pkgs = {{ }}; }})"
        ".options.vault; described = lib.mapAttrs (_: each: each.description);"
        " in described options"
    )
    assert len(made) == 9
    assert all(len(text) > 20 and text.strip().endswith(".") for text in made.values())


def test_placeholders_are_those_of_the_model() -> None:
    """The host refuses what `nixgen secrets missing` and Terraform's validation refuse."""
    assert f'"^({PLACEHOLDER})$"; "i"' in SCRIPT.read_text()
