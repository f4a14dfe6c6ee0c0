"""Runners in Nix become objects where what these emit says the same."""

from __future__ import annotations

import pytest
from adopted import RUNNER, same

from nixgen.model.scope import GlobalScope, UserScope
from nixgen.nix.printing.formatter import format as format_nix
from nixgen.project.adopting.adopt import adopt
from nixgen.project.adopting.objects import scope_of


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
        ("enable = true;", "/*\n    on\n    or off\n    */\n    enable = true;"),
        ("enable = true;", "enable = # on\n    true;"),
        ("      nix\n", "      nix # from nixpkgs\n"),
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


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (":host", "", "as an object it would differ in labels"),
        (':host"', ':host" "other"', "as an object it would differ in labels"),
        (':host"', ':host" "a:docker://b"', "container runner 'actions-native' has the host label"),
        ('"native-nix:host"', "", "runner 'actions-native' has no label, so no job can name it"),
        ("labels = ", "labels = map f ", "labels are no plain data"),
        ("enable = true;\n", "inherit enable;\n", "a name in it is inherited or computed"),
        ("enable = true;", "enable = true;\n    x = 1;", "as an object it would differ in x"),
        ("tokenFile", "token", "it names no file with its token"),
        ("capacity = 4", "capacity = n", "settings are no plain data"),
        ("native = {", "native = rec {", "its set is split or recursive, or has a comment in"),
    ],
)
def test_why_a_runner_stays_options(old: str, new: str, reason: str) -> None:
    """A label without a scheme, both kinds of labels, none: what the object is not is told."""
    text = RUNNER.replace(old, new, 1)
    assert text != RUNNER
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    assert same(adopted) == "bytes"
    (told,) = adopted.options
    assert told.startswith(f"actions-native: {reason}")
    assert "containers = ContainerRunner(" in adopted.python


def test_comments_inside_an_instance() -> None:
    """They stand above the runner then, a remark with the name of its option."""
    text = """\
{
  # On the machine itself
  services.gitea-actions-runner.instances.r = {
    enable = true;
    # as the forge shows it,
    # in lower case
    name = "r";

    url = "https://git.example.org";
    tokenFile = "/run/t";
    labels = [ "x:host" ]; # of trusted repositories
    settings = {
      runner.capacity = 2; # four are too many
      # nothing in the log
      log.level = "warn";
    };
    # no more
  };
}
"""
    adopted = adopt({"a.nix": text}, "build1", "25.11", GlobalScope())
    assert format_nix(text) == text
    assert same(adopted) == "values"
    assert (
        adopted.files["a.nix"][1]
        == """\
{
  # On the machine itself
  # as the forge shows it,
  # in lower case
  # labels: of trusted repositories
  # settings.runner.capacity: four are too many
  # nothing in the log
  # no more
  services.gitea-actions-runner.instances.r = {
    enable = true;
    name = "r";
    url = "https://git.example.org";
    tokenFile = "/run/t";
    labels = [ "x:host" ];
    settings = {
      runner.capacity = 2;
      log.level = "warn";
    };
  };
}
"""
    )


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
    assert {same(adopted, path) for path in adopted.files} == {"bytes"}
    assert "token=forge_token" in adopted.python


def test_scope_of() -> None:
    """The flag has the four scopes; all else is refused."""
    assert scope_of("user:anna") == UserScope(user="anna")
    assert scope_of("global") == GlobalScope()
    for wrong in ("anna", "user:", "repo:anna", "global:x", ""):
        with pytest.raises(ValueError, match="no scope"):
            scope_of(wrong)
