"""The cases of all rules."""

from __future__ import annotations

from rule_cases import machine, packages, runners, secrets, texts, tokens, workflows

CASES = [
    *(*secrets.CASES, *tokens.CASES, *runners.CASES, *machine.CASES, *workflows.CASES),
    *(*packages.CASES, *texts.CASES),
]
