"""Renames and removals, applied by OpenTofu with the real provider to a real server."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from random import Random
from typing import Any

import openbao as bao
import pytest
from renames import fleet, generated, given, hosts
from vault_folder import PLAN, FleetFolder

from nixgen import AppRole, TerraformVariable, Vault
from nixgen.emit.shared import MOVED_FILE
from nixgen.errors import InputError


@pytest.fixture
def project(tmp_path: Path, vault: bao.Client, tofu_with_provider: Path) -> FleetFolder:
    """An empty output folder, and a server of the test's own."""
    return FleetFolder(tmp_path, vault)


def test_renamed_secrets_keep_their_values(project: FleetFolder) -> None:
    """Given and generated secrets are at both paths afterwards, and the host reads either."""
    project.write(fleet(given("a"), generated("b"), given("c")), a="one", c="three")
    project.apply()
    made = project.value("hosts/web1/b")
    host = bao.AppRole(project.server, "web1").login()

    told = project.write(fleet(given("new-a"), generated("new-b"), given("c")), new_a="one", c="3")
    assert "2 secrets renamed" in told
    project.write(fleet(given("new-a"), generated("new-b"), given("c")), new_a="one", c="three")
    planned = project.planned()
    assert planned == {
        'vault_kv_secret_v2.given["hosts/web1/new-a"]': ("create",),
        'vault_kv_secret_v2.generated["hosts/web1/new-b"]': ("create",),
        'vault_kv_secret_v2.forgotten_given["hosts/web1/a"]': ("forget",),
        'vault_kv_secret_v2.forgotten_generated["hosts/web1/b"]': ("forget",),
        'terraform_data.generated["hosts/web1/new-b"]': ("move",),
    }
    assert project.apply() == "2 added, 0 changed, 0 destroyed, 2 forgotten"
    assert project.value("hosts/web1/a") == project.value("hosts/web1/new-a") == {"key": "one"}
    assert project.value("hosts/web1/b") == project.value("hosts/web1/new-b") == made
    for name in ("a", "b", "new-a", "new-b"):
        assert "data" in host.read(f"secret/data/hosts/web1/{name}")
    assert project.is_applied()


def test_renames_that_were_never_applied_reach_the_last_name(project: FleetFolder) -> None:
    """Two renames before one apply: the value is that of the first name."""
    project.write(fleet(generated("a")))
    project.apply()
    made = project.value("hosts/web1/a")
    project.write(fleet(generated("b")))
    project.write(fleet(generated("c")))
    assert project.apply() == "1 added, 0 changed, 0 destroyed, 1 forgotten"
    assert project.value("hosts/web1/c") == made
    project.write(fleet(generated("a")))
    assert project.apply() == "1 added, 0 changed, 0 destroyed, 1 forgotten"
    assert project.value("hosts/web1/a") == made
    assert project.is_applied()


def test_a_name_in_between_costs_no_value(project: FleetFolder) -> None:
    """A name that another secret gave up is taken after the apply that the error asks for."""
    old = fleet(generated("a"), generated("b", key="other"))
    renamed = fleet(generated("a"), generated("c", key="other"))
    wanted = fleet(generated("b"), generated("c", key="other"))
    project.write(old)
    project.apply()
    one, two = (project.value(f"hosts/web1/{name}") for name in "ab")
    project.write(renamed)
    with pytest.raises(InputError, match="hosts/web1/b is a secret again"):
        project.write(wanted)
    project.apply()
    (project.output / MOVED_FILE).unlink()
    project.write(wanted)
    project.apply()
    assert project.value("hosts/web1/b") == one
    assert project.value("hosts/web1/c") == two
    assert project.is_applied()


def test_a_renamed_host_can_log_in_by_both_names(project: FleetFolder) -> None:
    """The machine logs in and reads as before until it is deployed under its new name."""
    login = AppRole(secret_id=True)
    secrets = (given("a"), generated("b"))
    project.write(fleet(*secrets, approle=login), a="one")
    project.apply()
    old = bao.AppRole(project.server, "web1")
    secret_id = project.outputs()["secret_ids"]["web1"]
    made = project.value("hosts/web1/b")

    told = project.write(fleet(*secrets, name="web2", approle=login), a="one")
    assert "1 host renamed" in told
    assert "destroy what" not in told
    assert project.apply() == "5 added, 0 changed, 0 destroyed, 5 forgotten"
    before = old.login(secret_id)
    assert before.read("secret/data/hosts/web1/b")["data"] == made
    after = bao.AppRole(project.server, "web2").login(project.outputs()["secret_ids"]["web2"])
    assert after.read("secret/data/hosts/web2/b")["data"] == made
    assert after.read("secret/data/hosts/web2/a")["data"] == {"key": "one"}
    assert after.ask("GET", "secret/data/hosts/web1/a").status == 403
    assert project.is_applied()


