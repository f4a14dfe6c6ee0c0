"""Entries in a file that people write: a runner beside the one that is there already."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from builds import explained

from nixgen import (
    ContainerRunner,
    Fleet,
    GlobalScope,
    Host,
    NativeRunner,
    TokenFile,
    VaultSecret,
    build,
    check,
    load_fleet,
    nix,
    render,
)
from nixgen.diagnostic import render_all
from nixgen.errors import ConflictError
from nixgen.project.explain import explain
from nixgen.project.manifest import read_manifest
from nixgen.project.writing.plan import State

PATH = "hosts/nix-cache02/actions-runner.nix"
NATIVE = "services.gitea-actions-runner.instances.actions-native"

EXISTING = """\
# The CI runners of the binary cache.
{
  config,
  lib,
  ...
}:
let
  domain = "code.t-juice.club";
in
{
  imports = [ ../../services/actions-runner ];

  # Containers do not see the host's store.
  virtualisation.podman = {
    enable = true;
    autoPrune.enable = true; # the disk is small
  };

  services.gitea-actions-runner = {
    package = lib.mkForce config.services.forgejo.package;

    # Global runner, each job in a container of its own
    instances.actions1 = {
      enable = true;
      name = "actions1";
      url = "https://${domain}";
      tokenFile = "/run/secrets/forgejo-runner-token";
      labels = [ "nix:docker://nixos/nix:latest" ];
    };
  };

  # Jobs must not starve the cache.
  systemd.services."gitea-runner-actions1".serviceConfig.CPUWeight = 50;
}
"""
EXPECTED = (
    EXISTING.replace("  lib,\n", "  lib,\n  pkgs,\n")
    .replace(
        '      labels = [ "nix:docker://nixos/nix:latest" ];\n    };\n',
        """\
      labels = [ "nix:docker://nixos/nix:latest" ];
    };

    # Native nix runner instance
    instances.actions-native = {
      enable = true;
      name = "${config.networking.hostName}-native";
      url = "https://code.t-juice.club";
      tokenFile = "/run/secrets/runner-token";
      labels = [ "native-nix:host" ];
      hostPackages = with pkgs; [
        bash
        nix
      ];
      settings.runner.capacity = 4;
    };
""",
    )
    .replace(
        "CPUWeight = 50;\n",
        """\
CPUWeight = 50;

  vault.secrets.runner-token = {
    secretPath = "hosts/nix-cache02/runner-token";
    extractKey = "token";
    mode = "0400";
    services = [ "gitea-runner-actions\\\\x2dnative" ];
  };
""",
    )
)


def fleet(*, capacity: int = 4, runner: bool = True, **more: Any) -> Fleet:
    """The host whose file people write, with or without the runner that nixgen adds."""
    token = VaultSecret(name="runner-token", key="token")
    native = NativeRunner(
        name="actions-native",
        url="https://code.t-juice.club",
        token=token,
        labels=["native-nix:host"],
        scope=GlobalScope(),
        capacity=capacity,
        host_packages=["bash", "nix"],
        notes=["Native nix runner instance"],
    )
    values = {
        "managed": ["actions-runner.nix"],
        "secrets": [token] if runner else [],
        "runners": [native] if runner else [],
        **more,
    }
    return Fleet(hosts=[Host(name="nix-cache02", release="25.11", **values)])


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """An output folder in which the file is already."""
    place = tmp_path / PATH
    place.parent.mkdir(parents=True)
    place.write_text(EXISTING)
    return tmp_path


def text(output: Path) -> str:
    """The file as it is on disk."""
    return (output / PATH).read_text()


def edit(output: Path, old: str, new: str) -> None:
    """A person's edit of the file."""
    before = text(output)
    assert old in before
    (output / PATH).write_text(before.replace(old, new))


def state(plan: Any) -> State:
    """How the file stands."""
    return next((each.state for each in plan.differences if each.path == PATH), State.CURRENT)


def conflicts(some: Fleet, output: Path) -> str:
    """What a build refuses to do, as people read it."""
    before = text(output)
    with pytest.raises(ConflictError) as error:
        build(some, output)
    assert text(output) == before
    return render_all(error.value.diagnostics).replace(f"{output}/", "")


