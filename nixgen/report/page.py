"""The report: all that is known of a fleet on one HTML page that needs nothing else.

It is another reader of what the verbs show: the audit, the access tables, the table of secrets and
the graph. The page asks no server for anything, and its Content-Security-Policy holds it to that:
only the style and the script whose hashes it names are used (https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import frozen

from nixgen.audit import Finding, Report, Rule
from nixgen.audit.access import RunnerAccess, access
from nixgen.diagnostic import Location, Severity
from nixgen.model.access import policy_paths
from nixgen.model.host import Fleet, Host
from nixgen.model.values import mode_text
from nixgen.project.line_origins import short_name
from nixgen.project.secrets.table import secrets_table
from nixgen.report.graph import fleet_graph, svg
from nixgen.report.graph.nodes import folded

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

IN_FULL, AT_ALL = 60, 400
"""Nodes of a graph that is drawn in full, and of one that is drawn at all: between them, secrets
that are alike are one box."""


@frozen(kw_only=True)
class RuleFindings:
    """What one rule found, at one severity; `advice` where it is the same for all of it."""

    rule: Rule[Any]
    severity: Severity
    findings: tuple[Finding, ...]

    @property
    def anchor(self) -> str:
        """Where it is on the page."""
        return f"{self.rule.code}-{self.severity}"

    @property
    def advice(self) -> str | None:
        """What to do, where that is the same for all."""
        advices = {finding.diagnostic.help for finding in self.findings}
        return advices.pop() if len(advices) == 1 else None


@frozen(kw_only=True)
class HostRow:
    """A host in the overview: how many findings it has of each severity, and how many accepted."""

    host: Host
    findings: dict[Severity, int]
    accepted: int
    readable: tuple[str, ...]


@frozen(kw_only=True)
class RunnerRow:
    """A runner's access on its host."""

    host: Host
    access: RunnerAccess


def page(
    fleet: Fleet, report: Report, *, today: datetime.date, only: Collection[str] | None = None
) -> str:
    """The page as HTML, the same bytes for the same arguments.

    `report` is the audit of the fleet on the day `today`; `only` has the names of the hosts that
    the page is about, where it is not about all.
    """
    hosts = [host for host in fleet.hosts if only is None or host.name in only]
    style, script = _text("report.css"), _text("report.js")
    graph = fleet_graph(fleet, only)
    drawn = folded(graph) if len(graph.nodes) > IN_FULL else graph
    rules = tuple(_by_rule(report.findings))
    template = _environment().get_template("report.html.j2")
    return template.render(
        hosts=list(_host_rows(hosts, report)),
        rules=rules,
        anchors=_anchors(rules, report),
        accepted=report.accepted,
        counts={severity: report.count(severity) for severity in Severity},
        runners=[RunnerRow(host=host, access=each) for host in hosts for each in access(host)],
        secrets=secrets_table(hosts),
        picture=svg(drawn, standalone=False) if 0 < len(drawn.nodes) <= AT_ALL else None,
        boxes=len(drawn.nodes),
        is_folded=drawn is not graph,
        today=today,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _host_rows(hosts: Iterable[Host], report: Report) -> Iterator[HostRow]:
    found = Counter((name, each.severity) for each in report.findings for name in each.hosts)
    accepted = Counter(name for each in report.accepted for name in each.hosts)
    for host in hosts:
        yield HostRow(
            host=host,
            findings={severity: found[host.name, severity] for severity in Severity},
            accepted=accepted[host.name],
            readable=policy_paths(host),
        )


def _anchors(rules: Iterable[RuleFindings], report: Report) -> dict[str, str]:
    """Where the page says more of a code."""
    accepted = {finding.rule.code: "accepted" for finding in report.accepted}
    return accepted | {each.rule.code: each.anchor for each in rules}


def _by_rule(findings: Iterable[Finding]) -> Iterator[RuleFindings]:
    """Findings by rule and severity, in the order in which they come: what matters most first."""
    alike: dict[tuple[Severity, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.severity, finding.rule.code), []).append(finding)
    for (severity, _), group in alike.items():
        yield RuleFindings(rule=group[0].rule, severity=severity, findings=tuple(group))


# -- the template ------------------------------------------------------------------------------


@functools.cache
def _environment() -> Environment:
    """The templates of this package: what is put in is escaped, an undefined name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=PackageLoader("nixgen.report"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    made.filters |= {
        "day": _day,
        "mode": mode_text,
        "place": _place,
        "plural": _plural,
        "prose": _prose,
        # Style, script and picture are nixgen's own; the writer of SVG escapes what is in it.
        "own": Markup,
    }
    return made


def _prose(text: str) -> Markup:
    """A message as HTML: what stands between backticks is code."""
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - it is escaped


_CODE = re.compile("`([^`]+)`")


def _text(name: str) -> str:
    return (files("nixgen.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """A text as a Content-Security-Policy names it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _day(day: datetime.date) -> str:
    """`24 November 2026`, whatever the locale."""
    months = "January February March April May June July August September October November December"
    return f"{day.day} {months.split()[day.month - 1]} {day.year}"


def _place(location: Location) -> str:
    """`hosts/web1.py:12`: the same on every machine."""
    return f"{short_name(location.file)}:{location.line}"


def _plural(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