def test_a_secret_of_another_host_keeps_its_value(project: FleetFolder) -> None:
    """Both hosts read it, the one that had it until it is deployed; nothing is destroyed."""
    project.write(hosts(a=[given("t"), generated("k"), given("x")], b=[]), t="one", x="two")
    project.apply()
    made = project.value("hosts/a/k")
    before = bao.AppRole(project.server, "a").login()
    told = project.write(hosts(a=[given("x")], b=[given("t"), generated("k")]), t="one", x="two")
    assert "2 secrets of another host now" in told
    assert "destroy what" not in told
    assert ", 0 destroyed, 2 forgotten" in project.apply()
    after = bao.AppRole(project.server, "b").login()
    for name, value in {"t": {"key": "one"}, "k": made}.items():
        assert before.read(f"secret/data/hosts/a/{name}")["data"] == value
        assert after.read(f"secret/data/hosts/b/{name}")["data"] == value
    assert project.is_applied()


def test_the_advice_where_a_move_is_not_certain(project: FleetFolder) -> None:
    """The command that the build names keeps the value for the host that is meant."""
    project.write(hosts(a=[generated("k"), given("x")], b=[], c=[]), x="two")
    project.apply()
    made = project.value("hosts/a/k")
    told = project.write(hosts(a=[given("x")], b=[generated("k")], c=[generated("k")]), x="two")
    (command,) = re.findall(r"`tofu (state mv [^`]*)`", told)
    project.tofu(*shlex.split(command))
    project.apply()
    assert project.value("hosts/b/k") == made
    assert project.value("hosts/c/k") != made
    assert project.is_applied()


def test_a_renamed_variable_changes_nothing(project: FleetFolder) -> None:
    """With its line renamed too, there is nothing to apply."""
    one = given("a", terraform=TerraformVariable(name="one"))
    project.write(fleet(one), one="value")
    project.apply()
    two = given("a", terraform=TerraformVariable(name="two"))
    told = project.write(fleet(two), two="value")
    assert "1 Terraform variable renamed\n  one -> two\n" in told
    assert project.planned() == {}
    assert not (project.output / MOVED_FILE).exists()


def test_another_kind_is_changed_in_place(project: FleetFolder) -> None:
    """A given secret becomes a generated one at its path, and back, with no moment without it."""
    project.write(fleet(given("a")), a="one")
    project.apply()
    project.write(fleet(generated("a")))
    assert project.planned()['vault_kv_secret_v2.generated["hosts/web1/a"]'] == ("update",)
    assert project.apply() == "1 added, 1 changed, 0 destroyed"
    assert len(project.value("hosts/web1/a")["key"]) == 32
    project.write(fleet(given("a")), a="two")
    assert project.apply() == "0 added, 1 changed, 1 destroyed"
    assert project.value("hosts/web1/a") == {"key": "two"}
    assert project.is_applied()


def test_a_removal_destroys_what_the_build_listed(project: FleetFolder) -> None:
    """No more and no less than what was told goes."""
    project.write(fleet(given("a"), generated("b")), a="one")
    project.apply()
    told = project.write(fleet(given("a")), a="one")
    destroyed = {name for name, actions in project.planned().items() if actions == ("delete",)}
    listed = {line.strip() for line in told.splitlines() if line.startswith("  ")}
    assert destroyed == listed
    project.apply()
    assert project.server.ask("GET", "secret/data/hosts/web1/b").status == 404
    assert project.value("hosts/web1/a") == {"key": "one"}


def test_write_only_values_are_given_again(project: FleetFolder) -> None:
    """A given value goes to its new path; of a generated one the build says that it is new."""
    vault = Vault(standalone=True, write_only=True)
    project.write(fleet(given("a"), generated("b"), vault=vault), a="one")
    project.apply()
    told = project.write(fleet(given("c"), generated("d"), vault=vault), c="one")
    assert "1 generated secret with a new value at the new path\n  hosts/web1/d\n" in told
    assert project.apply() == "2 added, 0 changed, 0 destroyed, 2 forgotten"
    assert project.value("hosts/web1/a") == project.value("hosts/web1/c") == {"key": "one"}
    assert project.value("hosts/web1/b") != project.value("hosts/web1/d")
    assert project.is_applied()


def test_values_leave_with_the_backup_of_the_state(project: FleetFolder) -> None:
    """After a change to write-only values, what the build says to remove is all that has them."""
    secrets = given("a"), generated("b")
    project.write(fleet(*secrets), a="in plain text")
    project.apply()
    values = [b"in plain text", project.value("hosts/web1/b")["key"].encode()]
    told = project.write(fleet(*secrets, vault=Vault(standalone=True, write_only=True)), a="new")
    project.apply()
    assert all(value in project.written() for value in values)
    (file,) = re.findall(r"`shred -u (\S+)`", told)
    (project.output / file).unlink()
    (project.terraform / PLAN).unlink()
    assert not any(value in project.written() for value in values)
    assert (project.terraform / "terraform.tfstate").exists()