def test_entries_go_into_what_is_there(output: Path) -> None:
    """The runner goes beside its neighbour, the secret gets a place, and no other line changes."""
    result = build(fleet(), output)
    assert PATH in result.changed
    assert text(output) == EXPECTED
    assert not check(fleet(), output).differences
    again = build(fleet(), output)
    assert PATH in again.unchanged
    assert text(output) == EXPECTED


def test_nixfmt_leaves_the_file_alone(output: Path, nixfmt: Path) -> None:
    """What people had formatted is formatted with the entries in it."""
    from programs import nixfmt_text

    build(fleet(), output)
    assert nixfmt_text(EXISTING) == EXISTING
    assert nixfmt_text(text(output)) == text(output)


def test_the_manifest_knows_the_entries_alone(output: Path) -> None:
    """What people change in the file changes no line of the manifest."""
    build(fleet(), output)
    before = read_manifest(output)
    (record,) = before.records[PATH]
    assert sorted(record.managed_entries or ()) == [NATIVE, "vault.secrets.runner-token"]
    edit(output, "autoPrune.enable = true; # the disk is small", "autoPrune.enable = false;")
    build(fleet(), output)
    assert read_manifest(output) == before


def test_hand_edits_elsewhere_are_no_difference(output: Path) -> None:
    """People go on writing in their file, and reformat it, while `check` is content."""
    build(fleet(), output)
    edit(output, "CPUWeight = 50", "CPUWeight = 20")
    edit(
        output,
        "    instances.actions-native = {\n      enable = true;",
        "    instances.actions-native = { enable=true;",
    )
    assert state(check(fleet(), output)) is State.CURRENT
    edited = text(output)
    build(fleet(), output)
    assert text(output) == edited


def test_a_change_of_the_model_changes_the_entry(output: Path) -> None:
    """Another capacity in Python is another line in the file."""
    build(fleet(), output)
    edit(output, "CPUWeight = 50", "CPUWeight = 20")
    plan = check(fleet(capacity=8), output)
    assert state(plan) is State.CHANGED
    build(fleet(capacity=8), output)
    assert text(output) == EXPECTED.replace("CPUWeight = 50", "CPUWeight = 20").replace(
        "capacity = 4", "capacity = 8"
    )


def test_entries_of_what_is_gone_are_removed(output: Path) -> None:
    """Without the runner the file is as it was; the argument that it needed stays."""
    build(fleet(), output)
    assert state(check(fleet(runner=False), output)) is State.ORPHANED
    build(fleet(runner=False), output)
    assert text(output) == EXISTING.replace("  lib,\n", "  lib,\n  pkgs,\n")
    assert PATH not in read_manifest(output).records
    assert not check(fleet(runner=False), output).differences


def test_a_host_that_is_gone_leaves_the_file(output: Path) -> None:
    """Files of a host that is removed go, but for what people wrote."""
    build(fleet(), output)
    build(Fleet(hosts=[Host(name="other", release="25.11")]), output)
    assert text(output) == EXISTING.replace("  lib,\n", "  lib,\n  pkgs,\n")


def test_an_entry_that_was_edited_is_a_conflict(output: Path) -> None:
    """An edit is not lost: it is named with its line, and nothing is written without --force."""
    build(fleet(), output)
    edit(output, "capacity = 4", "capacity = 6")
    assert state(check(fleet(), output)) is State.EDITED
    line = text(output).splitlines().index("    instances.actions-native = {") + 1
    assert (
        conflicts(fleet(), output)
        == f"""\
error: `{NATIVE}` was edited by hand since nixgen wrote it
  --> {PATH}:{line}
     |
  {line} |     instances.actions-native = {{
help: make the edit in the host's Python file instead, or drop it with `nixgen build --force`; \
`nixgen diff` shows it""".replace("     |", f"  {' ' * len(str(line))} |")
    )
    assert "edited by hand" in conflicts(fleet(runner=False), output)
    build(fleet(), output, force=True)
    assert text(output) == EXPECTED


def test_an_edit_that_the_model_follows_is_none(output: Path) -> None:
    """Who edits the file first and the Python then is done."""
    build(fleet(), output)
    edit(output, "capacity = 4", "capacity = 6")
    assert state(check(fleet(capacity=6), output)) is State.CURRENT
    build(fleet(capacity=6), output)
    assert not check(fleet(capacity=6), output).differences


