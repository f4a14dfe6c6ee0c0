"""Runners' tokens: their form, their source, and the way to the forge."""

from __future__ import annotations

from collections.abc import Iterator

from nixgen.audit.rule import Evidence, beside, fleet_rule, found, host_rule
from nixgen.audit.rules.vault import is_plain
from nixgen.audit.scopes import scope_text
from nixgen.audit.view import FleetView, HostView, runner_value
from nixgen.diagnostic import Severity
from nixgen.model.runner import Runner
from nixgen.model.runner_module import MODULES
from nixgen.model.runner_token import TokenFile
from nixgen.model.secret import Generated, VaultSecret
from nixgen.model.secrets_module import file_format

_ASSIGNMENT = "env"


@host_rule(
    "NG201",
    Severity.WARNING,
    "A token's file has the value alone, where an assignment is read",
    why="tokenFile is an EnvironmentFile of systemd: it has to hold TOKEN=<value>. A line without "
    "`=` is dropped, TOKEN is empty, the registration fails and the unit starts again for ever. "
    "Extracting one key writes its value as it is stored.",
    advice='store the value in Vault as TOKEN=<value>, or give the secret format="env": for that '
    "the vault.secrets module needs the option, as nixgen's own has, "
    "Vault(secrets_module=SecretsModule())",
    source="nixpkgs, gitea-actions-runner.nix: EnvironmentFile = instance.tokenFile; "
    "systemd.exec(5): EnvironmentFile=",
)
def bare_token(view: HostView) -> Iterator[Evidence]:
    """A VaultSecret as a token whose file is no environment file."""
    for runner in view.runners:
        token = runner.token
        if (
            isinstance(token, VaultSecret)
            and not runner.existing
            and runner.module.token_format == _ASSIGNMENT
            and file_format(token, view.host) != _ASSIGNMENT
        ):
            yield found(
                token,
                "key" if token.key else "name",
                f"the file of secret {token.name!r} is read as TOKEN=<value> by runner "
                f"{runner.name!r}, and has {_content(token)}",
                related=[beside(runner, "token", "the runner reads it here")],
            )


def _content(token: VaultSecret) -> str:
    if token.key is None:
        return "all keys as JSON"
    return f"the value of {token.key!r} as Vault has it"


@host_rule(
    "NG216",
    Severity.ERROR,
    "A runner talks to the forge over plain HTTP",
    why="Its token, and the code that it runs, can be read and changed on the way: whoever is on "
    "the network runs commands on the machine.",
    advice='write url="https://..."',
    source="Forgejo documentation, Securing Forgejo Actions Deployments",
)
def plain_forge(view: HostView) -> Iterator[Evidence]:
    """A URL with http:// that is not the machine itself."""
    for runner in view.runners:
        if is_plain(runner.url):
            yield found(runner, "url", f"runner {runner.name!r} has the URL {runner.url!r}")


@host_rule(
    "NG217",
    Severity.ERROR,
    "A runner does not check the forge's certificate",
    why="Anybody on the network can be the forge: they get the token, and send jobs.",
    advice="take runner.insecure out of settings, and give the machine the forge's authority: "
    "security.pki.certificateFiles",
    source="forgejo-runner, config.example.yaml: runner.insecure",
)
def unchecked_certificate(view: HostView) -> Iterator[Evidence]:
    """`runner.insecure = true` in the runner's settings."""
    for runner in view.runners:
        if runner_value(runner, "runner", "insecure") is True:
            yield found(runner, "settings", f"runner {runner.name!r} accepts any certificate")


@host_rule(
    "NG218",
    Severity.ERROR,
    "A runner's token is a random value that the forge does not know",
    why="A registration token comes from the forge. It refuses any other with `runner registration "
    "token not found`.",
    advice="write terraform=TerraformVariable(...), and give the forge's token as its value",
    source="Forgejo documentation, Registering a runner: the token is obtained from the forge",
)
def generated_token(view: HostView) -> Iterator[Evidence]:
    """A Generated secret as a token."""
    for runner in view.runners:
        token = runner.token
        if isinstance(token, VaultSecret) and isinstance(token.terraform, Generated):
            yield found(
                token,
                "terraform",
                f"the token of runner {runner.name!r} is generated, and so unknown to the forge",
                related=[beside(runner, "token", "it is the runner's token here")],
            )


@fleet_rule(
    "NG219",
    Severity.ERROR,
    "One token for runners of different scopes",
    why="The forge gives a token for one scope: all runners that register with it are in that one. "
    "Some of these runners can be used by repositories other than the model says.",
    advice="give each runner a VaultSecret of its own, with a token of its own scope",
    source="Forgejo documentation, Registering a runner: where the token is obtained decides which "
    "repositories can use the runner",
)
def one_token(view: FleetView) -> Iterator[Evidence]:
    """One key at one path in Vault, or one file of a host, two runners, two scopes."""
    users: dict[tuple[str, str, str | None], Runner] = {}
    for host, runner in view.runners:
        token = runner.token
        if isinstance(token, VaultSecret):
            place = ("", token.vault_path(host.name), token.key)
        else:
            place = (host.name, runner.token_path, None)
        first = users.setdefault(place, runner)
        if (runner.url, runner.scope) != (first.url, first.scope):
            yield found(
                runner,
                "token",
                f"runner {runner.name!r} ({scope_text(runner.scope)}) has the token of runner "
                f"{first.name!r} ({scope_text(first.scope)})",
                related=[beside(first, "token", "the other one is here")],
            )


