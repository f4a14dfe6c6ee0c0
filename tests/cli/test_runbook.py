"""The runbook of the repository's own host is golden; for others, what their commands do holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from programs import real_program, run

from nixgen import hcl, load_fleet
from nixgen.emit.runbook import runbook

BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

EVERYTHING = """\
from nixgen import *

vault = Vault(address="https://vault.example.org:8200", mount="kv/own", {vault})
token = VaultSecret(name="native-token", key="token")
mail = VaultSecret(
    name="mail", path="shared/mail", key="password", owner="postfix", group="postfix",
    services=["postfix"], terraform=Generated(length=40),
)
api = VaultSecret(name="api", key="key", terraform=None)
native = NativeRunner(
    name="actions-native",
    url="https://git.example.org/",
    token=token,
    labels=["native:host"],
    scope=OrganizationScope(organization="acme"),
    {runner}
)
containers = ContainerRunner(
    name="containers",
    url="https://git.example.org",
    token=TokenFile(path="/var/lib/secrets/it's a token"),
    labels=["nix:docker://nixos/nix"],
    scope=RepositoryScope(repository="acme/app"),
    nixos_module="gitea-actions-runner",
)
host = Host(
    name="ci1",
    release="{release}",
    secrets=[token, mail, api],
    runners=[native, containers],
    vault=vault,
    approle=AppRole({approle}),
    forges=[{forge}],
)
"""
VARIANTS: dict[str, dict[str, str]] = {
    "plain": {},
    "standalone": {"vault": "standalone=True"},
    "secret-id": {"vault": "standalone=True", "approle": 'secret_id=True, secret_id_ttl="24h"'},
    "wrapped": {
        "vault": "standalone=True, write_only=True",
        "approle": 'secret_id=True, wrapping_ttl="1h", secret_id_uses=5, '
        'bound_cidrs=["10.0.0.0/8"]',
    },
    "forgejo-15": {"forge": 'Forge(url="https://git.example.org", version="15.0.1")'},
    "gitea": {"forge": 'Forge(url="https://git.example.org", version="1.26", software="gitea")'},
    "own-module": {
        "vault": "secrets_module=SecretsModule(role_id_file='/etc/role', secret_id_file=None)",
    },
    "connecting": {
        "release": "26.11",
        "runner": 'uuid="9d4ed8ad-6de8-4a1c-a8fb-0bd5a2ba0c34"',
    },
}


def described(variant: str, folder: Path) -> str:
    """The runbook of a variant of the host above."""
    nothing = dict.fromkeys(("vault", "runner", "approle", "forge"), "")
    settings = {**nothing, "release": "25.11", **VARIANTS[variant]}
    (folder / "hosts").mkdir()
    text = EVERYTHING
    for name, value in settings.items():
        text = text.replace(f"{{{name}}}", value)
    (folder / "hosts/ci1.py").write_text(text)
    return runbook(load_fleet(folder / "hosts").host("ci1"), "hosts/ci1.py")


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> str:
    """Each variant."""
    return str(request.param)


def blocks(text: str, language: str) -> list[str]:
    """The code of a language in a Markdown text."""
    return [code for kind, code in BLOCK.findall(text) if kind == language]


def test_runbook_of_the_repositorys_host(root: Path, file_regression: Any) -> None:
    """What people of this host do step by step, as it was reviewed."""
    fleet = load_fleet(root / "hosts")
    text = runbook(fleet.host("nix-cache02"), "hosts/nix-cache02.py", "build")
    golden = root / "tests/golden/runbooks/nix-cache02.md"
    file_regression.check(text, fullpath=golden, encoding="utf-8")


def test_the_verb_that_gets_a_token(variant: str, tmp_path: Path) -> None:
    """Where a token is a secret of Vault, its step names `nixgen token`, whichever kind it is."""
    text = described(variant, tmp_path)
    steps = [step for step in text.split("\n## ") if "nixgen token ci1/" in step]
    assert len(steps) == 1
    assert "actions-native" in steps[0].partition("\n")[0]
    assert "`FORGEJO_TOKEN` has to hold" in " ".join(steps[0].split())
    assert "nixgen token ci1/containers" not in text


def test_commands_are_shell(variant: str, tmp_path: Path) -> None:
    """Every command can be pasted: names of any kind are quoted, nothing is left open."""
    for code in blocks(described(variant, tmp_path), "bash"):
        run([real_program("bash"), "-n"], text=code)


def test_quoted_names_arrive_whole(tmp_path: Path) -> None:
    """A path with blanks and quotes passes two shells, here and on the host."""
    text = described("plain", tmp_path)
    (line,) = [line for line in text.splitlines() if line.startswith("ssh") and "it" in line]
    fake = 'ssh() { shift; bash -c "$*"; }; stat() { printf \'%s\\n\' "$2"; }; export -f stat\n'
    assert run([real_program("bash")], text=fake + line) == "/var/lib/secrets/it's a token\n"


def test_values_are_hcl(variant: str, tmp_path: Path) -> None:
    """The lines for terraform.tfvars are taken by OpenTofu once the values stand in them."""
    (code,) = blocks(described(variant, tmp_path), "hcl")
    (given,) = hcl.parse(code).body
    assert isinstance(given, hcl.Attribute)
    assert given.name == "native_token"


def test_no_secret_is_an_argument(variant: str, tmp_path: Path) -> None:
    """Tokens and secret ids go through pipes: every user of a machine can read arguments."""
    for code in blocks(described(variant, tmp_path), "bash"):
        for command in re.split(r"[|\n;]|&&", code):
            if re.search(r"\$(API_TOKEN|TOKEN|VALUE)", command):
                assert command.split()[0] == "printf", command  # a builtin of bash


def test_markdown_is_tidy(variant: str, tmp_path: Path) -> None:
    """Steps are numbered in order, paragraphs are filled, and no blank lines pile up."""
    text = described(variant, tmp_path)
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert "\n\n\n" not in text
    assert not re.search(r"[^\n]\n#+ ", BLOCK.sub("", text))
    assert "  " not in re.sub(r"\n +", "\n", BLOCK.sub("", text))
    prose = [line for line in BLOCK.sub("", text).splitlines() if not line.startswith("|")]
    assert max(map(len, prose)) <= 100
    assert text.endswith("\n")
    assert "{{" not in BLOCK.sub("", text)


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("plain", "bao write -force -field=secret_id auth/approle/role/ci1/secret-id"),
        ("plain", 'native_token = "TOKEN=<the registration token>"'),
        ("plain", "https://git.example.org/api/v1/orgs/acme/actions/runners/registration-token"),
        ("plain", "https://git.example.org/acme/app/settings/actions/runners"),
        ("plain", "  bao kv put -mount=kv/own hosts/ci1/api key=-"),
        ("plain", "400:postfix:postfix:/run/secrets/mail"),
        ("plain", r"systemctl is-active 'gitea-runner-actions\x2dnative.service'"),
        ("plain", "export VAULT_ADDR=https://vault.example.org:8200"),
        ("standalone", '- `vault_kv_secret_v2.generated["shared/mail"]`'),
        ("standalone", "output -json role_ids | jq --raw-output '.\"ci1\"'"),
        ("secret-id", "output -json secret_ids | jq --raw-output '.\"ci1\"'"),
        ("secret-id", "A secret id expires after 24h;"),
        ("wrapped", "bao unwrap -field=secret_id"),
        ("wrapped", "A secret id serves for 5 logins;"),
        ("wrapped", "Logins are taken from `10.0.0.0/8` alone."),
        ("wrapped", "raise `VaultSecret(version=...)`"),
        ("own-module", 'native_token = "<the registration token>"'),
        ("own-module", "what fetches it writes `TOKEN=` before it"),
        ("own-module", "systemctl is-active vault-secret-native-token.service"),
        ("own-module", "grep --count '^TOKEN=.' /run/secrets/native-token"),
        ("own-module", "'umask 077; mkdir -p /etc; cat > /etc/role'"),
        ("connecting", 'native_token = "<the runner\'s token>"'),
        ("connecting", "9d4ed8ad-6de8-4a1c-a8fb-0bd5a2ba0c34"),
        ("connecting", "forgejo-runner-actions"),
        ("plain", "`.forgejo/workflows/containers.yaml` (Gitea reads `.gitea/workflows` instead):"),
        ("forgejo-15", "as `.forgejo/workflows/containers.yaml`:"),
        ("gitea", "as `.gitea/workflows/containers.yaml`:"),
    ],
)
def test_what_depends_on_the_host(variant: str, words: str, tmp_path: Path) -> None:
    """Token, secret id and commands are those of this host's runners, Vault and AppRole."""
    assert words in described(variant, tmp_path).replace("\n`.", " `.")


