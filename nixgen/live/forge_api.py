"""What a forge knows of its runners and repositories, in one form for all its versions.

Paths and fields are those of the API descriptions that the servers carry (`/api/swagger`). What
differs between them:

- Gitea lists runners as `{"runners": [...], "total_count": n}`, with a status `online` or `offline`
  and labels that are objects. Forgejo lists them from 15 on, as an array, with a status `idle`,
  `active` or `offline`, labels that are strings, the runner's uuid, and whose it is.
- The list for administrators is of all runners, of whatever scope. Gitea does not say whose each
  one is.
- A registration token is given by POST in Gitea, by GET in Forgejo, whose 15 also makes runners.
- `/user` is the owner of the token; an administrator's token asks for others with Sudo.
"""

from __future__ import annotations

import functools
from typing import Any

from attrs import frozen

from nixgen.errors import ServerError
from nixgen.live.forge_server import ForgeServer, Reply
from nixgen.live.server import No
from nixgen.model.forge import OWN_TOKENS_SINCE
from nixgen.model.scope import GlobalScope, OrganizationScope, RepositoryScope, Scope, UserScope

_WRITES: dict[type[Scope], str] = {
    UserScope: "write:user",
    OrganizationScope: "write:organization",
    RepositoryScope: "write:repository",
    GlobalScope: "write:admin",
}
"""The scope of an API token that gives registration tokens of a runner's scope."""

LISTS_SINCE = "Forgejo lists runners since version 15, Gitea since 1.24"


@frozen
class Owner:
    """Whose a runner is, by the ids that Forgejo gives; all 0 is everybody's."""

    owner: int
    repository: int

    def __str__(self) -> str:
        if self.repository:
            return f"for one repository (id {self.repository})"
        return f"for one owner (id {self.owner})" if self.owner else "for every repository"


@frozen
class RegisteredRunner:
    """A runner as a forge has it; `uuid` and `owner` None where the forge does not tell."""

    id: int
    name: str
    labels: frozenset[str]
    online: bool
    disabled: bool = False
    uuid: str | None = None
    owner: Owner | None = None

    @classmethod
    def read(cls, entry: dict[str, Any]) -> RegisteredRunner:
        """From an entry of a list. Raises LookupError or TypeError where it is none."""
        owner = None
        if "owner_id" in entry:
            owner = Owner(int(entry["owner_id"]), int(entry.get("repo_id") or 0))
        labels = entry.get("labels") or []
        return cls(
            id=entry["id"],
            name=str(entry["name"]),
            labels=frozenset(
                str(label["name"] if isinstance(label, dict) else label) for label in labels
            ),
            online=entry["status"] in {"online", "idle", "active"},
            disabled=bool(entry.get("disabled")),
            uuid=entry.get("uuid"),
            owner=owner,
        )


