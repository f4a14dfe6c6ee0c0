"""What the tests' OpenBao server does: other tests lean on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openbao as bao
from programs import run_tofu

READ = 'path "secret/data/hosts/web/*" { capabilities = ["read"] }'


def test_openbao_is_pinned_once(root):
    """The installer looks for the version that toolchain/openbao.txt requires."""
    required = (root / "toolchain/openbao.txt").read_text()
    pinned = re.search(r'OPENBAO_VERSION = "(\S+)"', (root / "toolchain/install.py").read_text())
    assert f"\nopenbao-cli=={pinned[1]} " in required


def test_a_namespace_is_a_server_of_the_tests_own(openbao):
    """Two tests can use the same mounts, roles and secrets: neither sees the other's."""
    first, second = openbao.namespace(), openbao.namespace()
    for client, value in ((first, "one"), (second, "two")):
        client.mount_kv("secret")
        client.mount_approle("approle")
        client.write("secret/data/hosts/web/db", {"data": {"password": value}})
    role = first.approle("web", READ).login()
    assert role.read("secret/data/hosts/web/db")["data"] == {"password": "one"}
    assert second.read("secret/data/hosts/web/db")["data"] == {"password": "two"}
    assert role.ask("GET", "secret/data/hosts/mail/db").status == 403
    assert second.ask("GET", "auth/approle/role/web").status == 404


def test_a_server_keeps_its_storage_over_a_restart(tmp_path):
    """A stopped server answers nobody, a sealed one refuses all; what is stored stays."""
    with bao.running(tmp_path) as server:
        server.root.mount_kv("secret")
        server.root.write("secret/data/a", {"data": {"b": "c"}})
        server.seal()
        assert server.root.ask("GET", "secret/data/a").status == 503
        server.unseal()
        server.stop()
        server.start()
        assert server.root.read("secret/data/a")["data"] == {"b": "c"}
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert server.root_token.encode() not in path.read_bytes(), path


def test_tofu_applies_with_the_vault_provider(tmp_path, tofu_with_provider, vault):
    """`tofu init` finds the provider without a registry, and `apply` writes to the server."""
    main = {
        "terraform": {"required_providers": {"vault": {"source": "hashicorp/vault"}}},
        "provider": {"vault": {}},
        "resource": {
            "vault_mount": {"kv": {"path": "kv", "type": "kv", "options": {"version": "2"}}},
            "vault_kv_secret_v2": {
                "it": {"mount": "${vault_mount.kv.path}", "name": "a", "data_json": '{"b": "c"}'}
            },
        },
    }
    Path(tmp_path, "main.tf.json").write_text(json.dumps(main))
    run_tofu("init", folder=tmp_path)
    run_tofu("apply", "-auto-approve", folder=tmp_path, **vault.environment())
    assert vault.read("kv/data/a")["data"] == {"b": "c"}
