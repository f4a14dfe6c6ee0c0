"""`nixgen show`: a host with its parts put together, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nixgen.cli.hosts_argument import HOST
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree


@with_flags
@click.command("show")
@HOST
@click.pass_obj
def command(session: Session, host: str) -> None:
    """Show a host, its parts put together, and what follows.

    \b
      nixgen show web1
      nixgen show web1 --json | jq '.secrets[].path'

    Values that nobody wrote, such as the name of a runner's systemd unit or the path of a secret in
    Vault, are marked as derived. The values of secrets are not there: nixgen has none.
    """
    from nixgen.project.description import described

    data = described(session.fleet([host]).host(host))
    if session.json:
        session.answer(data)
    else:
        session.say(_drawn(data))


_IN_LABEL = ("name", "kind", "value", "origin")


def _drawn(data: dict[str, Any]) -> str:
    """The data as a tree, with colours; whoever prints it takes them out where none are wanted."""
    from rich.console import Console
    from rich.tree import Tree

    tree = Tree(_label(data), guide_style="dim")
    _grow(tree, data)
    console = Console(force_terminal=True, no_color=False, highlight=False, width=10_000)
    with console.capture() as captured:
        console.print(tree)
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))


def _grow(tree: Tree, data: dict[str, Any]) -> None:
    """Adds the fields of an object, without those that are empty and those in its label."""
    from rich.text import Text

    derived = data.get("derived", ())
    for key, value in data.items():
        if key in (*_IN_LABEL, "derived") or value in (None, [], {}):
            continue
        title = Text(key.replace("_", " "), style="cyan")
        if isinstance(value, dict):
            _grow(tree.add(Text.assemble(title, " ", _label(value))), value)
        elif isinstance(value, list) and isinstance(value[0], dict):
            branch = tree.add(title)
            for each in value:
                _grow(branch.add(_label(each)), each)
        else:
            title.append(f" {_text(value)}", style="default")
            tree.add(title.append(" (derived)" if key in derived else "", style="dim"))


def _label(data: dict[str, Any]) -> Text:
    """What stands for an object or option: `actions-native NativeRunner hosts/web1.py:40`."""
    from rich.text import Text

    styles = zip(_IN_LABEL, ("bold", "default", "green", "dim"), strict=True)
    return Text(" ").join(Text(data[key], style=style) for key, style in styles if key in data)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
