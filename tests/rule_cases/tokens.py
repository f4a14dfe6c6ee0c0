"""Cases of rules about tokens, the forge, and Vault."""

from __future__ import annotations

from nixgen import Forge, Generated, TokenFile, VaultSecret
from nixgen.model.secrets_module import COMMON, RepositoryModule, SecretsModule
from nixgen.model.vault import AppRole, Vault
from rule_cases import REPOSITORY, USER, UUID, Case, container, host, keeps, native, runs, secret
from rule_cases.secrets import OWN_MODULE

INSTANCES = "services.gitea-actions-runner.instances"
token = VaultSecret(name="token", key="token")
written_elsewhere = VaultSecret(name="token", key="token", existing=True)

ONE, SAME = (VaultSecret(name=name, key="token", path="shared/token") for name in ("one", "same"))
OTHER = VaultSecret(name="other", key="other", path="shared/token")

CASES = [
    Case(
        "NG224",
        "is known by its options alone",
        bad={
            "an instance": [host(options={f"{INSTANCES}.raw.labels": ["x:host"]})],
            "another name": runs(native(), options={f"{INSTANCES}.raw.enable": True}),
            "another module": runs(
                native(), options={"services.forgejo-runner.instances.native.enable": True}
            ),
        },
        good={
            "described": runs(native(), options={f"{INSTANCES}.native.settings.log.level": "warn"}),
            "package": [host(options={"services.gitea-actions-runner.package": "x"})],
        },
    ),
    Case(
        "NG201",
        "the file of secret 'token' is read as TOKEN=<value> by runner 'native'",
        bad={
            "one key": runs(native(token=token)),
            "all keys": runs(native(token=secret(name="token", key=None, terraform=None))),
        },
        good={
            "a file of theirs": runs(native()),
            "derived": runs(native(token=token), vault=OWN_MODULE),
            "said": runs(
                native(token=VaultSecret(name="token", key="token", format="env")),
                vault=Vault(secrets_module=RepositoryModule(options=[*COMMON, "format"])),
            ),
            "the value is what is read": runs(native(token=token, uuid=UUID), release="26.11"),
            "by hand": runs(native(token=written_elsewhere, existing=True)),
        },
    ),
    Case(
        "NG210",
        "is disabled, and secret 'token' is still fetched",
        bad={"disabled": runs(native(token=token, enable=False))},
        good={
            "enabled": runs(native(token=token)),
            "used by another": runs(
                native(token=token, enable=False), native(name="second", token=token)
            ),
        },
    ),
    Case(
        "NG216",
        "has the URL 'http://forge.example'",
        bad={"plain": runs(native(url="http://forge.example"))},
        good={"TLS": runs(native()), "itself": runs(native(url="http://localhost:3000"))},
    ),
    Case(
        "NG217",
        "accepts any certificate",
        bad={"insecure": runs(native(settings={"runner": {"insecure": True}}))},
        good={"default": runs(native(settings={"runner": {"insecure": False}}))},
    ),
    Case(
        "NG218",
        "the token of runner 'native' is generated",
        bad={"generated": runs(native(token=secret(name="token", terraform=Generated())))},
        good={"given": runs(native(token=token))},
    ),
    Case(
        "NG219",
        "has the token of runner 'boxed'",
        bad={
            "scopes": runs(container(token=token, scope=USER), native(token=token)),
            "forges": runs(container(token=token), native(token=token, url="https://b.example")),
            "one file": runs(container(scope=USER), native()),
            "one path": [
                host("web1", runners=[container(token=ONE, scope=USER)], secrets=[ONE]),
                host("web2", runners=[native(token=SAME)], secrets=[SAME]),
            ],
        },
        good={
            "one scope": runs(container(token=token), native(token=token, scope=REPOSITORY)),
            "two keys at one path": runs(container(token=ONE, scope=USER), native(token=OTHER)),
            "a file on each host": [
                host("web1", runners=[container(scope=USER)]),
                host("web2", runners=[native()]),
            ],
        },
    ),
    Case(
        "NG220",
        "the file of secret 'token'",
        bad={
            "its path": runs(
                native(token=TokenFile(path="/run/secrets/token")), secrets=[secret(name="token")]
            )
        },
        good={"object": runs(native(token=token)), "elsewhere": runs(native(), secrets=[secret()])},
    ),
    Case(
        "NG221",
        "the token of runner 'native' is in",
        bad={
            "store": runs(native(token=TokenFile(path="/nix/store/abc-token"))),
            "etc": runs(native(token=TokenFile(path="/etc/runner/token"))),
        },
        good={"run": runs(native()), "lib": runs(native(token=TokenFile(path="/var/lib/token")))},
    ),
    Case(
        "NG222",
        "registers with a registration token, and Forgejo 15.0 hands out",
        bad={
            "new forge": runs(
                native(), forges=[Forge(url="https://forge.example/", version="15.0")]
            )
        },
        good={
            "old": runs(native(), forges=[Forge(url="https://forge.example", version="11")]),
            "another": runs(native(), forges=[Forge(url="https://b.example", version="15")]),
            "Gitea": runs(
                native(),
                forges=[Forge(url="https://forge.example", version="26.1", software="gitea")],
            ),
            "new module": runs(
                native(uuid=UUID),
                release="26.11",
                forges=[Forge(url="https://forge.example", version="15.0")],
            ),
        },
    ),
    Case(
        "NG223",
        "needs a registration token, and which version of the forge",
        bad={
            "nothing said": runs(native()),
            "of another": runs(native(), forges=[Forge(url="https://b.example", version="15")]),
        },
        good={
            "said": runs(native(), forges=[Forge(url="https://forge.example", version="11")]),
            "by hand": runs(native(existing=True)),
            "new module": runs(native(uuid=UUID), release="26.11"),
        },
    ),
    Case(
        "NG601",
        "Vault's address is 'http://vault.example:8200'",
        bad={"plain": [host(vault=Vault(address="http://vault.example:8200"))]},
        good={
            "TLS": [host(vault=Vault(address="https://vault.example:8200"))],
            "itself": [host(vault=Vault(address="http://127.0.0.1:8200"))],
            "not said": [host()],
        },
    ),
    Case(
        "NG602",
        "stands in Terraform's state as it is",
        bad={"bare": [host(vault=Vault(standalone=True), approle=AppRole(secret_id=True))]},
        good={
            "wrapped": [
                host(
                    vault=Vault(standalone=True),
                    approle=AppRole(secret_id=True, wrapping_ttl="30m"),
                )
            ],
            "by hand": [host()],
        },
    ),
    Case(
        "NG603",
        "takes a secret id from any address, for ever",
        bad={
            "default": keeps(secret(), vault=Vault(standalone=True)),
            "own": keeps(secret(), vault=Vault(standalone=True), approle=AppRole(secret_id=True)),
        },
        good={
            "bound": keeps(
                secret(),
                vault=Vault(standalone=True),
                approle=AppRole(bound_cidrs=["10.0.0.7/32"]),
            ),
            "ends": keeps(
                secret(), vault=Vault(standalone=True), approle=AppRole(secret_id_ttl="90d")
            ),
            "not ours": keeps(secret()),
        },
    ),
    Case(
        "NG605",
        "fetches its secrets from 'http://vault.example'",
        bad={
            "allowed": [
                host(
                    vault=Vault(
                        address="http://vault.example",
                        secrets_module=SecretsModule(plain_http=True),
                    )
                )
            ]
        },
        good={
            "TLS": [host(vault=OWN_MODULE)],
            "itself": [
                host(
                    vault=Vault(
                        address="http://localhost:8200",
                        secrets_module=SecretsModule(plain_http=True),
                    )
                )
            ],
        },
    ),
    Case(
        "NG604",
        "may read",
        bad={
            "all": [host(approle=AppRole(reads=["hosts/*"]))],
            "another": [host(approle=AppRole(reads=["hosts/web2/db"])), host("web2")],
            "everything": [host(approle=AppRole(reads=["*"]))],
        },
        good={
            "own": [host(approle=AppRole(reads=["hosts/web1/*", "shared/smtp"]))],
            "derived": [host()],
        },
    ),
]
