"""`container.options` of a runner's settings: options of `docker create` for each job's container.

The runner splits them as a shell does and reads them with docker's own definitions
(forgejo-runner, `act/container/docker_run.go`: `parseOptions`; `docker_cli.go`: `addFlags`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from nixgen.audit.view import runner_value
from nixgen.model.runner import Runner

_NAMES = {
    "m": "memory",
    "v": "volume",
    "net": "network",
    "i": "interactive",
    "P": "publish-all",
    "t": "tty",
}
"""Other names of what is asked for, and of what takes no value."""

_SWITCHES = frozenset(
    [
        *("init", "interactive", "no-healthcheck", "oom-kill-disable", "privileged", "publish-all"),
        *("read-only", "rm", "tty"),
    ]
)
"""Options that are on or off: no word after them is their value, only one with `=`."""

_OFF = frozenset(["0", "f", "F", "false", "False", "FALSE"])
"""What turns a switch off (Go, `strconv.ParseBool`)."""


def container_options(runner: Runner) -> Mapping[str, list[str]]:
    """The options by their long names without dashes, each with its values in their order.

    There are none where a quote is not closed: the runner refuses that, and starts no container.
    """
    try:
        words = iter(shlex.split(str(runner_value(runner, "container", "options") or "")))
    except ValueError:
        return {}
    found: dict[str, list[str]] = {}
    for word in words:
        if word == "--":
            break
        for name, value in _options(word):
            values = found.setdefault(name, [])
            values.append(next(words, "") if value is None else value)
    return found


def _options(word: str) -> Iterator[tuple[str, str | None]]:
    """The options in a word, `--name=value` or `-abvalue`; None for a value that is not in it."""
    if word.startswith("--"):
        given, equals, value = word[2:].partition("=")
        name = _NAMES.get(given, given)
        yield name, value if equals else "true" if name in _SWITCHES else None
        return
    letters = word[1:] if word.startswith("-") else ""
    while letters:
        name, letters = _NAMES.get(letters[0], letters[0]), letters[1:]
        if name not in _SWITCHES:
            yield name, letters.removeprefix("=") or None
            return
        yield name, "true"


def is_on(options: Mapping[str, list[str]], switch: str) -> bool:
    """Whether a switch is on: its last value counts."""
    return options.get(switch, ["false"])[-1] not in _OFF


def mounted(options: Mapping[str, list[str]]) -> Iterator[str]:
    """The host's sides of what is mounted; a volume without one is a new one."""
    for given in options.get("volume", ()):
        source, colon, _ = given.partition(":")
        if colon:
            yield source
    for given in options.get("mount", ()):
        for part in given.split(","):
            name, _, value = part.partition("=")
            if name.strip().lower() in ("source", "src"):
                yield value
