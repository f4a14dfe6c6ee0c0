"""Keys inside options are names: those meant as attribute paths are told, rightful ones are not."""

from __future__ import annotations

import pytest

from nixgen import Host, Module, Option, Profile, default, force, nix
from nixgen.errors import ModelError
from nixgen.model.base import collecting
from nixgen.model.inner_names import misread_names


@pytest.mark.parametrize(
    ("option", "value", "keys", "advice"),
    [
        (
            "boot.kernel.sysctl",
            {'"net.ipv4.ip_forward"': 1},
            ('"net.ipv4.ip_forward"',),
            "inner keys are names, not paths: write 'net.ipv4.ip_forward'",
        ),
        (
            "services.nginx",
            {"virtualHosts": {'"example.org".root': "/srv"}},
            ("virtualHosts", '"example.org".root'),
            "inner keys are names, not paths: write {'example.org': {'root': ...}}",
        ),
        (
            "networking",
            {"nftables.enable": True},
            ("nftables.enable",),
            "write 'networking.nftables.enable' as the key, or {'nftables': {'enable': ...}}",
        ),
        (
            "networking",
            {'interfaces."eth0.1".useDHCP': True},
            ('interfaces."eth0.1".useDHCP',),
            (
                "write 'networking.interfaces.\"eth0.1\".useDHCP' as the key, or "
                "{'interfaces': {'eth0.1': {'useDHCP': ...}}}"
            ),
        ),
        (
            "boot.kernel.sysctl",
            default({'"net.ipv4.ip_forward"': 1}),
            ('"net.ipv4.ip_forward"',),
            "inner keys are names, not paths: write 'net.ipv4.ip_forward'",
        ),
        (
            "services",
            {"nginx": force({'"example.org".root': "/srv"})},
            ("nginx", '"example.org".root'),
            "inner keys are names, not paths: write {'example.org': {'root': ...}}",
        ),
        (
            "networking",
            force({"nftables.enable": True}),
            ("nftables.enable",),
            "write 'networking.nftables.enable' as the key, or {'nftables': {'enable': ...}}",
        ),
        (
            "a.users",
            [{"name": "x"}, {'"b.c"': 1}],
            (1, '"b.c"'),
            "inner keys are names, not paths: write 'b.c'",
        ),
    ],
)
def test_a_key_meant_as_a_path(
    option: str, value: object, keys: tuple[str | int, ...], advice: str
) -> None:
    """It is told with the keys that lead to it and with what to write."""
    (found,) = misread_names(option, value)
    assert (found.keys, found.advice) == (keys, advice)
    assert repr(keys[-1]) in found.summary


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("boot.kernel.sysctl", {"net.ipv4.ip_forward": 1}),
        ("boot", {"kernel": {"sysctl": {"net.ipv4.ip_forward": 1}}}),
        ("systemd", {"services": {"web.service": {"enable": True}}}),
        ("services", {"nginx": {"virtualHosts": {"example.org": {"root": "/srv"}}}}),
        ("environment", {"etc": {"a/b.conf": {"text": "c = 1"}}}),
        ("fileSystems", {"/srv/a.b": {"device": "tmpfs"}}),
        ("containers", {"a.b": {"autoStart": True}}),
        ("programs.bash.shellAliases", {"ll": 'ls -l "$@"', 'say"so': "echo"}),
        ("services.x.settings", {"a..b": 1, "": 2, "${a}.b": 3}),
        ("networking", True),
        ("networking", default({"hosts": {"127.0.0.1": ["a.b"]}})),
        ("networking", nix.raw('{ a."b.c" = { "d.e" = 1; }; ${f} = 2; inherit g; }')),
        ("networking", nix.raw('f { "a.b" = 1; }')),
    ],
)
def test_names_with_dots(option: str, value: object) -> None:
    """Names that NixOS leaves to people have dots as often as not."""
    assert list(misread_names(option, value)) == []


def test_the_line_of_the_key() -> None:
    """The error is at the key itself, where the dict is written there, else at the option."""
    inner = {"nftables.enable": True}
    with collecting() as found:
        first = Host(
            name="web1",
            release="25.11",
            options={
                "a.b": 1,
                "networking": {
                    "hostId": "8425e349",
                    "nftables.enable": True,
                },
                "boot": inner,
                "services": Option(value={"nginx.enable": True}),
            },
        )
    lines = [each.location.line - first.origin.line for each in found if each.location]
    assert lines == [7, 9, 10]


def test_profiles_and_modules() -> None:
    """A profile is told, too; in a file's content the same keys are paths."""
    options = {"networking": {"nftables.enable": True, '"a.b".c': 1}}
    with pytest.raises(ModelError, match=r"Profile\.options: networking: the key") as caught:
        Profile(options=options)
    assert len(caught.value.diagnostics) == 2
    Module(file="own.nix", content=[options])


def test_what_is_wrong_already() -> None:
    """A value that has no form in Nix is told as that alone."""
    with collecting() as found:
        Profile(options={"networking": Option(value={1: 2}), "boot": {2: {"a.b": 1}}})
    assert [each.summary.partition(":")[0] for each in found] == ["Option.value", "Profile.options"]
