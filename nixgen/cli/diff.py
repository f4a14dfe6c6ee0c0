"""`nixgen diff`: what a build would change, line by line or in terms of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from nixgen.cli.check import DIFFERENT, compared
from nixgen.cli.hosts_argument import HOSTS
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags

if TYPE_CHECKING:
    from nixgen.project.writing.plan import Change, Plan

# As git colours them.
_COLOURS = {"@@": "cyan", "+": "green", "-": "red"}
_NO_FILE = "/dev/null"


@with_flags
@click.command("diff")
@HOSTS
@click.option("--exit-code", is_flag=True, help="Exit status 1 where something differs.")
@click.option(
    "--semantic",
    "revision",
    is_flag=False,
    flag_value="",
    metavar="[REV]",
    help="In terms of the model: since the last build, or since a git revision.",
)
@click.option("--markdown", is_flag=True, help="The semantic diff as a comment for a review.")
@click.pass_obj
def command(
    session: Session, hosts: tuple[str, ...], exit_code: bool, revision: str | None, markdown: bool
) -> int:
    """Show what a build would change, as a unified diff.

    \b
      nixgen diff                    from the files on disk to what hosts describe
      nixgen diff web1               only the files of this host
      nixgen diff --semantic         objects and fields instead of lines
      nixgen diff --semantic main    the same, since what the branch main has

    Paths in it are relative to the output folder, so "git apply" understands it there. A semantic
    diff has the changes first that matter for security, marked with "!".
    """
    if revision is not None or markdown:
        return _semantic(session, revision or "", hosts, exit_code=exit_code, markdown=markdown)
    return _textual(session, hosts, exit_code=exit_code)


def _semantic(
    session: Session, revision: str, hosts: Sequence[str], *, exit_code: bool, markdown: bool
) -> int:
    from nixgen.cli import semantic

    found = semantic.changes(session, revision, hosts)
    if session.json:
        session.answer({"changes": [change.as_dict() for change in found]})
    else:
        for line in semantic.markdown(found) if markdown else semantic.lines(found):
            session.say(line)
    if not found and not markdown:
        session.summarize("nothing changes in the model")
    return DIFFERENT if exit_code and found else 0


def _textual(session: Session, hosts: tuple[str, ...], *, exit_code: bool) -> int:
    from nixgen.cli.failures import tell_notices

    plan = compared(session, hosts)
    if session.json:
        files = [_data(plan, change) for change in plan.differences]
        session.answer({"files": files, "notices": [each.as_dict() for each in plan.notices]})
    else:
        for change in plan.differences:
            for line in unified(plan, change):
                session.say(styled(line))
        tell_notices(plan.notices, session)
    if not plan.differences:
        session.summarize("a build would change no file")
    return DIFFERENT if exit_code and plan.differences else 0


def _data(plan: Plan, change: Change) -> dict[str, str]:
    text = "".join(f"{line}\n" for line in unified(plan, change))
    return {"path": change.path, "state": str(change.state), "diff": text}


def unified(plan: Plan, change: Change) -> Iterator[str]:
    """The lines of a unified diff, from the file on disk to the one that a build would write."""
    old, new = plan.old_text(change), plan.new_text(change)
    if change.path in plan.managed and change.path.endswith(".tf"):
        from nixgen.project.managed.terraform_values import without_values

        # People may have written a secret's value there, also into an entry that is to change.
        old, new = (text and without_values(text) for text in (old, new))
    yield from unified_texts(
        old,
        new,
        _NO_FILE if old is None else f"a/{change.path}",
        _NO_FILE if new is None else f"b/{change.path}",
    )


def unified_texts(old: str | None, new: str | None, old_name: str, new_name: str) -> Iterator[str]:
    """The lines of a unified diff between two texts; None for a file that is not there."""
    from difflib import unified_diff

    yield from _with_end_marks(unified_diff(_lines(old), _lines(new), old_name, new_name))


def _lines(text: str | None) -> list[str]:
    """The lines with their ends: only a line feed ends one, as git has it."""
    if not text:
        return []
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _with_end_marks(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def styled(line: str) -> str:
    """A line of a diff with its colours."""
    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    colour = next((_COLOURS[start] for start in _COLOURS if line.startswith(start)), None)
    return click.style(line, fg=colour) if colour else line
