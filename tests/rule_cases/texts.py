"""Cases of the rule about texts that Nix does not evaluate."""

from __future__ import annotations

from typing import Any

from nixgen import Module, nix
from rule_cases import Case, Hosts, host


def sets(value: Any) -> Hosts:
    """A host with one option."""
    return [host(options={"services.x.settings": value})]


CASES = [
    Case(
        "NG410",
        "services.x.settings has ${config.networking.hostName} as plain text",
        bad={
            "text": sets("a ${config.networking.hostName}"),
            "in a list": sets(["${config.networking.hostName}"]),
            "in a set": sets([{"a": ["b", "${config.networking.hostName}-c"]}]),
            "beside an expression": sets(["${config.networking.hostName}", nix.ref("config.x")]),
            "in a set, beside an expression": sets(
                [{"a": nix.ref("config.x"), "b": "${config.networking.hostName}"}]
            ),
            "beside a part that is evaluated": sets(
                nix.text(nix.ref("config.x"), "-${config.networking.hostName}")
            ),
            "in one of two lists": sets(
                nix.raw('config.x ++ [ "\\${config.networking.hostName}" ]')
            ),
            "in a list with names": sets(
                nix.raw('with config; [ x ("\\${config.networking.hostName}") ]')
            ),
            "in lines": sets(nix.raw("''a ''${config.networking.hostName}''")),
            "raw, escaped": sets(nix.raw('"\\${config.networking.hostName}"')),
            "in a module": [
                host(
                    modules=[
                        Module(
                            file="x.nix",
                            content=[{"services.x.settings": "${config.networking.hostName}"}],
                        )
                    ]
                )
            ],
        },
        good={
            "made of parts": sets(nix.text(nix.ref("config.networking.hostName"), "-a")),
            "raw": sets(nix.raw('"${config.networking.hostName}"')),
            "of a function": sets(
                [nix.raw('pkgs.writeText "x" "\\${config.networking.hostName}"')]
            ),
            "of a shell": sets("echo ${HOME} ${1} $${config.x} ${config} ${config[0]}"),
        },
    ),
]