@pytest.mark.parametrize(
    ("vault", "after"),
    [("", False), ("standalone=True, manage_mounts=False", False), ("standalone=True", True)],
)
def test_values_follow_the_mount_that_they_go_to(vault: str, after: bool, tmp_path: Path) -> None:
    """What goes to Vault at once waits for the apply that makes the mount; the login is first."""
    (tmp_path / "hosts").mkdir()
    text = EVERYTHING.replace("{vault}", vault).replace("{release}", "25.11")
    text = text.replace('key="token")', 'key="token", terraform=None)')
    (tmp_path / "hosts/ci1.py").write_text(re.sub(r"\{(runner|approle|forge)\}", "", text))
    text = runbook(load_fleet(tmp_path / "hosts").host("ci1"), "hosts/ci1.py")
    titles = re.findall(r"^## \d+\. (.*)$", text, re.MULTILINE)
    direct = ["Get a registration token for actions-native", "Put the other secrets into Vault"]
    order = [each for each in titles if each in direct or re.match("Apply|Compare|Log in", each)]
    applied = ["Apply Terraform"]
    later = [*applied, *direct, "Compare Vault with the model"]
    assert order == ["Log in to Vault", *(later if after else [*direct, *applied])]
    assert text.index("bao login") < text.index("nixgen token ci1/")
    assert text.count("bao login") == 1
    assert text.count("\nnixgen verify vault ci1\n") == 1
    assert text.index("\nnixgen verify vault ci1\n") > text.index("bao kv put")


