"""However something is spelled, it is found, or stays as it was written."""

from __future__ import annotations

from random import Random

import pytest
from adopted import same
from hypothesis import given, settings
from hypothesis import strategies as st
from nix_random import RandomNix, laid_out

from nixgen.model.scope import GlobalScope
from nixgen.nix import build, nodes
from nixgen.nix.parsing.parser import parse_expression
from nixgen.nix.parsing.syntax_error import NixSyntaxError
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.nix.printing.printer import print_expression, print_file
from nixgen.project.adopting.adopt import adopt


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
    assert state in {"bytes", "formatted", "values"}, new


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
            'vault.secrets.t.mode = "0400";\n# why\nvault.secrets.t.secretPath = "hosts/build1/t";',
            "values",
        ),
        ('vault.secrets.t = {\n# why\nsecretPath = "hosts/build1/t"; mode = "0400"; };', "values"),
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
        """vault.secrets.t.mode = "0400";
/*
why
not
*/
vault.secrets.t.secretPath = "hosts/build1/t";""",
        'vault.secrets.t.mode = "0400";\n## why\nvault.secrets.t.secretPath = "hosts/build1/t";',
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
