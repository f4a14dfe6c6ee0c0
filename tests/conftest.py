"""What every test can use.

Fixtures (each skips its test with a reason where the program is missing; with CI=true it fails):

    nixfmt, tofu, nix_instantiate   the program's path, a `pathlib.Path`
    dot                             the same, Graphviz's
    tofu_with_provider              the same as tofu, where the Vault provider is installed too
    openbao                         a running OpenBao server of the session, an `openbao.Server`
    vault                           a namespace of it that is the test's alone, an `openbao.Client`
    gitea                           a running Gitea server of the session, a `gitea.Server`
    chromium                        a running browser of the session, a `chromium.Browser`
    eval_nix                        eval_nix(expression) -> Python value, by `nix-instantiate`
    root                            the folder of the project

The helpers behind them can be imported: `from programs import eval_nix, eval_tofu,
nixfmt_text, tofu_fmt_text, run, run_tofu, real_program`. Run OpenTofu only with `run_tofu` or with
`tofu_environment()`: a user's settings make it print warnings into its output.

A test that uses one of the programs is marked `real`; one that compares with golden files is marked
`golden`, and `make snapshots` runs just those with `--regen-all`.

Hypothesis profiles, chosen by HYPOTHESIS_PROFILE: `ci` (the default: always the same cases) and
`fuzz` (`make fuzz`: ten times as many, new ones each time). A property test that sets its own
number of cases does so with `@settings(max_examples=profiles.cases(200))`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import chromium as browser
import gitea as forge
import openbao as bao
import profiles
import programs
import pytest

REAL = {
    *("nixfmt", "tofu", "tofu_with_provider", "openbao", "gitea", "nix_instantiate", "eval_nix"),
    *("chromium", "dot"),
}
GOLDEN = {"data_regression", "file_regression", "snapshot_tree"}

profiles.load()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests by the fixtures they use."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & REAL:
            item.add_marker(pytest.mark.real)
        if fixtures & GOLDEN:
            item.add_marker(pytest.mark.golden)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return programs.ROOT


@pytest.fixture(scope="session")
def nixfmt() -> Path:
    """The path of nixfmt."""
    return programs.real_program("nixfmt")


@pytest.fixture(scope="session")
def tofu() -> Path:
    """The path of OpenTofu; run it with `programs.run_tofu`."""
    return programs.real_program("tofu")


@pytest.fixture(scope="session")
def tofu_with_provider() -> Path:
    """The path of OpenTofu, whose `init` finds the Vault provider; run it with `run_tofu`."""
    return programs.tofu_with_provider()


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bao.Server]:
    """A running, unsealed OpenBao server, one for each process of tests."""
    with bao.running(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture
def vault(openbao: bao.Server) -> bao.Client:
    """A new namespace of `openbao`: mounts, policies and roles of this test alone."""
    return openbao.namespace()


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[forge.Server]:
    """A running Gitea server, one for each process of tests; what a test makes has a new name."""
    with forge.running(tmp_path_factory.mktemp("gitea")) as server:
        yield server


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    """A running headless browser, one for each process of tests; each test has tabs of its own."""
    with browser.running(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture(scope="session")
def dot() -> Path:
    """The path of Graphviz's program."""
    return programs.real_program("dot")


@pytest.fixture(scope="session")
def nix_instantiate() -> Path:
    """The path of nix-instantiate; run it with `programs.nix_environment()`."""
    return programs.real_program("nix-instantiate")


@pytest.fixture(scope="session")
def eval_nix(nix_instantiate: Path) -> Callable[[str], Any]:
    """`programs.eval_nix`, for tests that need Nix."""
    return programs.eval_nix