@pytest.mark.parametrize(
    ("variant", "page", "api"),
    [("plain", True, True), ("forgejo-15", False, True), ("gitea", True, False)],
)
def test_kind_of_token(variant: str, page: bool, api: bool, tmp_path: Path) -> None:
    """A forge whose version is known has one way to a registration token, else both are there."""
    text = described(variant, tmp_path)
    assert ("and copy the registration token" in " ".join(text.split())) is page
    assert ("/actions/runners/registration-token" in text) is api
    assert ("which creates the runner at once" in " ".join(text.split())) is (not page)


def test_a_token_that_another_tool_keeps(tmp_path: Path) -> None:
    """Where an option says the path, the token goes to the tool that has the option."""
    (tmp_path / "ci1.py").write_text(
        """from nixgen import GlobalScope, Host, NativeRunner, TokenOption

token = TokenOption(path="config.age.secrets.runner.path")
runner = NativeRunner(
    name="r", url="https://git.example.org", token=token, labels=["x:host"], scope=GlobalScope()
)
host = Host(name="ci1", release="25.11", runners=[runner])
"""
    )
    text = runbook(load_fleet(tmp_path).host("ci1"), "ci1.py")
    assert "Give the token of r to the tool that keeps it" in text
    assert "`config.age.secrets.runner.path` is the file that the runner reads." in text
    assert "cat > config.age" not in text
    assert "Vault" not in text


def test_host_without_secrets(nixgen, project: Path) -> None:
    """A host of options alone has no step for Vault or a forge."""
    (project / "hosts/db1.py").write_text(
        'from nixgen import Host\n\nhost = Host(name="db1", release="25.11", options={"a.b": 1})\n'
    )
    run = nixgen("runbook", "db1")
    assert run.status == 0
    steps = re.findall(r"^## (.*)$", run.out, re.MULTILINE)
    assert steps == ["1. Make a branch", "2. Build", "3. Deploy", "4. Merge", "Roll back"]
    assert "Vault" not in run.out
    assert "Expected: the path noted in step 3." in run.out


def test_command(nixgen, project: Path) -> None:
    """The text goes to standard output, ready for a file; in JSON it is one field."""
    run = nixgen("runbook", "web1")
    assert (run.status, run.err) == (0, "")
    assert run.out.startswith("# Runbook: web1\n\nHow the host that `hosts/web1.py` describes")
    assert "build/terraform/vault/terraform.tfvars" in run.out
    assert nixgen("runbook", "web1", "--json").data == {"host": "web1", "markdown": run.out}
    assert "`terraform/vault`" in nixgen("runbook", "web1", "--output", ".").out
    assert nixgen("runbook", "web2").status == 2


def test_nothing_of_it_is_written_by_build(nixgen, project: Path) -> None:
    """The steps are printed when they are asked for, and are no file to keep up to date."""
    assert nixgen("build").status == 0
    assert not [path for path in project.rglob("*") if path.suffix == ".md"]
