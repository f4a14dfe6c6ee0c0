"""A report as SARIF 2.1.0, the format that code review tools read.

Structure: OASIS, Static Analysis Results Interchange Format 2.1.0. Accepted findings are results
with a suppression of kind `inSource`, whose justification is the reason; a fix is a replacement.
Sections of the standard are named where a rule of it is not in its schema.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from nixgen.audit.fix import replacements
from nixgen.audit.markdown import escaped
from nixgen.audit.report import RULES, Report
from nixgen.audit.rule import Finding, Rule
from nixgen.diagnostic import Location, Severity
from nixgen.version import VERSION

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
"""The name that code review tools have for the repository, which paths are relative to."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(report: Report, root: PurePath, sources: Mapping[str, str]) -> dict[str, Any]:
    """The report as SARIF's JSON.

    `root` is the absolute path of the folder that files are named from; `sources` has the texts of
    files that can be fixed, by their names in locations.
    """
    findings = (*report.findings, *report.accepted)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "nixgen",
                        "semanticVersion": VERSION,
                        "rules": [_rule(rule) for rule in RULES],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, root, sources) for each in findings],
            }
        ],
    }


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": _plain(f"{rule.title}."),
        "fullDescription": _plain(rule.why),
        "help": _plain(f"{rule.why}\n\nWhat to do: {rule.advice}\n\nSource: {rule.source}")
        | {
            "markdown": _without_placeholders(
                f"{escaped(rule.why)}\n\n**What to do:** {escaped(rule.advice)}\n\n"
                f"**Source:** {escaped(rule.source)}"
            )
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _plain(text: str) -> dict[str, str]:
    """A plain text message; `[a](b)` would be a link to a place of the log (3.11.6)."""
    return {"text": _without_placeholders(text.replace("](", "\\]("))}


def _without_placeholders(message: str) -> str:
    """A message string whose braces stand for themselves: `{0}` is an argument's place (3.11.5)."""
    return message.replace("{", "{{").replace("}", "}}")


_INDEX = {rule.code: index for index, rule in enumerate(RULES)}


def _result(finding: Finding, root: PurePath, sources: Mapping[str, str]) -> dict[str, Any]:
    diagnostic = finding.diagnostic
    message = f"{diagnostic.summary}\nWhat to do: {diagnostic.help}"
    result: dict[str, Any] = {
        "ruleId": finding.rule.code,
        "ruleIndex": _INDEX[finding.rule.code],
        "level": _LEVELS[finding.severity],
        "message": _plain(message),
        "locations": [{"physicalLocation": _place(finding.evidence.location, root)}],
        "partialFingerprints": {"nixgen/v1": _fingerprint(finding)},
        "properties": {"hosts": list(finding.hosts)},
    }
    if finding.evidence.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": _plain(related.message),
                "physicalLocation": _place(related.location, root),
            }
            for number, related in enumerate(finding.evidence.related)
        ]
    if finding.accepted is not None:
        reason = finding.accepted.reason
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    fixes = _fixes(finding, root, sources)
    if fixes:
        result["fixes"] = fixes
    return result


def _fingerprint(finding: Finding) -> str:
    """What tells a finding from others when lines have moved."""
    parts = (finding.rule.code, finding.evidence.summary, *finding.hosts)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _place(location: Location, root: PurePath) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": _artifact(location.file, root)}
    if location.line is not None:
        place["region"] = {"startLine": location.line}
    return place


def _artifact(file: str, root: PurePath) -> dict[str, str]:
    path = PurePath(os.path.normpath(root / file))
    if path.is_relative_to(root):
        return {"uri": quote(path.relative_to(root).as_posix()), "uriBaseId": ROOT}
    return {"uri": path.as_uri()}


def _fixes(finding: Finding, root: PurePath, sources: Mapping[str, str]) -> list[dict[str, Any]]:
    fix = finding.evidence.fix
    source = sources.get(fix.origin.file) if fix else None
    if fix is None or source is None:
        return []
    return [
        {
            "description": _plain(f"write {fix.field}={each.text}"),
            "artifactChanges": [
                {
                    "artifactLocation": _artifact(fix.origin.file, root),
                    "replacements": [
                        {
                            "deletedRegion": {
                                "startLine": each.line,
                                "startColumn": each.column,
                                "endLine": each.line,
                                "endColumn": each.end_column,
                            },
                            "insertedContent": {"text": each.text},
                        }
                    ],
                }
            ],
        }
        for each in replacements(source, [fix])
    ]
