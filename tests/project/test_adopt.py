"""Files that people wrote become Python, and are made again from it as they were."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nix_random import RandomNix, laid_out

from nixgen import load_fleet, render
from nixgen.diagnostic import render_all
from nixgen.errors import InputError
from nixgen.model.scope import GlobalScope, UserScope
from nixgen.nix import build, nodes
from nixgen.nix.parsing.parser import parse_expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.nix.printing.printer import print_expression, print_file
from nixgen.project.adopting.adopt import Adopted, adopt
from nixgen.project.adopting.objects import scope_of

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


NEWER = """{
  enable = true;
  hostPackages = with pkgs; [
    bash
    nix
  ];
  settings = {
    runner = {
      labels = [ "x:host" ];
      capacity = 2;
    };
    server.connections.default = {
      url = "https://git.example.org";
      uuid = "0b1f2d3c-0b1f-0b1f-0b1f-0b1f2d3c4e5f";
    };
    cache = {
      enabled = true;
      dir = "/var/lib/forgejo-runner/r/cache";
    };
  };
  secrets.server.connections.default.token_url = "/run/t";
}"""


@pytest.mark.parametrize("place", [".instances.r = R;", ".instances = { r = R; };"])
def test_runners_of_the_newer_module(place: str) -> None:
    """`services.forgejo-runner` has a uuid and a connection where the older one has a name."""
    text = "{ pkgs, ... }:\n{ services.forgejo-runner" + place.replace("R", NEWER) + "}"
    adopted = adopt({"a.nix": text}, "build1", "26.11", GlobalScope())
    assert same(adopted) == "bytes"
    for part in (
        'uuid="0b1f2d3c-0b1f-0b1f-0b1f-0b1f2d3c4e5f",\n',
        'token=TokenFile(path="/run/t"),\n',
        'nixos_module="forgejo-runner",\n',
        'labels=["x:host"],\n',
        "capacity=2,\n    cache=RunnerCache(),\n",
    ):
        assert part in adopted.python
    assert "settings=" not in adopted.python


@pytest.mark.parametrize("newer", [False, True])
def test_tokens_of_other_tools(newer: bool) -> None:
    """The file of a token can be an option's value, as sops-nix and agenix have it."""
    option = 'config.age.secrets."ci.token".path'
    text, release = RUNNER.replace('"/run/secrets/forge-token"', option), "25.11"
    if newer:
        text = "{ config, pkgs, ... }:\n{ services.forgejo-runner.instances.r = R; }"
        text, release = text.replace("R;", NEWER.replace('"/run/t"', option) + ";"), "26.11"
    adopted = adopt({"a.nix": text}, "build1", release, GlobalScope())
    assert f"token=TokenOption(path='{option}'),\n" in adopted.python
    assert same(adopted) == "bytes"


def test_runners_stay_with_their_module() -> None:
    """Where a host's release would have the newer module, the runner says that it has the older."""
    adopted = adopt({"a.nix": RUNNER}, "build1", "26.11", GlobalScope())
    assert adopted.python.count('nixos_module="gitea-actions-runner"') == 2
    assert same(adopted) == "bytes"


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


def random_entry(random: Random, make: RandomNix, number: int) -> nodes.Entry:
    """A binding, one with a name that is computed, one of a set of entries, or an `inherit`."""
    kind = random.choice("bbbbcis")
    if kind == "i":
        return build.inherit(f"o{number}", source=random.choice([None, "lib"]))
    if kind == "c":
        name = nodes.Interpolation(build.ref(f"o{number}"))
        return nodes.Binding(nodes.AttributePath((name,)), sound(make))
    if kind == "s":
        inner = [random_entry(random, make, each) for each in range(random.randint(0, 3))]
        return build.bind((f"o{number}",), nodes.AttributeSet(tuple(inner)))
    return nodes.Binding(build.path(f"o{number}.{random.choice('abc')}"), sound(make))


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_any_options(seed: int) -> None:
    """Random options in a random layout, with comments anywhere, are built as they were."""
    random = Random(seed)
    make = RandomNix(random)
    entries = [random_entry(random, make, index) for index in range(random.randint(1, 8))]
    names = random.sample(["config", "lib", "pkgs"], random.randint(0, 3))
    tree = nodes.File(build.function(names, nodes.AttributeSet(tuple(entries))))
    text = laid_out(print_file(tree), random, comments=random.choice([0.0, 0.05, 0.3]))
    old, new, state = adopt({"a.nix": text}, "build1", "25.11").files["a.nix"]
    assert old == format_nix(text)
    assert state in {"bytes", "values"}, new


