"""Settings of units and of Nix to limits: those of a runner's unit, and those of builds.

Emitted limits have comments of their own, so a file with them is laid out anew. Settings that have
a comment stay options.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from nixgen.emit import nix_daemon
from nixgen.emit.nix_daemon import LIMIT_NAMES
from nixgen.emit.runners import unit_settings
from nixgen.errors import ModelError
from nixgen.model.base import changed
from nixgen.model.host import Host
from nixgen.model.limits import NixDaemon, ResourceLimits
from nixgen.model.runner import Runner
from nixgen.nix import build, nodes
from nixgen.nix.meaning import same_values
from nixgen.project.adopting.objects import sound
from nixgen.project.adopting.values import is_config
from nixgen.project.reading.entries import data_of, has_comment
from nixgen.project.reading.places import Names, emptied, pieces

_BUILDS = ("nix", "settings")
_BUILD_SETTINGS = {"max-jobs": "max_jobs", "cores": "cores"}


class _Settings:
    """What a file says in one set, of settings that are fields of an object."""

    def __init__(self, body: nodes.AttributeSet, path: Names, fields: Mapping[str, str]) -> None:
        self.found: dict[str, Any] = {}
        self.said: list[nodes.Binding] = []
        self.path = path
        for piece in pieces(body, path):
            field = fields.get(".".join(piece.inside))
            value = data_of(piece.binding.value)
            plain = isinstance(value, str | int) and not has_comment(piece.binding)
            if field is not None and plain:
                self.found[field] = value
                self.said.append(piece.binding)

    @property
    def binding(self) -> nodes.Binding:
        """A binding that says this and nothing else."""
        inner = [evolve(each, path=nodes.AttributePath(each.path.names[-1:])) for each in self.said]
        return nodes.Binding(build.path(self.path), nodes.AttributeSet(tuple(inner)))


def _of_unit(body: nodes.AttributeSet, unit: str) -> _Settings:
    return _Settings(body, ("systemd", "services", unit, "serviceConfig"), LIMIT_NAMES)


def _limits(settings: _Settings) -> ResourceLimits | None:
    without_policy = {"oom_policy": None} if "memory_max" in settings.found else {}
    return sound(ResourceLimits, **{**without_policy, **settings.found})


def with_limits(runner: Runner, body: nodes.AttributeSet) -> tuple[Runner, Sequence[nodes.Binding]]:
    """A runner with the limits that a file sets for its unit, and the bindings that say them.

    The runner as it is, and none, where there are no limits, or a comment would be lost.
    """
    settings = _of_unit(body, str(runner.unit))
    limits = _limits(settings)
    if limits is None:
        return runner, ()
    try:
        made = changed(runner, limits=limits)
    except ModelError:
        return runner, ()
    gone = _gone(body, [settings], unit_settings(made))
    return (made, gone) if gone else (runner, ())


def daemon_of(body: nodes.AttributeSet) -> tuple[NixDaemon, Sequence[nodes.Binding]] | None:
    """The limits that a file sets for builds, and the bindings that say them.

    None where the unit has none: `nix.settings` alone are options like others. None, too, in a
    module with `config`, beside which the object has no place.
    """
    of_unit, builds = _of_unit(body, nix_daemon.UNIT), _Settings(body, _BUILDS, _BUILD_SETTINGS)
    limits = _limits(of_unit)
    made = None if limits is None else sound(NixDaemon, limits=limits, **builds.found)
    host = None if made is None else sound(Host, name="host", release="25.11", nix_daemon=made)
    if made is None or host is None or any(map(is_config, body.entries)):
        return None
    gone = _gone(body, [of_unit, builds], nix_daemon.entries(host))
    return (made, gone) if gone else None


def _gone(
    body: nodes.AttributeSet, settings: Sequence[_Settings], emitted: Iterable[nodes.Binding]
) -> Sequence[nodes.Binding]:
    """The bindings that an object stands for, if it emits what they say; else none."""
    said = [each for part in settings for each in part.said]
    empty = emptied(body, {id(each) for each in said})
    expected = nodes.AttributeSet(tuple(part.binding for part in settings if part.said))
    if any(map(has_comment, empty)) or not same_values(
        nodes.AttributeSet(tuple(emitted)), expected
    ):
        return ()
    return (*said, *empty)
