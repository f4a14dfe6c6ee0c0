"""`nixgen adopt` turns files that exist into a host."""

from __future__ import annotations

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
    assert run.out.endswith("default.nix: the same bytes\nl.nix: the same bytes\n")
    assert nixgen("fmt", "machines").status == 0
    assert nixgen("build", "web9").status == 0
    made = (project / "build/hosts/web9/default.nix").read_text()
    assert made.split("\n", 1)[1] == (folder / "default.nix").read_text()
    assert nixgen("adopt", *files).status == 2
    assert nixgen("adopt", "--force", *files).status == 0


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
    assert (
        'scope=OrganizationScope(organization="makers")' in (project / "hosts/web7.py").read_text()
    )