def test_what_people_wrote_at_the_path_is_a_conflict(output: Path) -> None:
    """A runner of that name that nixgen did not write is not overwritten."""
    edit(output, "instances.actions1 = {", "instances.actions-native = {")
    assert state(check(fleet(), output)) is State.FOREIGN
    assert "nixgen did not write it" in conflicts(fleet(), output)
    build(fleet(), output, force=True)
    assert "capacity = 4" in text(output)


def test_what_cannot_be_changed_is_a_conflict(output: Path) -> None:
    """A place that is computed, or a file that is no Nix, is named; --force is no way round."""
    edit(output, "services.gitea-actions-runner = {", "services.gitea-actions-runner = lib.id {")
    assert "`services.gitea-actions-runner` is the result of a function" in conflicts(
        fleet(), output
    )
    with pytest.raises(ConflictError):
        build(fleet(), output, force=True)
    (output / PATH).write_text("{ a = ")
    assert f"{PATH}:1" in conflicts(fleet(), output)
    (output / PATH).write_bytes(b"\xff")
    with pytest.raises(ConflictError, match="not UTF-8"):
        build(fleet(), output)


def test_a_runner_that_is_as_described_is_taken_over(output: Path) -> None:
    """Who moves a runner from the file to Python needs no --force, and the file stays."""
    build(fleet(), output)
    (output / ".nixgen/manifest.json").unlink()
    result = build(fleet(), output)
    assert PATH in result.adopted
    assert text(output) == EXPECTED
    build(fleet(runner=False), output)
    assert "actions-native" not in text(output)


def test_a_single_value_that_people_wrote_stays_theirs(output: Path) -> None:
    """Podman is enabled for actions1, too: a runner that goes does not take it along."""
    container = ContainerRunner(
        name="actions2",
        url="https://code.t-juice.club",
        token=TokenFile(path="/run/secrets/token"),
        labels=["nix:docker://nixos/nix:latest"],
        scope=GlobalScope(),
    )
    build(fleet(secrets=[], runners=[container]), output)
    assert "actions2" in text(output)
    build(fleet(runner=False), output)
    assert text(output) == EXISTING


def test_what_stays_peoples_is_not_adopted(output: Path) -> None:
    """A build says nothing of an option that it finds as it is to be, and never removes it."""
    options: dict[str, Any] = {"virtualisation.podman.enable": True}
    found = fleet(secrets=[], runners=[], options=options, managed=["options.nix"])
    other = output / PATH.replace("actions-runner", "options")
    other.write_text("{ virtualisation.podman.enable = true; }\n")
    for _ in range(2):
        result = build(found, output)
        assert (result.adopted, result.created, result.changed) == ((), (), ())
    gone = fleet(secrets=[], runners=[], managed=["options.nix"])
    assert build(gone, output).adopted == ()
    assert other.read_text() == "{ virtualisation.podman.enable = true; }\n"


def test_a_missing_file_is_made(tmp_path: Path) -> None:
    """A new file has the entries and a module around them; then it is people's."""
    result = build(fleet(), tmp_path)
    assert PATH in result.created
    assert text(tmp_path) == render(fleet())[PATH]
    assert text(tmp_path).startswith(
        "{ config, pkgs, ... }:\n{\n  vault.secrets.runner-token = {\n"
    )
    edit(tmp_path, "{\n  vault", '{\n  networking.domain = "x";\n\n  vault')
    assert not check(fleet(), tmp_path).differences
    build(fleet(runner=False), tmp_path)
    assert text(tmp_path) == '{ config, pkgs, ... }:\n{\n  networking.domain = "x";\n}\n'


def test_a_link_is_not_followed(output: Path) -> None:
    """A link could lead out of the output folder."""
    (output / "elsewhere.nix").write_text(EXISTING)
    (output / PATH).unlink()
    (output / PATH).symlink_to(output / "elsewhere.nix")
    assert "a symbolic link is in the place of a file" in conflicts(fleet(), output)
    assert (output / "elsewhere.nix").read_text() == EXISTING


def test_options_go_in_one_by_one(output: Path) -> None:
    """Options of a set that people write in, too, stand beside theirs."""
    path = output / "hosts/nix-cache02/options.nix"
    path.write_text("{\n  services.openssh.ports = [ 22 ];\n}\n")
    options = {"services.openssh.enable": True, "services.nginx.enable": True}
    some = fleet(managed=["options.nix", "actions-runner.nix"], options=options)
    build(some, output)
    assert path.read_text() == (
        "{\n  services.openssh.ports = [ 22 ];\n  services.openssh.enable = true;\n"
        "  services.nginx.enable = true;\n}\n"
    )


