"""`nixgen adopt` turns files that exist into a host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TEXT = """\
# Web server
{ config, pkgs, lib, ... }:
{
  imports = [ ./hw.nix ../x ];
  # the name
  networking.hostName = "web9"; # dns

  #off
  services.nginx = { enable = true; virtualHosts."a.b" = { root = "${pkgs.x}/y"; }; };
  environment.systemPackages = with pkgs; [ git vim ];
  systemd.services.x.script = ''
    echo \\ "hi"
  '';
  a = lib.mkIf config.b { c = 1; };
  system.stateVersion = "25.05";
}
"""


def test_adopt(nixgen, project: Path) -> None:
    """What is built from the Python is the formatted file; nothing is overwritten unasked."""
    folder = project / "machines/web9"
    folder.mkdir(parents=True)
    (folder / "default.nix").write_text(TEXT)
    (folder / "l.nix").write_text("{ lib, ... }: let a = 1; in { b = a; }")
    files = ("machines/web9/default.nix", "machines/web9/l.nix")
    run = nixgen("adopt", *files)
    assert (run.status, run.err) == (0, "")
    once = "the same once formatted"
    assert run.out.endswith(f"default.nix: {once}\nl.nix: {once}\n")
    assert nixgen("fmt", "machines").status == 0
    assert nixgen("build", "web9").status == 0
    made = (project / "build/hosts/web9/default.nix").read_text()
    assert made.split("\n", 1)[1] == (folder / "default.nix").read_text()
    assert nixgen("adopt", *files).status == 2
    run = nixgen("adopt", "--force", *files)
    assert run.status == 0
    assert run.out.endswith("default.nix: the same bytes\nl.nix: the same bytes\n")


def test_release(nixgen, project: Path) -> None:
    """Where no file tells the release, the message asks for it."""
    (project / "a.nix").write_text("{ a = 1; }")
    run = nixgen("adopt", "a.nix", "--host", "web8")
    assert run.status == 2
    assert "--release" in run.err
    assert nixgen("adopt", "a.nix", "--host", "web8", "--release", "25.11").status == 0


def test_mistakes(nixgen, project: Path) -> None:
    """A file named twice and a scope that is none are refused before anything is written."""
    (project / "a.nix").write_text('{ system.stateVersion = "25.11"; }')
    for more in (["a.nix"], ["--scope", "anna"]):
        run = nixgen("adopt", "a.nix", "--host", "web7", *more)
        assert run.status == 2
        assert "twice" in run.err or "user:NAME" in run.err
    assert not (project / "hosts/web7.py").exists()


def test_runners_need_a_scope(nixgen, project: Path) -> None:
    """Without the flag a note says which runners stay options; with it they are objects."""
    (project / "a.nix").write_text(
        """{ services.gitea-actions-runner.instances.r = {
          enable = true; name = "r"; url = "https://git.example.org";
          tokenFile = "/run/t"; labels = [ "x:host" ]; }; }"""
    )
    arguments = ("adopt", "a.nix", "--host", "web7", "--release", "25.11", "--force")
    run = nixgen(*arguments)
    assert "options: r;" in run.err
    assert "NativeRunner" not in (project / "hosts/web7.py").read_text()
    assert nixgen(*arguments, "--scope", "org:makers").err == ""
    text = (project / "a.nix").read_text()
    (project / "a.nix").write_text(text.replace("x:host", "x"))
    assert nixgen(*arguments, "--scope", "org:makers").err == (
        "note: a runner that stays options: r: as an object it would differ in labels\n"
    )
    (project / "a.nix").write_text(text)
    assert nixgen(*arguments, "--scope", "org:makers").status == 0
    assert (
        'scope=OrganizationScope(organization="makers")' in (project / "hosts/web7.py").read_text()
    )


def test_a_file_with_a_secret_stays_peoples(nixgen, project: Path) -> None:
    """It is named with its line and left alone by builds; the host's other files are adopted."""
    folder = project / "build/hosts/web9"
    folder.mkdir(parents=True)
    (folder / "default.nix").write_text(TEXT.replace("./hw.nix", "./mail.nix"))
    (folder / "mail.nix").write_text('{\n  services.mail.password = "hunter2";\n}\n')
    before = (folder / "mail.nix").read_bytes()
    files = [f"build/hosts/web9/{name}.nix" for name in ("default", "mail")]
    run = nixgen("adopt", *files)
    assert run.status == 1
    assert run.err.startswith("warning: services.mail.password holds a literal secret")
    assert "--> build/hosts/web9/mail.nix:2\n" in run.err
    assert "mail.nix: REFUSED, people go on writing it\n" in run.out
    assert "hunter2" not in run.out + run.err + (project / "hosts/web9.py").read_text()
    assert nixgen("build", "web9", "--force").status == 0
    assert "./mail.nix" in (folder / "default.nix").read_text()
    assert (folder / "mail.nix").read_bytes() == before
    run = nixgen("adopt", files[1], "--force", "--json", "--release", "25.05")
    assert run.status == 2
    assert run.data["diagnostics"][0]["severity"] == "error"
    run = nixgen("adopt", *files, "--force", "--json")
    assert (run.status, run.data["files"]["mail.nix"]) == (1, "refused")
    (found,) = run.data["diagnostics"]
    assert found["location"] == {"file": files[1], "line": 2}
    assert "hunter2" not in run.out + run.err


