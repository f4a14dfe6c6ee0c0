"""What is wider where a runner, its unit, or a workflow whose jobs it takes has changed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from nixgen.model.values import Bytes, Percentage
from nixgen.project.review.members import added, members


def labels(old: Any, new: Any) -> str | None:
    """Jobs that run on the host, and did not."""
    before, after = _host_labels(old), _host_labels(new)
    more = after - before
    if not more:
        return None
    containers = {label.partition(":")[0] for label in members(old) if label not in before}
    moved = sorted(more & containers)
    if moved:
        return f"jobs for {', '.join(moved)} leave their container and run on the host"
    return f"jobs for {', '.join(sorted(more))} run on the host"


def images(old: Any, new: Any) -> str | None:
    """Images of containers that were not there, for labels that were; a new label has new jobs."""
    before = dict(_images(old))
    other = {image for name, image in _images(new) if before.get(name, image) != image} - {""}
    return f"jobs run in another image: {', '.join(sorted(other))}" if other else None


def _images(texts: Any) -> Iterator[tuple[str, str]]:
    """The names of labels with their images; those of the host have none."""
    for text in members(texts):
        name, _, scheme = text.partition(":")
        yield name, scheme.partition("://")[2]


def _host_labels(texts: Any) -> set[str]:
    """The names of labels whose jobs run on the host; one without a scheme is such a label."""
    parts = [text.split(":") for text in members(texts)]
    return {part[0] for part in parts if part[1:2] in ([], ["host"])}


_SCOPES = ("RepositoryScope", "UserScope", "OrganizationScope", "GlobalScope")


def scope(old: Any, new: Any) -> str | None:
    """One kind of scope for another."""
    wider = _SCOPES.index(new["kind"]) > _SCOPES.index(old["kind"])
    return "more repositories can run jobs on it" if wider else None


def scope_owner(_: Any, new: Any) -> str | None:
    """Another owner, or another repository."""
    return f"{new}'s repositories can run jobs on it"


def trusted(old: Any, new: Any) -> str | None:
    """Repositories that were not trusted."""
    more = added(old, new)
    return f"trusted now, too: {', '.join(more)}" if more else None


def forge(old: Any, new: Any) -> str | None:
    """Another URL."""
    return "jobs come from another server" if old is not None else None


def token(old: Any, new: Any) -> str | None:
    """Another secret, or another file."""
    return "it shows the forge another token" if old is not None else None


def enabled(old: Any, new: Any) -> str | None:
    """It was off."""
    return "it takes jobs" if new and old is False else None


def new_runner(old: Any, new: Any) -> str | None:
    """What stands out of a new one."""
    if new is None:
        return None
    found = ["a new runner whose jobs run on the host"] * bool(_host_labels(new.get("labels")))
    container = new.get("settings", {}).get("container")
    if isinstance(container, dict):
        found += [
            why
            for field, judge in CONTAINER.items()
            if (why := judge(None, container.get(field))) is not None
        ]
    return "; ".join(found) or None


# -- its unit ----------------------------------------------------------------------------------


def hardening(old: Any, new: Any) -> str | None:
    """It had some, and has none."""
    return "the unit is hardened less" if old and not new else None


def hidden(old: Any, new: Any) -> str | None:
    """Folders that were hidden."""
    less = added(new, old)
    return f"jobs see {', '.join(less)}" if less else None


def without(old: Any, new: Any) -> str | None:
    """Settings that are left out."""
    more = added(old, new)
    return f"the unit is hardened less: no {', '.join(more)}" if more else None


_MORE = "jobs and builds may use more of the machine"


def limits(old: Any, new: Any) -> str | None:
    """All limits are gone."""
    return _MORE if old and not new else None


def limit(old: Any, new: Any) -> str | None:
    """A limit that is higher, or gone; one of another unit may be."""
    if old is None:
        return None
    before, after = _measure(old), _measure(new)
    lower = before[0] == after[0] and after[1] <= before[1]
    return None if lower and new is not None else _MORE


def builds(old: Any, new: Any) -> str | None:
    """More builds at once; "auto" is one for each core, and so is None; 0 builds elsewhere only."""
    return _MORE if _count(new, "auto") > _count(old, "auto") else None


def cores(old: Any, new: Any) -> str | None:
    """More cores for each build; 0 is all of them, and so is None."""
    return _MORE if _count(new, 0) > _count(old, 0) else None


def _count(value: Any, everything: Any) -> float:
    return math.inf if value in (None, everything) else value


def _measure(value: Any) -> tuple[str, float]:
    """The unit of a limit, and how much of it."""
    if isinstance(value, str) and value.endswith("%"):
        return "%", float(Percentage.parse(value).number)
    if isinstance(value, str) and value[:1].isdigit():
        return "bytes", Bytes.parse(value).count
    return type(value).__name__, value if isinstance(value, int) else 0


# -- its configuration file --------------------------------------------------------------------


def _privileged(_: Any, new: Any) -> str | None:
    return "its containers are privileged" if new is True else None


def _socket(_: Any, new: Any) -> str | None:
    return None if new in (None, "", "-") else "containers are handed the runtime's socket"


def _volumes(old: Any, new: Any) -> str | None:
    more = added(old, new)
    return f"jobs may mount {', '.join(more)}" if more else None


def _options(old: Any, new: Any) -> str | None:
    more = [word for word in str(new or "").split() if word not in str(old or "").split()]
    return f"containers are started with {' '.join(more)}" if more else None


def _network(_: Any, new: Any) -> str | None:
    return "jobs are on the host's own network" if new == "host" else None


def insecure(_: Any, new: Any) -> str | None:
    """The forge's certificate is not checked."""
    return "any certificate is taken for the forge's" if new is True else None


