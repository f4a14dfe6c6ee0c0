"""Places in Nix files to objects: those whose object emits what the file says.

Here are secrets and scopes; `runners` has the runners.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from nixgen.emit.vault_secrets import secret_options
from nixgen.errors import ModelError
from nixgen.model.base import ModelObject
from nixgen.model.expressions import leaves
from nixgen.model.host import Host
from nixgen.model.scope import GlobalScope, OrganizationScope, RepositoryScope, Scope, UserScope
from nixgen.model.secret import VaultSecret
from nixgen.nix import build, nodes
from nixgen.nix.meaning import same_values
from nixgen.project.reading.entries import data_of
from nixgen.project.reading.places import Place, attributes

_Made = TypeVar("_Made", bound=ModelObject)


def scope_of(text: str) -> Scope:
    """From `user:NAME`, `org:NAME`, `repo:OWNER/NAME` or `global`.

    Raises ValueError for another form, and for a name that Forgejo does not allow.
    """
    kind, _, name = text.partition(":")
    made: Scope | None = None
    if text == "global":
        made = GlobalScope()
    elif kind == "user":
        made = sound(UserScope, user=name)
    elif kind == "org":
        made = sound(OrganizationScope, organization=name)
    elif kind == "repo":
        made = sound(RepositoryScope, repository=name)
    if made is None:
        raise ValueError(
            f"{text!r} is no scope; allowed are user:NAME, org:NAME, repo:OWNER/NAME and global"
        )
    return made


def sound(kind: type[_Made], **fields: Any) -> _Made | None:
    """The object; None where the model refuses it."""
    try:
        return kind(**fields)
    except (ModelError, ValueError, TypeError):
        return None


def same(made: nodes.Binding, place: Place) -> bool:
    """Whether what an object emits says what the file says."""
    return same_values(nodes.AttributeSet((made,)), place.whole)


def difference(made: nodes.Binding, place: Place) -> str:
    """Which options an object says otherwise than the file, in words."""
    one, two = dict(leaves(made.value)), dict(leaves(place.body))
    if () in two:
        return "a name in it is inherited or computed"
    different = [
        build.join_path(path)
        for path in {**two, **one}
        if path not in one or path not in two or not same_values(one[path], two[path])
    ]
    return f"as an object it would differ in {', '.join(different)}"


def secret_of(place: Place, host: str) -> VaultSecret | str:
    """The secret that an entry of `vault.secrets` is, `services` explicit; or why it is none."""
    given = {name: data_of(node) for name, node in attributes(place).items()}
    mode, folder = given.get("mode"), given.get("outputDir")
    if "mode" not in given:
        return "it has no mode, which nixgen would write"
    if not isinstance(mode, str) or not re.fullmatch("[0-7]+", mode):
        return 'its mode is no text of octal digits, such as "0400"'
    path = given.get("secretPath")
    fields = {
        "key": given.get("extractKey"),
        "path": None if path == f"hosts/{host}/{place.name}" else path,
        "mode": int(mode, 8),
        "owner": given.get("owner", "root"),
        "group": given.get("group", "root"),
        "services": given.get("services", ()),
        "output": f"{folder}/{place.name}" if isinstance(folder, str) else None,
    }
    try:
        made = VaultSecret(name=place.name, terraform=None, notes=place.notes, **fields)
        owner = Host(name=host, release="25.11", secrets=[made])
    except ModelError as error:
        return error.diagnostics[0].summary
    options = secret_options(made, owner)
    return made if same(options, place) else difference(options, place)
