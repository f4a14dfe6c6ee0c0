"""The steps by which a host's runners and secrets go live, in Markdown, with the host's own names.

How a forge hands out tokens follows Forgejo's documentation ("Forgejo Runner Registration") and
API.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterator, Sequence

from attrs import frozen

from nixgen import nix
from nixgen.emit.forgejo_runner import migration
from nixgen.emit.header import environment
from nixgen.emit.host import emit
from nixgen.model.access import policy_paths
from nixgen.model.forge import Forge
from nixgen.model.host import Host
from nixgen.model.label import Label
from nixgen.model.repository import WORKFLOWS
from nixgen.model.runner import NativeRunner, Runner
from nixgen.model.runner_token import TokenFile, TokenOption
from nixgen.model.scope import GlobalScope, OrganizationScope, RepositoryScope, UserScope
from nixgen.model.secret import Generated, VaultSecret
from nixgen.model.secrets_module import SecretsModule, file_format

TERRAFORM_FOLDER = "terraform/vault"


@frozen
class _Access:
    """A scope as the forge has it: its pages, its API, and the token's scope that reads there."""

    who: str  # can use the runner
    page: str  # of runners, below the forge's URL
    api: str  # of runners, below /api/v1
    category: str  # of the API token's scope


@frozen
class RunnerView:
    """What the steps say of a runner."""

    runner: Runner
    host: Host

    @property
    def name(self) -> str:
        """What the forge shows; an expression is not known before Nix evaluates it."""
        given = self.runner.display_name
        if given is None:
            return f"{self.host.name}-{self.runner.short_name}"
        return given if isinstance(given, str) else nix.print_expression(given).strip()

    @property
    def access(self) -> _Access:
        """Where in the forge it is created and seen."""
        match self.runner.scope:
            case UserScope(user=user):
                who = f"every repository that `{user}` owns"
                return _Access(who, "user/settings/actions/runners", "user", "user")
            case OrganizationScope(organization=name):
                who = f"every repository of the organization `{name}`"
                page = f"org/{name}/settings/actions/runners"
                return _Access(who, page, f"orgs/{name}", "organization")
            case RepositoryScope(repository=name):
                who = f"the repository `{name}`"
                page = f"{name}/settings/actions/runners"
                return _Access(who, page, f"repos/{name}", "repository")
        assert isinstance(self.runner.scope, GlobalScope)
        return _Access("every repository of the forge", "admin/actions/runners", "admin", "admin")

    @property
    def url(self) -> str:
        """Of the forge, without a slash at the end."""
        return self.runner.url.rstrip("/")

    @property
    def forge(self) -> Forge | None:
        """The server, if the host says what it is."""
        return next((forge for forge in self.host.forges if forge.is_at(self.url)), None)

    @property
    def own_tokens(self) -> bool | None:
        """Whether the forge's pages hand out a token that registers nothing; None if not known."""
        return None if self.forge is None else self.forge.has_own_tokens

    @property
    def workflows(self) -> str:
        """The folder of workflows; Forgejo's where the forge is not known."""
        return WORKFLOWS if self.forge is None else self.forge.workflows

    @property
    def label(self) -> Label:
        """The one that the test workflow names."""
        label = self.runner.labels[0]
        assert isinstance(label, Label)
        return label

    @property
    def repository(self) -> str:
        """One that the runner is for."""
        if isinstance(self.runner.scope, RepositoryScope):
            return self.runner.scope.repository
        return next(iter(self.runner.trusted_repositories), "owner/repository")

    @property
    def native(self) -> bool:
        """Whether jobs run on the host itself."""
        return isinstance(self.runner, NativeRunner)

    @property
    def has_nix(self) -> bool:
        """Whether jobs find Nix on the host."""
        return "nix" in self.runner.host_packages

    @property
    def token_file(self) -> str | None:
        """Where a person puts the token, if neither Vault nor another tool has it."""
        token = self.runner.token
        return None if isinstance(token, VaultSecret | TokenOption) else token.path

    @property
    def token_option(self) -> str | None:
        """The option of another tool that says where the token is."""
        return self.runner.token.path if isinstance(self.runner.token, TokenOption) else None

    @property
    def goes_to_vault(self) -> bool:
        """Whether `nixgen token` puts the token into Vault, not into terraform.tfvars."""
        token = self.runner.token
        return isinstance(token, VaultSecret) and (token.existing or token.terraform is None)

    @property
    def fetched_by(self) -> str | None:
        """The unit that fetches the token, where that is nixgen's own module."""
        token = self.runner.token
        return None if isinstance(token, TokenFile) else SecretView(token, self.host).unit

    @property
    def migration(self) -> Sequence[str]:
        """From the module that registers, for a runner that did."""
        return migration(self.runner, self.host.name)


