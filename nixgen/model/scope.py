"""Scopes of runners: which repositories of a forge can send them jobs."""

from __future__ import annotations

from typing import Any, TypeAlias

from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class

_ACCOUNT = r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"
_account = values.matching(_ACCOUNT, "a user or organization name of Forgejo")
repository_name = values.matching(f"{_ACCOUNT}/[A-Za-z0-9._-]+", "owner/repository")


@model_class
class GlobalScope(ModelObject):
    """Every repository of the server can use the runner."""

    def covers(self, repository: str) -> bool:
        """True where jobs of `owner/name` can reach the runner."""
        return bool(repository)


@model_class
class UserScope(ModelObject):
    """Every repository that the user owns, public ones too."""

    user: str = checked(_account)

    def covers(self, repository: str) -> bool:
        """True where jobs of `owner/name` can reach the runner."""
        return repository.partition("/")[0].lower() == self.user.lower()


@model_class
class OrganizationScope(ModelObject):
    """Every repository of the organization."""

    organization: str = checked(_account)

    def covers(self, repository: str) -> bool:
        """True where jobs of `owner/name` can reach the runner."""
        return repository.partition("/")[0].lower() == self.organization.lower()


@model_class
class RepositoryScope(ModelObject):
    """One repository, `owner/name`."""

    repository: str = checked(repository_name)

    def covers(self, repository: str) -> bool:
        """True where jobs of `owner/name` can reach the runner."""
        return repository.lower() == self.repository.lower()


Scope: TypeAlias = GlobalScope | UserScope | OrganizationScope | RepositoryScope
_SCOPES = (GlobalScope, UserScope, OrganizationScope, RepositoryScope)


def scope_fault(value: Any) -> str | None:
    """What is wrong with a value as a scope."""
    wrong = values.instance_of(*_SCOPES)(value)
    if wrong is not None and isinstance(value, str):
        return f'{wrong}\nwrite UserScope(user="...") or another of these'
    return wrong
