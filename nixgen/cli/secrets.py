"""`nixgen secrets`: the table of all secrets, and those that lack a value."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.hosts_argument import HOSTS
from nixgen.cli.progress import progress_bar
from nixgen.cli.session import Session, is_terminal
from nixgen.cli.verb import PATH, DefaultGroup, with_flags
from nixgen.cli.wording import columns, plural

if TYPE_CHECKING:
    from rich.text import Text

    from nixgen.model.host import Fleet
    from nixgen.project.secrets.table import Reader, Row

MISSING = 1


@with_flags
@click.group("secrets", cls=DefaultGroup, default="table", subcommand_metavar="[HOST]... | missing")
def command() -> None:
    """List all secrets: where they are, who reads them.

    \b
      nixgen secrets          all, or those of the hosts that are named
      nixgen secrets --json | jq '.secrets[].path'
      nixgen secrets missing --tfvars terraform/vault/terraform.tfvars

    A secret is a key at a path in Vault. It is "given" by a person in a Terraform variable,
    "generated" by Terraform, or comes from "elsewhere". No value is ever shown: nixgen has none.
    """


@with_flags
@command.command("table", hidden=True)
@HOSTS
@click.pass_obj
def table(session: Session, hosts: tuple[str, ...]) -> None:
    """List the secrets of some hosts, or of all where none is named."""
    from nixgen.project.secrets.table import secrets_table

    with progress_bar(wanted=not session.json):
        rows = secrets_table(_fleet(session, hosts).hosts)
    if session.json:
        session.answer({"secrets": [_data(row) for row in rows]})
    elif is_terminal(sys.stdout):
        session.say(_drawn(rows))
    else:
        for line in columns(_lines(rows)):
            session.say(line)


@with_flags
@command.command("missing")
@click.option(
    "--tfvars",
    "files",
    metavar="FILE",
    type=PATH,
    multiple=True,
    help="File of values, *.tfvars or *.tfvars.json; the last one wins "
    "(default: terraform/vault/terraform.tfvars in the output folder).",
)
@click.pass_obj
def missing(session: Session, files: tuple[str, ...]) -> int:
    """Say which variables of secrets lack a value.

    \b
      nixgen secrets missing
      nixgen secrets missing --tfvars terraform.tfvars --tfvars prod.auto.tfvars

    A variable may also have its value in the environment, as TF_VAR_<name>. Placeholders are no
    values, and a value has to fit its variable's type. Names that no secret uses are warnings.
    Values are never shown.

    Exit status 0 where nothing is missing, 1 where something is, 2 for errors.
    """
    import os
    from pathlib import Path

    from nixgen.cli.failures import tell_findings
    from nixgen.diagnostic import Severity
    from nixgen.project.secrets.tfvars import environment_values, missing_values, read_tfvars

    fleet = session.fleet()
    default = session.configuration().output / "terraform/vault/terraform.tfvars"
    absent = not files and not default.exists()  # as OpenTofu has it, no error
    paths = [Path(file).absolute() for file in files] or [default] * (not absent)
    sources = [environment_values(os.environ), *map(read_tfvars, paths)]
    found = missing_values(fleet.hosts, sources)
    lacking = sum(each.severity is Severity.ERROR for each in found)
    tell_findings(found, session)
    if lacking:
        there = f"; {os.path.relpath(default)} is not there yet" if absent else ""
        session.summarize(f"{plural(lacking, 'variable')} without a value{there}")
        return MISSING
    session.summarize("every variable of a secret has a value")
    return 0


def _fleet(session: Session, words: Sequence[str]) -> Fleet:
    """The hosts of these names. A word that is none may be meant as the verb that stands there."""
    from attrs import evolve

    from nixgen.errors import LoadError
    from nixgen.model.base import close_match

    try:
        return session.fleet(words)
    except LoadError as error:
        *others, last = error.diagnostics  # which is the one about names
        if len(words) == 1 and close_match(words[0], ["missing"]):
            advice = f"did you mean `nixgen secrets missing`? {last.help or ''}".strip()
            raise LoadError(*others, evolve(last, help=advice)) from None
        raise


def _data(row: Row) -> dict[str, Any]:
    return {
        "path": row.path,
        "key": row.key,
        "source": str(row.source),
        "variable": row.variable,
        "readers": [
            {
                "host": reader.host.name,
                "name": reader.secret.name,
                "file": reader.secret.output_path,
                "mode": _mode(reader),
                "owner": reader.secret.owner,
                "group": reader.secret.group,
                "units": list(reader.units),
            }
            for reader in row.readers
        ],
    }


# -- lines for programs ------------------------------------------------------------------------

_HEADER = ("PATH", "KEY", "SOURCE", "VARIABLE", "HOST", "MODE", "OWNER", "UNITS")


def _lines(rows: Sequence[Row]) -> Iterator[Sequence[str]]:
    """A line for each reader of each secret."""
    yield _HEADER
    for row in rows:
        for reader in row.readers:
            yield (
                row.path,
                row.key or "*",
                str(row.source),
                row.variable or "-",
                reader.host.name,
                _mode(reader),
                _owner(reader),
                ",".join(reader.units) or "-",
            )


def _mode(reader: Reader) -> str:
    from nixgen.model.values import mode_text

    return mode_text(reader.secret.mode)


def _owner(reader: Reader) -> str:
    return f"{reader.secret.owner}:{reader.secret.group}"


# -- a table for people ------------------------------------------------------------------------


def _drawn(rows: Sequence[Row]) -> str:
    """The secrets as a table for 80 columns: what belongs together is one cell.

    A narrower terminal has who reads a secret below it.
    """
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(force_terminal=True, no_color=False, highlight=False)
    narrow = console.width < 2 * _LONG + 4
    drawn = Table(box=None, padding=(0, 2, 0, 0), header_style="", show_header=not narrow)
    for title in ("SECRET", "READ BY")[: 1 if narrow else 2]:
        drawn.add_column(Text.assemble((title, "bold")), overflow="fold")
    for row in rows:
        for number, reader in enumerate(row.readers):
            secret = _secret(row) if number == 0 else Text()
            if narrow:
                drawn.add_row(*[secret] * bool(secret))
                drawn.add_row(Padding(_reader(reader), (0, 0, 0, 4)))
            else:
                drawn.add_row(secret, _reader(reader))
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))


_LONG = 36  # characters: two such columns stand beside each other


def _secret(row: Row) -> Text:
    """The path, its last part on a line of its own where it is long; key and source below."""
    from rich.text import Text

    folder, slash, name = row.path.rpartition("/")
    broken = "\n  " if len(row.path) > _LONG else ""
    key = "all keys" if row.key is None else f"key {row.key}"
    source = f"var.{row.variable}" if row.variable else str(row.source)
    apart = ", " if len(key + source) < _LONG else "\n  "
    return Text.assemble(
        (f"{folder}{slash}", "dim"), (f"{broken}{name}", "bold"), f"\n  {key}{apart}{source}"
    )


def _reader(reader: Reader) -> Text:
    """The host with the file's mode and owner; the units that a change restarts below."""
    from rich.text import Text

    owner = reader.secret.owner
    file = f"  {_mode(reader)} {owner if reader.secret.group == owner else _owner(reader)}"
    units = "".join(f"\n  {unit}" for unit in reader.units)
    return Text.assemble((reader.host.name, "green"), file, (units, "dim"))
