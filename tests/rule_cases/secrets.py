"""Cases of rules about secrets and Terraform."""

from __future__ import annotations

from nixgen import (
    Generated,
    Host,
    Module,
    TerraformVariable,
    TokenFile,
    VaultSecret,
    nix,
)
from nixgen.model.secrets_module import SecretsModule
from nixgen.model.vault import Vault
from rule_cases import CONFIG, UUID, Case, host, keeps, native, runs, secret

OWN_MODULE = Vault(address="https://vault.example", secrets_module=SecretsModule())
CACHE = secret(name="cache-secret")
token = VaultSecret(name="token", key="token")
shared = secret(path="shared/smtp")

CASES = [
    Case(
        "NG101",
        "every local user, and so every job on the host, can read it",
        bad={"all read": keeps(secret(mode=0o444)), "others alone": keeps(secret(mode=0o404))},
        good={"root": keeps(secret(mode=0o400)), "group": keeps(secret(mode=0o440, group="pg"))},
    ),
    Case(
        "NG102",
        "can write it",
        bad={"group": keeps(secret(mode=0o660)), "others": keeps(secret(mode=0o602))},
        good={"owner": keeps(secret(mode=0o600))},
    ),
    Case(
        "NG103",
        "nothing that is known here uses secret 'db'",
        bad={
            "alone": keeps(secret(services=None)),
            "a longer name's file": keeps(
                secret(services=None), options={"services.x.files": ["/run/secrets/db-admin"]}
            ),
            "a longer name's file, with a dot": keeps(
                secret(services=None), options={"services.x.file": "/run/secrets/db.pub"}
            ),
            "a longer name's attribute": keeps(
                secret(services=None),
                options={"services.x.file": nix.ref("config.vault.secrets.db-admin.path")},
            ),
        },
        good={
            "unit": keeps(secret()),
            "among other text": keeps(
                secret(services=None),
                options={"services.x.script": "cat /run/secrets/db-admin /run/secrets/db. "},
            ),
            "quoted": keeps(
                secret(services=None),
                options={"services.x.file": nix.raw('config.vault.secrets."db".path')},
            ),
            "with a dot in its name": keeps(
                secret(name="db.key", services=None),
                options={"services.x.file": nix.raw('config.vault.secrets."db.key".path')},
            ),
            "token": runs(native(token=token)),
            "existing": keeps(secret(services=None, existing=True)),
            "option": keeps(
                secret(services=None), options={"services.x.passwordFile": "/run/secrets/db"}
            ),
            "by reference": keeps(
                secret(services=None),
                options={"services.x.passwordFile": nix.ref("config.vault.secrets.db.path")},
            ),
            "in a raw file": keeps(
                secret(services=None),
                modules=[
                    Module(
                        file="x.nix",
                        frame=nix.raw('{ ... }: let f = "/run/secrets/db"; in { a.b = f; }'),
                    )
                ],
            ),
            "list in a module": keeps(
                secret(services=None),
                modules=[Module(file="x.nix", content=[{"a.files": ["/run/secrets/db"]}])],
            ),
        },
    ),
    Case(
        "NG104",
        "is on 2 hosts: web1, web2",
        bad={
            "one object": [host("web1", secrets=[shared]), host("web2", secrets=[shared])],
            "one path": [
                host("web1", secrets=[secret(path="shared/x")]),
                host("web2", secrets=[secret(path="shared/x", terraform=None)]),
            ],
        },
        good={"own": [host("web1", secrets=[secret()]), host("web2", secrets=[secret()])]},
    ),
    Case(
        "NG105",
        "secret 'db'",
        bad={
            "another host's": [
                host("web1", secrets=[secret(path="hosts/web2/db")]),
                host("web2"),
            ],
            "a host that is gone": keeps(secret(path="hosts/old/db")),
            "nobody else's": keeps(secret(path="misc/db")),
        },
        good={
            "own": keeps(secret(path="hosts/web1/deep/db")),
            "shared": [host("web1", secrets=[shared]), host("web2", secrets=[shared])],
        },
    ),
    Case(
        "NG106",
        "has the default 'PLACEHOLDER'",
        bad={"default": keeps(secret(terraform=TerraformVariable(default="PLACEHOLDER")))},
        good={
            "none": keeps(secret()),
            "generated": keeps(secret(terraform=Generated())),
            "refused": keeps(
                secret(terraform=TerraformVariable(default="PLACEHOLDER")),
                vault=Vault(refuse_placeholders=True),
            ),
        },
    ),
    Case(
        "NG107",
        "is shown in every plan",
        bad={"said so": keeps(secret(terraform=TerraformVariable(sensitive=False)))},
        good={"default": keeps(secret())},
    ),
    Case(
        "NG108",
        "16 hexadecimal digits, 64 bits",
        bad={"16": keeps(secret(terraform=Generated(length=16)))},
        good={"28": keeps(secret(terraform=Generated(length=28))), "given": keeps(secret())},
    ),
    Case(
        "NG109",
        "is written to",
        bad={
            "disk": keeps(secret(output="/var/lib/app/db")),
            "temporary": keeps(secret(output="/tmp/db")),
        },
        good={"default": keeps(secret()), "run": keeps(secret(output="/run/app/db"))},
    ),
    Case(
        "NG110",
        "secret 'db' has the ",
        bad={
            "owner": runs(native(), secrets=[secret(owner="gitea-runner")]),
            "group": runs(native(), secrets=[secret(group="gitea-runner")]),
            "newer module": runs(
                native(uuid=UUID), secrets=[secret(owner="forgejo-runner-native")], release="26.11"
            ),
            "no such user": runs(
                native(name="a-b", uuid=UUID),
                secrets=[secret(owner="forgejo-runner-a-b")],
                release="26.11",
            ),
        },
        good={
            "root": runs(native(), secrets=[secret()]),
            "a static account": runs(
                native(),
                secrets=[secret(owner="gitea-runner")],
                options={"users.users.gitea-runner.isSystemUser": True},
            ),
            "a named user": runs(
                native(), secrets=[secret(owner="ci")], options={f"{CONFIG}.User": "ci"}
            ),
        },
    ),
    Case(
        "NG111",
        "reads the key 'pass' at 'shared/smtp', where Terraform stores 'password'",
        bad={
            "two keys": [
                host("web1", secrets=[shared]),
                host("web2", secrets=[secret(path="shared/smtp", key="pass", terraform=None)]),
            ],
        },
        good={
            "one key": [
                host("web1", secrets=[shared]),
                host("web2", secrets=[secret(path="shared/smtp", terraform=None)]),
            ],
            "all keys": [
                host("web1", secrets=[shared]),
                host("web2", secrets=[secret(path="shared/smtp", key=None, terraform=None)]),
            ],
        },
    ),
    Case(
        "NG112",
        "nothing here stores it there",
        bad={"nobody": keeps(secret(terraform=None))},
        good={
            "Terraform": keeps(secret()),
            "by hand": keeps(secret(terraform=None, existing=True)),
            "another host": [
                host("web1", secrets=[shared]),
                host("web2", secrets=[secret(path="shared/smtp", terraform=None)]),
            ],
        },
    ),
    Case(
        "NG115",
        " is set b",  # by options, or beside its object
        bad={
            "options": [host(options={"vault.secrets.db": {"secretPath": "shared/db"}})],
            "one option": [host(options={"vault.secrets.db.mode": "0444"})],
            "in Nix": [host(options={"vault": nix.raw('{ secrets.db.secretPath = "a/b"; }')})],
            "expression": [host(options={"vault.secrets": nix.ref("inputs.common.secrets")})],
            "module": [
                host(modules=[Module(file="a.nix", content=[{"vault.secrets.db.mode": "0400"}])])
            ],
            "beside the object": keeps(secret(), options={"vault.secrets.db.mode": "0444"}),
        },
        good={
            "object": keeps(secret()),
            "in a module": [
                host(secrets=[moved := secret()], modules=[Module(file="a.nix", content=[moved])])
            ],
            "the module's own": keeps(secret(), options={"vault.address": "https://v.example"}),
            "an option that is no field": keeps(
                secret(), options={"vault.secrets.db.onFailure": "alert"}
            ),
            "none": [host(options={"vault.secrets": {}})],
        },
    ),
    Case(
        "NG116",
        "'cache-sercet', which the host does not have",
        bad={
            "file": keeps(CACHE, options={"services.a.keyFile": "/run/secrets/cache-sercet"}),
            "one of a list": keeps(
                CACHE, options={"services.a.keys": ["/run/secrets/cache-sercet"]}
            ),
            "attribute": keeps(
                CACHE,
                options={"services.a.keyFile": nix.ref("config.vault.secrets.cache-sercet.path")},
            ),
            "credential": keeps(
                CACHE,
                options={
                    "systemd.services.a.serviceConfig.LoadCredential": (
                        "key:/run/secrets/cache-sercet"
                    )
                },
            ),
            "token": runs(
                native(token=TokenFile(path="/run/secrets/cache-sercet")), secrets=[CACHE]
            ),
        },
        good={
            "right": keeps(CACHE, options={"services.a.keyFile": "/run/secrets/cache-secret"}),
            "of options": keeps(
                CACHE,
                options={
                    "services.a.keyFile": "/run/secrets/cache-sercet",
                    "vault.secrets.cache-sercet.secretPath": "a/b",
                },
            ),
            "another one": keeps(CACHE, options={"services.a.keyFile": "/run/secrets/smtp"}),
            "another number": keeps(
                secret(name="app-token-1"), options={"a.tokenFile": "/run/secrets/app-token-2"}
            ),
            "with a default": keeps(
                CACHE, options={"a.b": nix.raw('config.vault.secrets.cache-sercet.path or "x"')}
            ),
        },
    ),
    Case(
        "NG114",
        "is kept on disk, beside /run",
        bad={"cached": keeps(secret(allow_cached=True), vault=OWN_MODULE)},
        good={"fetched": keeps(secret(), vault=OWN_MODULE)},
    ),
    Case(
        "NG113",
        "which Nix copies into the store",
        bad={
            "one": [
                Host(
                    name="web1",
                    release="25.11",
                    options={"services.nix-serve.secretKeyFile": nix.raw("./cache.key")},
                )
            ],
            "a list": [host(options={"services.harmonia.signKeyPaths": nix.raw("[ ./key ]")})],
            "forced, in a module": [
                host(
                    modules=[
                        Module(file="x.nix", content=[{"a.token": nix.raw("lib.mkForce ./t")}])
                    ]
                )
            ],
        },
        good={
            "text": [host(options={"services.nix-serve.secretKeyFile": "/run/secrets/key"})],
            "no secret": [host(options={"services.x.configFile": nix.raw("./x.conf")})],
            "an expression": [host(options={"a.tokenFile": nix.raw("config.age.secrets.t.path")})],
        },
    ),
]
