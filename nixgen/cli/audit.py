"""`nixgen audit`: rules over the hosts, and the risks that are accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.hosts_argument import HOSTS, fleet_with
from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags

if TYPE_CHECKING:
    from nixgen.audit import Finding, Report, Rule
    from nixgen.project.repairs import Repair

FOUND = 1

_THRESHOLDS = ("error", "warning", "note", "never")


@with_flags
@click.command("audit")
@HOSTS
@click.option(
    "--fail-on",
    type=click.Choice(_THRESHOLDS),
    default="error",
    show_default=True,
    help="What makes the exit status 1: findings that matter so much, or more.",
)
@click.option("--explain", metavar="CODE", help="What a rule is about; no host is read.")
@click.option("--rules", is_flag=True, help="List all rules; no host is read.")
@click.option("--diff", is_flag=True, help="Show the changes that --fix would make.")
@click.option("--fix", is_flag=True, help="Make the changes that are mechanical in hosts/.")
@click.option("--sarif", is_flag=True, help="Answer in SARIF 2.1.0, for code review tools.")
@click.option("--markdown", is_flag=True, help="Answer in Markdown, for a comment.")
@click.pass_obj
def command(session: Session, /, *, hosts: tuple[str, ...], **options: Any) -> int:
    """Look for what is wrong or risky in the hosts.

    \b
      nixgen audit                     all hosts
      nixgen audit web1                what concerns this host
      nixgen audit --explain NG205     why a rule is there, and what to do
      nixgen audit --fail-on warning   what a continuous integration job may ask

    A risk that is taken is accepted in the model, at the host, runner, secret or repository that it
    is about, and is then listed apart, until its day (today's, or that of SOURCE_DATE_EPOCH):

    \b
      accepted=[accept("NG205", reason="...", until=date(2027, 1, 31))]

    Exit status 0, or 1 where something is found that --fail-on names. Nothing is written but with
    --fix.
    """
    _one_of({name: options[name] for name in ("explain", "rules", "diff", "fix")})
    # Beside --sarif, --json is no other answer: it says that errors are to be JSON, too.
    as_json = session.json and not options["sarif"]
    _one_of({"json": as_json, "sarif": options["sarif"], "markdown": options["markdown"]})
    if options["explain"] or options["rules"]:
        return _about_rules(session, options["explain"])
    report = _report(session, hosts)
    if options["diff"] or options["fix"]:
        return _repair(session, report, hosts, write=options["fix"])
    _answer(session, report, sarif=options["sarif"], markdown=options["markdown"])
    return _status(report, options["fail_on"])


def _one_of(given: Mapping[str, Any]) -> None:
    chosen = [f"--{name}" for name, value in given.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)}: choose one.")


def _report(session: Session, hosts: tuple[str, ...]) -> Report:
    """The audit of the fleet, which is loaded whole: some rules compare hosts."""
    from nixgen.audit import audit
    from nixgen.cli.today import today

    with progress_bar(wanted=not session.json):
        return audit(fleet_with(session, hosts), today=today(), only=hosts or None)


def _status(report: Report, threshold: str) -> int:
    from nixgen.diagnostic import Severity

    if threshold == "never":
        return 0
    return FOUND if report.fails(Severity(threshold)) else 0


def _answer(session: Session, report: Report, *, sarif: bool, markdown: bool) -> None:
    from pathlib import Path

    if sarif:
        from nixgen.audit.sarif import sarif as as_sarif
        from nixgen.project.repairs import sources

        session.answer(as_sarif(report, Path.cwd(), sources(report.findings)))
    elif markdown:
        from nixgen.audit.markdown import markdown as as_markdown

        session.say(as_markdown(report, Path.cwd()).rstrip("\n"))
    elif session.json:
        session.answer(_data(report))
    else:
        from nixgen.cli.audit_text import drawn

        session.say(drawn(report))


def _data(report: Report) -> dict[str, Any]:
    from nixgen.diagnostic import Severity

    return {
        "findings": [_finding(each) for each in report.findings],
        "accepted": [_finding(each) for each in report.accepted],
        "counts": {str(severity): report.count(severity) for severity in Severity},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    from nixgen.cli.failures import relative

    data = {
        **relative(finding.diagnostic).as_dict(),
        "title": finding.rule.title,
        "hosts": list(finding.hosts),
        "fixable": finding.evidence.fix is not None,
    }
    if finding.accepted is not None:
        until = finding.accepted.until
        data["accepted"] = {"reason": finding.accepted.reason, "until": until and str(until)}
    return data


# -- rules -------------------------------------------------------------------------------------


def _about_rules(session: Session, code: str | None) -> int:
    from nixgen.audit import RULES, rule_of
    from nixgen.cli.audit_text import explained, listed

    if code is None:
        if session.json:
            session.answer({"rules": [_rule(rule) for rule in RULES]})
        else:
            session.say(listed(RULES))
        return 0
    rule = rule_of(code.upper())
    if rule is None:
        raise click.UsageError(f"There is no rule {code!r}; --rules lists them.")
    if session.json:
        session.answer(_rule(rule))
    else:
        session.say(explained(rule))
    return 0


def _rule(rule: Rule[Any]) -> dict[str, str]:
    names = ("code", "severity", "title", "why", "advice", "source")
    return {name: str(getattr(rule, name)) for name in names}


# -- repairs -----------------------------------------------------------------------------------


def _repair(session: Session, report: Report, hosts: tuple[str, ...], *, write: bool) -> int:
    """Shows the changes, and makes them where they are to be written."""
    from nixgen.project.repairs import apply_repairs, repairs

    found = repairs(report.findings, session.configuration().hosts)
    if session.json:
        session.answer({"files": [{"path": _shown(each), "diff": _diff(each)} for each in found]})
    else:
        _show(session, found)
    if write:
        apply_repairs(found)
    counts = f"{len(found)} file{'' if len(found) == 1 else 's'}"
    session.summarize(f"{counts} {'changed' if write else 'would change'}")
    return 0


def _show(session: Session, found: Iterable[Repair]) -> None:
    from nixgen.cli.diff import styled

    for each in found:
        for line in _diff(each).splitlines():
            session.say(styled(line))


def _diff(repair: Repair) -> str:
    from nixgen.cli.diff import unified_texts

    name = _shown(repair)
    return "".join(
        f"{line}\n" for line in unified_texts(repair.old, repair.new, f"a/{name}", f"b/{name}")
    )


def _shown(repair: Repair) -> str:
    from nixgen.cli.hosts import shown_path

    return shown_path(str(repair.file))
