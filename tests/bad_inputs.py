"""Mistakes that people make, for `golden/test_bad_inputs.py`: what is on disk and what is typed.

A case is the files of a project and a command; `before` can change the folder first. The builders
`host`, `secret` and `runner` write a call with one field after the other, so that a case names only
what is wrong in it; a field that is None is left out.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

from attrs import field, frozen

from nixgen.cli import main

LITERAL = "hunter2-9f3b1c77"
"""A secret's value. No message may repeat it."""


@frozen
class Case:
    """A mistake: files by their path, the command, and what happens before it."""

    files: dict[str, str] = field(factory=dict)
    command: str = "build"
    before: Callable[[Path], None] | None = None


def python(code: str, **more: str) -> Case:
    """`code` in hosts/web1.py, further files as `_parts="..."` for hosts/_parts.py."""
    files = {f"hosts/{name}.py": f"{text}\n" for name, text in more.items()}
    return Case({"hosts/web1.py": f"{code}\n", **files})


def call(name: str, fields: dict[str, str | None]) -> str:
    """`Name(` and each field on a line of its own."""
    lines = [f"    {key}={value}," for key, value in fields.items() if value is not None]
    return "\n".join([f"{name}(", *lines, ")"])


def host(before: str = "", **changes: str | None) -> str:
    """The text of a file with a host."""
    fields = {"name": '"web1"', "release": '"25.11"', **changes}
    return f"from nixgen import *\n\n{before}host = {call('Host', fields)}"


def secret(**changes: str | None) -> str:
    """The text of a file with a host that has a secret."""
    made = call("VaultSecret", {"name": '"database"', "key": '"password"', **changes})
    return host(f"database = {made}\n", secrets="[database]")


def runner(kind: str = "NativeRunner", **changes: str | None) -> str:
    """The text of a file with a host that has a runner and its token."""
    fields = {
        "name": '"builds"',
        "url": '"https://git.example.org"',
        "token": "token",
        "labels": '["native:host"]' if kind == "NativeRunner" else '["nix:docker://nix"]',
        "scope": "GlobalScope()",
        **changes,
    }
    token = 'token = VaultSecret(name="builds-token", key="token")\n'
    made = f"{token}runner = {call(kind, fields)}\n"
    return host(made, secrets="[token]", runners="[runner]")


def workflow(step: str, **changes: str | None) -> Case:
    """A host, and a repository with a workflow of one job with one step."""
    job = call("Job", {"name": '"build"', "runs_on": '"native"', "steps": f"[{step}]"})
    fields = {"file": '"build.yaml"', "on": '["push"]', "jobs": "[job]", **changes}
    made = f"job = {job}\nworkflow = {call('Workflow', fields)}\n"
    return python(f'{host(made)}\nsite = Repository(name="a/b", workflows=[workflow])')


def vault(**fields: str) -> Case:
    """A host with a Vault."""
    return python(host(f"vault = {call('Vault', dict(fields))}\n", vault="vault"))


def with_module(text: str, module: str = "SecretsModule()") -> str:
    """The text of a file with a host, with the NixOS module that fetches its secrets."""
    made = f'Vault(address="https://vault.example.org", secrets_module={module})'
    return text.replace("    secrets=", f"    vault={made},\n    secrets=")


def fetched(module: str, **changes: str | None) -> Case:
    """A host with a secret, and the NixOS module that fetches it."""
    return python(with_module(secret(**changes), module))


def approle(**fields: str) -> Case:
    """A host with an AppRole, and a secret of its own."""
    made = f"approle = {call('AppRole', dict(fields))}\n"
    database = 'database = VaultSecret(name="database", key="password")\n'
    return python(host(database + made, secrets="[database]", approle="approle"))


def options(text: str) -> Case:
    """A host with the options of a dict's text."""
    return python(host(options=text))


# -- the output folder -------------------------------------------------------------------------

