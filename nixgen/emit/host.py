"""One host to its contribution: a pure function that looks at this host only."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence

from nixgen.emit import options, terraform
from nixgen.emit.contribution import Contribution, ManagedFile, NixFile
from nixgen.emit.module import module
from nixgen.emit.runners import runner_entries
from nixgen.emit.secrets_module import imported
from nixgen.emit.vault_secrets import secret_options
from nixgen.model.host import Host
from nixgen.model.runner import Runner
from nixgen.model.secret import VaultSecret
from nixgen.nix import nodes


def emit(host: Host, source: str) -> Contribution:
    """What a host contributes; `source` is its file as the headers name it."""
    secrets = [each for each in host.composition.secrets if not each.existing]
    runners = [each for each in host.composition.runners if not each.existing]
    return Contribution(
        host.name,
        tuple(_files(host, source, secrets, runners)),
        tuple(terraform.entries(host, secrets)),
    )


def _files(
    host: Host, source: str, secrets: Sequence[VaultSecret], runners: Sequence[Runner]
) -> Iterator[NixFile | ManagedFile]:
    """A file for the runners with their tokens, one for other secrets, one for each further thing.

    The host's modules come first, with what they place.
    """
    if host.modules:
        from nixgen.emit.module_file import module_file  # only here: few hosts have any
    for each in host.modules:
        yield NixFile(f"hosts/{host.name}/{each.file}", module_file(each, host, source))
    secrets = [secret for secret in secrets if not host.is_placed(secret)]
    runners = [runner for runner in runners if not host.is_placed(runner)]
    tokens = {id(runner.token) for runner in runners}
    of_runners = [secret for secret in secrets if id(secret) in tokens]
    others = [secret for secret in secrets if id(secret) not in tokens]
    contents: dict[str, list[nodes.Binding]] = {
        "actions-runner.nix": [
            *(secret_options(secret, host) for secret in of_runners),
            *runner_entries(runners, host, nested="actions-runner.nix" not in host.managed),
        ],
        "secrets.nix": [secret_options(secret, host) for secret in others],
        **{
            file: list(_object_entries(field, host, nested=file not in host.managed))
            for field, file in host.object_files.items()
        },
        "options.nix": list(options.entries(host, nested="options.nix" not in host.managed)),
    }
    for name, secret in (("actions-runner.nix", of_runners), ("secrets.nix", others)):
        if secret and name not in host.managed:
            contents[name][:0] = imported(host.vault)
    for name, entries in contents.items():
        path = f"hosts/{host.name}/{name}"
        if entries and name in host.managed:
            yield ManagedFile(path, entries)
        elif entries:
            yield NixFile(path, module(entries, source, host.notes))


def _object_entries(field: str, host: Host, *, nested: bool) -> Iterator[nodes.Binding]:
    """The entries for the object in a field, from the emitter that is named after the field."""
    emitter = importlib.import_module(f"nixgen.emit.{field}")
    entries: Iterator[nodes.Binding] = emitter.entries(host, nested=nested)
    return entries