SECRET = '{ secretPath = "hosts/build1/t"; mode = "0400"; }'
INSTANCE = """{
      enable = true;
      name = "r";
      url = "https://git.example.org";
      tokenFile = "/run/secrets/t";
      labels = [ "x:host" ];
    }"""
DOTTED = "\n".join(
    f"services.gitea-actions-runner.instances.r.{line.strip()}"
    for line in INSTANCE.splitlines()[1:-1]
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("vault.secrets = {\n t = SECRET;\n\n u = { mode = x; }; };", "bytes"),
        ("vault = {\n url = x;\n secrets.t = SECRET; };", "values"),
        ('"vault" = {\n secrets = {\n "t" = SECRET; }; };', "values"),
        ("config = {\n vault.secrets = {\n # why\n t = SECRET; }; };", "bytes"),
        ("config.a = 1;\n\nconfig.vault.secrets.t = SECRET;", "values"),
        ("config.vault.secrets = {\n t = SECRET;\n};", "bytes"),
        (
            'vault.secrets.t.mode = "0400";\nvault.secrets.t.secretPath = "hosts/build1/t";',
            "values",
        ),
        (
            "services = {\n gitea-actions-runner = {\n b = 1;\n\n instances.r = RUNNER; };};",
            "",
        ),
        ("services.gitea-actions-runner = {\n instances = {\n # why\n r = RUNNER; };};", ""),
        ("services.gitea-actions-runner.instances = {\n inherit x;\n r = RUNNER;\n};", "values"),
        ('services = {\n "gitea-actions-runner".instances."r" = RUNNER;\n};', "values"),
        ("${x} = 1;\n\nservices = {\n gitea-actions-runner.instances.r = RUNNER;\n};", ""),
        (DOTTED, "values"),
    ],
)
def test_objects_in_every_spelling(text: str, state: str) -> None:
    """However a path is spelled, what stands there is an object; all else stays what it is."""
    text = f"{{\n{text}\n}}".replace("SECRET", SECRET).replace("RUNNER", INSTANCE)
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    kind = 't = VaultSecret(name="t", ' if "vault" in text else 'r = NativeRunner(\n    name="r",'
    assert kind in adopted.python.replace('(\n    name="t",\n    ', '(name="t", ')
    assert "secretPath" not in adopted.python
    assert "tokenFile" not in adopted.python
    assert same(adopted) == (state or "bytes")
    assert ("# why" in adopted.files["a.nix"][1]) == ("# why" in text)


@pytest.mark.parametrize(
    "text",
    [
        "vault.secrets = rec { t = SECRET; };",
        "vault.secrets = { t = x // SECRET; };",
        "vault.secrets = lib.mkIf x { t = SECRET; };",
        'vault.secrets.t.mode = "0400"; vault.secrets = { t.secretPath = "hosts/build1/t"; };',
        'vault.secrets.t.mode = "0400";\n# why\nvault.secrets.t.secretPath = "hosts/build1/t";',
        "vault.secrets = { t = { /* why */ } // SECRET; };",
        "other.vault.secrets.t = SECRET;",
    ],
)
def test_what_is_no_plain_place_stays_options(text: str) -> None:
    """Where a set is computed, split, or has a comment inside, nothing is guessed."""
    text = f"{{\n{text}\n}}".replace("SECRET", SECRET)
    adopted = adopt({"a.nix": text}, "build1", "25.11")
    assert "VaultSecret" not in adopted.python
    assert same(adopted) in {"bytes", "values"}
    assert ("why" in adopted.files["a.nix"][1]) == ("why" in text)


