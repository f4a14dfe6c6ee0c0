"""Cases of rules about labels, units, Nix and the binary cache."""

from __future__ import annotations

from nixgen import (
    GlobalScope,
    Hardening,
    Harmonia,
    Module,
    RunnerCache,
    VaultSecret,
    default,
    nix,
)
from nixgen.model.garbage_collection import GarbageCollection
from rule_cases import CONFIG, USER, UUID, Case, container, host, keeps, native, runs, secret
from rule_cases.secrets import OWN_MODULE

ESCAPED = r"gitea-runner-actions\x2dnative"
token = VaultSecret(name="token", key="token")
key = secret(name="cache-key", services=["harmonia"])
open_key = secret(name="cache-key", mode=0o404, services=None)


def hyphenated(**settings: object) -> list[object]:
    """A host whose runner's unit is escaped, and the secret that is its token."""
    its = VaultSecret(name="token", key="token", **settings)
    return runs(native(name="actions-native", token=its))


def writes(folder: str, **settings: object) -> list[object]:
    """A host whose runner has its cache in a folder, and settings of its unit."""
    return runs(native(cache=RunnerCache(dir=folder)), options={CONFIG: settings})


LIMITS = {"MemoryMax": "8G", "CPUQuota": "400%"}

CASES = [
    Case(
        "NG301",
        "jobs for 'nix' run as nix:host on runner 'native'",
        bad={
            "host and container": runs(
                container(labels=["nix:docker://nix:1"], scope=GlobalScope()),
                native(labels=["nix:host"]),
            ),
            "two hosts": [
                *runs(container(labels=["nix:docker://nix:1"], scope=USER)),
                host("web2", runners=[native(labels=["nix:host"])]),
            ],
        },
        good={
            "a pool": runs(container(), container(name="second")),
            "apart": runs(
                container(labels=["nix:docker://nix:1"], scope=USER),
                native(labels=["nix:host"], scope=type(USER)(user="bob")),
            ),
        },
    ),
    Case(
        "NG320",
        "jobs for 'native-nix' run on any of 2 machines: web1, web2",
        bad={"two": [host("web1", runners=[native()]), host("web2", runners=[native()])]},
        good={
            "one": runs(native(), native(name="second", labels=["other:host"])),
            "containers": [
                host("web1", runners=[container()]),
                host("web2", runners=[container()]),
            ],
            "apart": [
                host("web1", runners=[native(scope=USER)]),
                host("web2", runners=[native(scope=type(USER)(user="bob"))]),
            ],
        },
    ),
    Case(
        "NG302",
        "'bob/site' is not in",
        bad={"another user": runs(native(scope=USER, trusted_repositories=["bob/site"]))},
        good={"own": runs(native(scope=USER, trusted_repositories=["Alice/site"]))},
    ),
    Case(
        "NG303",
        "meant to use runner 'native'",
        bad={
            "user": runs(native(scope=USER, trusted_repositories=["alice/site"])),
            "forge": runs(native(scope=GlobalScope(), trusted_repositories=["a/b", "a/c"])),
        },
        good={
            "one": runs(native(trusted_repositories=["alice/site"])),
            "no list": runs(native(scope=USER)),
        },
    ),
    Case(
        "NG304",
        "run on the host, by runner 'native'",
        bad={"ubuntu": runs(native(labels=["ubuntu-latest:host"]))},
        good={
            "own name": runs(native()),
            "container": runs(container(labels=["ubuntu-latest:docker://ubuntu:24.04"])),
        },
    ),
    Case(
        "NG311",
        "which is no unit of the host",
        bad={
            "unescaped": hyphenated(services=["gitea-runner-actions-native"]),
            "no such runner": hyphenated(services=["gitea-runner-other"]),
            "limits": runs(
                native(name="actions-native"),
                options={"systemd.services.gitea-runner-actions-native.serviceConfig": LIMITS},
            ),
        },
        good={
            "derived": hyphenated(),
            "escaped": hyphenated(services=[ESCAPED]),
            "another kind": hyphenated(services=[ESCAPED, "nginx"]),
            "limits": runs(native(), options={CONFIG: LIMITS}),
            "limits of others": runs(
                native(), options={"systemd.services.gitea-runner-other.serviceConfig": LIMITS}
            ),
            "of an option": keeps(
                secret(services=[ESCAPED]),
                options={"services.gitea-actions-runner.instances.actions-native.enable": True},
            ),
        },
    ),
    Case(
        "NG312",
        "a name with its suffix",
        bad={"suffix": keeps(secret(services=["postgresql.service"]))},
        good={
            "bare": keeps(secret()),
            "dots": keeps(secret(services=["app@a.b"])),
            "taken off": keeps(secret(services=["postgresql.service"]), vault=OWN_MODULE),
        },
    ),
    Case(
        "NG313",
        "does not restart",
        bad={"another": hyphenated(services=["nginx"]), "none": hyphenated(services=[])},
        good={"derived": hyphenated(), "with it": hyphenated(services=[ESCAPED, "nginx"])},
    ),
    Case(
        "NG314",
        " in '/srv/ci', outside of /var/lib/",
        bad={
            "elsewhere": runs(native(cache=RunnerCache(dir="/srv/ci"))),
            "in the settings": runs(container(settings={"cache": {"dir": "/srv/ci"}})),
            "of jobs": runs(native(settings={"host": {"workdir_parent": "/srv/ci"}})),
            "newer module": runs(
                native(cache=RunnerCache(dir="/srv/ci"), uuid=UUID), release="26.11"
            ),
            "mounted from there": writes("/srv/ci", BindPaths=["/srv/ci:/var/cache/ci:rbind"]),
            "all, which is read-only": writes("/srv/ci", ReadWritePaths="/"),
            "nowhere": writes("/srv/ci", BindPaths=["-/srv/ci::norbind", ":"]),
            "beside": writes("/srv/ci", ReadWritePaths=["/srv/c", "/srv/ci-2"]),
            "two words": writes("/srv/ci", ReadWritePaths=["'/srv/ci 2'", "/srv/a\\ /srv/ci"]),
        },
        good={
            "state": runs(native(cache=RunnerCache())),
            "mounted": writes("/var/cache/ci", BindPaths=["/mnt/c:/var/cache/ci:rbind"]),
            "mounted where it is": writes("/mnt/c/x", BindPaths="-/mnt/c /mnt/d"),
            "with a colon": writes("/mnt/c:d", BindPaths=["/a\\:b:/mnt/c\\:d"]),
            "quoted": writes("/mnt/my cache", BindPaths="'/a b':\"/mnt/my cache\""),
            "escaped": writes("/mnt/my cache/x", ReadWritePaths="/mnt/my\\ cache"),
            "slash": writes("/mnt/cache/x", ReadWritePaths=["/mnt/cache/"]),
            "slashes": writes("/mnt/cache", ReadWritePaths=["//mnt//cache/."]),
            "perhaps missing": writes("/mnt/cache", ReadWritePaths="-/mnt/cache"),
            "below the unit's root": writes("/mnt/cache", ReadWritePaths=["/a", "+/mnt/cache"]),
            "an expression": writes("/mnt/cache", ReadWritePaths=[nix.ref("config.my.cache")]),
            "of two files": runs(
                native(cache=RunnerCache(dir="/mnt/a")),
                options={f"{CONFIG}.ReadWritePaths": ["/mnt/a"]},
                modules=[Module(file="a.nix", content=[{f"{CONFIG}.ReadWritePaths": ["/mnt/b"]}])],
            ),
            "linked": writes("/var/lib/ci/x", StateDirectory="ci:runner other"),
            "writable": runs(
                native(cache=RunnerCache(dir="/srv/cache/a")),
                options={f"{CONFIG}.ReadWritePaths": ["/srv/cache"]},
            ),
            "of the unit": runs(
                native(cache=RunnerCache(dir="/var/cache/runner/a")),
                options={f"{CONFIG}.CacheDirectory": "runner"},
            ),
            "off": runs(native(cache=RunnerCache(dir="/srv/cache", enabled=False))),
            "off in the settings": runs(
                native(settings={"cache": {"enabled": False, "dir": "/srv/ci"}})
            ),
            "no host jobs": runs(container(settings={"host": {"workdir_parent": "/srv/ci"}})),
            "the state's other name": runs(
                native(cache=RunnerCache(dir="/var/lib/private/gitea-runner/cache"))
            ),
            "until the next start": runs(native(cache=RunnerCache(dir="/tmp/cache"))),
            "static": runs(
                native(cache=RunnerCache(dir="/srv/cache")),
                options={f"{CONFIG}.DynamicUser": False},
            ),
        },
    ),
    Case(
        "NG316",
        "have no nodejs",
        bad={"list": runs(native(host_packages=["bash", "git", "nix"]))},
        good={
            "whole": runs(native(host_packages=["bash", "gitMinimal", "nodejs_22"])),
            "the module's": runs(native()),
            "git of the newer module": runs(
                native(host_packages=["bash", "nodejs"], uuid=UUID), release="26.11"
            ),
            "unknown": runs(native(host_packages=[nix.ref("inputs.tools.default")])),
        },
    ),
    Case(
        "NG317",
        "it is mounted noexec",
        bad={
            "new": runs(native()),
            "elsewhere": runs(native(), options={f"{CONFIG}.ExecPaths": ["/srv"]}),
        },
        good={
            "paths": runs(native(), options={f"{CONFIG}.ExecPaths": ["/var/lib/gitea-runner"]}),
            "private": runs(
                native(), options={f"{CONFIG}.ExecPaths": "-/var/lib/private/gitea-runner"}
            ),
            "hardened": runs(native(hardening=Hardening())),
            "the newer module": runs(native(uuid=UUID), release="26.11"),
            "old": runs(native(), release="24.11"),
            "static": runs(native(), options={f"{CONFIG}.DynamicUser": False}),
            "container": runs(container()),
        },
    ),
    Case(
        "NG318",
        "builds of runner 'native' are refused",
        bad={
            "others": runs(
                native(host_packages=["nix", "bash"]),
                options={"nix.settings.allowed-users": ["@wheel"]},
            ),
            "newer module": runs(
                native(host_packages=["nix"], uuid=UUID),
                release="26.11",
                options={"nix.settings.allowed-users": ["gitea-runner"]},
            ),
            "unit's user": runs(
                native(host_packages=["nix"]),
                options={f"{CONFIG}.User": "ci", "nix.settings.allowed-users": ["gitea-runner"]},
            ),
            "a pattern": runs(  # Nix knows none
                native(host_packages=["nix"]), options={"nix.settings.allowed-users": ["gitea-*"]}
            ),
        },
        good={
            "named": runs(
                native(host_packages=["nix"]),
                options={"nix.settings.allowed-users": ["@wheel", "gitea-runner"]},
            ),
            "all": runs(
                native(host_packages=["nix"]), options={"nix.settings.allowed-users": ["*"]}
            ),
            "trusted": runs(
                native(host_packages=["nix"]),
                options={
                    "nix.settings.allowed-users": ["root"],
                    "nix.settings.trusted-users": ["gitea-runner"],
                },
            ),
            "newer module": runs(
                native(host_packages=["nix"], uuid=UUID),
                release="26.11",
                options={"nix.settings.allowed-users": ["forgejo-runner-native"]},
            ),
            "hashed": runs(
                native(name="actions-native", host_packages=["nix"], uuid=UUID),
                release="26.11",
                options={"nix.settings.allowed-users": ["_du569649afad05516b"]},
            ),
            "unknown": runs(
                native(host_packages=["nix"]),
                options={
                    f"{CONFIG}.User": nix.ref("config.my.user"),
                    "nix.settings.allowed-users": ["root"],
                },
            ),
            "without Nix": runs(
                native(host_packages=["bash"]), options={"nix.settings.allowed-users": ["root"]}
            ),
        },
    ),
    Case(
        "NG401",
        "jobs of runner 'native' are trusted by Nix",
        bad={
            "name": runs(native(), options={"nix.settings.trusted-users": ["gitea-runner"]}),
            "all": runs(native(), options={"nix.settings": {"trusted-users": ["root", "*"]}}),
            "group": runs(
                native(), options={"nix.settings.extra-trusted-users": "root @gitea-runner"}
            ),
            "forced": runs(
                native(), options={"nix.settings.trusted-users": nix.raw('lib.mkForce [ "*" ]')}
            ),
            "lines of nix.conf": runs(
                native(),
                options={"nix.extraOptions": "cores = 2\ntrusted-users = root gitea-runner"},
            ),
            "old name": runs(native(), options={"nix.trustedUsers": ["*"]}),
            "added to others": runs(
                native(),
                options={
                    "nix.settings.trusted-users": nix.raw('config.admins ++ [ "gitea-runner" ]')
                },
            ),
            "one of two files": runs(
                native(),
                options={"nix.settings.trusted-users": ["root", "gitea-runner"]},
                modules=[
                    Module(file="a.nix", content=[{"nix.settings.trusted-users": ["@wheel"]}])
                ],
            ),
            "member": runs(
                native(),
                options={
                    "users.groups.builders.members": ["gitea-runner"],
                    "nix.settings.trusted-users": ["@builders"],
                },
            ),
        },
        good={
            "people": runs(native(), options={"nix.settings.trusted-users": ["root", "@wheel"]}),
            "containers": runs(container(), options={"nix.settings.trusted-users": ["*"]}),
            "unknown": runs(
                native(), options={"nix.settings.trusted-users": nix.raw("config.my.users")}
            ),
            "no such user": runs(
                native(name="actions-native", uuid=UUID),
                release="26.11",
                options={"nix.settings.trusted-users": ["forgejo-runner-actions-native"]},
            ),
            "group of the unit": runs(  # Nix does not see it
                native(),
                options={
                    f"{CONFIG}.SupplementaryGroups": ["builders"],
                    "nix.settings.trusted-users": ["@builders"],
                },
            ),
            "comment of nix.conf": runs(
                native(), options={"nix.extraOptions": "# trusted-users = *"}
            ),
        },
    ),
    Case(
        "NG402",
        "Nix's sandbox is",
        bad={
            "off": runs(native(), options={"nix.settings.sandbox": False}),
            "relaxed": runs(native(), options={"nix.settings.sandbox": "relaxed"}),
            "line of nix.conf": runs(native(), options={"nix.extraOptions": "sandbox = false"}),
            "default": runs(
                native(), options={"nix.settings": nix.raw("lib.mkDefault { sandbox = false; }")}
            ),
        },
        good={
            "on": runs(native(), options={"nix.settings.sandbox": True}),
            "lines of nix.conf that others replace": runs(
                native(),
                options={"nix.extraOptions": "keep-outputs = true"},
                modules=[
                    Module(file="a.nix", content=[{"nix.extraOptions": default("sandbox = false")}])
                ],
            ),
            "off by default alone": runs(
                native(),
                options={"nix.settings.sandbox": True},
                modules=[
                    Module(
                        file="a.nix", content=[{"nix.settings.sandbox": nix.raw("mkDefault false")}]
                    )
                ],
            ),
            "no jobs": [host(options={"nix.settings.sandbox": False})],
        },
    ),
    Case(
        "NG403",
        "every build sees",
        bad={
            "secrets": runs(
                native(), options={"nix.settings.extra-sandbox-paths": ["/run/secrets"]}
            ),
            "all": runs(native(), options={"nix.settings.sandbox-paths": ["/host=/"]}),
            "one": runs(
                native(),
                secrets=[secret(output="/srv/app/db")],
                options={"nix.settings.sandbox-paths": ["/srv/app?"]},
            ),
        },
        good={
            "shell": runs(native(), options={"nix.settings.sandbox-paths": ["/bin/sh=/run/sh"]}),
            "no jobs": [host(options={"nix.settings.sandbox-paths": ["/run/secrets"]})],
        },
    ),
    Case(
        "NG404",
        "paths of any origin are taken",
        bad={
            "off": [host(options={"nix.settings.require-sigs": False})],
            "line of nix.conf": [host(options={"nix.extraOptions": "require-sigs = false"})],
        },
        good={"on": [host(options={"nix.settings.require-sigs": True})], "default": [host()]},
    ),
    Case(
        "NG405",
        "Nix signs whatever a job builds",
        bad={
            "jobs": runs(native(), options={"nix.settings.secret-key-files": ["/run/secrets/key"]})
        },
        good={
            "no jobs": [host(options={"nix.settings.secret-key-files": ["/run/secrets/key"]})],
            "none": runs(native()),
        },
    ),
    Case(
        "NG406",
        "can read the signing key 'cache-key'",
        bad={
            "mode": runs(
                native(), secrets=[secret(name="cache-key", mode=0o444, services=["harmonia"])]
            ),
            "group": runs(
                native(),
                secrets=[secret(name="cache-key", mode=0o440, group="keys", services=["harmonia"])],
                options={f"{CONFIG}.SupplementaryGroups": ["keys"]},
            ),
            "Harmonia": runs(native(), secrets=[open_key], harmonia=Harmonia(keys=[open_key])),
            "path": runs(
                native(),
                secrets=[secret(name="cache-key", mode=0o404)],
                options={"services.harmonia.signKeyPaths": ["/run/secrets/cache-key"]},
            ),
            "root": runs(
                native(), secrets=[key], options={"nix.settings.trusted-users": ["gitea-runner"]}
            ),
        },
        good={
            "root alone": runs(native(), secrets=[key]),
            "another group": runs(
                native(),
                secrets=[secret(name="cache-key", mode=0o440, group="keys", services=["harmonia"])],
            ),
            "no key": runs(native(), secrets=[secret(name="cache-key", mode=0o444)]),
        },
    ),
    Case(
        "NG407",
        "is signed and served to all hosts",
        bad={
            "tag": runs(native(), tags=["binary-cache"]),
            "option": runs(native(), options={"services.harmonia.enable": True}),
            "key": runs(native(), secrets=[key]),
            "Harmonia": runs(native(), harmonia=Harmonia(bind="[::]:5000")),
        },
        good={
            "no cache": runs(native()),
            "containers": runs(container(), tags=["binary-cache"]),
        },
    ),
    Case(
        "NG409",
        "from which nothing is ever deleted",
        bad={
            "jobs": runs(native()),
            "off": runs(native(), options={"nix.gc.automatic": False}),
        },
        good={
            "policy": runs(
                native(), garbage_collection=GarbageCollection(flake="git+https://f.example/a")
            ),
            "option": runs(native(), options={"nix.gc.automatic": True}),
            "containers": runs(container()),
            "no jobs": [host()],
        },
    ),
    Case(
        "NG408",
        "",
        bad={
            "automatic": [host(tags=["binary-cache"], options={"nix.gc.automatic": True})],
            "one system": [
                host(
                    tags=["binary-cache"],
                    garbage_collection=GarbageCollection(
                        flake="git+https://f.example/a", systems=1
                    ),
                )
            ],
        },
        good={
            "policy": [
                host(
                    tags=["binary-cache"],
                    garbage_collection=GarbageCollection(flake="git+https://f.example/a"),
                )
            ],
            "no cache": [host(options={"nix.gc.automatic": True})],
            "never": [host(tags=["binary-cache"])],
        },
    ),
]
