"""Hosts and their options."""

from __future__ import annotations

from bad_inputs.project import LITERAL, Case, host, python, runner, secret


def options(text: str) -> Case:
    """A host with the options of a dict's text."""
    return python(host(options=text))


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


CASES: dict[str, Case] = {
    # -- hosts -----------------------------------------------------------------------------------
    "host-name-with-domain": python(host(name='"web1.example.org"')),
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
    # -- options ---------------------------------------------------------------------------------
    "options-no-dict": options('["networking.domain"]'),
    "option-path": options('{"networking..domain": "example.org"}'),
    "option-path-blank": options('{"virtualHosts.my host.root": "/srv"}'),
    "option-path-interpolated": options('{"users.users.${name}.shell": "bash"}'),
    "option-key-type": options("{1: True}"),
    "option-nan": options('{"a.weight": float("nan")}'),
    "option-integer": options('{"a.size": 2**64}'),
    "option-set": options('{"a": {"ports": [80, {443}]}}'),
    "option-object": options('{"a.b": object}'),
    "option-secret": options('{"a.tokenFile": VaultSecret(name="t", key="token")}'),
    "option-secret-in-a-call": options('{"a.b": default({"c": VaultSecret(name="t", key="t")})}'),
    "option-entry": options("{\"a.b\": nix.raw_entry('c = 1;')}"),
    "option-literal-secret-in-a-call": options(
        f'{{"a": nix.mk_if(nix.ref("b"), {{"password": "{LITERAL}"}})}}'
    ),
    "option-literal-secret-of-bytes": options(f'{{"a.password": b"{LITERAL}"}}'),
    "option-list-of-packages": options('{"a.b": nix.with_pkgs(["vim", "htop"])}'),
    "option-list-of-texts": options('{"a.b": nix.List(["vim"])}'),
    "option-reference": options('{"a.b": nix.ref(["config", "x"])}'),
    "option-argument": options('{"a.b": nix.function(["a b"], 1)}'),
    "option-null-byte": options(r'{"a.b": "x\0y"}'),
    "option-literal-secret": options(
        f'{{\n        "services.x.user": "x",\n        "services.x.password": "{LITERAL}",\n    }}'
    ),
    "option-literal-secret-nested": options(f'{{"services.x": {{"apiKey": "{LITERAL}"}}}}'),
    "conflicting-parts": python(
        host("from _parts import database, web\n\n", parts="[web, database(5432)]"),
        _parts=CONFLICTING_PARTS,
    ),
    "conflicting-lists": python(
        host(
            'tools = Profile(options={"environment.systemPackages": [nix.pkg("vim")]})\n',
            parts="[tools]",
            options='{"environment.systemPackages": nix.with_pkgs("git")}',
        )
    ),
    "option-inside-another": options('{"a.b": 1, "a.b.c": 2}'),
    "option-inner-quotes": options(
        """{
        "boot.kernel.sysctl": {
            "vm.swappiness": 10,
            '"net.ipv4.ip_forward"': 1,
        },
        "services.nginx": {"virtualHosts": {'"example.org".root': "/srv"}},
    }"""
    ),
    "option-inner-path": options(
        """{
        "networking": {
            "hostId": "8425e349",
            "nftables.enable": True,
        },
    }"""
    ),
    "option-key-twice": options(
        '{\n        "networking.domain": "a.org",\n        "networking.domain": "b.org",\n    }'
    ),
}
