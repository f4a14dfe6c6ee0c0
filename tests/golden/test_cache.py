"""The tree of a fleet with binary caches, host runners and workflows, as it was reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nixos
import pytest

from nixgen import load_fleet, render

HERE = Path(__file__).parent / "cache"
OPTIONS = nixos.HERE / "cache.nix"
PACKAGES = """{ pkgs, ... }: {
  nix.package = pkgs.nix;
  programs.ssh.package = pkgs.bash;
}"""


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    """What nixgen makes of the fleet, without its Terraform and the files that are always alike."""
    made = render(load_fleet(HERE / "hosts"))
    kept = ("hosts/", "repositories/", ".forgejo/")
    return {path: text for path, text in made.items() if path.startswith(kept)}


def test_snapshots(tree: dict[str, str], file_regression: Any) -> None:
    """A change of what hosts and repositories get shows in the review; nothing is left over."""
    folder = HERE / "snapshots"
    files = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert files <= tree.keys(), "left over"
    for path, text in tree.items():
        file_regression.check(text, fullpath=folder / path, encoding="utf-8")


@pytest.fixture(scope="module")
def configurations(
    tree: dict[str, str], tmp_path_factory: pytest.TempPathFactory, nix_instantiate: Path
) -> dict[str, Any]:
    """What NixOS makes of all files of a host together, by the host's name."""
    folder = tmp_path_factory.mktemp("cache")
    every = render(load_fleet(HERE / "hosts"))
    for path, text in every.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    names = ("older", "newer")
    hosts = []
    for name in names:
        files = [folder / path for path in every if path.startswith(f"hosts/{name}/")]
        options = f"import {OPTIONS} {'true' if name == 'older' else 'false'}"
        hosts.append(nixos.host(options, PACKAGES, *files))
    return dict(zip(names, nixos.evaluate(f"[ {' '.join(hosts)} ]"), strict=True))


def test_hosts_evaluate(configurations: dict[str, Any]) -> None:
    """All files of a host go together: each option has its type, and none is set twice."""
    for made in configurations.values():
        assert [each["message"] for each in made["assertions"] if not each["assertion"]] == []
        assert made["nix"]["settings"]["max-jobs"] == 4
        assert made["nix"]["settings"]["keep-outputs"] is True
        assert made["systemd"]["services"]["nix-daemon"]["serviceConfig"]["MemoryMax"] == "75%"


def test_secrets_reach_the_units_of_each_release(configurations: dict[str, Any]) -> None:
    """Each secret is fetched before the unit that the host really has, in the format it reads."""
    for name, unit, form in (
        ("older", r"gitea-runner-actions\x2dnative", "env"),
        ("newer", r"forgejo-runner-actions\x2dnative", "raw"),
    ):
        made = configurations[name]
        services = made["systemd"]["services"]
        fetch = services[f"vault-secret-{name}-native"]
        assert fetch["before"] == [f"{unit}.service"]
        assert fetch["environment"]["FORMAT"] == form
        assert services[unit]["serviceConfig"]["ProtectProc"] == "invisible"
        assert services[f"vault-secret-{name}-key"]["before"] == ["harmonia.service"]
    older, newer = configurations["older"]["services"], configurations["newer"]["services"]
    assert older["harmonia"]["signKeyPaths"] == ["/run/secrets/older-key"]
    assert newer["harmonia"]["cache"]["signKeyPaths"] == ["/run/secrets/newer-key"]
    native = newer["forgejo-runner"]["instances"]["actions-native"]
    token = {"server": {"connections": {"default": {"token_url": "/run/secrets/newer-native"}}}}
    assert native["secrets"] == token
    assert older["forgejo-runner"]["instances"] == {}
    assert newer["gitea-actions-runner"]["instances"] == {}


def test_nothing_is_collected_without_roots(configurations: dict[str, Any]) -> None:
    """The collection of both releases waits for the unit that makes the roots."""
    for made in configurations.values():
        services = made["systemd"]["services"]
        assert services["nix-gc"]["requires"] == ["host-gc-roots.service"]
        assert services["nix-gc"]["after"] == ["host-gc-roots.service"]
        assert services["host-gc-roots"]["environment"]["SYSTEMS"] == "5"
        assert services["host-gc-roots"]["startAt"] == "daily"
