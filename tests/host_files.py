"""The Nix files of one host, and what every one of them has to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nixgen import Fleet, Host, nix
from nixgen.project.api import render_tree

# `config`, `pkgs` and `lib` as far as modules use them: a package is its own name.
STUBS = """
  config = {
    networking.hostName = "web1";
    nix.package = "config.nix.package";
    programs.ssh.package = "config.programs.ssh.package";
  };
  pkgs = builtins.listToAttrs (map (name: { inherit name; value = name; }) [
    "bash" "git" "gitMinimal" "nix" "nodejs" "forgejo-runner"
  ]);
  lib = {
    mkForce = content: { inherit content; priority = 50; };
    mkDefault = content: { inherit content; priority = 1000; };
  };
"""


def nix_files(host: Host) -> dict[str, str]:
    """The texts of the host's files by their names; each is formatted, each line has a cause."""
    texts = {}
    for path, file in render_tree(Fleet(hosts=[host])).items():
        if not path.endswith(".nix"):
            continue
        assert nix.format(file.text) == file.text, path
        known = {line for first, last, *_ in file.lines for line in range(first, last + 1)}
        lines = file.text.splitlines()
        body = range(lines.index("{") + 2, len(lines))  # from 1, without the last brace
        assert [n for n in body if n not in known and lines[n - 1].strip()] == [], path
        texts[path.removeprefix(f"hosts/{host.name}/")] = file.text
    return texts


def evaluated(eval_nix: Any, texts: Mapping[str, str]) -> dict[str, Any]:
    """What each module text sets, as Nix reads it, by one process."""
    modules = " ".join(f"(({text}) {{ inherit config pkgs lib; }})" for text in texts.values())
    return dict(zip(texts, eval_nix(f"let {STUBS} in [ {modules} ]"), strict=True))
