"""`nixgen explain`: the Python behind a generated line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_flags

if TYPE_CHECKING:
    from nixgen.diagnostic import Diagnostic, Location, Related
    from nixgen.project.explain import Cause, ExplainedFile, Explanation


@with_flags
@click.command("explain")
@click.argument("file", metavar="FILE[:LINE]", type=PATH)
@click.pass_obj
def command(session: Session, file: str) -> None:
    """Show the Python behind a generated line.

    \b
      nixgen explain build/hosts/web1/options.nix:12
      nixgen explain hosts/web1/options.nix    every line, as git blame does

    For one line, the place that says it, or that it is derived from, and the calls that lead there
    through shared parts. FILE is a path from here, or from the output folder; a column may follow,
    as in messages of Nix.
    """
    from nixgen.project.explain import explain

    configuration = session.configuration()
    name, line = _parsed(file)
    explained = explain(name, output=configuration.output, hosts=configuration.hosts)
    if line is not None and not 1 <= line <= len(explained.lines):
        raise click.BadParameter(f"{explained.path} has {len(explained.lines)} lines, not {line}.")
    if session.json:
        session.answer(_data(explained, line))
    elif line is None:
        _blame(session, explained)
    else:
        _one_line(session, explained, line)


def _parsed(file: str) -> tuple[str, int | None]:
    """The name and the line of `FILE:LINE`; Nix and compilers write `FILE:LINE:COLUMN:`."""
    match = re.fullmatch(r"(.+?):(\d+)(?::\d+)?:?", file)
    return (match[1], int(match[2])) if match else (file, None)


def _data(file: ExplainedFile, line: int | None) -> dict[str, Any]:
    found = file.explanations() if line is None else file.at(line)
    data: dict[str, Any] = {"file": file.path, "about": file.about}
    if line is not None:
        data |= {"line": line, "text": file.lines[line - 1]}
    return {**data, "explanations": [_explanation(each) for each in found]}


def _explanation(each: Explanation) -> dict[str, Any]:
    return {
        "first": each.first,
        "last": each.last,
        "what": each.what,
        "causes": [
            {"argument": _place(cause.argument), "calls": list(map(_place, cause.calls))}
            for cause in each.causes
        ],
    }


def _place(location: Location) -> str:
    from nixgen.cli.hosts import shown_path

    return f"{shown_path(location.file)}:{location.line}"


def _blame(session: Session, file: ExplainedFile) -> None:
    """Each line behind the place that it comes from."""
    lines = [(_blamed(found), number, text) for number, text, found in file.narrowest()]
    width = max((len(place) for place, _, _ in lines), default=0)
    digits = len(str(len(lines)))
    for place, number, text in lines:
        gutter = click.style(f"{number:{digits}} |", fg="blue")
        session.say(f"{click.style(place.ljust(width), fg='cyan')}  {gutter} {text}".rstrip())


def _blamed(found: Explanation | None) -> str:
    if found is None or not found.causes:
        return ""
    more = f" +{len(found.causes) - 1}" if len(found.causes) > 1 else ""
    return f"{_place(found.causes[0].argument)}{more}"


def _one_line(session: Session, file: ExplainedFile, line: int) -> None:
    from nixgen.cli.failures import relative, styled
    from nixgen.diagnostic import render

    place = click.style(f"{file.path}:{line}:", fg="cyan")
    session.say(f"{place} {file.lines[line - 1].strip()}")
    session.say(file.about)
    for found in file.at(line)[:1]:
        text = render(relative(_diagnostic(found))).removeprefix("note: ")
        session.say()
        session.say("\n".join(map(styled, text.split("\n"))))


def _diagnostic(found: Explanation) -> Diagnostic:
    """The explanation in the form of a note, with the other causes and the calls related to it."""
    from nixgen.diagnostic import Diagnostic, Severity

    first, *others = found.causes
    return Diagnostic(
        severity=Severity.NOTE,
        summary=found.what,
        location=first.argument,
        related=(*_calls(first), *(each for cause in others for each in _other(cause))),
    )


def _calls(cause: Cause) -> list[Related]:
    from nixgen.diagnostic import Related

    call, *outer = cause.calls
    inside = [Related(call, "in this call")] if call != cause.argument else []
    return [*inside, *(Related(place, "called from here") for place in outer)]


def _other(cause: Cause) -> list[Related]:
    from nixgen.diagnostic import Related

    return [Related(cause.argument, "and"), *_calls(cause)]