def test_json(nixgen, project: Path) -> None:
    """For programs: the file that was written, and how each file compares with what is built."""
    (project / "a.nix").write_text("{\n  a = 1;\n}\n")
    (project / "b.nix").write_text("{ lib, ... }: { b = [ (lib.x) ]; }")
    (project / "c.nix").write_text("{ c = 1; }")
    arguments = (
        "adopt",
        "a.nix",
        "b.nix",
        "c.nix",
        "--host",
        "web7",
        "--release",
        "25.11",
        "--json",
    )
    run = nixgen(*arguments)
    assert (run.status, run.err) == (0, "")
    assert run.data == {
        "file": str(project / "hosts/web7.py"),
        "files": {"a.nix": "bytes", "b.nix": "values", "c.nix": "formatted"},
        "without_scope": [],
        "options": [],
        "kept": [],
        "diagnostics": [],
    }
    refused = nixgen(*arguments)
    assert (refused.status, refused.err) == (2, "")
    (diagnostic,) = refused.data["diagnostics"]
    assert diagnostic["summary"] == "web7.py exists already"
    assert "--force" in diagnostic["help"]


EVERYTHING = """\
{ config, lib, pkgs, ... }:
{
  inherit (config) home;

  vault.secrets.t = {
    secretPath = "hosts/web7/t";
    mode = "0400";
  };

  services.gitea-actions-runner.instances = {
    r = {
      enable = true;
      name = "r";
      url = "https://git.example.org";
      tokenFile = "/run/secrets/t";
      labels = [ "x:host" ];
      settings.cache = {
        enabled = true;
        dir = "/var/lib/gitea-runner/r/cache";
      };
    };

    c = {
      enable = true;
      name = "c";
      url = "https://git.example.org";
      tokenFile = "/run/other";
      labels = [ "x:docker://node:22" ];
    };
    # no more
  };
  systemd.services.gitea-runner-r.serviceConfig.CPUQuota = "200%";
  boot.loader.timeout = lib.mkDefault 3;
  time.timeZone = lib.mkForce "UTC"; # everywhere
  system = { stateVersion = "25.11"; };
}
"""


def test_what_it_writes_is_as_ruff_has_it(nixgen, project: Path) -> None:
    """The Python needs no formatting: line lengths, and an import of many names, wrapped."""
    (project / "a.nix").write_text(EVERYTHING)
    arguments = ("adopt", "a.nix", "--host", "web7", "--scope", "repo:anna/site")
    assert nixgen(*arguments).status == 0
    text = (project / "hosts/web7.py").read_text()
    assert text.partition("\n\n")[2].startswith(
        """\
from nixgen import (
    ContainerRunner,
    Entries,
    Host,
    Module,
    NativeRunner,
    Option,
    RepositoryScope,
    ResourceLimits,
    RunnerCache,
    TokenFile,
    VaultSecret,
    default,
    force,
    nix,
)

t = VaultSecret("""
    )
    ruff = [sys.executable, "-m", "ruff"]
    for check in (["format", "--check", "--diff"], ["check", "--select", "I,F,E"]):
        options = ["--config", "line-length = 100", "--no-cache", "hosts/web7.py"]
        done = subprocess.run(
            [*ruff, *check, *options], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert nixgen("build", "web7").status == 0


def test_terraform_files_with_nix_files(nixgen, project: Path) -> None:
    """Both kinds of files become one host; what stays people's is noted, and the build is quiet."""
    (project / "machines/web9").mkdir(parents=True)
    (project / "machines/web9/default.nix").write_text(
        '{ ... }:\n{\n  vault.secrets.db = {\n    secretPath = "hosts/web9/db";\n'
        '    extractKey = "password";\n    mode = "0400";\n  };\n}\n'
    )
    shared = project / "build/terraform/vault/secrets.tf"
    shared.parent.mkdir(parents=True)
    text = "locals {\n  secrets = {\n"
    text += '    "hosts/web9/db" = {\n      auto_generate = true\n      length = 40\n'
    text += '      key = "password"\n    }\n    "hosts/web9/x" = { a = 1 }\n  }\n}\n'
    shared.write_text(text)
    files = ("machines/web9/default.nix", "build/terraform/vault/secrets.tf")
    run = nixgen("adopt", *files, "--release", "25.11")
    assert run.status == 0
    assert run.err == (
        "note: a secret that stays as it is in Terraform: hosts/web9/x: no vault.secrets in the "
        "adopted Nix files has it\n"
    )
    assert run.out.endswith("default.nix: the same bytes\nsecrets.tf: the same bytes\n")
    python = (project / "hosts/web9.py").read_text()
    assert "terraform=Generated(length=40)" in python
    for other in ("web1.py", "db1.py"):
        (project / "hosts" / other).unlink(missing_ok=True)
    assert nixgen("build").status == 0
    assert shared.read_text() == text
    run = nixgen("adopt", files[1], "--force")
    assert run.status == 2
    assert "--host says which is meant" in run.err