FINE = {"hosts/web1.py": host(options='{"networking.domain": "example.org"}') + "\n"}
WRITTEN = "build/hosts/web1/options.nix"


def built(_: Path) -> None:
    """A build that worked."""
    quiet = io.StringIO()
    with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        assert main(["build", "--formatter", "builtin"]) == 0


def edited(root: Path) -> None:
    """A generated file, changed by hand."""
    built(root)
    (root / WRITTEN).write_text('{ networking.domain = "by.hand"; }\n')


def orphan_edited(root: Path) -> None:
    """A file of a host that is gone, changed by hand; another host is there."""
    edited(root)
    (root / "hosts/web1.py").unlink()
    (root / "hosts/web2.py").write_text(host(name='"web2"'))


def foreign(root: Path) -> None:
    """A file that somebody else wrote, where one of ours belongs."""
    (root / WRITTEN).parent.mkdir(parents=True)
    (root / WRITTEN).write_text("{ }\n")


def folder_in_place(root: Path) -> None:
    """A folder where a file belongs."""
    (root / WRITTEN / "inner").mkdir(parents=True)


def link_in_place(root: Path) -> None:
    """A symbolic link where a file belongs."""
    (root / WRITTEN).parent.mkdir(parents=True)
    (root / WRITTEN).symlink_to(root / "elsewhere.nix")


def file_on_the_way(root: Path) -> None:
    """A file where a folder belongs."""
    (root / "build").mkdir()
    (root / "build/hosts").write_text("")


def link_on_the_way(root: Path) -> None:
    """A symbolic link that leads out of the output folder."""
    (root / "build").mkdir()
    (root / "elsewhere").mkdir()
    (root / "build/hosts").symlink_to(root / "elsewhere")


def output_is_file(root: Path) -> None:
    """A file where the output folder belongs."""
    (root / "build").write_text("")


def shared_edited(root: Path) -> None:
    """A file that hosts share, changed by hand."""
    built(root)
    (root / "build/terraform/vault/secrets.tf").write_text("locals {}\n")


def newer_manifest(root: Path) -> None:
    """A manifest that another version wrote."""
    built(root)
    (root / "build/.nixgen/manifest.json").write_text('[{"format": 2, "nixgen": "9.0"}\n]\n')


def stale(root: Path) -> None:
    """A host that changed since it was built."""
    built(root)
    (root / "hosts/web1.py").write_text(host(options='{"networking.domain": "example.com"}'))


def not_text(root: Path) -> None:
    """A hosts file in another encoding."""
    (root / "hosts/web1.py").write_bytes('note = "Größe"\n'.encode("latin-1"))


def folder_as_host(root: Path) -> None:
    """A folder with the name of a hosts file."""
    (root / "hosts/web2.py").mkdir()


def no_hosts(root: Path) -> None:
    """A hosts folder with shared parts only."""
    (root / "hosts/web1.py").rename(root / "hosts/_web1.py")


def other_host(name: str, variable: str) -> str:
    """A host with a secret that has a variable of its own."""
    return f"""\
from nixgen import *

token = VaultSecret(
    name="token",
    key="token",
    terraform=TerraformVariable({variable}),
)
host = Host(name="{name}", release="25.11", secrets=[token])
"""


CONFLICTING_PARTS = """\
from nixgen import Profile

web = Profile(options={"networking.firewall.enable": True})


def database(port):
    return Profile(
        options={
            "networking.firewall.enable": False,
            "services.postgresql.settings.port": port,
        },
    )
"""


def vault_server(address: str = '"http://127.0.0.1:1"', secret_id: str = LITERAL) -> dict[str, str]:
    """A host whose fleet has a Vault server, and the files of an AppRole to log in with."""
    text = host(vault=f"Vault(address={address})")
    return {"hosts/web1.py": text, "role-id": "web1\n", "secret-id": f"{secret_id}\n"}


