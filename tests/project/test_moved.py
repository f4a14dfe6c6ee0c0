"""Renames and removals: what a build tells of them, and what OpenTofu is told, without a server."""

from __future__ import annotations

from pathlib import Path

from renames import MOVED, SECRET_MOVES, VAULT, fleet, generated, given, moves, told

from nixgen import AppRole, Fleet, Host, TerraformVariable, Vault, build, load_fleet
from nixgen.diagnostic import render_all
from nixgen.project.api import plan
from nixgen.project.explain import explain


def test_a_renamed_secret_is_forgotten_not_destroyed(tmp_path: Path) -> None:
    """Vault cannot rename: the new path is made, the old one leaves the state and stays there."""
    build(fleet(given("old"), generated("other")), tmp_path)
    assert not (tmp_path / MOVED).exists()
    message = told(fleet(given("new"), generated("other")), tmp_path)
    assert moves(tmp_path) == SECRET_MOVES
    text = (tmp_path / MOVED).read_text()
    assert "# The secret hosts/web1/old is hosts/web1/new now.\n" in text
    assert text.count("destroy = false") == 2
    assert (
        message
        == f"""\
warning: 1 Terraform variable renamed
  old -> new
help: rename the line in terraform.tfvars before `tofu apply`: it asks for a value otherwise

note: 1 secret renamed; `tofu apply` destroys nothing for it
  hosts/web1/old -> hosts/web1/new
help: each is written to its new path, the old one stays in Vault and OpenTofu forgets it
      ({MOVED}), so that hosts can read it as they run now; delete it
      when they are deployed: `bao kv metadata delete -mount=secret hosts/web1/old`"""
    )


def test_what_could_be_two_things_is_no_rename(tmp_path: Path) -> None:
    """Nothing is guessed: two secrets that are alike are removed and new, and the build says so."""
    build(fleet(given("a"), given("b")), tmp_path)
    message = told(fleet(given("c"), given("d")), tmp_path)
    assert moves(tmp_path) == []
    assert message.startswith(
        "warning: `tofu apply` will destroy what Vault has of secret hosts/web1/a, "
        "secret hosts/web1/b\n"
    )


def test_what_differs_tells_secrets_apart(tmp_path: Path) -> None:
    """The variable's name, or anything else that a secret says, makes clear which one it was."""
    build(
        fleet(
            given("a", terraform=TerraformVariable(name="one")),
            given("b", terraform=TerraformVariable(name="two")),
            given("c", key="password"),
            generated("d"),
        ),
        tmp_path,
    )
    message = told(
        fleet(
            given("e", terraform=TerraformVariable(name="one")),
            given("f", terraform=TerraformVariable(name="two")),
            given("g", key="password"),
            generated("h"),
        ),
        tmp_path,
    )
    assert "4 secrets renamed" in message
    for old, new in ("ae", "bf", "cg", "dh"):
        assert f"  hosts/web1/{old} -> hosts/web1/{new}" in message
    assert "destroy what" not in message


def test_the_nix_side_tells_secrets_apart(tmp_path: Path) -> None:
    """Of secrets that Terraform has alike, mode, owner and services say which is which."""
    build(fleet(generated("a", owner="x"), generated("b", mode=0o440), given("c")), tmp_path)
    made = (generated("d", owner="x"), generated("e", mode=0o440), given("f", mode=0o440))
    message = told(fleet(*made), tmp_path)
    for old, new in ("ad", "be", "cf"):
        assert f"  hosts/web1/{old} -> hosts/web1/{new}" in message
    assert "destroy what" not in message


def test_a_generated_secret_gets_no_value_of_another(tmp_path: Path) -> None:
    """One that goes and one that comes are two secrets where more than the name differs."""
    build(fleet(generated("grafana", owner="grafana")), tmp_path)
    message = told(fleet(generated("postgres", owner="postgres")), tmp_path)
    assert "destroy what Vault has of secret hosts/web1/grafana" in message
    assert moves(tmp_path) == []


