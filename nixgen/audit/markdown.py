"""A report as Markdown, for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from nixgen.audit.report import Report
from nixgen.audit.rule import Finding
from nixgen.diagnostic import Location, Severity

# What Markdown, or a table in it, would take for its own.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def markdown(report: Report, root: PurePath) -> str:
    """A table of what was found, and one of what is accepted; `root` is where files are named from.

    The text ends with a line feed.
    """
    return "".join(f"{line}\n" for line in _lines(report, root))


def _lines(report: Report, root: PurePath) -> Iterator[str]:
    yield f"### nixgen audit: {totals(report)}"
    if report.findings:
        yield ""
        yield "| | | finding | what to do |"
        yield "|---|---|---|---|"
        for each in report.findings:
            diagnostic = each.diagnostic
            yield _row(
                f"**{each.severity}**" if each.severity is Severity.ERROR else str(each.severity),
                each.rule.code,
                f"{escaped(diagnostic.summary)}<br>{_where(each, root)}",
                escaped(diagnostic.help or ""),
            )
    if report.accepted:
        yield ""
        yield f"<details><summary>{len(report.accepted)} accepted</summary>"
        yield ""
        yield "| | accepted | why | until |"
        yield "|---|---|---|---|"
        for each in report.accepted:
            assert each.accepted is not None
            yield _row(
                each.rule.code,
                f"{escaped(each.evidence.summary)}<br>{_where(each, root)}",
                escaped(each.accepted.reason),
                str(each.accepted.until or ""),
            )
        yield ""
        yield "</details>"


def totals(report: Report) -> str:
    """`2 errors, 7 warnings, 1 note, 2 accepted`, without what there is none of."""
    counts = [(report.count(severity), str(severity)) for severity in Severity]
    parts = [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    parts += [f"{len(report.accepted)} accepted"] if report.accepted else []
    return ", ".join(parts) or "nothing found"


def escaped(text: str) -> str:
    """Text that stands in a cell as it is."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _where(finding: Finding, root: PurePath) -> str:
    location: Location = finding.evidence.location
    path = PurePath(location.file)
    file = path.relative_to(root) if path.is_relative_to(root) else path
    return ", ".join((f"`{file}:{location.line}`", *finding.hosts))
