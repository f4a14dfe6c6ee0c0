from __future__ import annotations

import json

import pytest
from terminal import at_terminal

HOST = "hosts/web1.py"


@pytest.fixture
def risky(nixgen, project):
    """The command, in a project whose secret every user can read."""
    file = project / HOST
    file.write_text(file.read_text().replace("mode=0o440", "mode=0o444"))
    return nixgen


def codes(run) -> list[str]:
    """The codes of what was found."""
    return [each["code"] for each in run.data["findings"]]


def test_findings(risky) -> None:
    """Each finding has its code, what is wrong, where, on which host, and what to do."""
    run = risky("audit")
    lines = run.out.splitlines()
    assert run.status == 1
    assert lines[0].startswith("error    NG101  secret 'runner-token' has mode 0444: every local")
    assert lines[1].split() == [f"{HOST}:8", "web1"]
    assert lines[2].strip().startswith("-> write mode=0o400")
    assert lines[-2].startswith("2 errors, ")
    assert lines[-1].endswith("1 can be repaired with --fix")
    assert run.err == ""


def test_findings_as_json(risky) -> None:
    """A program gets the same, and which findings can be repaired."""
    run = risky("audit", "--json")
    first = run.data["findings"][0]
    assert (first["code"], first["location"]) == ("NG101", {"file": HOST, "line": 8})
    assert first["fixable"] is True
    assert first["hosts"] == ["web1"]
    assert run.data["counts"]["error"] == 2
    assert "NG206" in codes(run)


def test_hosts_that_are_named(risky) -> None:
    """Only what concerns them is said."""
    assert "NG101" not in codes(risky("audit", "db1", "--json"))
    assert "NG101" in codes(risky("audit", "web1", "--json"))


def test_host_that_is_not_there(nixgen) -> None:
    """A misspelt host is an error, not a clean audit."""
    run = nixgen("audit", "web2")
    assert run.status == 2
    assert "web2" in run.err


@pytest.mark.parametrize(
    ("threshold", "status"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)]
)
def test_threshold(nixgen, project, threshold: str, status: int) -> None:
    """A job fails for what it asks for, and for what matters more."""
    (project / HOST).unlink()  # what is left has a warning
    assert nixgen("audit", "--fail-on", threshold).status == status