def test_a_renamed_variable_moves_nothing(tmp_path: Path) -> None:
    """The secret stays where it is; the line in terraform.tfvars has to follow."""
    placeholder = TerraformVariable(name="one", default="PLACEHOLDER")
    build(fleet(given("a", terraform=placeholder)), tmp_path)
    renamed = TerraformVariable(name="two", default="PLACEHOLDER")
    message = told(fleet(given("a", terraform=renamed)), tmp_path)
    assert not (tmp_path / MOVED).exists()
    assert (
        message
        == """\
warning: 1 Terraform variable renamed
  one -> two
help: rename the line in terraform.tfvars before `tofu apply`: without a value the default would \
be written over the secret"""
    )


def test_a_renamed_host_keeps_its_login(tmp_path: Path) -> None:
    """Secrets, policy and AppRole are made anew beside the old ones, which are forgotten."""
    secrets = (given("a"), generated("b"))
    build(fleet(*secrets, approle=AppRole(secret_id=True)), tmp_path)
    message = told(fleet(*secrets, name="web2", approle=AppRole(secret_id=True)), tmp_path)
    assert "note: 1 host renamed; `tofu apply` destroys nothing for it\n  web1 -> web2\n" in message
    assert "note: 2 secrets renamed" in message
    assert "warning" not in message
    found = dict(moves(tmp_path))
    for kind in ("policy", "approle_auth_backend_role", "approle_auth_backend_role_secret_id"):
        assert found[f'vault_{kind}.hosts["web1"]'] == f'vault_{kind}.forgotten_hosts["web1"]'
    assert (
        found['terraform_data.generated["hosts/web1/b"]']
        == 'terraform_data.generated["hosts/web2/b"]'
    )


def test_a_host_whose_secrets_are_named_after_it(tmp_path: Path) -> None:
    """Names, paths and variables that have the host's name in them change with it."""

    def built_for(host: str) -> Fleet:
        token = given(f"{host}-token", terraform=TerraformVariable(name=f"{host}_token"))
        vault = Vault(standalone=True, exact_policies=True)
        return fleet(token, generated(f"key-of-{host}"), generated("x"), name=host, vault=vault)

    build(built_for("web1"), tmp_path)
    message = told(built_for("db"), tmp_path)
    assert "  web1 -> db\n" in message
    for old, new in (("web1-token", "db-token"), ("key-of-web1", "key-of-db"), ("x", "x")):
        assert f"  hosts/web1/{old} -> hosts/db/{new}\n" in message
    assert "  web1_token -> db_token\n" in message
    assert "destroy what" not in message


def test_a_secret_can_keep_the_name_of_its_host(tmp_path: Path) -> None:
    """Where the host alone is renamed, its secrets' names may go on having the old name in them."""
    vault = Vault(standalone=True, exact_policies=True)
    secrets = (given("web1-token"), generated("x"))
    build(fleet(*secrets, vault=vault), tmp_path)
    message = told(fleet(*secrets, name="db", vault=vault), tmp_path)
    assert "  hosts/web1/web1-token -> hosts/db/web1-token\n" in message
    assert "destroy what" not in message


def test_a_host_with_shared_secrets_alone(tmp_path: Path) -> None:
    """Its policy and AppRole are forgotten, where there is one host that it can be."""
    shared = given("a", path="shared/a")
    stays = Host(name="other", release="25.11", secrets=[shared], vault=VAULT)

    def with_hosts(*names: str) -> Fleet:
        renamed = [
            Host(name=each, release="25.11", secrets=[shared], vault=VAULT) for each in names
        ]
        return Fleet(hosts=[stays, *renamed])

    build(with_hosts("web1"), tmp_path)
    message = told(with_hosts("web2"), tmp_path)
    assert "1 host renamed; `tofu apply` destroys nothing for it\n  web1 -> web2\n" in message
    assert "destroy what" not in message
    old = 'vault_approle_auth_backend_role.hosts["web1"]'
    assert dict(moves(tmp_path))[old] == 'vault_approle_auth_backend_role.forgotten_hosts["web1"]'
    assert "destroy what Vault has of host web2" in told(with_hosts("db1", "db2"), tmp_path)


