"""Scopes of runners in words, and whether two of them share a repository."""

from __future__ import annotations

from nixgen.model.scope import GlobalScope, OrganizationScope, RepositoryScope, Scope, UserScope


def scope_text(scope: Scope) -> str:
    """A scope in words: `user alice`."""
    match scope:
        case UserScope(user=name):
            return f"user {name}"
        case OrganizationScope(organization=name):
            return f"organization {name}"
        case RepositoryScope(repository=name):
            return f"repository {name}"
    return "every repository of the forge"


def repositories_text(scope: Scope) -> str:
    """The repositories of a scope in words: `every repository of user alice`."""
    text = scope_text(scope)
    return f"every repository of {text}" if is_shared(scope) else text


def is_shared(scope: Scope) -> bool:
    """Whether it is that of an owner with any number of repositories."""
    return isinstance(scope, (UserScope, OrganizationScope))


def overlap(one: Scope, other: Scope) -> bool:
    """Whether some repository can use runners of both scopes."""
    if isinstance(one, GlobalScope) or isinstance(other, GlobalScope):
        return True
    if isinstance(one, RepositoryScope):
        return other.covers(one.repository)
    if isinstance(other, RepositoryScope):
        return one.covers(other.repository)
    # Users and organizations of a forge share one set of names.
    return one.covers(f"{owner(other)}/any")


def owner(scope: Scope) -> str:
    """The user or organization of a scope; empty for the whole forge."""
    match scope:
        case UserScope(user=name) | OrganizationScope(organization=name):
            return name
        case RepositoryScope(repository=name):
            return name.partition("/")[0]
    return ""
