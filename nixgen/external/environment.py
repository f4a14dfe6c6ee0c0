"""The environment of the programs that nixgen starts: the user's, without what opens servers."""

from __future__ import annotations

import os

_TOKENS = frozenset(["FORGEJO_TOKEN", "GITEA_TOKEN", "VAULT_TOKEN", "BAO_TOKEN"])
_VALUES = "TF_VAR_"  # OpenTofu's variables, among them secrets


def without_secrets() -> dict[str, str]:
    """The environment without nixgen's tokens and Terraform's values, which no child needs.

    A child may hand it on: git runs people's hooks, filters and aliases.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _TOKENS and not name.startswith(_VALUES)
    }
