"""Python that does not run, or leads to no host."""

from __future__ import annotations

from pathlib import Path

from bad_inputs.project import FINE, LITERAL, Case, host, python


def not_text(root: Path) -> None:
    """A hosts file in another encoding."""
    (root / "hosts/web1.py").write_bytes('note = "Größe"\n'.encode("latin-1"))


def wide_text(root: Path) -> None:
    """A hosts file as some editors of Windows save it."""
    (root / "hosts/web1.py").write_bytes("host = 1\n".encode("utf-16"))


def wide_shared_part(root: Path) -> None:
    """A shared part of that kind, and without the mark at its beginning."""
    (root / "hosts/_parts.py").write_bytes("base = 1\n".encode("utf-16-le"))


def folder_as_host(root: Path) -> None:
    """A folder with the name of a hosts file."""
    (root / "hosts/web2.py").mkdir()


def no_hosts(root: Path) -> None:
    """A hosts folder with shared parts only."""
    (root / "hosts/web1.py").rename(root / "hosts/_web1.py")


CASES: dict[str, Case] = {
    "syntax-error": python('from nixgen import Host\n\nhost = Host(name="web1", release="25.11"'),
    "syntax-error-token": python(f'from nixgen import Host\n\ntoken = "{LITERAL}\n'),
    "indentation-error": python('from nixgen import Host\n  host = Host(name="web1")'),
    "null-byte": python("host = 1\0"),
    "other-encoding": Case({"hosts/web1.py": ""}, before=not_text),
    "other-encoding-wide": Case({"hosts/web1.py": ""}, before=wide_text),
    "other-encoding-wide-part": Case(
        {"hosts/web1.py": "from _parts import base\n"}, before=wide_shared_part
    ),
    "merge-conflict": python("a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other"),
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
    "no-host-private": python("from nixgen import Host\n\n_host = Host(name='a', release='25.11')"),
    "no-host-class": python("from nixgen import Host\n\nhost = Host"),
    "no-host-generator": python(
        "from nixgen import Host\n\n"
        "hosts = (Host(name=name, release='25.11') for name in ('web1', 'web2'))"
    ),
    "no-host-function": python(
        "from nixgen import Host\n\n\ndef web1():\n    return Host(name='web1', release='25.11')"
    ),
    "host-lost-in-loop": python(
        "from nixgen import Host\n\n"
        "for name in ('web1', 'web2'):\n    host = Host(name=name, release='25.11')"
    ),
    "host-overwritten": python(
        "from nixgen import Host\n\n"
        "host = Host(name='web1', release='25.11')\n"
        "host = Host(name='web2', release='25.11')"
    ),
    "hosts-in-set": python("from nixgen import Host\n\nhosts = {Host(name='a', release='25.11')}"),
    "list-as-in-nix": python(
        host(
            options="""{
        "users.groups.wheel.members": ["alice" "bob"],
        "environment.shells": [
            "/bin/sh"
            "/bin/bash"
        ],
    }"""
        )
    ),
    "call-without-argument": python("from nixgen import accept\n\nrisk = accept('NG101')"),
    "call-with-unknown-argument": python(
        "from nixgen import accept\n\nrisk = accept('NG101', raeson='known')"
    ),
    "call-without-names": python("from nixgen import accept\n\nrisk = accept('NG101', 'known')"),
    "call-of-shared-part": python(
        "import _parts\n\nbase = _parts.base('web1')",
        _parts="def base(name, domain, port):\n    return name",
    ),
    "generator-for-a-list": python(
        host("tokens = {}\n", secrets="(token for token in tokens)", tags="map(str, [1])")
    ),
    "object-for-a-text": python(host("class Odd: ...\n\n\n", name="Odd()", tags="[Odd()]")),
    "object-as-key": python("class Odd: ...\n\n\nports = {}\nport = ports[Odd()]"),
    "names-of-nix": python(
        host(options='{"environment.systemPackages": [pkgs.git]}'),
        web2=host(options='{"networking.domain": config.networking.fqdn}'),
        web3=host(options='{"networking.domain": mkDefault("example.org")}'),
    ),
    "circular-import": python(
        "from _parts import base", _parts="from _more import more", _more="from _parts import base"
    ),
    "circular-import-of-three": python(
        "import _parts",
        _parts="import _more\n\nbase = 1",
        _more="import _most",
        _most="import _parts\n\nmost = _parts.base",
    ),
    "import-of-itself": python("import _parts", _parts="from _parts import base\n\nbase = 1"),
    "import-of-a-host": python("import web2", web2="web2 = 1"),
    "relative-import": python("from ._parts import base", _parts="base = 1"),
    "missing-file": python("text = open('web1.json').read()"),
    "odd-exception": python("class Skipped(BaseException): ...\n\n\nraise Skipped('not today')"),
    "text-of-exception": python("raise ValueError('first\\nsecond\\n' + 'x' * 5000)"),
    "no-hosts": Case(FINE, before=no_hosts),
    "no-hosts-folder": Case(),
    "file-as-hosts-folder": Case(FINE, "build --hosts hosts/web1.py"),
    "folder-as-host": Case(FINE, before=folder_as_host),
    "fault-while-checking": python(
        host(
            "class Odd(dict):\n    def items(self):\n        raise OSError('no')\n\n\n",
            options='{"a": Odd(b=1)}',
        )
    ),
}
