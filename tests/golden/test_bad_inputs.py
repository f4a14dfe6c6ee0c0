"""Every mistake has a message that was reviewed: what is wrong, where, what is allowed, what to do.

The cases are in `tests/bad_inputs/`, the messages in `test_bad_inputs/`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_inputs import CASES, LITERAL, Case
from command import without_servers
from pytest_regressions.file_regression import FileRegressionFixture

from nixgen.cli import main

GOLDEN = Path(__file__).with_suffix("")

Command = Callable[..., tuple[int, str, str]]
"""Runs the case's command with further flags: the exit status, standard output and error."""


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    """Each case."""
    return CASES[request.param]


@pytest.fixture
def command(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """The case's files in the working directory, and its command; no program is on PATH."""
    for name, text in case.files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    without_servers(monkeypatch, tmp_path)
    if case.before is not None:
        case.before(tmp_path)
    capsys.readouterr()

    def run(*flags: str) -> tuple[int, str, str]:
        status = main([*flags, *shlex.split(case.command)])
        out, err = capsys.readouterr()
        for text in (out, err):
            assert LITERAL not in text
        return status, out, err

    return run


def test_message(
    case: Case,
    command: Command,
    request: pytest.FixtureRequest,
    file_regression: FileRegressionFixture,
) -> None:
    """A user who reads the message knows what to change; there is no traceback in it."""
    status, out, err = command()
    assert out == ""
    assert "Traceback" not in err
    assert str(Path.cwd()) not in err
    file_regression.check(
        f"$ nixgen {case.command}\n{err}exit status {status}\n",
        basename=request.node.callspec.id,
        encoding="utf-8",
        newline="",
    )


def test_status_and_json(command: Command) -> None:
    """A program tells a mistake by exit status 2, and reads the same message as JSON."""
    status, _, plain = command()
    json_status, out, err = command("--json")
    assert (status, json_status, err) == (2, 2, "")
    diagnostics = json.loads(out)["diagnostics"]
    assert diagnostics
    for each in diagnostics:
        assert each["severity"] == "error"
        assert each["summary"] in plain


def test_debug_tells_no_secret(command: Command) -> None:
    """The traceback that --debug adds is no way for a secret to leak: `command` looks for it."""
    status, _, _ = command("--debug")
    assert status == 2


def test_no_message_is_left_over() -> None:
    """The folder of messages has those of the cases and no others."""
    names = {f"{name}.txt" for name in CASES}
    assert {file.name for file in GOLDEN.iterdir()} == names
