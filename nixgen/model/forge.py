"""Forges: what is known of the servers that runners connect to.

Forgejo 15 knows runners by a uuid and a token of their own, which its pages hand out; before that,
and in Gitea, a runner registers with a registration token. (Forgejo documentation, Actions
administrator guide, Registering a runner; its API marks registration tokens as deprecated in 15.)
"""

from __future__ import annotations

from nixgen.model import values
from nixgen.model.base import ModelObject, checked, model_class

OWN_TOKENS_SINCE = 15
"""The version of Forgejo whose pages hand out a uuid and a token for each runner."""


@model_class
class Forge(ModelObject):
    """A server of Forgejo or Gitea.

    - `url`: as runners have it.
    - `version`: such as `15.0`; `software`: `forgejo` or `gitea`.
    """

    url: str = checked(values.url)
    version: str = checked(
        values.matching(r"[0-9]+(\.[0-9]+){0,2}", 'a version such as "15.0"'),
    )
    software: str = checked(values.one_of("forgejo", "gitea"), default="forgejo")

    @property
    def major(self) -> int:
        """The first number of the version."""
        return int(self.version.partition(".")[0])

    @property
    def has_own_tokens(self) -> bool:
        """Whether its pages hand out a uuid and a token for each runner."""
        return self.software == "forgejo" and self.major >= OWN_TOKENS_SINCE

    @property
    def workflows(self) -> str:
        """The folder of a repository's workflows: Gitea does not look into Forgejo's."""
        return f".{self.software}/workflows"

    def is_at(self, url: str) -> bool:
        """Whether a URL is this forge's, with a slash at its end or without."""
        return self.url.rstrip("/") == url.rstrip("/")
