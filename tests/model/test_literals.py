from __future__ import annotations

import enum
from pathlib import Path, PurePosixPath
from typing import Any

import attrs
import pytest

from nixgen import Entries, LoadError, ModelError, Module, default, force, load_fleet, nix
from nixgen.diagnostic import render_all
from nixgen.model.literals import literal_secret

LITERAL = "hunter2-9f3b1c77"
SHARED = default(LITERAL)


class Pins(enum.Enum):
    TEXT = LITERAL
    NUMBER = 90210


@attrs.frozen
class Login:
    password: str


@pytest.mark.parametrize(
    "given",
    [
        {"runner": {"envs": {"API_TOKEN": LITERAL}}},
        {"services.mail": {"smtpPassword": LITERAL}},
        {"services.x.settings.client-secret": LITERAL},
        {"systemd.services.x.environment.DB_PASSWORD": LITERAL},
        {"services.x.secret_api_key": LITERAL},
        {"services.x.users": [{"name": "alice", "password": LITERAL}]},
        {"services.x.token": LITERAL},
        {"networking.wireless.networks": {"home": {"psk": LITERAL}}},
        {"networking.wireguard.interfaces.wg0.peers": [{"presharedKey": LITERAL}]},
        {"services.x.settings.secretAccessKey": LITERAL},
        {"services.x.env": [{"name": "DB_PASSWORD", "value": LITERAL}]},
        {"services.x": nix.raw(f'{{ e = [ {{ value = "{LITERAL}"; name = "a-token"; }} ]; }}')},
        {"services.x.token": default(LITERAL)},
        {"services.x": force({"settings": {"client_secret": LITERAL}})},
        {"services.x": nix.raw(f'lib.mkOverride 50 {{ a.password = "{LITERAL}"; }}')},
        {"services.x.users": nix.raw(f"[ {{ password = ''{LITERAL}''; }} ]")},
        {"a.b": nix.mk_if(nix.ref("config.x"), {"password": LITERAL})},
        {"a.password": nix.mk_if(nix.ref("config.x"), LITERAL)},
        {"a.b": nix.call("f", 1, [{"password": LITERAL}])},
        {"a.password": nix.raw(f'if c then "{LITERAL}" else throw "none"')},
        {"a.password": nix.raw(f'config.b or "{LITERAL}"')},
        {"a.password": nix.raw(f'"{LITERAL}" + "-" + "more"')},
        {"a.password": nix.raw(f'lib.mkMerge [ "{LITERAL}" ]')},
        {"a": nix.raw(f'x // (with y; f {{ password = "{LITERAL}"; }} 1)')},
        {"a": nix.raw(f'{{ password ? "{LITERAL}" }}: 1')},
        {"a": nix.raw(f'"${{f {{ password = "{LITERAL}"; }}}}"')},
        {"a": nix.raw(f'let password = "{LITERAL}"; in f password')},
        {"a": nix.raw(f'let p = "{LITERAL}"; in {{ b = p; password = p; }}')},
        {"a": nix.raw(f'rec {{ p = q; q = "{LITERAL}"; c = p; password = lib.mkForce p; }}')},
        {"a": nix.let({"p": LITERAL}, {"password": nix.ref("p")})},
        {"a": SHARED, "password": SHARED},
        {"a.b": Login(password=LITERAL)},
        {"a": [{"b": Login(password=LITERAL)}]},
        {"services.x.password": Pins.TEXT},
        {"services.x.password": Pins.NUMBER},
        {"services.x.password": 90210},
        {"services.x": nix.raw("{ dbPassword = 90210; }")},
        {"services.x.pin_password": 90.21},
    ],
    ids=str,
)
def test_secrets_by_their_names(given: dict[str, Any]) -> None:
    """However a name is spelled and wherever it stands: the value would be in a file for all."""
    wrong = literal_secret(given)
    assert wrong is not None
    assert "holds a literal secret" in wrong
    assert LITERAL not in wrong


