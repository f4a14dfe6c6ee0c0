"""The audit: rules over the model, accepted risks, and who can reach what. Pure: it only reads.

report = audit(load_fleet("hosts"), today=date.today())
for finding in report.findings:
    print(finding.rule.code, finding.diagnostic)
"""

from __future__ import annotations

from nixgen.audit.report import RULES, Report, audit, rule_of
from nixgen.audit.rule import Finding, Rule

__all__ = ["RULES", "Finding", "Report", "Rule", "audit", "rule_of"]