def test_raw_nix_with_comments_settles(output: Path) -> None:
    """Whatever comments stand in an expression, a second build has nothing to do."""
    raw = nix.raw("[ # one\n  0 /* two */ (\n# three\n 1) /* four\n\tfive */\n# six\n]")
    some = fleet(
        managed=["options.nix", "actions-runner.nix"], options={"services.x.settings": raw}
    )
    build(some, output)
    assert "# one" in (output / "hosts/nix-cache02/options.nix").read_text()
    assert not check(some, output).differences
    assert build(some, output).changed == ()


def test_one_host_of_many_is_built(output: Path) -> None:
    """A build of one host keeps entries of another host's file known."""
    other = Host(name="web1", release="25.11")
    both = Fleet(hosts=[*fleet().hosts, other])
    build(both, output)
    before = read_manifest(output)
    build(Fleet(hosts=[other]), output, only=["web1"])
    assert read_manifest(output) == before
    assert text(output) == EXPECTED


def test_a_killed_build_knows_its_entries(output: Path) -> None:
    """An entry that a killed build wrote is no edit by hand: the next build goes on from there."""
    from builds import interrupted

    def stop(_: Any) -> None:
        raise KeyboardInterrupt

    build(fleet(), output)
    for at in range(1, 200):
        (output / PATH).write_text(EXPECTED)
        build(fleet(), output)
        with interrupted(at, stop) as done, contextlib.suppress(KeyboardInterrupt):
            build(fleet(capacity=9), output)
        build(fleet(capacity=7), output)
        assert "capacity = 7" in text(output)
        build(fleet(), output)
        if len(done) < at:
            break
    else:
        pytest.fail("the build never came to its end")


def test_explain_leads_from_an_entry_to_its_python(tmp_path: Path) -> None:
    """`explain` knows the entries' lines, also when people have changed the file since."""
    hosts, output = tmp_path / "hosts", tmp_path / "out"
    hosts.mkdir()
    (hosts / "a.py").write_text(
        "from nixgen import *\n"
        "token = VaultSecret(\n    name='t',\n    key='k',\n    notes=['The token.'],\n)\n"
        "host = Host(name='a', release='25.11', secrets=[token], managed=['secrets.nix'])\n"
    )
    file = output / "hosts/a/secrets.nix"
    file.parent.mkdir(parents=True)
    file.write_text("{ ... }:\n{\n  a = 1;\n}\n")
    build(load_fleet(hosts), output)

    expected = [
        ("# The token.", 2),
        ("vault.secrets.t = {", 2),
        ('secretPath = "hosts/a/t";', 3),
        ('extractKey = "k";', 4),
        ('mode = "0400";', 2),
        ("};", 2),
    ]
    assert explained(file, output, hosts) == expected
    file.write_text(file.read_text().replace("{ ... }:", "# People's.\n{ lib, ... }:"))
    assert explained(file, output, hosts) == expected
    file.write_text(file.read_text().replace('  mode = "0400";', '  mode =\n  "0400";'))
    assert {line for _, line in explained(file, output, hosts)} == {2}
    about = explain(file, output=output, hosts=hosts).about
    assert about == "a file that people write, with entries of host 'a'"


def test_the_diff_is_that_of_the_entries(output: Path) -> None:
    """A reviewer sees what nixgen would change, and nothing of what people changed."""
    build(fleet(), output)
    edit(output, "CPUWeight = 50", "CPUWeight = 20")
    plan = check(fleet(capacity=8), output)
    (change,) = [each for each in plan.differences if each.path == PATH]
    old, new = plan.old_text(change), plan.new_text(change)
    assert new == (old or "").replace("capacity = 4", "capacity = 8")


def test_hosts_say_which_files_people_write() -> None:
    """A name that no file of a host has is refused, with those that are allowed."""
    from nixgen import ModelError

    with pytest.raises(ModelError, match="allowed is actions-runner"):
        Host(name="a", release="25.11", managed=["runner.nix"])
    with pytest.raises(ModelError, match=r"people write options\.nix"):
        Host(name="a", release="25.11", managed=["options.nix"], imports=["./b.nix"])