def test_only_what_has_no_form_stays_nix() -> None:
    """An entry that no dict can hold is Nix, verbatim; those around it are data."""
    text = """\
{ config, lib, ... }:
{
  inherit (config) home; # ours
  networking.hostName = "a";

  services.nginx.virtualHosts.${config.domain} = {
    # not over HTTP
    forceSSL = true;
  };
  /*
    of two
    lines
  */
  boot.kernelModules = [ "kvm" ];

  users = {
    inherit (lib) mkIf;
    mutableUsers = false;
    # nobody else
  };
  time.timeZone = "UTC";
}
"""
    adopted = adopt({"a.nix": text}, "build1", "25.11")
    assert format_nix(text) == text
    assert adopted.files["a.nix"][1] == text
    assert adopted.python.count("nix.raw_entry(") == 4
    for part in (
        'nix.raw_entry("inherit (config) home; # ours"),\n',
        '{"networking.hostName": "a"},\n',
        'nix.raw_entry("""\nservices.nginx.virtualHosts.${config.domain} = {\n  # not over',
        'content=[nix.raw_entry("inherit (lib) mkIf;"), {"mutableUsers": False}],\n',
        'last_notes=["nobody else"],\n',
        '            "time.timeZone": "UTC",\n',
    ):
        assert part in adopted.python


def test_data_is_data_however_it_is_indented() -> None:
    """Texts of several lines are their text; blank lines part dicts, without a word about them."""
    text = """\
{
  a.b = {
    c = ''
      one
        two
    '';
  };

  d = ''
    \tthree
    four
  '';
  e = 1;
}
"""
    adopted = adopt({"a.nix": text}, "build1", "25.11")
    assert adopted.files["a.nix"][1] == text
    for part in (
        'frame=nix.raw("{\\n}"),\n',
        '"c": nix.indented("""one\n  two\n"""),\n',
        '"d": nix.raw(',
        '"e": 1}',
    ):
        assert part in adopted.python
    assert "Option(" not in adopted.python


def test_the_set_of_a_condition_is_data() -> None:
    """Of a module with options of its own, what it sets is data; its options stay Nix."""
    text = """\
{ config, lib, ... }:
let
  cfg = config.ci;
in
{
  # ours
  options.ci.enable = lib.mkEnableOption "CI";

  config = lib.mkIf cfg.enable {
    vault.secrets.t = {
      secretPath = "hosts/build1/t";
      mode = "0400";
    };

    time.timeZone = "UTC";
    # the end
  };
}
"""
    adopted = adopt({"a.nix": text}, "build1", "25.11")
    assert adopted.files["a.nix"][1] == text
    assert 'content=[t, {"time.timeZone": "UTC"}],' in adopted.python
    assert "mkEnableOption" in adopted.python.partition("content=")[0]


UNIT = r'systemd.services."gitea-runner-actions\\x2dnative"'
LIMITED = (
    RUNNER.replace('MemoryMax = "8G"; # half of it', 'MemoryMax = "8G";\n    Nice = 5;')
    .replace('lib.mkForce "200%"', '"200%"')
    .replace("CPUQuota", 'OOMPolicy = "continue";\n    CPUQuota')
)


def test_limits_of_a_unit_are_the_runners() -> None:
    """What bounds a runner's unit is said by the runner; other settings of the unit stay."""
    adopted = adopt({"a.nix": LIMITED}, "build1", "25.11", GlobalScope())
    assert 'limits=ResourceLimits(memory_max="8G", cpu_quota="200%"),' in adopted.python
    assert "MemoryMax" not in adopted.python
    assert '"Nice": 5' in adopted.python
    assert same(adopted) == "values"
    without = adopt({"a.nix": LIMITED.replace("    Nice = 5;\n", "")}, "b", "25.11", GlobalScope())
    assert "serviceConfig" not in without.python
    assert same(without) == "values"


BUILDS = """\
{
  systemd.services.nix-daemon = {
    serviceConfig = {
      MemoryHigh = "80%";
      CPUQuota = "600%";
    };
    environment.TMPDIR = "/var/tmp";
  };

  nix.settings = {
    max-jobs = 4;
    cores = 2;
    sandbox = true; # as ever
  };
  time.timeZone = "UTC";
}
"""


