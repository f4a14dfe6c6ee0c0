"""The tree of a fleet with nixgen's own NixOS module of `vault.secrets`, as it was reviewed."""

from __future__ import annotations

from pathlib import Path

import nixos
import pytest
from fetching import SCRIPT

from nixgen import load_fleet, render

HERE = Path(__file__).parent / "secrets_module"
FIXED = {"modules/vault-secrets.nix": nixos.MODULE, "modules/fetch-secret.sh": SCRIPT}


@pytest.fixture(scope="module")
def tree() -> dict[str, str]:
    """What nixgen makes of the fleet, without its Terraform."""
    made = render(load_fleet(HERE / "hosts"))
    return {path: text for path, text in made.items() if not path.startswith("terraform/")}


def test_snapshots(tree, file_regression) -> None:
    """A change of what hosts get shows in the review, file by file; nothing is left over."""
    folder = HERE / "snapshots"
    files = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert files <= tree.keys() - FIXED.keys(), "left over"
    for path, text in tree.items():
        if path not in FIXED:
            file_regression.check(text, fullpath=folder / path, encoding="utf-8")


def test_the_module_is_the_one_that_was_tested(tree) -> None:
    """What tests evaluate and run is what users get, to the byte."""
    for path, file in FIXED.items():
        assert tree[path] == file.read_text(encoding="utf-8")


def test_hosts_evaluate(tree, tmp_path, nix_instantiate) -> None:
    """NixOS takes every file with the module: names, types and assertions are right."""
    for path, text in tree.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    by_hand = f"{{ imports = [ {tmp_path}/modules/vault.nix ]; }}"
    hosts = {
        "ci": nixos.host(tmp_path / "hosts/ci/actions-runner.nix"),
        "web": nixos.host(tmp_path / "hosts/web/secrets.nix"),
        "db": nixos.host(tmp_path / "hosts/db/secrets.nix", by_hand),
    }
    ci, web, db = nixos.evaluate(f"[ {' '.join(f'({each})' for each in hosts.values())} ]")
    for made in (ci, web, db):
        assert [each["message"] for each in made["assertions"] if not each["assertion"]] == []
        assert made["vault"]["address"] == "https://vault.example.org:8200"
    assert {
        name: (secret["format"], secret["envVar"], secret["services"])
        for name, secret in ci["vault"]["secrets"].items()
    } == {
        "native-token": ("env", None, ["gitea-runner-native"]),
        "other-token": ("env", "TOKEN", [r"gitea-runner-other\x2drunner"]),
    }
    for name, secret in (("native", "native-token"), ("other-runner", "other-token")):
        instance = ci["services"]["gitea-actions-runner"]["instances"][name]
        assert instance["tokenFile"] == ci["vault"]["secrets"][secret]["path"]
    assert web["vault"]["secrets"]["certificate"]["path"] == "/run/nginx-secrets/certificate"
    assert web["vault"]["secrets"]["mail"]["refreshInterval"] == "1h"
    assert web["vault"]["secrets"]["mail"] == db["vault"]["secrets"]["mail"] | {
        "secretPath": "hosts/web/mail"
    }