@frozen
class Listing:
    """The runners of a scope, or why they are not known: `unseen` says it, or `absent`.

    - `unseen`: they may not be seen, or the server has no such list.
    - `absent`: there is no such user, organization or repository.
    """

    runners: tuple[RegisteredRunner, ...] = ()
    unseen: str | None = None
    absent: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether `runners` are all that there are."""
        return self.unseen is None and self.absent is None


@frozen
class RepositoryState:
    """A repository: the name that it has now, and whether its Actions are on (None: not told)."""

    name: str
    has_actions: bool | None
    archived: bool


@frozen
class CreatedRunner:
    """A runner that the forge has made, with what it connects with."""

    id: int
    uuid: str
    token: str


@frozen
class Account:
    """Whose the token is."""

    name: str
    administrator: bool


def scope_name(scope: Scope) -> str:
    """A scope in words, as in "the runners of ..."."""
    match scope:
        case UserScope(user=name):
            return f"the user {name!r}"
        case OrganizationScope(organization=name):
            return f"the organization {name!r}"
        case RepositoryScope(repository=name):
            return f"the repository {name!r}"
    return "the whole forge"


class ForgeApi:
    """Questions to a forge, each of which raises ServerError where it does not answer."""

    def __init__(self, server: ForgeServer) -> None:
        self.server = server
        self.release = server.release

    @property
    def makes_runners(self) -> bool:
        """Whether it makes runners that connect with a uuid and a token of their own."""
        return self.release.software == "Forgejo" and self.release.major >= OWN_TOKENS_SINCE

    @functools.cached_property
    def account(self) -> Account | None:
        """Whose the token is; None where the token's scopes keep that from it."""
        reply = self.server.get("user")
        if reply.no is not None:
            return None
        try:
            return Account(str(reply.data["login"]), bool(reply.data.get("is_admin")))
        except (LookupError, TypeError, AttributeError):
            raise self.server.stranger() from None

    def runners(self, scope: Scope) -> Listing:
        """The runners of a scope; for the global one all that there are, see `Owner`."""
        path, as_user = self._place(scope)
        if path is None:
            return Listing(unseen=self._others(scope))
        reply = self.server.listed(f"{path}/actions/runners", "runners", as_user=as_user)
        if reply.no is No.FORBIDDEN:
            return Listing(unseen=reply.said or "the forge forbids it")
        if reply.no is not None:
            return self._no_list(scope)
        try:
            return Listing(tuple(map(RegisteredRunner.read, reply.data)))
        except (LookupError, TypeError, ValueError):
            raise self.server.stranger() from None

    def registration_token(self, scope: Scope) -> str:
        """A token with which runners register in a scope. Raises ServerError."""
        method = self.server.get if self.release.software == "Forgejo" else self.server.post
        path, as_user = self._own_place(scope)
        reply = method(f"{path}/actions/runners/registration-token", as_user=as_user)
        if reply.no is No.ABSENT and isinstance(scope, GlobalScope):
            # Where Forgejo had it before its administrators' paths were made like the others.
            reply = method("admin/runners/registration-token")
        return self._secret(reply, scope, "gives no registration token")

    def create(self, scope: Scope, name: str, description: str) -> CreatedRunner:
        """Makes a runner, as Forgejo does since 15. Raises ServerError."""
        path, as_user = self._own_place(scope)
        body = {"name": name, "description": description}
        reply = self.server.post(f"{path}/actions/runners", body, as_user=as_user)
        token = self._secret(reply, scope, "creates no runner")
        try:
            return CreatedRunner(int(reply.data["id"]), str(reply.data["uuid"]), token)
        except (LookupError, TypeError, ValueError):
            raise self.server.stranger() from None

    def delete(self, scope: Scope, runner: int) -> None:
        """Removes a runner by its id. Raises ServerError."""
        path, as_user = self._own_place(scope)
        self.server.delete(f"{path}/actions/runners/{runner}", as_user=as_user)

    def repository(self, name: str) -> RepositoryState | No:
        """A repository by `owner/name`; the API calls one ABSENT that the owner may not see."""
        reply = self.server.get(f"repos/{name}")
        if reply.no is not None:
            return reply.no
        if not isinstance(reply.data, dict):
            raise self.server.stranger()
        return RepositoryState(
            name=str(reply.data.get("full_name", name)),
            has_actions=reply.data.get("has_actions"),
            archived=bool(reply.data.get("archived")),
        )

    # -- scopes ----------------------------------------------------------------------------------

    def _place(self, scope: Scope) -> tuple[str | None, str | None]:
        """Where a scope is in the API, and as whom it is asked; no path where nobody could."""
        match scope:
            case OrganizationScope(organization=name):
                return f"orgs/{name}", None
            case RepositoryScope(repository=name):
                return f"repos/{name}", None
            case UserScope(user=name):
                account = self.account
                if account is None or account.name.lower() == name.lower():
                    return "user", None
                return ("user", name) if account.administrator else (None, None)
        return "admin", None

    def _own_place(self, scope: Scope) -> tuple[str, str | None]:
        path, as_user = self._place(scope)
        if path is None:
            raise self.server.error(f"keeps runners' tokens apart: {self._others(scope)}")
        return path, as_user

    def _others(self, scope: Scope) -> str:
        whose = "" if self.account is None else f"the token is that of {self.account.name!r}, and "
        return f"{whose}{scope_name(scope)} is seen only with a token of their own"

    def _no_list(self, scope: Scope) -> Listing:
        """There is no list: because there is nothing of the name, or because no scope has one."""
        match scope:
            case OrganizationScope(organization=name):
                there = self.server.get(f"orgs/{name}")
            case RepositoryScope(repository=name):
                there = self.server.get(f"repos/{name}")
            case UserScope(user=name):
                there = self.server.get(f"users/{name}")
            case _:
                there = Reply(None)
        if there.no is No.ABSENT:
            return Listing(absent=f"there is no {scope_name(scope).removeprefix('the ')}")
        return Listing(unseen=f"{self.release} has no list of runners ({LISTS_SINCE})")

    def _secret(self, reply: Reply, scope: Scope, refusal: str) -> str:
        if reply.no is not None:
            said = f": {reply.said}" if reply.said else ""
            raise self._refused(f"{refusal} for {scope_name(scope)}{said}", reply, scope)
        token = reply.data.get("token") if isinstance(reply.data, dict) else None
        if not isinstance(token, str) or not token or len(token.split()) != 1:
            raise self.server.stranger()
        return token

    def _refused(self, wrong: str, reply: Reply, scope: Scope) -> ServerError:
        if reply.no is No.FORBIDDEN and "site admin" in reply.said:  # whatever the token's scopes
            return self.server.error(wrong, "ask with a token of an administrator")
        if reply.no is No.FORBIDDEN:
            return self.server.error(wrong, f"the token needs the scope {_WRITES[type(scope)]}")
        return self.server.error(f"{wrong} ({self.release})", "is it there, and are Actions on?")
