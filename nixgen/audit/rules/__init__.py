"""The rules, a module for each theme; `RULES` has all of them in the order of their codes.

- NG0xx: accepted risks themselves
- NG1xx: secrets, on the host and in Terraform
- NG2xx: runners: their tokens, and what their jobs can do to the machine
- NG3xx: labels, scopes, units, workflows: whether jobs find their runner, and it works
- NG4xx: Nix and the binary cache
- NG5xx: resources
- NG6xx: Vault
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from nixgen.audit.rule import Rule
from nixgen.audit.rules import (
    cache,
    containers,
    isolation,
    labels,
    nix_daemon,
    packages,
    resources,
    secret_options,
    secrets,
    terraform,
    texts,
    tokens,
    units,
    vault,
    workflows,
)

_MODULES: tuple[ModuleType, ...] = (
    cache,
    containers,
    isolation,
    labels,
    nix_daemon,
    packages,
    resources,
    secret_options,
    secrets,
    terraform,
    texts,
    tokens,
    units,
    vault,
    workflows,
)

RULES: tuple[Rule[Any], ...] = tuple(
    sorted(
        (each for module in _MODULES for each in vars(module).values() if isinstance(each, Rule)),
        key=lambda rule: rule.code,
    )
)
"""All rules that read the model."""
