"""Terraform files that people write, and a fleet whose entries go into them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nixgen import Fleet, Host, Vault, VaultSecret, build
from nixgen.diagnostic import render_all
from nixgen.errors import ConflictError
from nixgen.project.writing.plan import State

FOLDER = "terraform/vault"
FILES = ("variables.tf", "secrets.tf", "hosts-generated.tf")

EXISTING = {
    "variables.tf": """\
# Values are in terraform.tfvars.

variable "grafana_token" {
  type      = string # a service account's
  sensitive = true
}
""",
    "secrets.tf": """\
locals {
  secrets = {
    # Grafana reads this one.
    "hosts/monitor/grafana" = {
      auto_generate = false
      data          = { token = var.grafana_token }
    }
  }
}

resource "vault_kv_secret_v2" "secrets" {
  for_each  = local.secrets
  mount     = "secret"
  name      = each.key
  data_json = jsonencode(each.value.data)
}
""",
    "hosts-generated.tf": """\
locals {
  generated_host_policies = {
    "monitor" = {
      paths = ["secret/data/hosts/monitor/*"]
    }
  }
}
""",
}
VARIABLE = """
variable "runner_token" {
  description = "Value of the secret runner-token"
  type        = string
  sensitive   = true
}
"""
SECRET = """\
    "hosts/web1/runner-token" = {
      auto_generate = false
      data          = { token = var.runner_token }
    }
"""
POLICY = """\
    "web1" = {
      paths = ["secret/data/hosts/web1/*"]
    }
"""
EXPECTED = {
    "variables.tf": EXISTING["variables.tf"] + VARIABLE,
    "secrets.tf": EXISTING["secrets.tf"].replace("    }\n  }\n}\n", f"    }}\n{SECRET}  }}\n}}\n"),
    "hosts-generated.tf": EXISTING["hosts-generated.tf"].replace(
        "    }\n  }\n}\n", f"    }}\n{POLICY}  }}\n}}\n"
    ),
}
ADDRESS = 'locals.secrets["hosts/web1/runner-token"]'


def host(name: str = "web1", *secrets: VaultSecret, managed: tuple[str, ...] = FILES) -> Host:
    """A host with secrets in files that people write."""
    return Host(name=name, release="25.11", secrets=secrets, vault=Vault(managed=managed))


def token(**more: Any) -> VaultSecret:
    """The runner's token."""
    return VaultSecret(**{"name": "runner-token", "key": "token", **more})


def fleet(**more: Any) -> Fleet:
    """One host with one secret."""
    return Fleet(hosts=[host("web1", token(**more))])


def texts(output: Path) -> Mapping[str, str]:
    """The files as they are on disk."""
    return {name: (output / FOLDER / name).read_text() for name in FILES}


def edit(output: Path, name: str, old: str, new: str) -> None:
    """A person's edit of a file."""
    before = texts(output)[name]
    assert old in before
    (output / FOLDER / name).write_text(before.replace(old, new))


def states(plan: Any) -> dict[str, State]:
    """How the files stand that are not as the model has them."""
    return {
        each.path.removeprefix(f"{FOLDER}/"): each.state
        for each in plan.differences
        if each.path.startswith(FOLDER)
    }


def conflicts(some: Fleet, output: Path, **more: Any) -> str:
    """What a build refuses to do, as people read it; it writes nothing then."""
    before = texts(output)
    with pytest.raises(ConflictError) as error:
        build(some, output, **more)
    assert texts(output) == before
    return render_all(error.value.diagnostics).replace(f"{output}/", "")