@frozen
class SecretView:
    """What the steps say of a secret."""

    secret: VaultSecret
    host: Host

    @property
    def path(self) -> str:
        """In the mount."""
        return self.secret.vault_path(self.host.name)

    @property
    def runner(self) -> Runner | None:
        """The runner whose token it is."""
        return next(iter(self.host.users_of(self.secret)), None)

    @property
    def in_environment(self) -> bool:
        """Whether a runner reads the file as its environment, with TOKEN in it."""
        return self.runner is not None and self.runner.module.token_format == "env"  # noqa: S105 - no token

    @property
    def assigned(self) -> bool:
        """Whether `TOKEN=` is in the value: a runner wants it, and nothing on the way writes it."""
        return self.in_environment and file_format(self.secret, self.host) == "raw"

    @property
    def example(self) -> str:
        """What to write for its value."""
        if self.runner is None:
            return "<the value>"
        token = "the runner's token" if self.runner.module.wants_uuid else "the registration token"
        return f"TOKEN=<{token}>" if self.assigned else f"<{token}>"

    @property
    def unit(self) -> str | None:
        """What fetches it, where that is nixgen's own module."""
        own = isinstance(self.host.vault.secrets_module, SecretsModule)
        return f"vault-secret-{self.secret.name}.service" if own else None

    @property
    def stat(self) -> str:
        """What `stat --format=%a:%U:%G:%n` prints for its file."""
        secret = self.secret
        return f"{secret.mode:o}:{secret.owner}:{secret.group}:{secret.output_path}"


def runbook(host: Host, source: str, output: str = ".") -> str:
    """The steps for one host.

    `source` is its file, `output` the folder that `build` writes, both as seen from the repository.
    """
    secrets = [SecretView(each, host) for each in host.composition.secrets if not each.existing]
    runners = [RunnerView(each, host) for each in host.composition.runners if not each.existing]
    prefix = "" if output == "." else f"{output}/"
    terraform = f"{prefix}{TERRAFORM_FOLDER}"
    elsewhere = [each for each in secrets if each.secret.terraform is None]
    goes_to_vault = [each for each in runners if each.goes_to_vault]
    # Before the apply that makes the mount, nothing can be put there.
    makes_mount = bool(secrets) and host.vault.standalone and host.vault.manage_mounts
    after_apply = goes_to_vault if makes_mount else []
    changed = [each.runner.name for each in runners] or [each.secret.name for each in secrets]
    text = (
        environment()
        .get_template("runbook.md.j2")
        .render(
            host=host,
            vault=host.vault,
            approle=host.approle,
            source=source,
            output=output,
            subject=f"{host.name}: {', '.join(changed) or 'options'}",
            branch="-".join([host.name, *changed[:1]]),
            files=[f"{prefix}{file.path}" for file in emit(host, source).files],
            terraform=terraform,
            up="/".join(".." for _ in terraform.split("/")),
            runners=runners,
            secrets=secrets,
            given=[each for each in secrets if each.secret.variable_name is not None],
            generated=[each for each in secrets if isinstance(each.secret.terraform, Generated)],
            elsewhere=elsewhere,
            logs_in=bool(secrets or goes_to_vault),
            makes_mount=makes_mount,
            after_apply=after_apply,
            values_follow=makes_mount and bool(after_apply or elsewhere),
            paths=policy_paths(host),
            credentials=_credentials(host),
            sh=shlex.quote,
        )
    )
    return "".join(f"{line}\n" for line in _laid_out(text))


def _credentials(host: Host) -> SecretsModule:
    """Where the host keeps what it logs in with: the usual places, where nothing else is said."""
    module = host.vault.secrets_module
    return module if isinstance(module, SecretsModule) else SecretsModule()


# -- layout ------------------------------------------------------------------------------------

_WIDTH = 100
_ITEM = re.compile(r"(- |\d+\. |)(.*)")


def _laid_out(text: str) -> Iterator[str]:
    """The lines of a Markdown text: paragraphs and items filled, one blank line between parts.

    Names are of any length, so the template cannot say where its lines end.
    """
    code = blank = False
    paragraph: list[str] = []
    for line in [*text.split("\n"), ""]:
        fence = line.startswith("```")
        if code or fence or not line or line[0] in "#|":
            yield from _filled(paragraph)
            if line.startswith("#") and not code and paragraph:
                yield ""
            paragraph = []
            if line or (code and not fence) or not blank:
                yield line
            blank = not line and not code
            code = code is not fence
        else:
            if _ITEM.fullmatch(line)[1]:  # type: ignore[index]  # it matches any line
                yield from _filled(paragraph)
                paragraph = []
            blank = False
            paragraph.append(line.strip())


def _filled(paragraph: Sequence[str]) -> Iterator[str]:
    text = " ".join(paragraph)
    mark = _ITEM.match(text)
    indent = " " * len(mark[1]) if mark else ""
    yield from textwrap.wrap(
        text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