def test_a_host_in_place_of_another_is_no_rename(tmp_path: Path) -> None:
    """A host that has other secrets does not get the values of the one that goes."""
    build(fleet(given("a"), generated("b")), tmp_path)
    message = told(fleet(given("a"), generated("c"), name="web2"), tmp_path)
    assert (
        "destroy what Vault has of secret hosts/web1/a, secret hosts/web1/b, host web1" in message
    )
    assert moves(tmp_path) == []


def test_a_change_of_form_makes_values_anew(tmp_path: Path) -> None:
    """Changing over to write-only values is no quiet change: what is generated is another."""
    plain, written = Vault(standalone=True), Vault(standalone=True, write_only=True)
    build(fleet(given("a"), generated("b"), vault=plain), tmp_path)
    expected = "warning: 1 generated secret with a new value: Vault.write_only is another\n"
    for vault in (written, plain):
        message = told(fleet(given("a"), generated("b"), vault=vault), tmp_path)
        assert message.startswith(f"{expected}  hosts/web1/b\n")
        assert told(fleet(given("a"), generated("b"), vault=vault), tmp_path) == ""
    assert "new value" not in told(fleet(generated("b"), generated("c"), vault=plain), tmp_path)


def test_values_in_the_backup_of_the_state(tmp_path: Path) -> None:
    """Who changes over to write-only values is told where the old ones still are."""
    plain, written = Vault(standalone=True), Vault(standalone=True, write_only=True)
    told(fleet(given("a"), vault=plain), tmp_path)
    assert told(fleet(given("a"), vault=written), tmp_path) == (
        """\
warning: secrets' values go out of the state, and stay in its backup
help: remove it after `tofu apply`, and saved plans, too:
      `shred -u terraform/vault/terraform.tfstate.backup`; where a backend keeps earlier
      versions of the state, remove those"""
    )
    assert told(fleet(given("a"), given("b", key="b"), vault=written), tmp_path) == ""
    assert "backup" not in told(fleet(given("a"), vault=plain), tmp_path)


def test_another_mount_is_loud(tmp_path: Path) -> None:
    """Whatever is in a mount is made anew in another one, and hosts have to follow."""
    build(fleet(given("a")), tmp_path)
    for field, what, old in (
        ("mount", "secrets", "secret"),
        ("approle_mount", "AppRoles", "approle"),
    ):
        vault = Vault(**{"standalone": True, field: "other"})
        message = told(fleet(given("a"), vault=vault), tmp_path)
        assert message.startswith(
            f"warning: `tofu apply` will make all {what} anew in the mount other, and those in "
            f"{old} go\n"
        )
        assert told(fleet(given("a"), vault=vault), tmp_path) == ""
        assert "and those in other go" in told(fleet(given("a")), tmp_path)


def test_exact_policies_end_with_the_old_path(tmp_path: Path) -> None:
    """A host whose policy has paths one by one reads the old one no more: the build says so."""
    vault = Vault(standalone=True, exact_policies=True)
    build(fleet(given("old"), given("x", key="x"), vault=vault), tmp_path)
    message = told(fleet(given("new"), given("x", key="x"), vault=vault), tmp_path)
    assert (
        "warning: 1 old path not readable after `tofu apply`\n  hosts/web1/old: web1\n" in message
    )
    assert "not readable" not in told(fleet(given("new"), given("y", key="x")), tmp_path)


def test_another_kind_is_another_resource(tmp_path: Path) -> None:
    """Two resources at one path would undo each other's work: the one becomes the other."""
    build(fleet(given("a")), tmp_path)
    message = told(fleet(generated("a")), tmp_path)
    one, two = (f'vault_kv_secret_v2.{kind}["hosts/web1/a"]' for kind in ("given", "generated"))
    assert moves(tmp_path) == [(one, two)]
    assert "destroy" not in message
    build(fleet(given("a")), tmp_path)
    assert moves(tmp_path) == [(two, one)]
    assert f"destroy what Vault has of secret hosts/web1/a\n  {one}" in told(
        fleet(generated("b")), tmp_path
    )


