"""`nixgen token`: gets a runner's token from its forge and puts it where its secret is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from nixgen.cli.session import Session
from nixgen.cli.verb import PATH, with_flags
from nixgen.cli.verify_forge import forge_connection, with_forge_flags

if TYPE_CHECKING:
    from pathlib import Path

    from nixgen.diagnostic import Diagnostic
    from nixgen.errors import NixgenError
    from nixgen.live.forge_names import Expected
    from nixgen.live.forge_token import Obtained
    from nixgen.live.vault_key import VaultKey
    from nixgen.model.secret import VaultSecret
    from nixgen.project.secrets.tfvars_file import TfvarsVariable

TERRAFORM = "terraform/vault"


@with_flags
@with_forge_flags
@click.command("token")
@click.argument("runner")
@click.option(
    "--to",
    "destination",
    type=click.Choice(["tfvars", "vault"]),
    help="Where to put it (default: tfvars where Terraform writes the secret, else vault).",
)
@click.option(
    "--tfvars",
    "file",
    metavar="FILE",
    type=PATH,
    help="The file of values (default: terraform/vault/terraform.tfvars in the output folder).",
)
@click.option("--show", is_flag=True, help="Print the token; without --to, do nothing else.")
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    runner: str,
    destination: str | None,
    file: str | None,
    show: bool,
    token_file: str | None,
    ca_file: str | None,
    timeout: float,
) -> None:
    """Get a runner's token from its forge to its secret, unseen.

    \b
      nixgen token web1/actions-native
      nixgen token actions-native --to vault
      nixgen token actions-native --show | ssh web1 ...

    It is a registration token of the runner's scope. A runner that connects with a uuid (Forgejo 15
    and newer) is made at the forge instead; its uuid is told, and belongs in hosts/.

    The token becomes the value of the secret's variable in terraform.tfvars, which is then readable
    by its owner alone, or a key in Vault, beside what is there.

    FORGEJO_TOKEN or GITEA_TOKEN holds an API token with the scope write:user, write:organization,
    write:repository or write:admin, as the runner's scope is, and read:user; Forgejo gives
    registration tokens to read:... too. For Vault the environment is that of "nixgen verify vault".
    """
    from pathlib import Path

    from nixgen.live.forge_api import ForgeApi
    from nixgen.live.forge_server import forge_server
    from nixgen.live.forge_token import obtain

    expected = _runner(session, runner)
    configured = session.configuration().output / TERRAFORM / "terraform.tfvars"
    path = configured if file is None else Path(file)
    keeper = None if show and destination is None else _keeper(expected, destination, path)
    connection = forge_connection(expected.runner.url.rstrip("/"), token_file, ca_file, timeout)
    with forge_server(connection) as server:
        obtained = obtain(expected, ForgeApi(server), keeper)
    _answer(session, expected, obtained, keeper, show=show)


def _runner(session: Session, text: str) -> Expected:
    """The runner that `host/name` or a name means, which is that of one host."""
    from nixgen.diagnostic import Diagnostic
    from nixgen.errors import InputError
    from nixgen.live.forge_names import expected_runners
    from nixgen.model.base import close_match

    host, slash, name = text.rpartition("/")
    known = expected_runners(session.fleet([host] if slash else []).hosts)
    found = [each for each in known if each.runner.name == name]
    if len(found) == 1:
        return found[0]
    if found:
        summary = f"{len(found)} hosts have a runner {name!r}"
        advice = "name one of " + ", ".join(f"{each.host.name}/{name}" for each in found)
    else:
        summary = f"there is no runner {name!r}" + (f" on host {host!r}" if slash else "")
        advice = close_match(name, {each.runner.name for each in known}) or _all_runners(known)
    raise InputError(Diagnostic(summary=summary, help=advice or None))


_NAMED = 8


def _all_runners(known: Sequence[Expected]) -> str:
    """The runners there are, as the command takes them."""
    names = [f"{each.host.name}/{each.runner.name}" for each in known]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"the runners are {', '.join(names[:_NAMED])}{more}" if names else "there are none"


def _keeper(expected: Expected, destination: str | None, file: Path) -> TfvarsVariable | VaultKey:
    """Where the token goes, looked at before there is one. Raises NixgenError."""
    from nixgen.model.secret import Generated, VaultSecret

    secret = expected.runner.token
    if not isinstance(secret, VaultSecret):
        raise _no_place(expected, f"is the file {secret.path}, which nixgen does not write")
    if isinstance(secret.terraform, Generated) and not secret.existing:
        raise _no_place(expected, "is made by Terraform, and a forge would not know it")
    variable = None if secret.existing else secret.variable_name
    if destination is None:
        destination = "vault" if variable is None else "tfvars"
    if destination == "vault":
        return _vault_key(expected, secret)
    if variable is None:
        raise _no_place(expected, "is the value of no variable: nixgen writes no Terraform for it")
    from nixgen.project.secrets.tfvars_file import TfvarsVariable

    return TfvarsVariable(file, variable)


def _vault_key(expected: Expected, secret: VaultSecret) -> VaultKey:
    import os

    from nixgen.live.connection import read_connection
    from nixgen.live.server import Server
    from nixgen.live.vault_key import VaultKey

    if secret.existing and secret.path is None:
        raise _no_place(expected, "is in Vault at a path that the model does not say")
    if secret.key is None:
        raise _no_place(expected, "is all keys of a path, so it has none to be stored under")
    vault = expected.host.vault
    server = Server(read_connection(os.environ, vault))
    return VaultKey(
        server,
        vault.mount,
        secret.vault_path(expected.host.name),
        secret.key,
        makes_mount=vault.standalone and vault.manage_mounts,
    )


def _no_place(expected: Expected, why: str) -> NixgenError:
    from nixgen.diagnostic import Diagnostic
    from nixgen.errors import ModelError

    return ModelError(
        Diagnostic(
            summary=f"the token of {expected.shown} {why}",
            location=expected.runner.origin.at("token").location(),
            help="--show prints the token instead",
        )
    )


# -- the answer --------------------------------------------------------------------------------


def _answer(
    session: Session,
    expected: Expected,
    obtained: Obtained,
    keeper: TfvarsVariable | VaultKey | None,
    *,
    show: bool,
) -> None:
    from nixgen.cli.failures import tell_notices
    from nixgen.project.secrets.tfvars_file import TfvarsVariable

    steps = list(_next_steps(session, expected, obtained, keeper))
    notices: list[Diagnostic] = []
    place: str | None = None
    if isinstance(keeper, TfvarsVariable):
        place, notices = _shown(str(keeper.file)), keeper.notices()
    elif keeper is not None:
        place = f"{keeper.place} in Vault"
    if session.json:
        answer = {
            "host": expected.host.name,
            "runner": expected.runner.name,
            "uuid": obtained.uuid,
            "place": place,
            "next": steps,
        }
        session.answer(answer | ({"token": obtained.value} if show else {}))
        return
    if show:
        session.say(obtained.value)
    tell_notices(notices, session)
    say = session.tell if show else session.say
    if place is not None:
        say(f"{obtained.what} is now in {place}")
    if steps:
        say("next:")
    for step in steps:
        say(f"  {step}")


def _next_steps(
    session: Session,
    expected: Expected,
    obtained: Obtained,
    keeper: TfvarsVariable | VaultKey | None,
) -> Iterator[str]:
    """What a person does until the runner is online."""
    from nixgen.live.vault_key import VaultKey
    from nixgen.model.secret import VaultSecret

    host, runner, secret = expected.host, expected.runner, expected.runner.token
    build = False
    if obtained.uuid is not None:
        place = runner.origin.at("uuid").location()
        yield f'write uuid="{obtained.uuid}" on the runner: {_shown(str(place))}'
        build = True
    if keeper is None or not isinstance(secret, VaultSecret):
        return
    if isinstance(keeper, VaultKey):
        if secret.variable_name is not None and not secret.existing:
            yield (
                f"give the variable {secret.variable_name} the same value: a `tofu apply` that "
                "makes the secret, or has another value for it, overwrites this one"
            )
    elif host.vault.write_only:
        yield f"raise version=... on the secret: {_shown(str(secret.origin.location()))}"
        build = True
    if build:
        yield "nixgen build"
    if not isinstance(keeper, VaultKey):
        yield _apply(keeper.named.absolute(), session.configuration().output / TERRAFORM)
    yield f"deploy {host.name}"
    yield f"nixgen verify forge {host.name} --wait 5m"


def _apply(file: Path, generated: Path) -> str:
    """The command by which OpenTofu takes the values of a file.

    By itself it reads only some names, and only in the folder that it works in, which is the file's
    where there is Terraform in it.
    """
    import shlex

    beside = file.parent.resolve() == generated.resolve() or any(file.parent.glob("*.tf"))
    folder = file.parent if beside else generated
    command = f"tofu -chdir={shlex.quote(_shown(str(folder)))} apply"
    if beside and (file.name == "terraform.tfvars" or file.name.endswith(".auto.tfvars")):
        return command
    return f"{command} {shlex.quote(f'-var-file={file}')}"


def _shown(path: str) -> str:
    """A path or place as people give it: as seen from the working directory, where it is below."""
    import os

    return path.removeprefix(f"{os.getcwd()}/")  # noqa: PTH109 - a text is replaced by a text
