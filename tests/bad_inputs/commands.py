"""Settings, arguments, values and servers."""

from __future__ import annotations

from pathlib import Path

from bad_inputs.project import FINE, LITERAL, Case, built, edited, host, secret


def stale(root: Path) -> None:
    """A host that changed since it was built."""
    built(root)
    (root / "hosts/web1.py").write_text(host(options='{"networking.domain": "example.com"}'))


def values(text: str, name: str = "v.tfvars") -> Case:
    """A file with the values of variables, which are looked at."""
    return Case({"hosts/web1.py": secret(), name: text}, f"secrets missing --tfvars {name}")


def vault_server(address: str = '"http://127.0.0.1:1"', secret_id: str = LITERAL) -> dict[str, str]:
    """A host whose fleet has a Vault server, and the files of an AppRole to log in with."""
    text = host(vault=f"Vault(address={address})")
    return {"hosts/web1.py": text, "role-id": "web1\n", "secret-id": f"{secret_id}\n"}


LOGIN = "verify vault --role-id-file role-id --secret-id-file secret-id"


CASES: dict[str, Case] = {
    # -- settings --------------------------------------------------------------------------------
    "setting-unknown": Case({**FINE, "nixgen.toml": 'output = "build"\nhost = "hosts"\n'}),
    "setting-type": Case({**FINE, "nixgen.toml": 'output = ["build"]\n'}),
    "setting-formatter": Case({**FINE, "nixgen.toml": 'formatter = "nixfmt-rfc"\n'}),
    "setting-empty-folder": Case({**FINE, "nixgen.toml": 'output = ""\n'}),
    "settings-no-toml": Case({**FINE, "nixgen.toml": "output = build\n"}),
    "settings-missing": Case(FINE, "build --config other.toml"),
    "settings-folder": Case(FINE, "build --config hosts"),
    "flag-empty-file": Case(FINE, "build --config ''"),
    "settings-in-pyproject": Case({**FINE, "pyproject.toml": "[tool.nixgen]\nouput = 'build'\n"}),
    "settings-no-table": Case({**FINE, "pyproject.toml": "[tool]\nnixgen = 1  # [tool.nixgen]\n"}),
    "flag-formatter": Case(FINE, "build --formatter alejandra"),
    "flag-empty-folder": Case(FINE, "build --output ''"),
    "flag-unknown": Case(FINE, "build --forse"),
    "flag-without-value": Case(FINE, "build --output"),
    "formatter-missing": Case(FINE, "build --formatter nixfmt"),
    # -- arguments -------------------------------------------------------------------------------
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
    # -- values and servers ----------------------------------------------------------------------
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
}
