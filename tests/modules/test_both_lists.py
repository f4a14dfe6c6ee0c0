"""What the error of two lists advises is what NixOS makes one list of."""

from __future__ import annotations

from pathlib import Path

import nixos
import pytest

from nixgen import Fleet, Host, Module, Profile, nix, render
from nixgen.errors import ModelError

SHARED = Profile(options={"environment.systemPackages": [nix.pkg("git")]})
OWN = {"environment.systemPackages": nix.with_pkgs("jq", "curl")}
DECLARED = """{ lib, ... }: {
  options.environment.systemPackages = lib.mkOption { type = lib.types.listOf lib.types.package; };
}"""


def test_a_list_in_a_file_of_its_own(tmp_path: Path, nix_instantiate) -> None:
    """A host keeps the packages of its profile beside its own, written as the help says."""
    with pytest.raises(ModelError) as caught:
        Host(name="web1", release="25.11", parts=[SHARED], options=OWN)
    (fault,) = caught.value.diagnostics
    advice = "modules=[Module(file='own.nix', content=[{'environment.systemPackages': [...]}])]"
    assert advice in str(fault.help).splitlines()

    own = Module(file="own.nix", content=[OWN])
    host = Host(name="web1", release="25.11", parts=[SHARED], modules=[own])
    files = render(Fleet(hosts=[host]))
    for path, text in files.items():
        (tmp_path / Path(path).name).write_text(text)
    made = nixos.host(DECLARED, tmp_path / "options.nix", tmp_path / "own.nix")
    packages = nixos.evaluate(f"map (each: each.name) {made}.environment.systemPackages")
    assert sorted(packages) == ["curl", "git", "jq"]
