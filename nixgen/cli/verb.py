"""What all verbs have in common: how they are found, and the flags that each of them takes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nixgen.cli.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VERBS = (
    "init",
    "build",
    "check",
    "diff",
    "hosts",
    "show",
    "secrets",
    "token",
    "verify",
    "runbook",
    "audit",
    "access",
    "graph",
    "report",
    "explain",
    "fmt",
    "adopt",
    "get",
    "set",
    "rm",
)
"""In the order of `nixgen --help`; each is a module of this package with a `command`."""

PATH = click.Path(readable=False)
"""A path, which shells complete; what is there is the verb's business."""

C = TypeVar("C", bound=click.Command)


class Verbs(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        """All verbs, in the order of their use rather than of the alphabet."""
        return list(VERBS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The verb's command, or None."""
        if name not in VERBS:
            return None
        command = importlib.import_module(f"nixgen.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that the arguments begin with; a near one is suggested."""
        name = arguments[0]
        if name not in VERBS and not name.startswith("-"):
            context.fail(f"No such verb {name!r}.{_near(name)}")
        return super().resolve_command(context, arguments)


class DefaultGroup(click.Group):
    """A verb with verbs of its own; where none of them is named, its `default` does the work.

    So `nixgen secrets web1` can stand beside `nixgen secrets missing`.
    """

    def __init__(self, *args: Any, default: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.default = default
        self.invoke_without_command = True
        self.no_args_is_help = False

    def invoke(self, context: click.Context) -> Any:
        """Runs the inner verb; where no word follows, the default."""
        result = super().invoke(context)
        if context.invoked_subcommand is None:
            return context.invoke(self.commands[self.default])
        return result

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The inner verb that the arguments begin with, or the default with all of them."""
        if arguments[0] in self.commands:
            return super().resolve_command(context, arguments)
        return self.default, self.commands[self.default], arguments

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        """The inner verbs, and what the default takes."""
        found = super().shell_complete(context, incomplete)
        for each in self.commands[self.default].params:
            if isinstance(each, click.Argument):
                found += each.shell_complete(context, incomplete)
        return found


def _near(name: str) -> str:
    from difflib import get_close_matches

    return "".join(f" Did you mean {match!r}?" for match in get_close_matches(name, VERBS, n=1))


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keeps a flag in the session; one that stands after the verb wins."""
    if value not in (None, False):
        setattr(context.find_object(Session), str(parameter.name), value)


def _flag(*names: str, **settings: Any) -> Callable[[C], C]:
    return click.option(*names, expose_value=False, callback=_remember, **settings)


_PROJECT_FLAGS = (
    _flag(
        "--hosts",
        "hosts_folder",
        metavar="FOLDER",
        type=PATH,
        help="Folder of the Python files (default: hosts).",
    ),
    _flag(
        "--output",
        metavar="FOLDER",
        type=PATH,
        help="Folder of the generated files (default: build).",
    ),
    _flag(
        "--formatter",
        metavar="NAME",
        help="auto (the default), nixfmt or builtin; the files are the same.",
    ),
    _flag(
        "--config",
        metavar="FILE",
        type=PATH,
        help="File of settings (default: the nearest nixgen.toml).",
    ),
)
_OUTPUT_FLAGS = (
    _flag("--json", is_flag=True, help="Answer in JSON, errors too."),
    _flag("--debug", is_flag=True, help="Show Python's traceback of an error."),
)


def with_flags(command: C) -> C:
    """Gives a command the flags of all verbs."""
    for flag in (*_PROJECT_FLAGS, *_OUTPUT_FLAGS):
        command = flag(command)
    return command


def with_output_flags(command: C) -> C:
    """Gives a command those flags that have nothing to do with a project."""
    for flag in _OUTPUT_FLAGS:
        command = flag(command)
    return command