def test_another_mount_keeps_generated_values(project: FleetFolder) -> None:
    """The mount that the folder made moves; as the build said, one more apply is needed."""
    project.write(fleet(given("a"), generated("b")), a="one")
    project.apply()
    made = project.value("hosts/web1/b")
    vault = Vault(standalone=True, mount="kv")
    told = project.write(fleet(given("a"), generated("b"), vault=vault), a="one")
    assert "make all secrets anew in the mount kv, and those in secret go\n" in told
    with pytest.raises(pytest.fail.Exception, match="no handler for route"):
        project.apply()
    project.apply()
    assert project.is_applied()
    assert project.server.read("kv/data/hosts/web1/a")["data"] == {"key": "one"}
    assert project.server.read("kv/data/hosts/web1/b")["data"] == made


def test_another_auth_method_makes_other_role_ids(project: FleetFolder) -> None:
    """The AppRoles of the other mount are others, as the build said."""
    project.write(fleet(generated("b")))
    project.apply()
    before = project.outputs()["role_ids"]
    told = project.write(fleet(generated("b"), vault=Vault(standalone=True, approle_mount="ar")))
    assert "make all AppRoles anew in the mount ar, and those in approle go\n" in told
    project.apply()
    assert project.is_applied()
    assert project.outputs()["role_ids"] != before


MAIN = """\
provider "vault" {}

resource "vault_mount" "kv" {
  path    = "secret"
  type    = "kv"
  options = { version = "2" }
}

resource "vault_kv_secret_v2" "secrets" {
  for_each  = local.secrets
  mount     = vault_mount.kv.path
  name      = each.key
  data_json = jsonencode(each.value.data)
}
"""


def test_renames_in_a_folder_of_peoples_own(project: FleetFolder) -> None:
    """In files that people write, too: their resources over the map destroy nothing."""
    project.terraform.mkdir(parents=True)
    (project.terraform / "main.tf").write_text(MAIN)
    (project.terraform / "secrets.tf").write_text(
        'locals {\n  secrets = {\n    "hosts/mail/x" = { data = { x = "1" } }\n  }\n}\n'
    )
    vault = Vault(managed=["variables.tf", "secrets.tf", "hosts-generated.tf"])
    project.write(fleet(given("a"), vault=vault), a="one")
    project.apply()
    told = project.write(fleet(given("b"), vault=vault), b="one")
    assert "hosts/web1/a -> hosts/web1/b" in told
    assert project.apply() == "1 added, 0 changed, 0 destroyed, 1 forgotten"
    assert project.value("hosts/web1/a") == project.value("hosts/web1/b") == {"key": "one"}
    assert project.value("hosts/mail/x") == {"x": "1"}
    assert project.is_applied()


class History:
    """A host whose secrets change by chance, and what Vault must have of them.

    `secrets` are name and kind of each by its number, which its key and its value have too.
    """

    def __init__(self, project: FleetFolder, seed: int) -> None:
        self.project = project
        self.random = Random(seed)
        self.secrets = {1: ("a", "given"), 2: ("b", "generated"), 3: ("c", "generated")}
        self.last = len(self.secrets)
        self.made: dict[int, Any] = {}
        self.reached: dict[str, Any] = {}

    def change(self) -> None:
        """Renames, adds, removes, or makes one of another kind; and builds."""
        number, (name, kind) = self.random.choice(list(self.secrets.items()))
        what = self.random.choice(["rename", "rename", "rename", "kind", "add", "remove"])
        if what == "rename":
            self.secrets[number] = (f"{self.random.choice('xyz')}{number}", kind)
        elif what == "kind":
            other = "given" if kind == "generated" else "generated"
            self.secrets[number] = (name, other)
            self.made.pop(number, None)
        elif what == "add":
            self.last += 1
            self.secrets[self.last] = (f"n{self.last}", "generated")
        elif len(self.secrets) > 1:
            del self.secrets[number]
        self.build()

    def build(self) -> None:
        """Builds; what is told to be destroyed is expected no more."""
        secrets = [
            given(name, key=f"k{number}", terraform=TerraformVariable(name=f"v{number}"))
            if kind == "given"
            else generated(name, key=f"k{number}")
            for number, (name, kind) in self.secrets.items()
        ]
        told = self.project.write(
            fleet(*secrets), **{f"v{number}": f"value {number}" for number in self.secrets}
        )
        for path in [path for path in self.reached if f'["{path}"]' in told]:
            del self.reached[path]

    def apply(self) -> None:
        """Applies; what is there has its value, and what was there before is there still."""
        self.project.apply()
        found = {}
        for number, (name, kind) in self.secrets.items():
            value = self.project.value(f"hosts/web1/{name}")[f"k{number}"]
            expected = f"value {number}" if kind == "given" else self.made.get(number, value)
            assert value == expected, name
            self.made |= {number: value} if kind == "generated" else {}
            found[f"hosts/web1/{name}"] = {f"k{number}": value}
        for path, before in (self.reached | found).items():
            assert self.project.value(path) == found.get(path, before), path
        self.reached |= found
        assert self.project.planned() == {}


@pytest.mark.parametrize("seed", [2, 5])
def test_any_history(project: FleetFolder, seed: int) -> None:
    """Whatever is renamed in whatever order, applied at once or later, no value is lost."""
    history = History(project, seed)
    history.build()
    history.apply()
    for _ in range(4):
        for _ in range(history.random.randint(1, 4)):
            history.change()
        history.apply()