@pytest.mark.parametrize(
    "given",
    [
        {"services.x.passwordFile": "/run/secrets/db"},
        {"services.x.settings.token": "/run/secrets/token"},
        {"systemd.services.x.environment": {"API_TOKEN": "$TOKEN", "B_TOKEN": "${TOKEN}"}},
        {"services.x.password": '{{ with secret "a" }}{{ end }}'},
        {"services.grafana.settings.security.secret_key": "$__file{/run/secrets/key}"},
        {"networking.wireless.networks": {"home.psk": "@PSK_HOME@", "office.psk": "ext:office"}},
        {"services.home-assistant.config.mqtt.password": "!secret mqtt"},
        {"users.users.alice.hashedPassword": "$6$salt$hash"},
        {"services.x.publicKey": LITERAL, "services.x.tokens": LITERAL},
        {"services.x.passwords": [LITERAL]},
        {"services.x.enableToken": True, "services.x.requirePassword": 1, "services.x.b": 1},
        {"services.x.passwordMinLength": 12, "services.x.tokenTtl": 90, "services.x.maxToken": 8},
        {"services.x.password": PurePosixPath("/run/secrets/db"), "services.x.secret": 0},
        {"services.x.passwordFile": PurePosixPath("db.age"), "services.x.token": None},
        {"services.x.password": nix.raw('config.a + "/b"'), "a.token": nix.raw('"E" + f x')},
        {"a": nix.raw('let toToken = v: if v then "+" else "-"; in { }')},
        {"a.lifespans.access_token": 3600},
        {"services.x.password": nix.raw('hash "a" (f "b" 9)'), "services.x.token": nix.raw("p")},
        {"services.x": nix.raw('let p = "a"; in { user = p; password = config.p; }')},
        {"services.x": nix.raw('let p = "a"; in p: { password = p; }')},
        {"services.x": nix.raw('let p = "a"; in { p }: { password = p; }')},
        {"services.x": nix.raw('let p = "a"; in let inherit (c) p; in { password = p; }')},
        {"services.x.password": nix.raw("let p = p; in p")},
        {"services.kea.option-data": [{"name": "routers", "data": "192.168.1.1"}]},
        {"services.x.headers": [{"name": "Accept", "value": "text/html"}]},
        {"services.x.accessKey": "an id", "nginx.locations": {"/": {"proxyPass": "http://a"}}},
        {
            "services.x": nix.raw(
                '{ password = "${config.x}"; token = config.y; passwords = [ "a" ]; }'
            )
        },
    ],
    ids=str,
)
def test_what_says_where_a_secret_is(given: dict[str, Any]) -> None:
    """Paths, variables, templates and hashes are no secrets."""
    assert literal_secret(given) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"content": [nix.raw_entry(f'services.x.adminPassword = "{LITERAL}";')]},
        {"content": [{"services.x": {"adminPassword": LITERAL}}]},
        {"content": [{"services.x": nix.mk_if(1, {"adminPassword": LITERAL})}]},
        {"frame": nix.raw(f'{{ lib, ... }}: {{ services.x.adminPassword = "{LITERAL}"; }}')},
        {"frame": nix.raw(f'{{ ... }}: let adminPassword = "{LITERAL}"; in {{ }}')},
    ],
    ids=["entry", "dict", "call", "frame", "let"],
)
def test_files_of_the_host(fields: dict[str, Any]) -> None:
    """What stands in a module as Nix is looked at as well."""
    with pytest.raises(ModelError) as caught:
        Module(file="x.nix", **fields)
    (found,) = caught.value.diagnostics
    assert found.summary.startswith(f"Module.{next(iter(fields))}: ")
    assert "adminPassword holds a literal secret" in found.summary
    if "frame" not in fields:
        with pytest.raises(ModelError, match="adminPassword holds a literal secret"):
            Module(file="x.nix", content=[{"a": Entries(**fields)}])


@pytest.mark.parametrize(
    "fields",
    [
        f'options={{"services.x.password": b"{LITERAL}"}}',
        f'options={{"services.x": {{"password": ["{LITERAL}", {{1}}]}}}}',
        f'options={{"services.x.password": {{"{LITERAL}"}}}}',
        f'options={{"services.x.password": Path("{LITERAL}")}}',
        f'options={{"services.x.password": default(b"{LITERAL}")}}',
        f'secrets=[VaultSecret(name="a", key="a", notes=[b"{LITERAL}"])]',
        f'secrets=[VaultSecret(name="a", terraform=TerraformVariable(description=b"{LITERAL}"))]',
    ],
)
def test_what_has_no_form_is_not_repeated(fields: str, tmp_path: Path) -> None:
    """A value of a kind that nothing takes may be a secret all the same, by its place or kind."""
    (tmp_path / "web1.py").write_text(
        "from pathlib import Path\nfrom nixgen import *\n"
        f'host = Host(name="web1", release="25.11",\n  {fields},\n)\n'
    )
    with pytest.raises(LoadError) as caught:
        load_fleet(tmp_path)
    told = render_all(caught.value.diagnostics)
    assert "not shown" in told
    assert LITERAL not in told


@pytest.mark.parametrize(
    "fields",
    [
        f'secrets=["{LITERAL}"]',
        f'secrets={{"db": "{LITERAL}"}}',
        f'secrets=[{{"name": "db", "of": "{LITERAL}"}}]',
        f'parts=[Profile(secrets=["{LITERAL}"])]',
        f'parts=[{{"options": {{"services.x.password": "{LITERAL}"}}}}]',
        f'parts={{"services.x.password": "{LITERAL}"}}',
        f'vault={{"token": "{LITERAL}"}}',
    ],
)
def test_values_in_place_of_objects_are_not_repeated(fields: str, tmp_path: Path) -> None:
    """Who gives a value where a secret or a part belongs sees neither it nor its line again."""
    (tmp_path / "web1.py").write_text(
        "from nixgen import Host, Profile\n"
        f'host = Host(name="web1", release="25.11",\n  {fields},\n)\n'
    )
    with pytest.raises(LoadError) as caught:
        load_fleet(tmp_path)
    told = render_all(caught.value.diagnostics)
    assert "allowed is" in told
    assert LITERAL not in told
