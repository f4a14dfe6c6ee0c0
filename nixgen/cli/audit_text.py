"""An audit as people read it: as wide as the terminal or COLUMNS, in a pipe without line breaks."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nixgen.cli.session import is_terminal

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from nixgen.audit import Finding, Report, Rule

_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}
_UNLIMITED = 10_000
_END_OF_LINE = re.compile(r"(?: |\x1b\[[0-9;]*m)+$", re.MULTILINE)
_PROSE = 100
_MOST_HOSTS = 4


def width() -> int:
    """Columns of a line: those of the terminal, or what COLUMNS says, or no end."""
    if is_terminal(sys.stdout) or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return _UNLIMITED


def printed(*parts: RenderableType, most: int = _UNLIMITED) -> str:
    """Parts with their colours as text; whoever prints it takes these out where none are wanted.

    `most` is the most columns of a line, however wide the terminal is.
    """
    from rich.console import Console

    console = Console(
        force_terminal=True, no_color=False, highlight=False, width=min(width(), most)
    )
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    without_spaces = _END_OF_LINE.sub(lambda end: end[0].replace(" ", ""), captured.get())
    return without_spaces.rstrip("\n")


def drawn(report: Report) -> str:
    """The findings, what is accepted, and how many there are."""
    from rich.text import Text

    from nixgen.audit.markdown import totals

    parts: list[RenderableType] = []
    if report.findings:
        parts += [_table(report.findings, _open_lines), ""]
    if report.accepted:
        parts += [Text("accepted", style="bold"), _table(report.accepted, _accepted_lines), ""]
    fixable = sum(each.evidence.fix is not None for each in report.findings)
    parts.append(Text(totals(report), style="bold"))
    if report.findings:
        advice = "`nixgen audit --explain CODE` says more"
        advice += f"; {fixable} can be repaired with --fix" if fixable else ""
        parts.append(Text(advice, style="dim"))
    return printed(*parts)


def _grid() -> Table:
    """Two columns of short words, and one of text."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _table(findings: Iterable[Finding], lines: Any) -> Table:
    from rich.text import Text

    table = _grid()
    for each in findings:
        severity = Text(str(each.severity), style=_STYLES[str(each.severity)])
        table.add_row(severity, Text(each.rule.code, style="bold"), Text("\n").join(lines(each)))
    return table


def _open_lines(finding: Finding) -> Iterator[Text]:
    from rich.text import Text

    from nixgen.cli.failures import relative

    diagnostic = relative(finding.diagnostic)
    yield Text(diagnostic.summary, style="bold" if str(finding.severity) == "error" else "")
    yield _where(finding)
    for related in diagnostic.related:
        yield Text(f"{related.location}  {related.message}", style="dim")
    yield Text(f"-> {diagnostic.help}", style="green")


def _accepted_lines(finding: Finding) -> Iterator[Text]:
    from rich.text import Text

    assert finding.accepted is not None
    yield Text(finding.evidence.summary)
    yield _where(finding)
    until = f"until {finding.accepted.until}: " if finding.accepted.until else ""
    yield Text(f"-> {until}{finding.accepted.reason}", style="green")


def _where(finding: Finding) -> Text:
    from rich.text import Text

    from nixgen.cli.failures import relative

    location = relative(finding.diagnostic).location
    return Text(f"{location}  {hosts_text(finding.hosts)}".rstrip(), style="dim")


def hosts_text(hosts: Sequence[str]) -> str:
    """The first few of some hosts."""
    shown = ", ".join(hosts[:_MOST_HOSTS])
    rest = len(hosts) - _MOST_HOSTS
    return f"{shown} and {rest} more" if rest > 0 else shown


# -- rules -------------------------------------------------------------------------------------


def listed(rules: Iterable[Rule[Any]]) -> str:
    """All rules with their titles."""
    from rich.text import Text

    table = _grid()
    for rule in rules:
        severity = Text(str(rule.severity), style=_STYLES[str(rule.severity)])
        table.add_row(Text(rule.code, style="bold"), severity, Text(rule.title))
    return printed(table)


def explained(rule: Rule[Any]) -> str:
    """All that there is to say of a rule."""
    from rich.table import Table
    from rich.text import Text

    severity = str(rule.severity)
    title = Text.assemble(
        (rule.code, "bold"), " ", (severity, _STYLES[severity]), " ", (rule.title, "bold")
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    table.add_row("why", Text(rule.why))
    table.add_row("what to do", Text(rule.advice))
    table.add_row("source", Text(rule.source, style="dim"))
    table.add_row("to accept it", Text(f'accepted=[accept("{rule.code}", reason="...")]'))
    return printed(title, "", table, most=_PROSE)
