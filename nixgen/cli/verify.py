"""`nixgen verify`: compares the hosts with living servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from nixgen.cli.hosts_argument import HOSTS
from nixgen.cli.session import Session
from nixgen.cli.verb import with_flags
from nixgen.cli.verdict import conclude
from nixgen.cli.verify_forge import forge, with_timeout
from nixgen.cli.wording import plural

if TYPE_CHECKING:
    from nixgen.live.connection import Connection
    from nixgen.model.vault import Vault


@with_flags
@click.group("verify", subcommand_metavar="SERVER [HOST]...")
def command() -> None:
    """Compare the hosts with a running server.

    \b
      nixgen verify vault
      nixgen verify vault web1 --json
      nixgen verify forge --wait 5m
    """


command.add_command(forge)


_FILE = click.Path(exists=True, dir_okay=False)


@with_flags
@command.command("vault")
@HOSTS
@click.option("--role-id-file", metavar="FILE", type=_FILE, help="Log in as an AppRole: role id.")
@click.option("--secret-id-file", metavar="FILE", type=_FILE, help="The AppRole's secret id.")
@click.option("--secrets-only", is_flag=True, help="Leave policies and AppRoles out.")
@with_timeout
@click.pass_obj
def vault(
    session: Session,
    /,
    *,
    hosts: tuple[str, ...],
    role_id_file: str | None,
    secret_id_file: str | None,
    secrets_only: bool,
    timeout: float,
) -> int:
    """Compare secrets, policies and AppRoles with a Vault or OpenBao server.

    \b
      nixgen verify vault            all hosts
      nixgen verify vault web1       what this host needs
      nixgen verify vault web1 --secrets-only \\
        --role-id-file /var/lib/vault/approle/role-id \\
        --secret-id-file /var/lib/vault/approle/secret-id

    Each secret has to be there, with its key, and to hold a value rather than a placeholder; each
    host's AppRole has to have the settings and to be able to read what the model says. Values are
    never shown. A secret that exists by hand is looked for only where its path is given.

    The environment says where the server is, as for the tools "bao" and "vault": BAO_ADDR or
    VAULT_ADDR, and likewise _TOKEN (else ~/.vault-token), _NAMESPACE, _CACERT, _CAPATH,
    _CLIENT_CERT, _CLIENT_KEY, _SKIP_VERIFY.

    Exit status 0 where all is as described, 1 where something differs, 2 where the server, or some
    of it, could not be asked.
    """
    if (role_id_file is None) is not (secret_id_file is None):
        raise click.UsageError("--role-id-file and --secret-id-file are needed together.")
    from nixgen.cli.failures import tell_findings
    from nixgen.live.server import Server
    from nixgen.live.vault import verify

    fleet = session.fleet(hosts)
    connection = _connection(fleet.vault, role_id_file, secret_id_file, timeout)
    report = verify(fleet.hosts, Server(connection), secrets_only=secrets_only)
    compared = {"secrets": report.secrets, "approles": report.approles}
    found = [finding.diagnostic for finding in report.findings]
    tell_findings(found, session, compared=compared)
    what = f"{plural(report.secrets, 'secret')} and {plural(report.approles, 'AppRole')}"
    return conclude(session, report.findings, f"{what} with {connection.address}")


def _connection(
    vault: Vault, role_id_file: str | None, secret_id_file: str | None, timeout: float
) -> Connection:
    import os
    from pathlib import Path

    from nixgen.live.connection import read_connection

    return read_connection(
        os.environ,
        vault,
        role_id_file=None if role_id_file is None else Path(role_id_file),
        secret_id_file=None if secret_id_file is None else Path(secret_id_file),
        timeout=timeout,
    )
