"""How `nixgen diff --semantic` shows changes of the model: for people, and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.session import Session

if TYPE_CHECKING:
    from nixgen.project.review.compare import Change

_LONG = 72
_BEFORE = 16  # of what two texts share, before they differ
_COLOURS = {"+": "green", "-": "red", "~": None}


def changes(session: Session, revision: str, hosts: Sequence[str]) -> list[Change]:
    """The changes since a revision, or since the last build where it is empty; of some hosts."""
    from nixgen.project.review.compare import compare
    from nixgen.project.review.earlier import at_revision, last_build

    configuration = session.configuration()
    if revision:
        old = at_revision(revision, configuration.hosts)
    else:
        old = last_build(configuration.output)
    found = compare(old, session.fleet())
    return [change for change in found if not hosts or change.subject.owner in hosts]


def lines(found: Iterable[Change]) -> Iterator[str]:
    """A line for each change, those of security first and marked."""
    for change in found:
        mark = click.style("!", fg="red", bold=True) if change.concern else " "
        text = click.style(_sentence(change), fg=_COLOURS[change.sign])
        why = click.style(f" ({change.concern})", bold=True) if change.concern else ""
        yield f"{mark} {change.sign} {text}{why}"


def _sentence(change: Change) -> str:
    owner = f"{change.subject.owner}: " if _has_other_owner(change) else ""
    said = _said(change)
    return f"{owner}{change.subject}: {said}" if said else f"{owner}{change.subject}"


def _said(change: Change) -> str:
    """The field and its values; of an option, what it is set to."""
    if change.subject.kind == "option" and change.field in (None, "value"):
        old, new = (
            each["value"] if change.field is None and each is not None else each
            for each in (change.old, change.new)
        )
        return shown(new if old is None else old) if None in (old, new) else _values(old, new)
    if change.field is None:
        return ""
    return f"{change.field} {_values(change.old, change.new)}"


def _has_other_owner(change: Change) -> bool:
    return change.subject.owner not in ("", change.subject.name)


def _values(old: Any, new: Any) -> str:
    """`4 -> 8`; for lists that share items, only what comes and goes."""
    if isinstance(old, list) and isinstance(new, list):
        before, after = [*map(shown, old)], [*map(shown, new)]
        come = [f"+ {item}" for item in after if item not in before]
        gone = [f"- {item}" for item in before if item not in after]
        if (come or gone) and len(gone) < len(before):
            return ", ".join([*come, *gone])
    if isinstance(old, str) and isinstance(new, str):
        old, new = _from_where_they_differ(_one_line(old), _one_line(new))
    return f"{shown(old)} -> {shown(new)}"


def _from_where_they_differ(old: str, new: str) -> tuple[str, str]:
    """Two long texts without the beginning that they share, but for some signs of it."""
    pairs = enumerate(zip(old, new, strict=False))
    start = next((at for at, (a, b) in pairs if a != b), min(len(old), len(new))) - _BEFORE
    if start <= 0 or max(len(old), len(new)) <= _LONG:
        return old, new
    return f"...{old[start:]}", f"...{new[start:]}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def shown(value: Any) -> str:
    """A value on one line, not too long."""
    if value in (None, [], {}, ()):
        return "none"
    match value:
        case bool():
            text = str(value).lower()
        case list():
            text = ", ".join(map(shown, value))
        case dict():
            given = {name: each for name, each in value.items() if each not in (None, [], {})}
            kind = given.pop("kind") if isinstance(given.get("kind"), str) else ""
            fields = [f"{name} {shown(each)}" for name, each in given.items() if name != "derived"]
            text = " ".join(filter(None, [kind, f"({', '.join(fields)})" if fields else ""]))
        case _:
            text = _one_line(str(value)) or '""'
    return text if len(text) <= _LONG else f"{text[: _LONG - 3]}..."


# -- Markdown ----------------------------------------------------------------------------------


def markdown(found: Sequence[Change]) -> Iterator[str]:
    """For a comment on a pull request: what matters for security in a table of its own."""
    if not found:
        yield "Nothing changes in the model."
        return
    grave = [change for change in found if change.concern]
    rest = [change for change in found if not change.concern]
    if grave:
        yield "### Security"
        yield ""
        yield "| | Where | Change | Why it matters |"
        yield "|---|---|---|---|"
        for change in grave:
            yield f"{_row(change)} {_escaped(change.concern or '')} |"
    if rest:
        yield from [""] * bool(grave)
        yield "### Changes" if not grave else "### Other changes"
        yield ""
        yield "| | Where | Change |"
        yield "|---|---|---|"
        yield from map(_row, rest)


_WORDS = {"+": "new", "-": "gone", "~": "changed"}


def _row(change: Change) -> str:
    owner = f"{change.subject.owner}: " if _has_other_owner(change) else ""
    where = _escaped(f"{owner}{change.subject}")
    return f"| {_WORDS[change.sign]} | {where} | {_code(_said(change))} |"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)


def _code(text: str) -> str:
    """A text as code; a fence longer than any backticks in it, and no pipe that ends the cell."""
    if not text:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
