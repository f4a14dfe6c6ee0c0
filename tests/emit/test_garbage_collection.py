"""A policy for a cache's garbage works: roots are made, and a collection spares them."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import programs
import pytest
from host_files import evaluated, nix_files

from nixgen import GarbageCollection, Host
from nixgen.emit.garbage_collection import roots_script

FILE = "garbage-collection.nix"
FLAKE = """\
{
  outputs = _: {
    nixosConfigurations = builtins.mapAttrs (name: script: {
      config.system.build.toplevel = derivation {
        inherit name;
        system = "SYSTEM";
        builder = "/bin/sh";
        args = [ "-c" script ];
      };
    }) HOSTS;
  };
}
"""


def texts(**fields: Any) -> dict[str, str]:
    """The files of a host with such a policy."""
    policy = GarbageCollection(**{"flake": "git+https://forge.example/a/b", **fields})
    return nix_files(Host(name="cache", release="25.11", garbage_collection=policy))


def test_options(eval_nix: Any, nixfmt: Path, tmp_path: Path) -> None:
    """NixOS collects weekly, only after the roots were made, and stops where it should."""
    made = texts(flake="https://forge.example/a%20b")
    assert programs.nixfmt_texts(list(made.values()), tmp_path) == list(made.values())
    options = evaluated(eval_nix, made)[FILE]
    assert options["nix"] == {
        "gc": {"automatic": True, "dates": "weekly", "options": "--delete-older-than 30d"},
        "settings": {
            "keep-outputs": True,
            "keep-derivations": True,
            "min-free": 5 * 2**30,
            "max-free": 25 * 2**30,
        },
    }
    unit = options["systemd"]["services"]["host-gc-roots"]
    assert unit["environment"] == {
        "FLAKE": "https://forge.example/a%%20b",
        "HOSTS": "",
        "SYSTEMS": "3",
        "HOME": "/root",
    }
    after = {"requires": ["host-gc-roots.service"], "after": ["host-gc-roots.service"]}
    assert options["systemd"]["services"]["nix-gc"] == after


def test_what_is_switched_off_is_not_there(eval_nix: Any) -> None:
    """Without brake and age limit neither is written; the list of hosts is the unit's."""
    made = texts(min_free=None, max_free=None, older_than_days=None, hosts=["a", "b"])
    options = evaluated(eval_nix, made)[FILE]
    assert options["nix"]["gc"] == {"automatic": True, "dates": "weekly"}
    assert sorted(options["nix"]["settings"]) == ["keep-derivations", "keep-outputs"]
    unit = options["systemd"]["services"]["host-gc-roots"]
    assert unit["environment"]["HOSTS"] == "a b"


def test_the_script_is_sound() -> None:
    """Quotes, unset variables and the like: shellcheck finds nothing to say."""
    program = programs.real_program("shellcheck")
    assert programs.run([program, "--shell=bash", "-"], text=roots_script()) == ""


class Cache:
    """A store of its own, the flake of a fleet, and the unit's script as NixOS would run it."""

    def __init__(self, folder: Path, unit: dict[str, Any]) -> None:
        self._folder = folder
        self._script = folder / "script"
        self._script.write_text(unit["script"])
        own = {name: f"{folder}/{name}" for name in ("NIX_STORE_DIR", "NIX_STATE_DIR", "HOME")}
        self._environment = {
            "PATH": os.environ["PATH"],
            "NIX_CONF_DIR": f"{folder}/conf",
            "NIX_LOG_DIR": f"{folder}/log",
            "NIX_CONFIG": "sandbox = false\nbuild-users-group =\nsubstitute = false\n",
            **unit["environment"],
            **own,
            "FLAKE": f"path:{folder}/flake",
        }

    def host_scripts(self, **scripts: str) -> None:
        """Gives the flake these hosts, each with the shell script that builds its system."""
        hosts = " ".join(f"{name} = ''{script}'';" for name, script in scripts.items())
        system = f"{platform.machine()}-linux"
        text = FLAKE.replace("SYSTEM", system).replace("HOSTS", f"{{ {hosts} }}")
        (self._folder / "flake").mkdir(exist_ok=True)
        (self._folder / "flake/flake.nix").write_text(text)

    def make_roots(self) -> int:
        """Runs the unit's script; its exit status."""
        command = ["bash", "-e", self._script]
        return subprocess.run(
            command, env=self._environment, capture_output=True, check=False
        ).returncode

    def systems(self) -> dict[str, list[str]]:
        """What systems are left of each host after a collection: their contents."""
        programs.run(
            ["nix-collect-garbage", "--delete-older-than", "30d"], environment=self._environment
        )
        left: dict[str, list[str]] = {}
        for path in sorted((self._folder / "NIX_STORE_DIR").glob("*-host*")):
            if path.suffix != ".drv":
                left.setdefault(path.name.partition("-")[2], []).append(path.read_text().strip())
        return {name: sorted(contents) for name, contents in left.items()}


@pytest.fixture
def cache(eval_nix: Any, tmp_path: Path) -> Cache:
    """A cache whose policy keeps two systems of each host."""
    programs.real_program("nix")
    options = evaluated(eval_nix, texts(systems=2))[FILE]
    return Cache(tmp_path, options["systemd"]["services"]["host-gc-roots"])


def test_a_collection_spares_the_systems_of_all_hosts(cache: Cache) -> None:
    """Real Nix deletes what no host runs any more, and nothing else.

    The newest systems stay, as many as the policy says; a host whose system does not build keeps
    its older ones, and the collection is held back; a host that is gone keeps none.
    """
    for number in (1, 2, 3):
        cache.host_scripts(host1=f"echo one-{number} > $out", host2="echo two > $out")
        assert cache.make_roots() == 0
    assert cache.systems() == {"host1": ["one-2", "one-3"], "host2": ["two"]}
    cache.host_scripts(host1="exit 1", host2="echo new > $out")
    assert cache.make_roots() == 1
    assert cache.systems() == {"host1": ["one-2", "one-3"], "host2": ["new", "two"]}
    cache.host_scripts(host2="echo new > $out")
    assert cache.make_roots() == 0
    assert cache.systems() == {"host2": ["new", "two"]}


def test_a_flake_that_cannot_be_read_costs_no_root(cache: Cache) -> None:
    """Where the forge is away or the flake is broken, the roots stay and nothing is collected."""
    cache.host_scripts(host1="echo one > $out")
    assert cache.make_roots() == 0
    for scripts in ({}, {"host1": "'' + undefined + ''"}):
        cache.host_scripts(**scripts)
        assert cache.make_roots() != 0
        assert cache.systems() == {"host1": ["one"]}