def test_a_removal_is_loud(tmp_path: Path) -> None:
    """Each object that goes is listed by its address, and the line that is left over named."""
    build(fleet(given("a"), generated("b")), tmp_path)
    some = fleet(generated("b"))
    expected = """\
warning: `tofu apply` will destroy what Vault has of secret hosts/web1/a
  vault_kv_secret_v2.given["hosts/web1/a"]
help: to keep one in Vault, have OpenTofu forget it first: \
`tofu state rm 'vault_kv_secret_v2.given["hosts/web1/a"]'`

note: no secret uses 1 Terraform variable any more
  a
help: the line in terraform.tfvars is left over; remove it"""
    assert render_all(plan(some, tmp_path).notices) == expected
    assert told(some, tmp_path) == expected
    assert told(some, tmp_path) == ""
    message = told(Fleet(hosts=[Host(name="other", release="25.11", vault=VAULT)]), tmp_path)
    assert "`tofu state rm 'vault_kv_secret_v2.generated[\"hosts/web1/b\"]'`" in message
    assert "what Vault has of secret hosts/web1/b, host web1" in message
    assert '  vault_approle_auth_backend_role.hosts["web1"]\n' in message


def test_peoples_resources_are_found(tmp_path: Path) -> None:
    """In a folder with resources of its own these are told, also by way of another local value."""
    folder = tmp_path / "terraform/vault"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(
        "locals {\n  made = { for k, v in local.secrets : k => v if v.auto_generate }\n}\n\n"
        'resource "random_password" "made" {\n  for_each = local.made\n  length = 20\n}\n\n'
        'resource "vault_generic_secret" "all" {\n  for_each = local.secrets\n}\n\n'
        'resource "vault_policy" "more" {\n  for_each = toset(["a"])\n}\n'
    )
    vault = Vault(managed=["secrets.tf", "variables.tf"])
    build(fleet(generated("old"), vault=vault), tmp_path)
    assert "destroys nothing" in told(fleet(generated("new"), vault=vault), tmp_path)
    assert moves(tmp_path) == [
        ('random_password.made["hosts/web1/old"]', 'random_password.made["hosts/web1/new"]'),
        (
            'vault_generic_secret.all["hosts/web1/old"]',
            'vault_generic_secret.forgotten_all["hosts/web1/old"]',
        ),
    ]
    message = told(fleet(vault=vault), tmp_path)
    assert 'vault_generic_secret.all["hosts/web1/new"]' in message


def test_a_folder_without_resources_is_a_warning(tmp_path: Path) -> None:
    """Where nixgen sees no resource it cannot help, and says so."""
    build(fleet(given("old"), vault=Vault()), tmp_path)
    message = told(fleet(given("new"), vault=Vault()), tmp_path)
    assert "warning: 1 secret renamed; `tofu apply` may destroy the old one" in message
    assert not (tmp_path / MOVED).exists()
    assert "gone: secret hosts/web1/new, host web1" in told(
        Fleet(hosts=[Host(name="other", release="25.11")]), tmp_path
    )


def test_explain_leads_from_a_move_to_its_python(tmp_path: Path) -> None:
    """The lines of the file follow from the object that has the new name."""
    hosts, output = tmp_path / "hosts", tmp_path / "out"
    hosts.mkdir()
    for name in ("old", "new"):
        (hosts / "a.py").write_text(
            "from nixgen import *\n\n"
            f"secret = VaultSecret(name='{name}', key='k')\n"
            "host = Host(\n    name='a',\n    release='25.11',\n    secrets=[secret],\n"
            "    vault=Vault(standalone=True),\n)\n"
        )
        build(load_fleet(hosts), output)
    explained = explain(output / MOVED, output=output, hosts=hosts)
    lines = {
        (found.what, found.causes[0].argument.line)
        for _, text, found in explained.narrowest()
        if found is not None and text.strip().startswith("from =")
    }
    assert lines == {("renamed from hosts/a/old", 3)}


def test_tofu_leaves_the_file_alone(tmp_path: Path, tofu: Path) -> None:
    """The file is a fixed point of `tofu fmt`, as all others are."""
    from programs import tofu_fmt_text

    build(fleet(given("old"), generated("x")), tmp_path)
    build(fleet(given("new"), generated("y")), tmp_path)
    text = (tmp_path / MOVED).read_text()
    assert tofu_fmt_text(text) == text
