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
            "of a shell": sets("echo ${HOME} ${1} $${config.x} ${config} ${config[0]}"),
        },
    ),
]
