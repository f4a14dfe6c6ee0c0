"""One key of a secret in Vault: written without losing the others, or what somebody else writes.

The KV engine of version 2 stores all keys of a path at once, so the others are read and written
again; check-and-set refuses that where the path has changed in between (Vault's and OpenBao's
documentation, "KV secrets engine - version 2 (API)").
"""

from __future__ import annotations

from typing import Any

from nixgen.live.server import No, Server


class VaultKey:
    """A key of a path of a mount, looked at before it is written. Raises ServerError.

    `makes_mount` says that the generated Terraform makes the mount.
    """

    def __init__(
        self, server: Server, mount: str, path: str, key: str, *, makes_mount: bool = False
    ) -> None:
        self.place = f"{mount}/{path}"
        self._server = server
        self._data_path = f"{mount}/data/{path}"
        self._key = key
        answer = server.get(self._data_path)
        if answer.no is No.FORBIDDEN:
            raise self._forbidden("read")
        if answer.no is No.UNMOUNTED:
            raise server.error(
                f"has nothing mounted for {self.place}",
                "`tofu apply` in terraform/vault makes the mount"
                if makes_mount
                else f"`bao secrets enable -path={mount} -version=2 kv` makes the mount",
            )
        metadata = answer.data.get("metadata") or {}
        self._others: dict[str, Any] = dict(answer.data.get("data") or {})
        self._version = int(metadata.get("version") or 0)

    def write(self, value: str) -> None:
        """Writes the value. Raises ServerError."""
        body = {"data": self._others | {self._key: value}, "options": {"cas": self._version}}
        answer = self._server.post(self._data_path, body)
        if answer.no is not None:
            raise self._forbidden("write")

    def _forbidden(self, doing: str) -> Exception:
        return self._server.error(
            f"forbids to {doing} {self.place}",
            f'a policy has to allow ["read", "create", "update"] at {self._data_path}',
        )
