"""What went wrong, as people or programs read it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from nixgen.cli.session import Session
    from nixgen.diagnostic import Diagnostic, Location

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan", "help": "green"}
_HEADER = re.compile(r"(error|warning|note|help)(?:\[\w+\])?:")
_ARROW = re.compile(r"( +)(--> )(.*)")
_SENTENCE = re.compile("(No|Missing|Got|Invalid|Option|There) ")  # as one begins
_GUTTER = re.compile(r"( +\d* \|)(.*)")


def usage(error: click.UsageError, session: Session) -> int:
    """An option, argument or verb that does not exist or lacks a value."""
    wants_help = isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ()))
    if session.json:
        found = _of_usage(click.UsageError("Missing command.", error.ctx) if wants_help else error)
        session.answer({"diagnostics": [found.as_dict()]})
    elif wants_help:
        error.show()
    else:
        _tell([_of_usage(error)], session)
    return error.exit_code


def _of_usage(error: click.UsageError) -> Diagnostic:
    """Click's sentences in the form of all other messages."""
    from nixgen.diagnostic import Diagnostic

    text, _, near = error.format_message().partition("Did you mean ")
    summary = text.removeprefix("Invalid value: ").rstrip(" .(")
    summary = re.sub("^(Missing|No such) command", r"\1 verb", summary)
    if _SENTENCE.match(summary):
        summary = summary[0].lower() + summary[1:]
    advice = [f"did you mean {near.rstrip('?)')}?"] if near else []
    if error.ctx is not None:
        advice.append(f"`{error.ctx.command_path} --help` tells how it is used")
    return Diagnostic(summary=summary, help="\n".join(advice) or None)


def report(error: Exception, session: Session, *, internal_status: int) -> int:
    """Any other error; returns the exit status. What nixgen did not foresee is a line too."""
    from nixgen.errors import NixgenError

    if isinstance(error, FileNotFoundError) and _here() is None:
        error = _no_folder()
    if isinstance(error, NixgenError):
        found, status = [relative(each) for each in error.diagnostics], error.exit_status
    else:
        found, status = [_unforeseen(error, session.debug)], internal_status
    if session.json:
        session.answer({"diagnostics": [each.as_dict() for each in found]})
    else:
        _tell(found, session)
    if session.debug:
        import traceback

        session.tell("\n" + "".join(traceback.format_exception(error)).rstrip())
    return status


def tell_findings(found: list[Diagnostic], session: Session, **data: object) -> None:
    """What a verb that looks for faults has found: its answer, with further data as JSON has it."""
    from nixgen.diagnostic import render_all

    found = [relative(each) for each in found]
    if session.json:
        session.answer({"diagnostics": [each.as_dict() for each in found], **data})
    elif found:
        session.say("\n".join(map(styled, render_all(found).split("\n"))))


def tell_notices(found: Sequence[Diagnostic], session: Session) -> None:
    """What people should know of what was done, beside the answer."""
    from nixgen.diagnostic import render_all

    if found:
        session.tell("\n".join(map(styled, render_all(map(relative, found)).split("\n"))))


def _unforeseen(error: Exception, debug: bool) -> Diagnostic:
    import traceback

    from nixgen.diagnostic import Diagnostic

    text = traceback.format_exception_only(error)[-1].strip()
    advice = None if debug else "this is a mistake in nixgen; run it with --debug to see where"
    return Diagnostic(summary=f"internal error: {text}", help=advice)


def _tell(found: list[Diagnostic], session: Session) -> None:
    from nixgen.diagnostic import render_all

    session.tell("\n".join(map(styled, render_all(found).split("\n"))))
    if len(found) > 1:
        session.tell(f"\n{len(found)} errors")


def relative(diagnostic: Diagnostic) -> Diagnostic:
    """The diagnostic with paths as seen from the working directory, where they are below it."""
    from attrs import evolve

    here = _here()
    if here is None or here == "/":
        return diagnostic
    in_text = re.compile(rf"(?<![^\s'\"`(]){re.escape(here)}/")
    return evolve(
        diagnostic,
        summary=in_text.sub("", diagnostic.summary),
        location=diagnostic.location and _relative(diagnostic.location, here),
        detail=diagnostic.detail and in_text.sub("", diagnostic.detail),
        related=tuple(
            evolve(each, location=_relative(each.location, here)) for each in diagnostic.related
        ),
        help=diagnostic.help and in_text.sub("", diagnostic.help),
    )


def _here() -> str | None:
    """The working directory; None where somebody has removed it."""
    try:
        return os.getcwd()  # noqa: PTH109 - a text is replaced by a text
    except FileNotFoundError:
        return None


def _no_folder() -> Exception:
    from nixgen.diagnostic import Diagnostic
    from nixgen.errors import InputError

    summary = "the working directory does not exist any more"
    return InputError(Diagnostic(summary=summary, help="change to another one: cd"))


def _relative(location: Location, here: str) -> Location:
    from attrs import evolve

    # The line is read first: what is withheld is known by the whole path.
    source = location.line_text()
    file = "." if location.file == here else location.file.removeprefix(f"{here}/")
    return evolve(location, file=file, source=source)


def styled(line: str) -> str:
    """A line of a rendered diagnostic with its colours."""
    if header := _HEADER.match(line):
        colour = _COLOURS[header[1]]
        rest = line[header.end() :]
        important = header[1] in {"error", "warning"}
        return click.style(header[0], fg=colour, bold=True) + click.style(rest, bold=important)
    if arrow := _ARROW.fullmatch(line):
        return (
            arrow[1] + click.style(arrow[2], fg="blue", bold=True) + click.style(arrow[3], "cyan")
        )
    if gutter := _GUTTER.fullmatch(line):
        carets = gutter[2].strip(" ^") == ""
        text = click.style(gutter[2], fg="red", bold=True) if carets and gutter[2] else gutter[2]
        return click.style(gutter[1], fg="blue", bold=True) + text
    return line
