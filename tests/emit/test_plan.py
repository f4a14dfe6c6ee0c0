"""hosts/nix-cache02.py becomes the plan: the same Nix and Terraform values, in the same order."""

from __future__ import annotations

import json
import re
from pathlib import Path

import programs
import pytest
from attrs import evolve

from nixgen import Fleet, Host, load_fleet, render

HERE = Path(__file__).parent
RUNNER = "hosts/nix-cache02/actions-runner.nix"

# `config` and `pkgs` as far as the plan uses them: each package is its own name.
STUBS = """
  config = { networking.hostName = "nix-cache02"; };
  pkgs = builtins.listToAttrs (map (name: { inherit name; value = name; }) [
    "bash" "coreutils" "curl" "gawk" "git" "gnused" "nodejs" "wget" "nix"
  ]);
"""


@pytest.fixture(scope="module")
def fleet(root: Path) -> Fleet:
    """The project's own hosts."""
    return load_fleet(root / "hosts")


def values(module: str) -> str:
    """An expression for what a module text sets."""
    return f"(let {STUBS} in ({module}) {{ inherit config pkgs; }})"


def with_services(host: Host, services: list[str]) -> Host:
    """The host, its token's `services` given by hand."""
    (key, token), (container, native) = host.secrets, host.runners
    token = evolve(token, services=services)
    return evolve(host, secrets=[key, token], runners=[container, evolve(native, token=token)])


def test_nix_equals_the_plan(fleet: Fleet, eval_nix) -> None:
    """Every attribute of the plan has its value; the unit's name is the one systemd really uses."""
    plan = (HERE / "plan.nix").read_text()
    made, planned = eval_nix(f"[ {values(render(fleet)[RUNNER])} {values(plan)} ]")
    secret = planned["vault"]["secrets"]["forgejo-native-runner-token"]
    assert secret["services"] == ["gitea-runner-actions-native"]
    secret["services"] = [r"gitea-runner-actions\x2dnative"]
    assert made == planned


def test_a_host_can_insist_on_the_plans_unit_name(fleet: Fleet, eval_nix) -> None:
    """A service name that is given stands as it is given: then all is the plan's."""
    host = with_services(fleet.host("nix-cache02"), ["gitea-runner-actions-native"])
    text = render(Fleet(hosts=[host]))[RUNNER]
    plan = (HERE / "plan.nix").read_text()
    made, planned = eval_nix(f"[ {values(text)} {values(plan)} ]")
    assert made == planned


def test_nix_keeps_the_plans_order_and_comments(fleet: Fleet) -> None:
    """A reviewer who has the plan beside the file finds the same lines from top to bottom."""
    wanted = re.findall(r"^\s*(#.*|[\w.-]+(?= = ))", (HERE / "plan.nix").read_text(), re.MULTILINE)
    made = re.findall(r"^\s*(#.*|[\w.-]+(?= = ))", render(fleet)[RUNNER], re.MULTILINE)
    without_headers = [line for line in made if "nixgen" not in line]
    assert without_headers == wanted[1:]


def test_terraform_equals_the_plan(fleet: Fleet, tofu: Path, tmp_path: Path) -> None:
    """OpenTofu computes the plan's secrets map and the plan's variable from our files."""
    ours, plans = tmp_path / "ours", tmp_path / "plan"
    for folder in (ours, plans):
        folder.mkdir()
    for path, text in render(fleet).items():
        if path.endswith(".tf"):
            (ours / Path(path).name).write_text(text)
    (plans / "plan.tf").write_text((HERE / "plan.tf").read_text())
    both = "{ secrets = local.secrets, token = var.forgejo_native_runner_token }"
    shown = f"nonsensitive(jsonencode({both}))"
    made, planned = programs.eval_tofu(shown, ours), programs.eval_tofu(shown, plans)
    assert json.loads(planned)["token"] == "PLACEHOLDER"
    assert made == planned
    paths = programs.eval_tofu("local.generated_host_policies", ours)
    assert paths == {"nix-cache02": {"paths": ["secret/data/hosts/nix-cache02/*"]}}


def test_variable_block_equals_the_plan(fleet: Fleet) -> None:
    """The variable's block is the plan's, to the byte."""
    plan = (HERE / "plan.tf").read_text()
    block = plan[plan.index("variable") : plan.index("locals")].strip()
    assert render(fleet)["terraform/vault/variables.tf"].endswith(f"\n\n{block}\n")


def test_only_the_plans_files_are_written(fleet: Fleet) -> None:
    """The host becomes one NixOS module and its entries in three Terraform files."""
    assert sorted(render(fleet)) == [
        RUNNER,
        "terraform/vault/hosts-generated.tf",
        "terraform/vault/secrets.tf",
        "terraform/vault/variables.tf",
    ]
