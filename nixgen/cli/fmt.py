"""`nixgen fmt`: formats Nix files as nixfmt does, and Terraform's as `tofu fmt`."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_output_flags
from nixgen.cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nixgen.project.formatting import Outcome, Style

# As nixfmt has it: one status for all that is not well, so that the rest is done all the same.
NOT_WELL = 1
STANDARD_INPUT = "-"

_MODES = ("check", "diff", "ast", "ir")


@with_output_flags
@click.command("fmt")
@click.argument("paths", metavar="PATH...|-", type=PATH, nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Write nothing; list the files to be formatted.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@click.option("--width", metavar="N", type=click.IntRange(1), default=100, show_default=True)
@click.option("--indent", metavar="N", type=click.IntRange(0), default=2, show_default=True)
@click.option("--strict", is_flag=True, help="Take no notice of the line breaks of the author.")
@click.option("--filename", metavar="NAME", help="What messages call standard input.")
@click.option("--ast", is_flag=True, help="Print the syntax tree instead.")
@click.option("--ir", is_flag=True, help="Print the document that is laid out instead.")
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    paths: tuple[str, ...],
    width: int,
    indent: int,
    strict: bool,
    filename: str | None,
    **flags: bool,
) -> int:
    """Format Nix files as nixfmt 1.4.0 does, Terraform's as tofu fmt.

    \b
      nixgen fmt .              all *.nix files, but those that git ignores
      nixgen fmt a.nix b.tf     these files
      nixgen fmt --check .      what a continuous integration job asks
      nixgen fmt - < a.nix      standard input to output, as editors do

    Files are replaced at once or not at all; one that does not parse stays as it is, and the others
    are formatted. Exit status 0, or 1 where a file cannot be read or parsed, or is not formatted
    under --check or --diff.
    """
    from nixgen.project.formatting import Style

    mode = _mode(flags, (*paths, filename or ""))
    style = Style(width, indent, strict)
    counts: Counter[str] = Counter()
    told = []
    for outcome in _outcomes(paths, filename, style, mode):
        counts[outcome.state] += 1
        if session.json:
            told.append(_data(outcome, mode))
        else:
            _tell(session, outcome, mode, style)
    if session.json:
        session.answer({"files": told})
    elif STANDARD_INPUT not in paths and mode in ("write", "check"):
        session.summarize(_summary(counts, mode))
    bad = counts["refused"] + (counts["different"] if mode in ("check", "diff") else 0)
    return NOT_WELL if bad else 0


def _mode(flags: Mapping[str, bool], names: tuple[str, ...]) -> str:
    from nixgen.project.formatting import holds_values, is_hcl

    chosen = [name for name in _MODES if flags[name]]
    if len(chosen) > 1:
        shown = " and ".join(f"--{name}" for name in chosen)
        raise click.UsageError(f"{shown} cannot be combined.")
    if chosen and chosen[0] in ("ast", "ir") and any(map(is_hcl, names)):
        raise click.UsageError(f"--{chosen[0]} is for Nix files.")
    if "diff" in chosen and any(map(holds_values, names)):
        raise click.UsageError("--diff would print the values in a file of variables; use --check.")
    return chosen[0] if chosen else "write"


def _summary(counts: Counter[str], mode: str) -> str:
    names = {"different": "not formatted" if mode == "check" else "formatted"}
    totals = {names.get(state, state): count for state, count in sorted(counts.items())}
    return counted(totals) or "no files"


def _outcomes(
    paths: tuple[str, ...], filename: str | None, style: Style, mode: str
) -> Iterator[Outcome]:
    """The outcome of standard input or of each file; those that do not exist come first."""
    from nixgen.project.formatting import format_bytes, format_files, nix_files

    if STANDARD_INPUT in paths:
        if len(paths) > 1:
            raise click.UsageError("- stands for standard input, alone.")
        name = filename or "<stdin>"
        yield format_bytes(sys.stdin.buffer.read(), name, style)
        return
    files = []
    for found in nix_files(paths):
        if isinstance(found, str):
            files.append(found)
        else:
            yield found
    yield from format_files(
        files, style, write=mode == "write", texts=mode in ("diff", "ast", "ir")
    )


def _tell(session: Session, outcome: Outcome, mode: str, style: Style) -> None:
    from nixgen.diagnostic import render_all

    if outcome.state == "refused":
        from nixgen.cli.failures import styled

        lines = render_all(outcome.diagnostics).splitlines()
        session.tell("\n".join(map(styled, lines)))
    elif mode == "ast":
        from nixgen.nix.stages import show_tree

        session.say(show_tree(outcome.old, outcome.file))
    elif mode == "ir":
        from nixgen.nix.stages import show_document

        session.say(show_document(outcome.old, outcome.file, strict=style.strict))
    elif mode == "diff":
        from nixgen.cli.diff import styled as coloured

        for line in _diff(outcome):
            session.say(coloured(line))
    elif mode == "check" and outcome.state == "different":
        session.say(f"{outcome.file}: not formatted")
    elif mode == "write" and outcome.new:  # only standard input has its text here
        click.echo(outcome.new, nl=False)


def _diff(outcome: Outcome) -> Iterator[str]:
    from nixgen.cli.diff import unified_texts

    return unified_texts(outcome.old, outcome.new, outcome.file, outcome.file)


def _data(outcome: Outcome, mode: str) -> dict[str, object]:
    data: dict[str, object] = {"file": outcome.file, "state": str(outcome.state)}
    if outcome.diagnostics:
        data["diagnostics"] = [each.as_dict() for each in outcome.diagnostics]
    if mode == "diff":
        data["diff"] = "".join(f"{line}\n" for line in _diff(outcome))
    elif mode == "write" and outcome.new:
        data["text"] = outcome.new
    return data
