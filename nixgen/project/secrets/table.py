"""Every secret of a fleet once: where it is in Vault, where its value comes from, who reads it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

from attrs import frozen

from nixgen.model.host import Host
from nixgen.model.secret import Generated, VaultSecret


class Source(enum.StrEnum):
    """Who puts a secret's value into Vault."""

    GIVEN = "given"  # a person, in a Terraform variable
    GENERATED = "generated"  # Terraform, at random
    ELSEWHERE = "elsewhere"  # something that nixgen does not describe

    @classmethod
    def of(cls, secret: VaultSecret) -> Source:
        """The source of a secret's value; nixgen writes nothing for one that exists by hand."""
        if secret.existing or secret.terraform is None:
            return cls.ELSEWHERE
        return cls.GENERATED if isinstance(secret.terraform, Generated) else cls.GIVEN


@frozen
class Reader:
    """A host that reads a secret, by its own description of it."""

    host: Host
    secret: VaultSecret

    @property
    def units(self) -> Sequence[str]:
        """The systemd units that a change of the secret restarts."""
        return self.host.services_of(self.secret)


@frozen
class Row:
    """A key of a path in Vault; `key` None stands for all keys of it."""

    path: str
    key: str | None
    source: Source
    variable: str | None
    readers: tuple[Reader, ...]


def secrets_table(hosts: Iterable[Host]) -> list[Row]:
    """The secrets of some hosts, in the order of their paths; one that hosts share is one row."""
    readers: dict[tuple[str, str], list[Reader]] = {}
    for host in hosts:
        for secret in host.composition.secrets:
            place = (secret.vault_path(host.name), secret.key or "")
            readers.setdefault(place, []).append(Reader(host, secret))
    return [_row(path, key or None, readers[path, key]) for path, key in sorted(readers)]


def _row(path: str, key: str | None, readers: Sequence[Reader]) -> Row:
    # One reader may have it by hand while another's description makes it.
    maker = min(readers, key=lambda reader: Source.of(reader.secret) is Source.ELSEWHERE).secret
    source = Source.of(maker)
    variable = maker.variable_name if source is Source.GIVEN else None
    return Row(path, key, source, variable, tuple(readers))
