"""Fifty hosts and five hundred secrets, applied to a real server."""

from __future__ import annotations

from vault_project import Project, give_many, write_many

HOSTS, EACH = 50, 10


def test_fifty_hosts_with_five_hundred_secrets(tmp_path, tofu_with_provider, vault):
    """Each host reads its ten secrets, each with its own value, and none of its neighbour's."""
    project = Project(tmp_path, vault)
    write_many(project, HOSTS, EACH)
    project.build()
    give_many(project, HOSTS, EACH)
    project.init()
    planned = project.plan()
    assert set(planned.values()) == {("create",)}
    assert sum(address.startswith("vault_kv_secret_v2.") for address in planned) == HOSTS * EACH
    project.apply()
    generated = set()
    for host in range(HOSTS):
        name, neighbour = f"host{host:02}", f"host{(host + 1) % HOSTS:02}"
        client = vault.approle(name).login()
        for number in range(EACH):
            path = f"secret/data/hosts/{{}}/secret-{number}"
            value = client.read(path.format(name))["data"]["value"]
            if number % 2:
                assert value == f"value of {name}_{number}"
            else:
                generated.add(value)
            assert client.ask("GET", path.format(neighbour)).status == 403
    assert len(generated) == HOSTS * EACH // 2
    assert project.plan() == {}
