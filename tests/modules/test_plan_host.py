"""The project's own host with nixgen's module in it, as NixOS evaluates them together."""

from __future__ import annotations

from pathlib import Path

import nixos
import pytest
from attrs import evolve

from nixgen import Fleet, SecretsModule, Vault, load_fleet, render

RUNNER = "hosts/nix-cache02/actions-runner.nix"
UNIT = r"gitea-runner-actions\x2dnative"


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """The files of hosts/, where nix-cache02 fetches its secrets with nixgen's module."""
    vault = Vault(address="https://vault.example:8200", secrets_module=SecretsModule())
    (host,) = load_fleet(root / "hosts").hosts
    for path, text in render(Fleet(hosts=[evolve(host, vault=vault)])).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_the_runner_starts_with_its_token(folder: Path, nix_instantiate) -> None:
    """The secret, its unit, the runner's unit and the runner's file fit together, without a word
    of it in hosts/: TOKEN= in the file that the runner's unit reads, and the unit's real name.
    """
    made = nixos.evaluate(nixos.host(folder / RUNNER))
    secret = made["vault"]["secrets"]["forgejo-native-runner-token"]
    services = made["systemd"]["services"]
    fetch = services["vault-secret-forgejo-native-runner-token"]
    assert fetch["before"] == fetch["requiredBy"] == [f"{UNIT}.service"]
    assert fetch["environment"]["FORMAT"] == "env"
    assert fetch["environment"]["EXTRACT_KEY"] == "token"
    assert services[UNIT]["serviceConfig"]["EnvironmentFile"] == secret["path"]
    assert fetch["environment"]["OUTPUT"] == secret["path"]
    assert [each["message"] for each in made["assertions"] if not each["assertion"]] == []


def test_the_plans_unit_name_is_refused(folder: Path, nix_instantiate) -> None:
    """The name that systemd does not know is told at evaluation, with the one that it knows."""
    path = folder / RUNNER
    path.write_text(path.read_text().replace(r"actions\\x2dnative", "actions-native"))
    made = nixos.evaluate(nixos.host(path))
    (failed,) = (each["message"] for each in made["assertions"] if not each["assertion"])
    assert r'write "gitea-runner-actions\\x2dnative"' in " ".join(failed.split())
