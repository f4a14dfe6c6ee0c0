"""Reports for code review tools, and for comments."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from nixgen import load_fleet
from nixgen.audit import Report, audit
from nixgen.audit.markdown import escaped, markdown
from nixgen.audit.sarif import sarif

HOST = """\
from nixgen import Host, VaultSecret, accept

host = Host(
    name="web1",
    release="25.11",
    secrets=[
        VaultSecret(name="a", key="k", services=["harmonia"], mode=0o444),
        VaultSecret(
            name="b",
            key="k",
            services=["x"],
            mode=0o446,
            accepted=[accept("NG102", reason="a <b>bold</b> | reason")],
        ),
    ],
)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one host."""
    folder = tmp_path_factory.mktemp("formats")
    (folder / "hosts").mkdir()
    (folder / "hosts/web1.py").write_text(HOST)
    return folder


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    """Its audit."""
    return audit(load_fleet(folder / "hosts"), today=datetime.date(2026, 11, 24))


@pytest.fixture(scope="module")
def log(report: Report, folder: Path) -> dict[str, Any]:
    """The audit as SARIF."""
    file = str(folder / "hosts/web1.py")
    return sarif(report, folder, {file: HOST})


def test_sarif_marks_what_is_accepted(log) -> None:
    """What is accepted is no open alert, and its reason is there to be read."""
    results = log["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["NG101", "NG101", "NG102"]
    suppressed = [result.get("suppressions") for result in results]
    assert suppressed == [
        None,
        None,
        [{"kind": "inSource", "justification": "a <b>bold</b> | reason"}],
    ]


def test_sarif_has_the_repair(log) -> None:
    """A tool can offer the change: the region is the literal, and nothing around it."""
    fix = log["runs"][0]["results"][0]["fixes"][0]
    (change,) = fix["artifactChanges"][0]["replacements"]
    region = change["deletedRegion"]
    line = HOST.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "0o444"
    assert change["insertedContent"] == {"text": "0o400"}


def test_sarif_tells_findings_apart(log) -> None:
    """A finding keeps its fingerprint when lines move, and no two have the same."""
    prints = [each["partialFingerprints"]["nixgen/v1"] for each in log["runs"][0]["results"]]
    assert len(set(prints)) == len(prints)


def test_markdown(report, folder) -> None:
    """A comment has the counts first, a row for each finding, and what is accepted folded away."""
    text = markdown(report, folder)
    lines = text.splitlines()
    assert lines[0] == "### nixgen audit: 2 errors, 1 accepted"
    assert [line for line in lines if line.startswith("| **error** | NG101 |")]
    assert "<details><summary>1 accepted</summary>" in lines
    assert "`hosts/web1.py:7`, web1" in text


def test_markdown_shows_text_as_it_is(report, folder) -> None:
    """What people wrote cannot break the table or become markup."""
    assert r"a \<b\>bold\</b\> \| reason" in markdown(report, folder)
    assert escaped("a\n*b* `c`") == r"a \*b\* \`c\`"


def test_nothing_found(folder) -> None:
    """A clean fleet is one line."""
    assert markdown(Report((), ()), folder) == "### nixgen audit: nothing found\n"