def test_accepted(nixgen, project, monkeypatch) -> None:
    """An accepted risk is listed apart until its day; afterwards it fails again."""
    file = project / HOST
    risk = 'accept("NG206", reason="a forge of our own", until=date(2027, 1, 31))'
    text = file.read_text().replace(
        "from nixgen import ", "from datetime import date\nfrom nixgen import accept, "
    )
    file.write_text(text.replace("cache=RunnerCache(),", f"accepted=[{risk}],"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1801353600")  # 31 January 2027
    run = nixgen("audit")
    assert run.status == 0
    assert "until 2027-01-31: a forge of our own" in run.out
    assert nixgen("audit", "--json").data["accepted"][0]["accepted"] == {
        "reason": "a forge of our own",
        "until": "2027-01-31",
    }
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1801440000")  # the day after
    assert {"NG001", "NG206"} <= set(codes(nixgen("audit", "--json")))


def test_explained(nixgen, project) -> None:
    """A rule is explained without a project: why, what to do, and its source."""
    for file in (project / "hosts").iterdir():
        file.unlink()
    run = nixgen("audit", "--explain", "ng205")
    assert run.status == 0
    assert run.out.startswith(
        "NG205 error Host jobs share their user or their state with another runner\n"
    )
    for part in ("why ", "what to do ", "source "):
        assert f"\n{part}" in run.out
    assert set(nixgen("audit", "--explain", "NG205", "--json").data) == {
        *("code", "severity", "title", "why", "advice", "source"),
    }


def test_unknown_rule(nixgen) -> None:
    """A code that is not there is an error."""
    run = nixgen("audit", "--explain", "NG999")
    assert (run.status, run.out) == (2, "")
    assert "--rules lists them" in run.err


def test_list_of_rules(nixgen) -> None:
    """All rules, a line each."""
    lines = nixgen("audit", "--rules").out.splitlines()
    assert len(lines) == len(nixgen("audit", "--rules", "--json").data["rules"])
    assert "NG101  error    A secret's file can be read by every local user" in lines


def test_repair_is_shown(risky, project) -> None:
    """The change can be looked at first: nothing is written."""
    before = (project / HOST).read_text()
    run = risky("audit", "--diff")
    assert f"--- a/{HOST}\n+++ b/{HOST}\n" in run.out
    assert "-    mode=0o444,\n+    mode=0o400,\n" in run.out
    assert (project / HOST).read_text() == before


def test_repair_is_made(risky, project) -> None:
    """The file has the change that was shown, and the finding is gone."""
    before = (project / HOST).read_text()
    run = risky("audit", "--fix")
    assert run.status == 0
    assert "+    mode=0o400,\n" in run.out
    assert (project / HOST).read_text() == before.replace("0o444", "0o400")
    assert "NG101" not in codes(risky("audit", "--json"))
    assert risky("audit", "--fix").out == ""


def test_repair_keeps_the_file(risky, project) -> None:
    """The file's mode stays as it was, and no temporary file is left."""
    file = project / HOST
    file.chmod(0o640)
    risky("audit", "--fix")
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in file.parent.glob("*.p*")) == [
        "_parts.py",
        "db1.py",
        "web1.py",
    ]
    assert not list(file.parent.glob(".*tmp"))


def test_no_repair_outside_of_hosts(risky, project) -> None:
    """A library that hosts use is nobody's to change."""
    library = project / "library.py"
    text = (project / HOST).read_text()
    secret = text[text.index("token = ") : text.index("runner = ")]
    library.write_text(f"from nixgen import VaultSecret\n{secret}")
    imported = "import sys\nsys.path.insert(0, '.')\nfrom library import token\n"
    (project / HOST).write_text(imported + text.replace(secret, ""))
    run = risky("audit", "--fix")
    assert (run.status, run.out) == (0, "")
    assert "0o444" in library.read_text()


def test_no_repair_through_a_link(risky, project) -> None:
    """A link in hosts/ to a file of another repository does not make it ours."""
    elsewhere = project / "elsewhere.py"
    (project / HOST).rename(elsewhere)
    (project / HOST).symlink_to(elsewhere)
    assert "NG101" in codes(risky("audit", "--json"))
    assert risky("audit", "--fix").out == ""
    assert "0o444" in elsewhere.read_text()


def test_one_answer_at_a_time(nixgen) -> None:
    """Options that ask for different things are not guessed at."""
    assert nixgen("audit", "--diff", "--fix").status == 2
    assert "--sarif and --markdown: choose one" in nixgen("audit", "--sarif", "--markdown").err
    run = nixgen("audit", "--json", "--markdown")
    assert (run.status, run.data["diagnostics"][0]["summary"]) == (
        2,
        "--json and --markdown: choose one",
    )
    assert nixgen("audit", "--sarif", "--json").data["version"] == "2.1.0"


def test_sarif(risky) -> None:
    """A code review tool gets a log, with paths as seen from the repository."""
    log = json.loads(risky("audit", "--sarif").out)
    result = log["runs"][0]["results"][0]
    assert result["ruleId"] == "NG101"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == HOST
    assert result["fixes"]


def test_markdown(risky) -> None:
    """A comment on a pull request."""
    assert risky("audit", "--markdown").out.startswith("### nixgen audit: 2 errors, ")


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_at_a_terminal(risky, project, columns: int) -> None:
    """Lines are no longer than the terminal is wide, and severities are coloured."""
    status, output = at_terminal("audit", folder=project, COLUMNS=str(columns))
    assert status == 1
    assert "\x1b[1;31merror" in output
    _, plain = at_terminal("audit", folder=project, COLUMNS=str(columns), NO_COLOR="1")
    assert max(map(len, plain.splitlines())) <= columns
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    "arguments", [("audit",), ("access", "web1"), ("audit", "--explain", "NG205")]
)
def test_nothing_is_cut_off(risky, project, arguments: tuple[str, ...]) -> None:
    """What is longer than a line goes on in the next one: a path can be copied whole."""
    _, plain = at_terminal(*arguments, folder=project, COLUMNS="40", NO_COLOR="1")
    assert "…" not in plain
    path = (
        "gitea-actions-runner.nix"
        if "--explain" in arguments
        else "/var/lib/gitea-runner/actions-native"
    )
    assert path in "".join(line.strip() for line in plain.splitlines())


def test_access(risky) -> None:
    """What each runner's jobs reach comes first, then what they do not."""
    lines = risky("access", "web1").out.splitlines()
    assert lines[:2] == [
        "actions-native: jobs on the host, as gitea-runner",
        "of every repository of the forge",
    ]
    words = [line.split("  ")[0] for line in lines if not line.startswith((" ", "of", "actions"))]
    reached = [word for word in words if word]
    assert reached == sorted(reached, key=lambda word: word == "no access")
    assert "no access  /var/lib/vault/approle" in "\n".join(lines)


def test_access_as_json(risky) -> None:
    """A program gets what can be reached and what cannot, with the reasons."""
    data = risky("access", "web1", "--json").data
    (runner,) = data["runners"]
    assert runner["account"] == "gitea-runner"
    assert "/run/secrets/runner-token" in [each["what"] for each in runner["can"]]
    assert all(each["why"] for each in runner["can"] + runner["cannot"])


def test_access_of_some_runners(risky) -> None:
    """One runner can be looked at alone; one that is not there is an error."""
    assert risky("access", "web1", "actions-native").out.startswith("actions-native: ")
    run = risky("access", "web1", "other")
    assert (run.status, run.out) == (2, "")
    assert "web1 has no runner 'other'; it has actions-native\n" in run.err


def test_access_without_runners(nixgen) -> None:
    """A host without runners has nothing to show, and says so."""
    assert nixgen("access", "db1").out == "db1 has no runner\n"


@pytest.mark.parametrize("columns", [80, 120])
def test_access_at_a_terminal(risky, project, columns: int) -> None:
    """Paths are folded where they are longer than their column; no line is longer than it may."""
    _, plain = at_terminal("access", "web1", folder=project, COLUMNS=str(columns), NO_COLOR="1")
    assert max(map(len, plain.splitlines())) <= columns
