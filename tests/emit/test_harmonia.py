"""The binary cache's options, as the host's release has them, and its keys as secrets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import programs
import pytest
from host_files import evaluated, nix_files

from nixgen import Harmonia, Host, ModelError, VaultSecret
from nixgen.emit.contribution import ManagedFile
from nixgen.emit.host import emit


def host(release: str = "25.11", *, managed: bool = False, **fields: Any) -> Host:
    """A host that serves a cache signed with one key."""
    key = VaultSecret(name="cache-secret", key="key")
    return Host(
        name="cache",
        release=release,
        secrets=[key],
        harmonia=Harmonia(keys=[key], **fields),
        managed=["harmonia.nix"] if managed else [],
    )


def test_in_full(nixfmt: Path, tmp_path: Path) -> None:
    """The key is a reference: its path follows, and its unit is restarted when it changes."""
    made = host(
        bind="[::]:5000",
        priority=30,
        workers=4,
        settings={"tls_cert_path": "/var/lib/cert"},
        notes=["The fleet's cache"],
    )
    texts = nix_files(made)
    assert texts["harmonia.nix"].partition("\n")[2] == (
        """\
{ ... }:
{
  # The fleet's cache
  services.harmonia = {
    enable = true;
    signKeyPaths = [ "/run/secrets/cache-secret" ];
    settings = {
      bind = "[::]:5000";
      priority = 30;
      workers = 4;
      tls_cert_path = "/var/lib/cert";
    };
  };
}
"""
    )
    assert 'services = [ "harmonia" ];' in texts["secrets.nix"]
    assert programs.nixfmt_texts(list(texts.values()), tmp_path) == list(texts.values())


def test_the_release_decides(eval_nix: Any) -> None:
    """The options moved to services.harmonia.cache in NixOS 26.05."""
    wanted = {"enable": True, "signKeyPaths": ["/run/secrets/cache-secret"]}
    for release in ("25.05", "25.11"):
        values = evaluated(eval_nix, nix_files(host(release)))["harmonia.nix"]
        assert values == {"services": {"harmonia": wanted}}
    for release in ("26.05", "26.11", "unstable"):
        values = evaluated(eval_nix, nix_files(host(release)))["harmonia.nix"]
        assert values == {"services": {"harmonia": {"cache": wanted}}}


def test_one_that_is_declared_by_hand() -> None:
    """Nothing is written for it, and yet its key's readers are known."""
    made = host(existing=True)
    assert list(nix_files(made)) == ["secrets.nix"]
    assert made.services_of(made.secrets[0]) == ("harmonia",)


def test_in_a_file_of_people_each_option_stands_alone() -> None:
    """Options of Harmonia that people write can stand beside them."""
    (file,) = [
        each
        for each in emit(host(managed=True, priority=30), "hosts/cache.py").files
        if isinstance(each, ManagedFile)
    ]
    assert [len(entry.path.names) for entry in file.entries] == [3, 3, 4]


def test_mistakes_are_refused() -> None:
    """A key that the host lacks, one that would be JSON, an address without a port."""
    key = VaultSecret(name="k", key="key")
    for fields, wanted in (
        ({"keys": [VaultSecret(name="k", terraform=None)]}, "would be JSON"),
        ({"keys": "k"}, "allowed is a list of VaultSecret"),
        ({"bind": "::"}, "an address and a port"),
        ({"priority": 1, "settings": {"priority": 2}}, "its priority in settings and as a field"),
    ):
        with pytest.raises(ModelError, match=wanted):
            Harmonia(**fields)
    with pytest.raises(ModelError, match="Harmonia uses the secret 'k', which host 'cache' lacks"):
        Host(name="cache", release="25.11", harmonia=Harmonia(keys=[key]))
