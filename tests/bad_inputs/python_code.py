"""Python that does not run, or leads to no host."""

from __future__ import annotations

from pathlib import Path

from bad_inputs.project import FINE, LITERAL, Case, host, python


def not_text(root: Path) -> None:
    """A hosts file in another encoding."""
    (root / "hosts/web1.py").write_bytes('note = "Größe"\n'.encode("latin-1"))


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
}
