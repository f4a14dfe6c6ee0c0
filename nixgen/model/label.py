"""Labels of Actions runners: what a job's `runs-on` names, and how its steps run.

The syntax is that of act_runner and forgejo-runner: `name`, `name:host`, `name:docker://image`,
`name:lxc://template`. A label without a scheme runs on the host.
"""

from __future__ import annotations

import re

from attrs import frozen

_NAME = re.compile(r"[A-Za-z0-9_.-]+")


@frozen
class Label:
    """A runner's label. `scheme` is `host` or `docker`; `image` is the container's, for docker."""

    name: str
    scheme: str = "host"
    image: str | None = None

    @classmethod
    def parse(cls, text: str) -> Label:
        """From `name:host` or `name:docker://image`. Raises ValueError."""
        name, colon, rest = text.partition(":")
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{text!r} is no label; allowed are name:host and name:docker://image, the name "
                "of letters, digits, dots, hyphens and underscores"
            )
        if not colon or rest == "host":
            return cls(name)
        scheme, _, image = rest.partition("://")
        if scheme != "docker" or not image or any(char.isspace() for char in image):
            raise ValueError(f"{text!r} is no label; allowed are name:host and name:docker://image")
        return cls(name, "docker", image)

    @property
    def on_host(self) -> bool:
        """True where jobs run on the machine itself, not in a container."""
        return self.scheme == "host"

    def __str__(self) -> str:
        return f"{self.name}:host" if self.on_host else f"{self.name}:docker://{self.image}"