def values(text: str, name: str = "v.tfvars") -> Case:
    """A file with the values of variables, which are looked at."""
    return Case({"hosts/web1.py": secret(), name: text}, f"secrets missing --tfvars {name}")


SECRETS_FILE = "build/terraform/vault/secrets.tf"


def peoples(entries: str, command: str = "build") -> Case:
    """A host with a secret, and the file that people write for the secrets of all hosts."""
    text = secret().replace("secrets=", 'vault=Vault(managed=["secrets.tf"]),\n    secrets=')
    return Case({"hosts/web1.py": text, SECRETS_FILE: entries}, command)


ADOPT = f"adopt {SECRETS_FILE} --host web2 --release 25.11"

LOGIN = "verify vault --role-id-file role-id --secret-id-file secret-id"

CASES: dict[str, Case] = {
    # -- Python -------------------------------------------------------------------------------
    "syntax-error": python('from nixgen import Host\n\nhost = Host(name="web1", release="25.11"'),
    "syntax-error-token": python(f'from nixgen import Host\n\ntoken = "{LITERAL}\n'),
    "indentation-error": python('from nixgen import Host\n  host = Host(name="web1")'),
    "null-byte": python("host = 1\0"),
    "other-encoding": Case({"hosts/web1.py": ""}, before=not_text),
    "exception": python('ports = {"http": 80}\nhttps = ports["https"]'),
    "exception-in-shared-part": python(
        "from _parts import limits\n\nlimit = limits(0)",
        _parts="def limits(cores):\n    return 100 // cores",
    ),
    "recursion": python("def again():\n    return again()\n\n\nagain()"),
    "missing-import": python('host = Host(name="web1", release="25.11")'),
    "misspelt-name": python("from nixgen import *\n\nhost = Hots(name='web1', release='25.11')"),
    "misspelt-import": python("from nixgen import Host, NativeRuner"),
    "missing-shared-part": python("from _profile import base", _profiles="base = 1"),
    "missing-name-in-shared-part": python("from _profiles import bsae", _profiles="base = 1"),
    "missing-package": python("import requestz"),
    "attribute-error": python("from nixgen import nix\n\nvalue = nix.reff('config.a')"),
    "system-exit": python("import sys\n\nsys.exit('enough')"),
    "no-host": python("from nixgen import Host\n\nHost(name='web1', release='25.11')"),
    "no-hosts": Case(FINE, before=no_hosts),
    "no-hosts-folder": Case(),
    "folder-as-host": Case(FINE, before=folder_as_host),
    "fault-while-checking": python(
        host(
            "class Odd(dict):\n    def items(self):\n        raise OSError('no')\n\n\n",
            options='{"a": Odd(b=1)}',
        )
    ),
    # -- hosts --------------------------------------------------------------------------------
    "host-name": python(host(name='"web_1"')),
    "host-name-type": python(host(name="1")),
    "host-without-release": python(host(release=None)),
    "host-release": python(host(release='"25.10"')),
    "host-release-number": python(host(release="25.11")),
    "host-system": python(host(system='"x86-64-linux"')),
    "unknown-field": python(host(secretes="[]")),
    "unknown-field-with-secret": python(runner(tokn=f'"{LITERAL}"')),
    "positional-argument": python(
        'from nixgen import Host\n\nhost = Host("web1", release="25.11")'
    ),
    "one-secret-for-a-list": python(
        host('database = VaultSecret(name="database", key="password")\n', secrets="database")
    ),
    "part-not-called": python(
        host("def base():\n    return Profile()\n\n\n", parts="[base]"),
    ),
    "set-for-a-list": python(host(tags='{"cache", "ci"}')),
    "tag": python(host(tags='["Binary Cache"]')),
    "note-for-a-list": python(host(notes='"the cache"')),
    "import": python(host(imports='["disko"]')),
    "two-hosts-of-one-name": Case(
        {"hosts/web1.py": host(), "hosts/web2.py": host()},
    ),
    "hosts-that-differ-by-case": Case(
        {"hosts/web1.py": host(), "hosts/web2.py": host(name='"WEB1"')},
    ),
    "several-mistakes": Case(
        {
            "hosts/db1.py": host(name='"db1"', release='"24"', system='"arm"'),
            "hosts/web1.py": secret(mode='"0400"'),
            "hosts/web2.py": "host = Host(\n",
            "hosts/web3.py": host(name='"web3"', relese='"25.11"'),
        },
    ),
    # -- options ------------------------------------------------------------------------------
    "options-no-dict": options('["networking.domain"]'),
    "option-path": options('{"networking..domain": "example.org"}'),
    "option-path-interpolated": options('{"users.users.${name}.shell": "bash"}'),
    "option-key-type": options("{1: True}"),
    "option-nan": options('{"a.weight": float("nan")}'),
    "option-integer": options('{"a.size": 2**64}'),
    "option-set": options('{"a": {"ports": [80, {443}]}}'),
    "option-object": options('{"a.b": object}'),
    "option-null-byte": options(r'{"a.b": "x\0y"}'),
    "option-literal-secret": options(
        f'{{\n        "services.x.user": "x",\n        "services.x.password": "{LITERAL}",\n    }}'
    ),
    "option-literal-secret-nested": options(f'{{"services.x": {{"apiKey": "{LITERAL}"}}}}'),
    "conflicting-parts": python(
        host("from _parts import database, web\n\n", parts="[web, database(5432)]"),
        _parts=CONFLICTING_PARTS,
    ),
    "option-inside-another": options('{"a.b": 1, "a.b.c": 2}'),
    # -- secrets ------------------------------------------------------------------------------
    "secret-name": python(secret(name='"data base"')),
    "secret-without-name": python(secret(name=None)),
    "secret-mode-decimal": python(secret(mode="444")),
    "secret-mode-text": python(secret(mode='"0444"')),
    "secret-mode-range": python(secret(mode="0o77777")),
    "secret-owner": python(secret(owner='"Post Gres"')),
    "secret-path-dots": python(secret(path='"hosts/../web2/database"')),
    "secret-path-slash": python(secret(path='"/hosts/web1/database"')),
    "secret-path-data": python(secret(path='"secret/data/hosts/web1/database"')),
    "secret-key": python(secret(key='"pass word"')),
    "secret-output-relative": python(secret(output='"run/secrets/database"')),
    "secret-output-name": python(secret(output='"/run/secrets/db"')),
    "secret-service-for-a-list": python(secret(services='"postgresql"')),
    "secret-service": python(secret(services='["postgresql server"]')),
    "secret-terraform": python(secret(terraform="True")),
    "secret-reserved-variable": python(secret(terraform='TerraformVariable(name="count")')),
    "secret-name-reserved-for-variable": python(secret(name='"version"')),
    "secret-variable-name": python(secret(terraform='TerraformVariable(name="1st")')),
    "secret-generated-length": python(secret(terraform="Generated(length=4)")),
    "secret-literal-default": python(secret(terraform=f'TerraformVariable(default="{LITERAL}")')),
    "secret-literal-field": python(secret(value=f'"{LITERAL}"')),
    "secret-without-key": python(secret(key=None)),
    "secrets-of-one-name": python(
        host(
            'one = VaultSecret(name="database", key="a")\n'
            'two = VaultSecret(name="database", key="b")\n',
            secrets="[one, two]",
        )
    ),
    "one-variable-for-two-hosts": Case(
        {"hosts/web1.py": other_host("web1", ""), "hosts/web2.py": other_host("web2", "")},
    ),
    "one-variable-described-twice": Case(
        {
            "hosts/web1.py": other_host("web1", 'name="token", description="one"'),
            "hosts/web2.py": other_host("web2", 'name="token", description="two"'),
        },
    ),
    "one-path-for-two-hosts": Case(
        {
            f"hosts/{name}.py": secret(
                path='"shared/database"', terraform=f"Generated(length={length})"
            ).replace("web1", name)
            for name, length in (("web1", 16), ("web2", 32))
        },
    ),
    "secrets-of-one-variable": python(
        host(
            'one = VaultSecret(name="data-base", key="a")\n'
            'two = VaultSecret(name="data.base", key="b")\n',
            secrets="[one, two]",
        )
    ),
    "secret-path-any-part": python(secret(path='"hosts/+/database"')),
    "secret-path-mount": python(
        secret(path='"kv/data/hosts/web1/database"').replace(
            "secrets=", 'vault=Vault(mount="kv"),\n    secrets='
        )
    ),
    "secret-generated-with-default": python(
        secret(terraform=f'Generated(default="{LITERAL}", length=20)')
    ),
    "secret-variable-generated": python(
        secret(terraform='TerraformVariable(default="PLACEHOLDER", auto_generate=True)')
    ),
    "secret-given-and-generated": python(secret(terraform="[TerraformVariable(), Generated()]")),
    "secret-variable-type": python(secret(terraform='TerraformVariable(type="sting")')),
    "secret-variable-type-inside": python(
        secret(terraform='TerraformVariable(type="list(string))")')
    ),
    "secret-default-of-other-type": python(
        secret(terraform='TerraformVariable(type="list(string)", default="PLACEHOLDER")')
    ),
    "secret-version": python(secret(version="0")),
    # -- Vault and its AppRoles ---------------------------------------------------------------
    "vault-no-object": python(host(vault='"https://vault.example.org"')),
    "vault-address": vault(address='"vault.example.org:8200"'),
    "vault-mount": vault(mount='"/secret"'),
    "vault-write-only": vault(write_only="True"),
    "vault-managed": vault(managed='["output.tf"]'),
    "vault-managed-standalone": vault(standalone="True", managed='["secrets.tf"]'),
    # -- the NixOS module of vault.secrets -------------------------------------------------------
    "secret-format": python(secret(format='"json"')),
    "secret-env-var": python(secret(env_var='"DB-PASSWORD"')),
    "secret-env-var-raw": python(secret(env_var='"PASSWORD"', format='"raw"')),
    "secret-env-var-all-keys": python(secret(env_var='"PASSWORD"', key=None, terraform="None")),
    "secret-refresh-interval": python(secret(refresh_interval='"hourly"')),
    "secret-refresh-too-often": fetched("SecretsModule()", refresh_interval='"30s"'),
    "secret-needs-an-option": python(secret(allow_cached="True")),
    "secret-needs-options-not-named": fetched(
        'RepositoryModule(options=["secretPath", "mode"])', mode="0o440", owner='"postgres"'
    ),
    "module-option": fetched('RepositoryModule(options=["secretPath", "extractkey"])'),
    "module-without-path": fetched('RepositoryModule(options=["extractKey"])'),
    "module-no-object": fetched("True"),
    "module-relative-file": fetched('SecretsModule(role_id_file="approle/role-id")'),
    "module-without-address": vault(secrets_module="SecretsModule()"),
    "module-plain-http": vault(
        address='"http://vault.example.org:8200"', secrets_module="SecretsModule()"
    ),
    "module-plain-http-of-its-own": vault(
        address='"https://vault.example.org"',
        secrets_module='SecretsModule(address="http://10.0.0.2:8200")',
    ),
    "runner-reads-another-variable": python(
        with_module(runner().replace('key="token")', 'key="token", env_var="RUNNER")'))
    ),
    "runner-reads-no-variable": python(
        with_module(runner(uuid='"00000000-0000-4000-8000-000000000000"'))
        .replace('key="token")', 'key="token", format="env")')
        .replace('release="25.11"', 'release="26.11"')
    ),
    "runner-without-services-option": python(
        with_module(runner(), 'RepositoryModule(options=["secretPath", "extractKey"])')
    ),
    "vaults-of-one-fleet": Case(
        {
            f"hosts/{name}.py": host(name=f'"{name}"', vault=f'Vault(mount="{mount}")')
            for name, mount in (("web1", "secret"), ("web2", "kv"))
        }
    ),
    "vault-generated-without-key": python(
        secret(terraform="Generated()", key=None).replace(
            "secrets=", "vault=Vault(standalone=True),\n    secrets="
        )
    ),
    "secret-in-another-hosts-tree": Case(
        {
            "hosts/_vault.py": "from nixgen import Vault\n\nvault = Vault(standalone=True)\n",
            **{
                f"hosts/{name}.py": "from _vault import vault\n"
                + host(
                    call("key = VaultSecret", {"name": '"key"', "key": '"key"', "path": path})
                    + "\n",
                    name=f'"{name}"',
                    vault="vault",
                    secrets="[key]",
                )
                for name, path in (("web1", None), ("web2", '"hosts/web1/signing-key"'))
            },
        }
    ),
    "approle-unreadable-secret": approle(reads='["shared/*"]'),
    "approle-reads": approle(reads='["/hosts/web1/*"]'),
    "approle-reads-part-of-any": approle(reads='["hosts/+*"]'),
    "approle-reads-data": approle(reads='["secret/data/hosts/web1/*", "hosts/web1/*"]'),
    "approle-duration": approle(token_ttl='"1 hour"'),
    "approle-token-lifetime": approle(token_ttl='"8h"'),
    "approle-network": approle(bound_cidrs='["10.0.0.1/8"]'),
    "approle-network-for-a-list": approle(bound_cidrs='"10.0.0.0/8"'),
    "approle-wrapping-nothing": approle(wrapping_ttl='"1d"'),
    "approle-secret-id-in-state": python(
        host(
            vault="Vault(standalone=True, write_only=True)",
            approle="AppRole(secret_id=True)",
        )
    ),
    # -- runners ------------------------------------------------------------------------------
    "runner-label-for-a-list": python(runner(labels='"native:host"')),
    "runner-label": python(runner(labels='["native:ssh://web1"]')),
    "runner-label-name": python(runner(labels='["native nix:host"]')),
    "runner-without-label": python(runner(labels="[]")),
    "runner-label-twice": python(runner(labels='["native:host", "native"]')),
    "native-runner-with-container": python(runner(labels='["nix:docker://nix"]')),
    "container-runner-on-host": python(runner("ContainerRunner", labels='["native:host"]')),
    "runner-url": python(runner(url='"git.example.org"')),
    "runner-url-credentials": python(runner(url=f'"https://alice:{LITERAL}@git.example.org"')),
    "runner-literal-token": python(runner(token=f'"{LITERAL}"')),
    "runner-literal-token-on-lines": python(runner(token=f'(\n        "{LITERAL}"\n    )')),
    "runner-literal-token-beside-mistake": python(
        f'from nixgen import *\n\nNativeRunner(nme="a", token="{LITERAL}", scope=GlobalScope())'
    ),
    "token-file-with-token": python(runner(token=f'TokenFile(path="{LITERAL}")')),
    "token-file-without-name": python(runner(token=f'TokenFile("{LITERAL}")')),
    "secret-without-names": python(
        f'from nixgen import *\n\ndatabase = VaultSecret("database", "{LITERAL}")'
    ),
    "secret-with-wrong-escape": python(runner(token=f'"{LITERAL}\\d"')),
    "exception-beside-secret": python(f'token = "{LITERAL}" + 1'),
    "syntax-error-after-secret": python(f'token = (\n    "{LITERAL}'),
    "runner-literal-token-setting": python(
        runner(settings=f'{{"cache": {{"secret": "{LITERAL}"}}}}')
    ),
    "runner-token-path": python(runner(token='"/run/secrets/token"')),
    "runner-name": python(runner(name='"native/builds"')),
    "runner-capacity": python(runner(capacity="0")),
    "runner-capacity-twice": python(runner(capacity="2", settings='{"runner": {"capacity": 3}}')),
    "runner-repository": python(runner(trusted_repositories='["infrastructure"]')),
    "runner-scope": python(runner(scope='"alice"')),
    "runner-runtime": python(runner("ContainerRunner", runtime='"podmn"')),
    "runner-package": python(runner(host_packages='["git", "c++"]')),
    "runner-without-its-secret": python(
        runner().replace("secrets=[token],", "secrets=[],"),
    ),
    # -- settings -----------------------------------------------------------------------------
    "setting-unknown": Case({**FINE, "nixgen.toml": 'output = "build"\nhost = "hosts"\n'}),
    "setting-type": Case({**FINE, "nixgen.toml": 'output = ["build"]\n'}),
    "setting-formatter": Case({**FINE, "nixgen.toml": 'formatter = "nixfmt-rfc"\n'}),
    "setting-empty-folder": Case({**FINE, "nixgen.toml": 'output = ""\n'}),
    "settings-no-toml": Case({**FINE, "nixgen.toml": "output = build\n"}),
    "settings-missing": Case(FINE, "build --config other.toml"),
    "settings-in-pyproject": Case({**FINE, "pyproject.toml": "[tool.nixgen]\nouput = 'build'\n"}),
    "settings-no-table": Case({**FINE, "pyproject.toml": "[tool]\nnixgen = 1  # [tool.nixgen]\n"}),
    "flag-formatter": Case(FINE, "build --formatter alejandra"),
    "flag-unknown": Case(FINE, "build --forse"),
    "flag-without-value": Case(FINE, "build --output"),
    "formatter-missing": Case(FINE, "build --formatter nixfmt"),
    # -- arguments ----------------------------------------------------------------------------
    "verb-unknown": Case(FINE, "biuld"),
    "host-unknown": Case({**FINE, "hosts/db1.py": host(name='"db1"')}, "build wbe1"),
    "show-without-host": Case(FINE, "show"),
    "show-unknown-host": Case(FINE, "show web2"),
    "explain-unknown-file": Case(FINE, "explain hosts/web1/option.nix:3", built),
    "explain-line": Case(FINE, "explain hosts/web1/options.nix:300", built),
    "explain-changed-host": Case(FINE, "explain hosts/web1/options.nix:3", stale),
    "explain-edited-file": Case(FINE, "explain hosts/web1/options.nix:3", edited),
    "init-in-the-way": Case({"Makefile": "", "hosts/builder1.py": ""}, "init"),
    "init-file-for-folder": Case({"machines": ""}, "init machines"),
    # -- values and servers -------------------------------------------------------------------
    "values-no-file": Case(FINE, "secrets missing --tfvars v.tfvars"),
    "values-no-hcl": values(f'database = "{LITERAL}\n'),
    "values-unquoted": values(f"database = {LITERAL} {LITERAL}\n"),
    "values-no-json": values(f'{{"database": {LITERAL}}}', "v.tfvars.json"),
    "vault-unreachable": Case(vault_server(), LOGIN),
    "vault-without-address": Case(vault_server("None"), LOGIN),
    "vault-address-without-scheme": Case(vault_server('"127.0.0.1:8200"'), LOGIN),
    "vault-without-login": Case(vault_server(), "verify vault"),
    "vault-half-a-login": Case(vault_server(), "verify vault --role-id-file role-id"),
    "vault-secret-id-empty": Case(vault_server(secret_id=""), LOGIN),
    "vault-secret-id-of-two-words": Case(vault_server(secret_id=f"{LITERAL} x"), LOGIN),
    "vault-no-time": Case(vault_server(), f"{LOGIN} --timeout 0"),
    "verify-unknown-server": Case(FINE, "verify valt"),
    # -- what bounds jobs, the cache, workflows -----------------------------------------------
    "limits-size": python(runner(limits='ResourceLimits(memory_high="8GB")')),
    "limits-order": python(runner(limits='ResourceLimits(memory_high="8G", memory_max="4G")')),
    "limits-of-containers": python(
        runner("ContainerRunner", limits='ResourceLimits(memory_high="8G")')
    ),
    "hardening-misspelt": python(runner(hardening='Hardening(without=["PrivateDevice"])')),
    "runner-without-uuid": python(runner().replace('"25.11"', '"26.11"')),
    "runner-with-needless-uuid": python(runner(uuid='"c9e50be9-a7c3-4aee-ba35-624c4ff8c519"')),
    "builds-without-limit": python(host(nix_daemon="NixDaemon()")),
    "collection-without-end": python(
        host(garbage_collection='GarbageCollection(flake=".", max_free=None)')
    ),
    "harmonia-key-of-nobody": python(
        host('key = VaultSecret(name="key", key="key")\n', harmonia="Harmonia(keys=[key])")
    ),
    "machine-without-unit": python(host(machine="Machine(cores=4, memory=16)")),
    "workflow-short-action": workflow('Step(uses="actions/checkout@v4")'),
    "workflow-unknown-event": workflow('Step(run="true")', on='["pusch"]'),
    "workflow-literal-secret": workflow(f'Step(run="true", env={{"TOKEN": "{LITERAL}"}})'),
    "workflow-step-of-two": workflow('Step(run="true", uses="https://a.example/b/c@v1")'),
    "repository-twice": python(f'{host()}\na = Repository(name="a/b")\nb = Repository(name="A/b")'),
    # -- the output folder --------------------------------------------------------------------
    "edited-by-hand": Case(FINE, before=edited),
    "orphan-edited-by-hand": Case(FINE, before=orphan_edited),
    "foreign-file": Case(FINE, before=foreign),
    "folder-in-place-of-file": Case(FINE, before=folder_in_place),
    "link-in-place-of-file": Case(FINE, before=link_in_place),
    "file-in-place-of-folder": Case(FINE, before=file_on_the_way),
    "link-on-the-way": Case(FINE, before=link_on_the_way),
    "output-is-a-file": Case(FINE, before=output_is_file),
    "shared-file-edited": Case({"hosts/web1.py": secret()}, "build web1", shared_edited),
    "manifest-of-another-version": Case(FINE, before=newer_manifest),
    # -- Terraform files that people write ----------------------------------------------------
    "terraform-entry-of-other-shape": peoples(
        f'locals {{\n  secrets = {{\n    "hosts/web1/database" = {{ password = "{LITERAL}" }}\n'
        "  }\n}\n"
    ),
    "terraform-computed-map": peoples("locals {\n  secrets = merge(local.a, local.b)\n}\n"),
    "terraform-entry-twice": peoples(
        'locals {\n  secrets = {\n    "hosts/web1/database" = {\n    }\n'
        '    "hosts/web1/database" = {\n    }\n  }\n}\n'
    ),
    "terraform-no-hcl": peoples("locals {\n  secrets = {\n    a = = 1\n  }\n}\n"),
    "terraform-no-hcl-with-value": peoples(f'locals {{\n  token = "{LITERAL}\n}}\n'),
    "terraform-file-unknown": python(host(vault='Vault(managed=["main.tf"])')),
    "adopt-terraform-value": peoples(
        'locals {\n  secrets = {\n    "hosts/web2/db" = {\n      auto_generate = false\n'
        f'      data          = {{ password = "{LITERAL}" }}\n    }}\n  }}\n}}\n',
        ADOPT,
    ),
    "adopt-terraform-no-hcl": peoples("locals {\n  secrets = {\n    a = = 1\n  }\n}\n", ADOPT),
    "adopt-terraform-without-host": peoples("", f"adopt {SECRETS_FILE}"),
    "adopt-terraform-other-file": Case({"main.tf": ""}, "adopt main.tf --host web2"),
}
