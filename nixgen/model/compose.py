"""Puts the parts of a host together: one list of secrets, one of runners, one set of options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from nixgen.diagnostic import Diagnostic, Related
from nixgen.model.expressions import PLAIN, Path, leaves, override
from nixgen.model.module import Module
from nixgen.model.origin import Origin
from nixgen.model.profile import Option, Profile
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes

if TYPE_CHECKING:
    from nixgen.model.host import Host


@frozen
class Definition:
    """One value of one option: `value` is a Nix expression, never a set with entries.

    `priority` is that of nixpkgs' `lib.mkOverride`.
    """

    value: nodes.Expression
    priority: int
    notes: Sequence[str]
    origin: Origin


@frozen
class Composition:
    """What a host consists of once its parts are put together.

    `runners` know the module that the host's release has for them. `options` has the definition
    that holds for each path, in the order of first mention.
    """

    secrets: tuple[VaultSecret, ...]
    runners: tuple[Runner, ...]
    options: dict[Path, Definition]
    faults: tuple[Diagnostic, ...]


def compose(host: Host) -> Composition:
    """The host and its parts as one; faults are collected, not raised."""
    parts: tuple[Host | Profile, ...] = (*host.parts, host)
    faults: list[Diagnostic] = []
    found: dict[Path, list[Definition]] = {}
    for part in parts:
        for path, definition in _definitions(part):
            found.setdefault(path, []).append(definition)
    options = {path: min(each, key=_priority) for path, each in found.items()}
    for path, definitions in found.items():
        faults += _contradictions(path, options[path], definitions)
    faults += _prefix_faults(options)
    secrets, runners = owned(host)
    placed = tuple(runner.on_release(host.release) for runner in runners)
    return Composition(secrets, placed, options, tuple(faults))


def owned(host: Host) -> tuple[tuple[VaultSecret, ...], tuple[Runner, ...]]:
    """The secrets and the runners of a host and its parts, each once and as it was given."""
    owners: tuple[Host | Profile | Module, ...] = (*host.parts, *host.modules, host)
    secrets = _unique(secret for owner in owners for secret in owner.secrets)
    runners = _unique(runner for owner in owners for runner in owner.runners)
    return secrets, runners


def _unique(objects: Iterable[Any]) -> tuple[Any, ...]:
    """Without those that come a second time: two profiles may bring the same object."""
    return tuple({id(each): each for each in objects}.values())


def _definitions(part: Host | Profile) -> Iterator[tuple[Path, Definition]]:
    for dotted, given in part.options.items():
        option = given if isinstance(given, Option) else None
        notes = option.all_notes if option else ()
        origin = option.origin if option else part.origin.at("options", dotted)
        try:
            outer = build.split_path(dotted)
            expression = build.node(option.value if option else given)
        except (ValueError, RecursionError):
            continue  # the part itself tells of it; what else is wrong with the host is told, too
        for index, (path, value) in enumerate(leaves(expression, outer)):
            own_notes = notes if index == 0 else ()
            _, priority = override(value) or (value, PLAIN)
            yield path, Definition(value, priority, own_notes, origin)


def _priority(definition: Definition) -> int:
    return definition.priority


def _contradictions(
    path: Path, holds: Definition, definitions: Sequence[Definition]
) -> Iterator[Diagnostic]:
    """Other values of the priority that holds; weaker ones yield, wherever they come."""
    for other in definitions:
        if other is holds or other.priority != holds.priority:
            continue
        if other.value != holds.value:
            yield Diagnostic(
                summary=f"option {build.join_path(path)} is set to two different values",
                location=other.origin.location(),
                related=(Related(holds.origin.location(), "the other value is set here"),),
                help=_advice(path, holds.value, other.value, holds.priority),
            )


def _advice(path: Path, one: nodes.Expression, other: nodes.Expression, priority: int) -> str:
    if priority == PLAIN and _is_list(one) and _is_list(other):
        content = f"{{{build.join_path(path)!r}: [...]}}"
        return (
            "to have both lists, take one of them out of options and give it to the host in a file "
            f"of its own:\nmodules=[Module(file='own.nix', content=[{content}])]\n"
            "default(...) and force(...) keep only one of them"
        )
    return "keep one of them, or let one yield with default(...) or win with force(...)"


def _is_list(value: nodes.Expression) -> bool:
    return isinstance(value.body if isinstance(value, nodes.With) else value, nodes.List)


def _prefix_faults(options: dict[Path, Definition]) -> Iterator[Diagnostic]:
    for path, definition in options.items():
        for length in range(1, len(path)):
            outer = options.get(path[:length])
            if outer is not None:
                yield Diagnostic(
                    summary=f"option {build.join_path(path)} is set inside "
                    f"{build.join_path(path[:length])}, which has a value of its own",
                    location=definition.origin.location(),
                    related=(Related(outer.origin.location(), "that value is set here"),),
                    help="give both in one set, or remove one of them",
                )
