"""Compares the repositories that runners are for with those of a forge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nixgen.diagnostic import Location
from nixgen.live.finding import Finding, Kind, finding
from nixgen.live.forge_api import ForgeApi, RepositoryState, scope_name
from nixgen.live.forge_names import Expected
from nixgen.live.server import No
from nixgen.model.scope import RepositoryScope


def repositories_of(expected: Iterable[Expected]) -> dict[str, list[tuple[Expected, Location]]]:
    """The trusted repositories and those that are scopes, with the runners that name them."""
    found: dict[str, list[tuple[Expected, Location]]] = {}
    for each in expected:
        origin, scope = each.runner.origin, each.runner.scope
        for name in each.runner.trusted_repositories:
            named = (each, origin.at("trusted_repositories").location())
            found.setdefault(name.lower(), []).append(named)
        if isinstance(scope, RepositoryScope):
            named = (each, origin.at("scope").location())
            found.setdefault(scope.repository.lower(), []).append(named)
    return dict(sorted(found.items()))


def compare_repositories(expected: Iterable[Expected], api: ForgeApi) -> Iterator[Finding]:
    """Each is there, has Actions on, and belongs to the scope of the runners that trust it."""
    for key, users in repositories_of(expected).items():
        name = _as_written(key, users)
        state = api.repository(name)
        for user, location in users:
            if isinstance(state, RepositoryState):
                yield from _state(name, state, user, location)
            else:
                yield _missing(name, state, user, location, api)


def _as_written(key: str, users: Iterable[tuple[Expected, Location]]) -> str:
    for user, _ in users:
        names = list(user.runner.trusted_repositories)
        if isinstance(user.runner.scope, RepositoryScope):
            names.append(user.runner.scope.repository)
        for name in names:
            if name.lower() == key:
                return str(name)
    return key


def _missing(name: str, no: No, user: Expected, location: Location, api: ForgeApi) -> Finding:
    """A forge says the same of what is not there and of what the token may not see."""
    account = api.account
    owner = name.partition("/")[0].lower()
    sees_all = account is not None and (account.administrator or account.name.lower() == owner)
    if no is No.FORBIDDEN:
        summary = f"the repository {name!r}, which {user.shown} is for, may not be read"
        advice = "the token needs the scope read:repository"
        return finding(Kind.UNSEEN, summary, location, advice=advice)
    if sees_all:
        summary = f"the repository {name!r}, which {user.shown} is for, does not exist"
        return finding(Kind.DIFFERENT, summary, location)
    return finding(
        Kind.UNSEEN,
        f"the repository {name!r}, which {user.shown} is for, does not exist, or the token may not "
        "see it",
        location,
        advice="ask with a token of its owner that has the scope read:repository",
    )


def _state(
    name: str, state: RepositoryState, user: Expected, location: Location
) -> Iterator[Finding]:
    scope = user.runner.scope
    if state.name.lower() != name.lower():
        yield finding(
            Kind.DIFFERENT,
            f"the repository {name!r}, which {user.shown} is for, is now {state.name!r}",
            location,
        )
    if not scope.covers(state.name):
        yield finding(
            Kind.DIFFERENT,
            f"the repository {state.name!r} cannot use {user.shown}, which is only for "
            f"{scope_name(scope)}",
            location,
        )
    if state.has_actions is None:
        summary = f"whether the repository {name!r} has Actions on cannot be seen: the forge is old"
        yield finding(Kind.UNSEEN, summary, location)
    elif not state.has_actions:
        yield finding(
            Kind.DIFFERENT,
            f"the repository {name!r}, which {user.shown} is for, has Actions off",
            location,
            advice="turn them on in its settings, Units",
        )
    if state.archived:
        summary = f"the repository {name!r}, which {user.shown} is for, is archived: no job runs"
        yield finding(Kind.REMARK, summary, location)