CONTAINER = {
    "privileged": _privileged,
    "docker_host": _socket,
    "valid_volumes": _volumes,
    "options": _options,
    "network": _network,
}
"""What is judged of the configuration file's `container`, by its names."""


# -- workflows ---------------------------------------------------------------------------------

_FROM_OUTSIDE = ("pull_request", "pull_request_target", "pull_request_comment", "issue_comment")


def events(old: Any, new: Any) -> str | None:
    """Events that people without write access can make."""
    more = [each for each in added(old, new) if each.split(":")[0] in _FROM_OUTSIDE]
    return f"people from outside can start it: {', '.join(more)}" if more else None


def runs_on(old: Any, new: Any) -> str | None:
    """Labels that were not there."""
    more = added(old, new)
    return f"jobs go to other runners: {', '.join(more)}" if old is not None and more else None


def jobs(old: Any, new: Any) -> str | None:
    """Labels, actions and scripts that were not there; what gets one of the forge's secrets."""
    if old is None:
        return None
    found = [
        *(f"runs on {each}" for each in added(_labels_of(old), _labels_of(new))),
        *(f"uses {each}" for each in added(_steps(old, "uses"), _steps(new, "uses"))),
        *(["other scripts"] if added(_steps(old, "run"), _steps(new, "run")) else ()),
        *(f"gets {each}" for each in added(_secrets(old), _secrets(new))),
    ]
    return f"what jobs do: {'; '.join(found)}" if found else None


def variables(old: Any, new: Any) -> str | None:
    """A variable of all jobs that gets one of the forge's secrets."""
    more = added(_secrets(old), _secrets(new))
    return f"jobs get {', '.join(more)}" if more else None


_SECRET = re.compile(r"\$\{\{[^}]*\b(secrets(?:\.\w+|\[[^]]*\]))")


def _secrets(value: Any) -> set[str]:
    """The forge's secrets that expressions in a value name: `secrets.DEPLOY`."""
    if isinstance(value, str):
        return set(_SECRET.findall(value))
    inner = value.values() if isinstance(value, dict) else value
    return set().union(*map(_secrets, inner)) if isinstance(inner, Iterable) else set()


def new_workflow(old: Any, new: Any) -> str | None:
    """One that people from outside can start."""
    return None if new is None else events(None, new.get("on"))


def _labels_of(made: Iterable[Any]) -> Iterator[str]:
    return (label for job in made for label in job["runs_on"])


def _steps(made: Iterable[Any], field: str) -> Iterator[str]:
    return (step[field] for job in made for step in job["steps"] if step[field])
