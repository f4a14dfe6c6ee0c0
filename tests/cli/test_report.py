from __future__ import annotations


def test_report(nixgen, project) -> None:
    """One command writes one file, and prints nothing."""
    run = nixgen("report")
    assert (run.status, run.out) == (0, "")
    text = (project / "report.html").read_text()
    assert text.startswith("<!doctype html>")
    assert "web1" in text
    assert "db1" in text
    assert [each.name for each in project.iterdir() if "nixgen-new" in each.name] == []


def test_same_bytes_on_the_same_day(nixgen, project, monkeypatch) -> None:
    """SOURCE_DATE_EPOCH is the day in it, so that a kept page changes only with the model."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795478400")
    texts = []
    for name in ("one.html", "two.html"):
        assert nixgen("report", "--to", name).status == 0
        texts.append((project / name).read_bytes())
    assert texts[0] == texts[1]
    assert b"24 November 2026" in texts[0]
    assert str(project).encode() not in texts[0]


def test_hosts_that_are_named(nixgen, project) -> None:
    """The page of a host has nothing of others."""
    assert nixgen("report", "db1", "--to", "db1.html").status == 0
    text = (project / "db1.html").read_text()
    assert "postgres" in text
    assert "web1" not in text


def test_host_that_is_not_there(nixgen, project) -> None:
    """A misspelt host is an error, not an empty page."""
    run = nixgen("report", "web2")
    assert run.status == 2
    assert "web2" in run.err
    assert not (project / "report.html").exists()


def test_as_json(nixgen) -> None:
    """A program learns what was written."""
    assert nixgen("report", "--json").data == {"hosts": ["db1", "web1"], "file": "report.html"}
    assert nixgen("report", "--json", "--to", "-").data["html"].startswith("<!doctype html>")


def test_to_standard_output(nixgen, project) -> None:
    """`--to -` hands the page to another program, and writes no file."""
    assert nixgen("report", "--to", "-").out.startswith("<!doctype html>")
    assert not (project / "report.html").exists()


def test_file_that_cannot_be_written(nixgen) -> None:
    """The message names the file."""
    run = nixgen("report", "--to", "no/such/report.html")
    assert run.status == 2
    assert "cannot write no/such/report.html" in run.err