def test_limits_of_builds_are_the_hosts() -> None:
    """What bounds nix-daemon, and how many builds it runs, is an object; the rest stays."""
    adopted = adopt({"a.nix": BUILDS}, "build1", "25.11")
    for part in (
        'limits=ResourceLimits(memory_high="80%", cpu_quota="600%"),\n    max_jobs=4,\n',
        'environment.TMPDIR": "/var/tmp"',
        '"sandbox": Option(value=True, remark="as ever")',
        "        nix_daemon,\n    ],\n",
        'host = Host(name="build1", release="25.11", nix_daemon=nix_daemon, modules=[a])',
    ):
        assert part in adopted.python
    assert "max-jobs" not in adopted.python
    assert same(adopted) == "values"
    assert parse_expression(adopted.files["a.nix"][1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    serviceConfig = {", "    # of all builds\n    serviceConfig = {"),
        ('"80%";', '"80%"; # the rest is the cache'),
        ('"80%"', '"0.8G"'),
        ("  systemd", "  config.systemd"),
        ('      MemoryHigh = "80%";\n      CPUQuota = "600%";\n', '      Nice = "5";\n'),
    ],
)
def test_limits_of_builds_that_are_no_object(old: str, new: str) -> None:
    """Comments are kept, and what no object says stays an option."""
    text = BUILDS.replace(old, new)
    assert text != BUILDS
    adopted = adopt({"a.nix": text}, "build1", "25.11")
    assert same(adopted) in {"bytes", "values"}
    assert adopted.files["a.nix"][1].count("# ") >= text.count("# ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"8G";', '"8G"; # half of it'),
        ('"8G"', '"8192M"'),
        ('"8G"', 'lib.mkForce "8G"'),
        (f"  {UNIT}", f"  # half of it\n  {UNIT}"),
        ("    Nice = 5;\n", ""),
        ("x2dnative", "x2dother"),
    ],
)
def test_limits_that_a_runner_does_not_emit_stay_options(old: str, new: str) -> None:
    """Comments, other spellings of a size and values that are computed are not lost."""
    text = LIMITED.replace(old, new)
    assert text != LIMITED
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    assert same(adopted) in {"bytes", "values"}
    assert ("half of it" in adopted.files["a.nix"][1]) == ("half of it" in text)


LIMITS = '{ MemoryMax = "8G"; TasksMax = 100; }'


def spelled(random: Random, names: list[str], value: str) -> str:
    """A binding of a path in a random spelling: dotted, nested, quoted, with further entries."""
    cuts = sorted(random.sample(range(1, len(names)), random.randint(0, len(names) - 1)))
    text = value
    for start, end in reversed(list(zip([0, *cuts], [*cuts, len(names)], strict=True))):
        dotted = ".".join(
            f'"{each}"' if random.random() < 0.2 else each for each in names[start:end]
        )
        text = f"{dotted} = {text};"
        if start:
            number = random.randint(0, 10**9)
            further = random.choice(["", "", f"z{number} = 1;", f"inherit y{number};"])
            text = f"{{ {text} {further} }}" if random.random() < 0.5 else f"{{ {further} {text} }}"
    return text


def random_objects(random: Random) -> tuple[str, int]:
    """A file with secrets, runners and limits, and the number of its secrets and runners."""
    first = random.choice([[], [], [], ["config"]])
    secrets = random.randint(0, 2)
    parts = [
        spelled(
            random, [*first, "vault", "secrets", f"t{index}"], SECRET.replace("/t", f"/t{index}")
        )
        for index in range(secrets)
    ]
    runners = random.randint(0, 2)
    for index in range(runners):
        path = [*first, "services", "gitea-actions-runner", "instances", f"r{index}"]
        instance = INSTANCE.replace('"r"', f'"r{index}"').replace("/t", f"/t{index}")
        parts.append(spelled(random, path, instance))
    units = random.sample(["gitea-runner-r0", "gitea-runner-r1", "nix-daemon"], 2)
    limited = [[*first, "systemd", "services", unit, "serviceConfig"] for unit in units]
    parts += [spelled(random, path, LIMITS) for path in limited]
    settings = "{ max-jobs = 4; sandbox = true; }"
    parts.append(spelled(random, [*first, "nix", "settings"], settings))
    random.shuffle(parts)
    return f"{{ {' '.join(parts)} }}", secrets + runners


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_objects_in_any_spelling(seed: int) -> None:
    """Objects are found wherever they stand, and what is built says the same as the file."""
    random = Random(seed)
    text, count = random_objects(random)
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    assert same(adopted) in {"bytes", "values"}
    assert adopted.python.count("VaultSecret(") + adopted.python.count("NativeRunner(") == count
    commented = laid_out(text, random, comments=0.05)
    adopted = adopt({"a.nix": commented}, "build1", "25.11", GlobalScope())
    assert same(adopted) in {"bytes", "values"}, adopted.files["a.nix"][1]
