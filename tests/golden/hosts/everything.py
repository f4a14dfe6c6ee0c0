"""Hosts that use much of what a model can hold."""

from nixgen import (
    ContainerRunner,
    Generated,
    Host,
    Option,
    OrganizationScope,
    Profile,
    TokenFile,
    VaultSecret,
    default,
    force,
    nix,
)

base = Profile(
    options={
        "services.openssh": {"enable": True, "settings": {"PermitRootLogin": "no"}},
        "networking.firewall.allowedTCPPorts": default([22, 443]),
        'services.nginx.virtualHosts."a.example".locations."/".proxyPass': "http://[::1]:3000",
        "environment.etc.motd.text": nix.indented("line one\n  ${two}\n\n''three''\n"),
        "nix.settings": Option(
            value={"cores": 4, "sandbox": True}, notes=["Builds are sandboxed."]
        ),
        "boot.kernel.sysctl": {"vm.swappiness": 10, "net.core.somaxconn": force(1024)},
        "environment.systemPackages": nix.with_pkgs(
            "git", "vim", nix.call("callPackage", nix.file_path("x.nix"), {})
        ),
        "systemd.services.x.script": nix.text(
            "echo ", nix.ref("config.networking.hostName"), ' "q"'
        ),
        "assertions": [
            {"assertion": nix.ref("config.x.enable"), "message": "m"},
            {"a": [], "b": {}},
        ],
        "x.function": nix.function(["a", "b"], nix.let({"c": 1}, nix.ref("c"))),
        "x.nothing": None,
        "x.float": 1.5,
        "x.negative": -3,
        "x.empty": "",
        "x.or": {"or": 1, "if": 2},
    }
)
secrets = [
    VaultSecret(
        name="db",
        key="password",
        owner="postgres",
        group="postgres",
        mode=0o440,
        services=["postgresql"],
        terraform=Generated(length=40),
        notes=["For the database"],
    ),
    VaultSecret(name="shared", path="shared/smtp", key="k"),
    VaultSecret(name="all", terraform=None),
]
hosts = [
    Host(
        name=f"web{i}",
        release="25.11",
        parts=[base],
        secrets=secrets if i else [],
        imports=["./hardware.nix", "../../modules/x", nix.ref("inputs.disko.nixosModules.disko")],
        notes=["Two lines", "of notes"],
    )
    for i in range(2)
]
runner = Host(
    name="runner",
    release="unstable",
    runners=[
        ContainerRunner(
            name="c1",
            uuid="5b04e2b6-7c1f-4f33-9d2b-2f1f2a6d9c11",
            url="https://forge.example",
            token=TokenFile(path="/run/t"),
            labels=["nix:docker://nixos/nix:latest", "ubuntu:docker://ubuntu"],
            scope=OrganizationScope(organization="org"),
            capacity=2,
            settings={"runner": {"timeout": "3h"}, "container": {"privileged": False}},
        )
    ],
)