@host_rule(
    "NG220",
    Severity.WARNING,
    "A token's path is written by hand, and it is the file of a secret",
    why="nixgen does not know that they belong together: a new secret does not restart the runner, "
    "and renaming it breaks the path.",
    advice="give the VaultSecret object itself: token=...",
    source="what nixgen derives from the reference: path, units, policy",
)
def path_of_secret(view: HostView) -> Iterator[Evidence]:
    """A TokenFile whose path is the output of one of the host's secrets."""
    outputs = {secret.output_path: secret for secret in view.secrets}
    for runner in view.all_runners:
        token = runner.token
        if isinstance(token, TokenFile) and token.path in outputs:
            secret = outputs[token.path]
            yield found(
                runner,
                "token",
                f"runner {runner.name!r} has {token.path!r}, the file of secret {secret.name!r}",
                related=[beside(secret, "name", "the secret is here")],
            )


_PUBLIC_FOLDERS = ("/nix/store/", "/tmp/", "/var/tmp/", "/etc/")  # noqa: S108 - warned of


@host_rule(
    "NG221",
    Severity.ERROR,
    "A token's file is in a folder that others read or write",
    why="Every user reads /nix/store, and a binary cache serves it. Files that NixOS puts into "
    "/etc are links into the store. In /tmp anybody can put a token of their own.",
    advice="describe the token as a VaultSecret, or keep its file, mode 0400, below /run or "
    "/var/lib",
    source="Nix manual: the store is readable by all; NixOS: environment.etc links into the store",
)
def public_token(view: HostView) -> Iterator[Evidence]:
    """A TokenFile in the store, /etc or /tmp."""
    for runner in view.runners:
        token = runner.token
        if isinstance(token, TokenFile) and token.path.startswith(_PUBLIC_FOLDERS):
            perhaps = token.path.startswith("/etc/")  # people keep files there, too
            yield found(
                runner,
                "path",
                f"the token of runner {runner.name!r} is in {token.path!r}",
                part=token,
                severity=Severity.WARNING if perhaps else None,
            )


@host_rule(
    "NG210",
    Severity.NOTE,
    "A runner that does not run still has its token on the host",
    why="The token can register further runners in its scope, and nobody watches it.",
    advice="remove the runner, its secret and, in the forge, its registration",
    source="least privilege",
)
def idle_token(view: HostView) -> Iterator[Evidence]:
    """A disabled runner with a VaultSecret."""
    for runner in view.all_runners:
        token = runner.token
        if runner.enable or not isinstance(token, VaultSecret):
            continue
        if not any(other.token is token for other in view.runners):
            yield found(
                runner,
                "enable",
                f"runner {runner.name!r} is disabled, and secret {token.name!r} is still fetched "
                "for it",
                related=[beside(token, None, "the secret is here")],
            )


@host_rule(
    "NG222",
    Severity.WARNING,
    "The forge hands out another kind of token than the runner's module takes",
    why="Since version 15 Forgejo's pages create a runner and show its uuid and token. "
    "services.gitea-actions-runner gives what it has to `register`, which answers `runner "
    "registration token not found` to such a token. Registration tokens come from the API alone, "
    "where they are deprecated.",
    advice="use services.forgejo-runner with uuid=... (NixOS 26.11), or obtain a registration "
    "token from the API",
    source="Forgejo documentation, Registering a runner; its API, actions/runners/"
    "registration-token",
)
def kind_of_token(view: HostView) -> Iterator[Evidence]:
    """A runner that registers, at a forge that hands out tokens of runners' own."""
    for runner in view.runners:
        for forge in view.host.forges:
            if forge.is_at(runner.url) and forge.has_own_tokens and not runner.module.wants_uuid:
                yield found(
                    runner,
                    "token",
                    f"runner {runner.name!r} registers with a registration token, and Forgejo "
                    f"{forge.version} hands out a uuid and a token",
                    related=[beside(forge, "version", "the forge's version is here")],
                )


@host_rule(
    "NG223",
    Severity.NOTE,
    "It is not known which kind of token the forge hands out",
    why="The pages of Forgejo 15 and newer hand out a uuid and a token of the runner's own, older "
    "ones a registration token. services.gitea-actions-runner takes the second alone.",
    advice='say which version it is: Host(forges=[Forge(url="https://...", version="14.0")])',
    source="Forgejo documentation, Registering a runner",
)
def unknown_forge(view: HostView) -> Iterator[Evidence]:
    """A runner that registers, at a forge of which nothing is said."""
    for runner in view.runners:
        known = any(forge.is_at(runner.url) for forge in view.host.forges)
        if not known and not runner.existing and not runner.module.wants_uuid:
            yield found(
                runner,
                "url",
                f"runner {runner.name!r} needs a registration token, and which version of the "
                f"forge is at {runner.url} is not said",
            )


@host_rule(
    "NG224",
    Severity.NOTE,
    "A runner is given as options, which the audit does not read as one",
    why="What its jobs can reach, its token, its labels: nothing of that is looked at, and no "
    "other rule counts it as a runner of the machine.",
    advice="describe it, ContainerRunner(...) or NativeRunner(...), with existing=True where the "
    "options stay as they are; `nixgen adopt` writes it",
    source="what the rules read: the runners of the model",
)
def runner_in_options(view: HostView) -> Iterator[Evidence]:
    """Options of an instance that no runner of the host is."""
    known = {(runner.module.name, runner.name) for runner in view.all_runners}
    told: set[tuple[str, str]] = set()
    for path, setting in view.settings.items():
        match path:
            case ("services", module, "instances", name, *_) if module in MODULES:
                if (module, name) not in known | told:
                    told.add((module, name))
                    yield Evidence(
                        subject=view.host,
                        summary=f"runner {name!r} of services.{module} is known by its options "
                        "alone",
                        location=setting.origin.location(),
                    )
