"""Compares the runners of the model, and the repositories that they are for, with a forge.

What differs is a finding at the user's line; what the token may not see, and what an older server
has no way to tell, is told apart from what is not there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import frozen

from nixgen.live.finding import Finding, Kind, finding
from nixgen.live.forge_api import ForgeApi, Listing, Owner, RegisteredRunner, scope_name
from nixgen.live.forge_names import Expected, expected_runners
from nixgen.live.forge_repositories import compare_repositories, repositories_of
from nixgen.model.host import Host
from nixgen.model.scope import GlobalScope, Scope, UserScope

_EVERYBODY = Owner(0, 0)
_PAUSE = 2.0  # seconds between two looks of somebody who waits


@frozen
class ForgeReport:
    """All findings, and the numbers of runners and of repositories that were compared."""

    findings: Sequence[Finding]
    runners: int
    repositories: int


def forges(hosts: Iterable[Host]) -> list[str]:
    """The addresses of the forges that the hosts' runners connect to, in order."""
    return sorted({each.runner.url.rstrip("/") for each in expected_runners(hosts)})


def verify_forge(hosts: Iterable[Host], api: ForgeApi, *, strangers: bool = True) -> ForgeReport:
    """Compares those runners of the hosts that connect to the forge.

    `strangers` looks for runners there that none of these hosts has. Raises ServerError where the
    server stops answering.
    """
    hosts = list(hosts)
    expected = _of_forge(hosts, api)
    listings = _Listings(api, [each.runner.scope for each in expected])
    findings = [*_releases(hosts, api)]
    for each in expected:
        findings += _runner(each, listings)
    if strangers:
        findings += _strangers(expected, listings)
    findings += compare_repositories(expected, api)
    # What runners share is told once.
    repositories = len(repositories_of(expected))
    return ForgeReport(tuple(dict.fromkeys(findings)), len(expected), repositories)


def wait_online(
    hosts: Iterable[Host], api: ForgeApi, *, seconds: float, watch: Callable[[int, int], None]
) -> None:
    """Waits until all runners of the hosts that are enabled are online, or the time is over.

    Those that cannot be seen are not waited for. `watch` is told how many are online, and how many
    should be. Raises ServerError.
    """
    expected = [each for each in _of_forge(hosts, api) if each.runner.enable]
    deadline = time.monotonic() + seconds
    while True:
        listings = _Listings(api, [each.runner.scope for each in expected])
        seen = [each for each in expected if listings.of(each.runner.scope).is_known]
        online = sum(
            any(found.online for found in each.among(listings.of(each.runner.scope).runners))
            for each in seen
        )
        watch(online, len(seen))
        rest = deadline - time.monotonic()
        if online == len(seen) or rest <= 0:
            return
        time.sleep(min(_PAUSE, rest))


def _of_forge(hosts: Iterable[Host], api: ForgeApi) -> list[Expected]:
    address = api.server.address
    return [each for each in expected_runners(hosts) if each.runner.url.rstrip("/") == address]


class _Listings:
    """The runners of each scope, each asked for once."""

    def __init__(self, api: ForgeApi, scopes: Iterable[Scope]) -> None:
        self._api = api
        self._known: dict[Scope, Listing] = {}
        self.scopes = list(dict.fromkeys(scopes))

    def of(self, scope: Scope) -> Listing:
        """The runners of a scope alone."""
        if not isinstance(scope, GlobalScope):
            return self._ask(scope)
        everywhere = self._ask(scope)
        elsewhere = {each.id for owner in self._owners() for each in self._ask(owner).runners}
        return Listing(
            tuple(each for each in everywhere.runners if _is_global(each, elsewhere)),
            everywhere.unseen,
            everywhere.absent,
        )

    def elsewhere(self, scope: Scope) -> Iterator[tuple[str, RegisteredRunner]]:
        """The runners that can be seen outside a scope, with words for whose they are."""
        told = {each.id for each in self.of(scope).runners}
        for other in [*self._owners(), *self._administrators()]:
            for each in self._ask(other).runners:
                if each.id not in told:
                    told.add(each.id)
                    yield _whose(other, each), each

    def _ask(self, scope: Scope) -> Listing:
        if scope not in self._known:
            self._known[scope] = self._api.runners(scope)
        return self._known[scope]

    def _administrators(self) -> list[Scope]:
        """The list of all runners, where the token has it."""
        account = self._api.account
        return [GlobalScope()] if account is not None and account.administrator else []

    def _owners(self) -> list[Scope]:
        """The scopes that are somebody's, as far as they are known: the model's, the token's."""
        account = self._api.account
        own = [] if account is None else [UserScope(user=account.name)]
        return [each for each in (*self.scopes, *own) if not isinstance(each, GlobalScope)]


def _whose(scope: Scope, runner: RegisteredRunner) -> str:
    if not isinstance(scope, GlobalScope):
        return f"for {scope_name(scope)}"
    return str(runner.owner or "for every repository or for somebody else")


def _is_global(runner: RegisteredRunner, elsewhere: set[int]) -> bool:
    return runner.id not in elsewhere if runner.owner is None else runner.owner == _EVERYBODY


# -- runners -----------------------------------------------------------------------------------


def _runner(expected: Expected, listings: _Listings) -> Iterator[Finding]:
    """A runner is registered in its scope, online, with its labels; or not, if not enabled."""
    runner, scope = expected.runner, expected.runner.scope
    listing = listings.of(scope)
    if not listing.is_known:
        yield _no_listing(expected, listing)
        return
    found = expected.among(listing.runners)
    if not found:
        if runner.enable:
            yield _not_registered(expected, listings)
        return
    registered, *others = found
    yield from _state(expected, registered)
    if expected.name is not None and others:
        yield _repeated(expected, others)


