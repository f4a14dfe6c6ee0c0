"""Whatever a model holds, what is written parses, evaluates to it, and is formatted already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import profiles
import programs
from host_strategies import (
    collections,
    daemons,
    hardenings,
    harmonias,
    limits,
    machines,
    releases,
    uuid_for,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nixgen import (
    AppRole,
    Fleet,
    Generated,
    Host,
    NativeRunner,
    Option,
    RunnerCache,
    TerraformVariable,
    UserScope,
    Vault,
    VaultSecret,
    default,
    force,
    nix,
    render,
)
from nixgen.external.nixfmt import format_files
from nixgen.nix.strings import is_identifier

HOSTS_A_PROCESS = 150  # hosts checked by one nixfmt, one tofu and one nix-instantiate

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
words = st.from_regex(r"[a-z][a-z0-9_]{0,11}(-[a-z0-9]{1,5})?", fullmatch=True).filter(
    is_identifier
)
names = st.one_of(words, st.sampled_from(["or", "if", "a.b", "", "x y", "${a}", "9", '"', "ü"]))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    texts,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(names, inner, max_size=4)),
    max_leaves=8,
)
expressions = st.one_of(
    values,
    texts.map(nix.indented),
    texts.map(lambda text: nix.text(text, nix.ref("config.networking.hostName"), text)),
    st.lists(words, max_size=5).map(lambda packages: nix.with_pkgs(*packages)),
    values.map(default),
    values.map(force),
    st.tuples(values, values).map(lambda pair: nix.let({"a": pair[0]}, pair[1])),
    values.map(lambda value: nix.function(["a"], value)),
)
options = st.dictionaries(
    st.lists(words, min_size=2, max_size=4).map(lambda path: "o." + ".".join(path)),
    st.one_of(
        expressions,
        st.builds(Option, value=values, notes=st.lists(texts, max_size=2)),
    ),
    max_size=5,
)
terraform = st.one_of(
    st.none(),
    st.builds(Generated, length=st.integers(8, 99)),
    st.builds(
        TerraformVariable,
        description=st.one_of(st.none(), texts),
        type=st.sampled_from(["string", "any"]),
        default=st.sampled_from([None, "PLACEHOLDER", ""]),
        sensitive=st.booleans(),
    ),
    st.builds(TerraformVariable, type=st.sampled_from(["number", "list(string)", "map(any)"])),
)
vaults = st.builds(
    Vault,
    address=st.sampled_from([None, "https://vault.example:8200"]),
    mount=st.sampled_from(["secret", "kv/hosts"]),
    standalone=st.booleans(),
    manage_mounts=st.booleans(),
    exact_policies=st.booleans(),
    refuse_placeholders=st.booleans(),
)
approles = st.builds(
    AppRole,
    bound_cidrs=st.sampled_from([[], ["10.0.0.0/8", "fd00::/8"]]),
    secret_id=st.just(value=True),
    secret_id_ttl=st.sampled_from([None, "30d"]),
    secret_id_uses=st.integers(0, 9),
    wrapping_ttl=st.sampled_from([None, "1h"]),
)


@st.composite
def hosts(draw: st.DrawFn, number: int, vault: Vault) -> Host:
    """A host whose names no other host of the fleet has."""
    secrets = [
        VaultSecret(
            name=f"s{number}-{index}",
            key="key",
            mode=draw(st.sampled_from([0, 0o400, 0o440, 0o600, 0o640, 0o777])),
            owner=draw(st.sampled_from(["root", "postgres"])),
            terraform=draw(terraform),
            notes=draw(st.lists(texts, max_size=2)),
        )
        for index in range(draw(st.integers(1, 3)))
    ]
    release = draw(releases)
    runner = NativeRunner(
        name=draw(words),
        display_name=draw(st.one_of(st.none(), texts)),
        url="https://forge.example",
        token=secrets[0],
        labels=draw(st.lists(words, min_size=1, max_size=3, unique=True)),
        scope=UserScope(user="alice"),
        capacity=draw(st.one_of(st.none(), st.integers(1, 9))),
        cache=draw(st.one_of(st.none(), st.builds(RunnerCache, enabled=st.booleans()))),
        host_packages=draw(st.lists(words, max_size=9)),
        settings=draw(st.dictionaries(words.map("x".__add__), values, max_size=3)),
        limits=draw(st.one_of(st.none(), limits)),
        hardening=draw(st.one_of(st.none(), hardenings)),
        uuid=uuid_for(release),
        notes=draw(st.lists(texts, max_size=2)),
    )
    chosen: dict[str, Any] = {}
    for path, value in draw(options).items():
        inside = any(f"{path}.".startswith(f"{other}.") for other in chosen)
        around = any(f"{other}.".startswith(f"{path}.") for other in chosen)
        if not inside and not around:
            chosen[path] = value
    return Host(
        name=f"host{number}",
        release=release,
        machine=draw(st.one_of(st.none(), machines)),
        secrets=secrets,
        runners=[runner],
        nix_daemon=draw(st.one_of(st.none(), daemons)),
        garbage_collection=draw(st.one_of(st.none(), collections)),
        harmonia=draw(st.one_of(st.none(), harmonias(secrets[-1], values))),
        options=chosen,
        vault=vault,
        approle=draw(approles) if vault.standalone else AppRole(),
        notes=draw(st.lists(texts, max_size=2)),
    )


fleets = vaults.flatmap(
    lambda vault: st.tuples(*(hosts(number, vault) for number in range(5)))
).map(lambda made: Fleet(hosts=made))


def trees(count: int) -> list[dict[str, str]]:
    """Rendered fleets of five random hosts each."""
    made: list[dict[str, str]] = []

    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(fleets)
    def draw(fleet: Fleet) -> None:
        made.append(render(fleet))

    draw()
    return made


def test_every_tree_is_formatted_and_read(
    nixfmt: Path, tofu: Path, nix_instantiate: Path, tmp_path: Path
) -> None:
    """The formatters change no byte; Nix reads every module, OpenTofu every folder."""
    made = trees(profiles.cases(HOSTS_A_PROCESS // 5))
    modules = {
        f"{number}/{path}": text
        for number, tree in enumerate(made)
        for path, text in tree.items()
        if path.endswith(".nix")
    }
    assert len(modules) > HOSTS_A_PROCESS
    formatted = format_files(modules, program=str(nixfmt))
    for path, text in modules.items():
        assert formatted[path] == text
    for number, tree in enumerate(made):
        for path, text in tree.items():
            file = tmp_path / str(number) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
    programs.run_tofu("fmt", "-check", "-diff", "-recursive", folder=tmp_path)
    files = " ".join(f"(import {tmp_path / path})" for path in modules)
    kinds = programs.eval_nix(f"map builtins.typeOf [ {files} ]")
    assert kinds == ["lambda"] * len(modules)
