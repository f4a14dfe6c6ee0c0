"""Fifty hosts and five hundred secrets, applied to a real server."""

from __future__ import annotations

from collections import Counter

from vault_folder import Project

HOSTS, EACH = 50, 10
KEPT_BY_GIT = ("*.tf", "*.nix", "*.example", "*.json")


MANY = '''\
"""A fleet of {hosts} hosts with {each} secrets each, every other one given by a person."""

from nixgen import Generated, Host, TerraformVariable, Vault, VaultSecret

VAULT = Vault({settings})


def secret(host, number):
    how = TerraformVariable(name=f"{{host}}_{{number}}") if number % 2 else Generated(length=32)
    return VaultSecret(name=f"secret-{{number}}", key="value", terraform=how)


def host(name):
    secrets = [secret(name, number) for number in range({each})]
    return Host(name=name, release="25.11", secrets=secrets, vault=VAULT)


hosts = [host(f"host{{number:02}}") for number in range({hosts})]
'''


def write_many(project: Project, hosts: int, each: int, settings: str = "standalone=True") -> None:
    """Writes `hosts/` with so many hosts, and so many secrets each."""
    project.write("fleet.py", MANY.format(hosts=hosts, each=each, settings=settings))


def give_many(project: Project, hosts: int, each: int, **others: str) -> None:
    """Gives the secrets their values, `value of VARIABLE` where nothing else is said."""
    names = [f"host{host:02}_{number}" for host in range(hosts) for number in range(1, each, 2)]
    project.give(**{name: f"value of {name}" for name in names} | others)


def applied(folder, vault, settings):
    """The fleet, built and applied; what was planned."""
    project = Project(folder, vault)
    write_many(project, HOSTS, EACH, settings)
    project.build()
    give_many(project, HOSTS, EACH)
    planned = project.planned()
    project.apply()
    return project, planned


def values_of(vault, name):
    """What a host reads after its login: the values of its secrets, in their order."""
    client = vault.approle(name).login()
    paths = [f"secret/data/hosts/{name}/secret-{number}" for number in range(EACH)]
    return [client.read(path)["data"]["value"] for path in paths]


def kept(project):
    """The text of all files that are for git."""
    build = project.folder / "build"
    files = [path for pattern in KEPT_BY_GIT for path in build.rglob(pattern)]
    return "".join(path.read_text() for path in files)


def test_fifty_hosts_with_five_hundred_secrets(tmp_path, tofu_with_provider, vault):
    """Each host reads its ten secrets, each with its own value, and none of its neighbour's.

    Of a host that is renamed, nothing is destroyed, and nothing of the others is touched.
    """
    project, planned = applied(tmp_path, vault, "standalone=True")
    assert set(planned.values()) == {("create",)}
    assert sum(address.startswith("vault_kv_secret_v2.") for address in planned) == HOSTS * EACH
    generated = set()
    for host in range(HOSTS):
        name, neighbour = f"host{host:02}", f"host{(host + 1) % HOSTS:02}"
        client = vault.approle(name).login()
        for number in range(EACH):
            path = f"secret/data/hosts/{neighbour}/secret-{number}"
            assert client.ask("GET", path).status == 403
        assert client.ask("LIST", f"secret/metadata/hosts/{name}").status == 403
        values = values_of(vault, name)
        assert values[1::2] == [f"value of {name}_{number}" for number in range(1, EACH, 2)]
        generated |= {*values[::2]}
    assert len(generated) == HOSTS * EACH // 2
    text = kept(project)
    assert not [value for value in generated if value in text]
    assert "value of " not in text
    assert project.planned() == {}

    before = values_of(vault, "host07")
    project.change(
        "fleet.py", '[host(f"host{number:02}")', '[host(f"host{number:02}".replace("07", "99"))'
    )
    project.build()
    renamed = {f"host99_{number}": before[number] for number in range(1, EACH, 2)}
    give_many(project, HOSTS, EACH, **renamed)
    changes = project.planned()
    assert Counter(changes.values()) == {
        ("create",): EACH + 2,  # a policy and an AppRole
        ("forget",): EACH + 2,
        ("move",): EACH // 2,
        ("update",): 1,
    }
    assert changes.pop("output.role_ids") == ("update",)
    assert not [each for each in changes if "host07" not in each and "host99" not in each]
    project.apply()
    assert values_of(vault, "host07") == values_of(vault, "host99") == before
    assert project.planned() == {}


def test_write_only_values_of_fifty_hosts(tmp_path, tofu_with_provider, vault):
    """No value, given or generated, is in the state, nor in any file that is for git."""
    project, _ = applied(tmp_path, vault, "standalone=True, write_only=True")
    values = [value for host in range(HOSTS) for value in values_of(vault, f"host{host:02}")]
    assert len({*values}) == HOSTS * EACH
    for text in (kept(project), project.state):
        assert "hosts/host49/secret-9" in text
        assert not [value for value in values if value in text]
    assert project.planned() == {}