def _no_listing(expected: Expected, listing: Listing) -> Finding:
    location = expected.runner.origin.at("scope").location()
    if listing.absent is not None:
        summary = f"{expected.shown} can be registered nowhere: {listing.absent} at the forge"
        return finding(Kind.DIFFERENT, summary, location)
    return finding(
        Kind.UNSEEN,
        f"whether {expected.shown} is registered cannot be seen: {listing.unseen}",
        location,
    )


def _not_registered(expected: Expected, listings: _Listings) -> Finding:
    runner, scope = expected.runner, expected.runner.scope
    whose = f"among the runners of {scope_name(scope)}"
    for place, registered in listings.elsewhere(scope):
        if expected.among([registered]):
            return finding(
                Kind.DIFFERENT,
                f"{expected.shown} is registered {place}, not {whose}",
                runner.origin.at("scope").location(),
                advice="remove it at the forge, and register it with a token of its scope: "
                f"`nixgen token {expected.host.name}/{runner.name}`",
            )
    return finding(
        Kind.DIFFERENT,
        f"{expected.shown} is not registered: there is none with {expected.identity} {whose}",
        runner.origin.location(),
        advice=f"`nixgen token {expected.host.name}/{runner.name}` puts a token where its secret "
        "is kept; then apply, and deploy the host",
    )


def _state(expected: Expected, registered: RegisteredRunner) -> Iterator[Finding]:
    runner = expected.runner
    if not runner.enable and registered.online:
        summary = f"{expected.shown} is online, and the model says it is not enabled"
        yield finding(Kind.DIFFERENT, summary, runner.origin.at("enable").location())
    if not runner.enable:
        return
    if registered.disabled:
        yield finding(
            Kind.DIFFERENT, f"{expected.shown} is disabled at the forge", runner.origin.location()
        )
    if not registered.online:
        yield finding(
            Kind.DIFFERENT,
            f"{expected.shown} is registered and offline",
            runner.origin.location(),
            advice=f"on the host: `systemctl status '{runner.unit}'`",
        )
    if registered.labels != expected.labels:
        lacking = sorted(expected.labels - registered.labels)
        more = sorted(registered.labels - expected.labels)
        yield finding(
            Kind.DIFFERENT,
            f"{expected.shown} has other labels at the forge than in the model",
            runner.origin.at("labels").location(),
            detail="\n".join(
                [*(f"lacking: {each}" for each in lacking), *(f"more: {each}" for each in more)]
            ),
            advice="deploy the host; a runner tells its labels when it starts",
        )


def _repeated(expected: Expected, others: Sequence[RegisteredRunner]) -> Finding:
    """Further runners of the name: left by earlier registrations, or somebody else's."""
    ids = ", ".join(str(each.id) for each in others)
    online = any(each.online for each in others)
    return finding(
        Kind.DIFFERENT if online else Kind.REMARK,
        f"{expected.shown} shares its name at the forge with {len(others)} more, "
        f"{'online too' if online else 'offline'}: id {ids}",
        expected.runner.origin.location(),
        advice="find out whose it is: it takes jobs like this one"
        if online
        else "remove what earlier registrations have left",
    )


def _strangers(expected: Sequence[Expected], listings: _Listings) -> Iterator[Finding]:
    """Runners that no host has; one with a label of ours can be handed jobs that are for ours."""
    for scope in listings.scopes:
        ours = [each for each in expected if each.runner.scope == scope]
        runners = listings.of(scope).runners
        known = {found.id for each in expected for found in each.among(runners)}
        for stranger in sorted((each for each in runners if each.id not in known), key=_order):
            yield _stranger(stranger, scope, ours)


def _stranger(stranger: RegisteredRunner, scope: Scope, ours: Sequence[Expected]) -> Finding:
    status = "online" if stranger.online else "offline"
    rivals = [each for each in ours if each.labels & stranger.labels]
    summary = (
        f"no host has the runner {stranger.name!r} (id {stranger.id}, {status}), which is "
        f"registered {_whose(scope, stranger)}"
    )
    known = stranger.owner is not None or not isinstance(scope, GlobalScope)
    if not rivals or not known:
        return finding(Kind.REMARK, summary, ours[0].runner.origin.at("scope").location())
    labels = ", ".join(sorted(rivals[0].labels & stranger.labels))
    return finding(
        Kind.DIFFERENT,
        summary,
        rivals[0].runner.origin.at("labels").location(),
        detail=f"it has the label {labels} too, so jobs for {rivals[0].shown} can reach it",
        advice="remove it at the forge, or describe it on its host",
    )


def _order(runner: RegisteredRunner) -> int:
    return runner.id


# -- the server --------------------------------------------------------------------------------


def _releases(hosts: Iterable[Host], api: ForgeApi) -> Iterator[Finding]:
    """The forge is what the model says; what matters of it is how runners get their tokens."""
    release = api.release
    for host in hosts:
        for forge in host.forges:
            same = (forge.software, forge.major) == (release.software.lower(), release.major)
            if same or not forge.is_at(api.server.address):
                continue
            yield finding(
                Kind.DIFFERENT if forge.has_own_tokens is not api.makes_runners else Kind.REMARK,
                f"the forge at {api.server.address} is {release}; the model says "
                f"{forge.software.capitalize()} {forge.version}",
                forge.origin.at("version").location(),
            )
