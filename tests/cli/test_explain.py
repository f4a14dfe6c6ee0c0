from __future__ import annotations

from pathlib import Path

import pytest

RUNNER = "hosts/web1/actions-runner.nix"
OPTIONS = "hosts/web1/options.nix"


def line_of(file: Path, text: str) -> int:
    """The number of the only line that has the text."""
    (number,) = [
        number for number, line in enumerate(file.read_text().splitlines(), 1) if text in line
    ]
    return number


def answer(nixgen, path: str, text: str) -> dict:
    """The narrowest explanation of the line that has the text."""
    line = line_of(Path("build", path), text)
    return nixgen("explain", f"{path}:{line}", "--json").data["explanations"][0]


def written_at(place: str) -> str:
    """The line of Python at `file:line`."""
    file, _, line = place.partition(":")
    return Path(file).read_text().splitlines()[int(line) - 1].strip()


@pytest.mark.parametrize(
    ("path", "line", "what", "written"),
    [
        (RUNNER, 'mode = "0440"', "VaultSecret.mode", "mode=0o440,"),
        (RUNNER, "extractKey", "VaultSecret.key", 'key="token",'),
        (RUNNER, "secretPath", "derived from VaultSecret.name", 'name="runner-token",'),
        (RUNNER, "tokenFile", "derived from VaultSecret.name", 'name="runner-token",'),
        (RUNNER, "services = [", "derived from Runner.name", 'name="actions-native",'),
        (RUNNER, 'labels = [ "native:host" ]', "NativeRunner.labels", 'labels=["native:host"],'),
        (RUNNER, "dir =", "derived from NativeRunner.name", 'name="actions-native",'),
        (OPTIONS, "domain", "Host.options", '"networking.domain": domain,'),
        (
            "terraform/vault/variables.tf",
            'variable "',
            "derived from VaultSecret.name",
            'name="runner',
        ),
        ("terraform/vault/secrets.tf", "length", "Generated.length", "password = VaultSecret("),
        ("terraform/vault/secrets.tf", "runner-token", "VaultSecret", "token = VaultSecret("),
    ],
)
def test_the_place_that_made_a_line(built, path: str, line: str, what: str, written: str) -> None:
    """A line of Nix or HCL leads to the line of Python that says it, or that it follows from."""
    found = answer(built, path, line)
    assert found["what"].startswith(what)
    assert written_at(found["causes"][0]["argument"]).startswith(written)


def test_a_policy_leads_to_its_secrets(built, project: Path) -> None:
    """Why a host may read a path is answered with all the secrets that ask for it."""
    file = project / "hosts/web1.py"
    second = 'more = VaultSecret(name="more", key="key")\nhost = Host('
    text = file.read_text().replace("host = Host(", second)
    file.write_text(text.replace("secrets=[token]", "secrets=[token, more]"))
    built("build")
    found = answer(built, "terraform/vault/hosts-generated.tf", "hosts/web1/*")
    places = [written_at(cause["argument"]) for cause in found["causes"]]
    assert places == ["token = VaultSecret(", 'more = VaultSecret(name="more", key="key")']


def test_the_calls_through_shared_parts(built) -> None:
    """A line that a part contributed names the part and the host that uses it."""
    (cause,) = answer(built, OPTIONS, "domain")["causes"]
    assert cause["argument"].startswith("hosts/_parts.py:")
    assert [written_at(place) for place in cause["calls"]] == [
        "return Profile(",
        'parts=[base("example.org")],',
    ]


def test_people_read_the_lines_themselves(built) -> None:
    """The answer shows the generated line, and each line of Python on the way."""
    line = line_of(Path("build", OPTIONS), "domain")
    assert built("explain", f"build/{OPTIONS}:{line}").out == (
        f"""\
{OPTIONS}:{line}: networking.domain = "example.org";
a file of host 'web1', described in hosts/web1.py

Host.options
  --> hosts/_parts.py:7
    |
  7 |             "networking.domain": domain,
note: in this call
  --> hosts/_parts.py:5
    |
  5 |     return Profile(
note: called from here
  --> hosts/web1.py:21
     |
  21 |     parts=[base("example.org")],
"""
    )


def test_all_lines_of_a_file(built) -> None:
    """Without a line, each line stands behind its place, as `git blame` shows it."""
    lines = built("explain", "terraform/vault/secrets.tf").out.splitlines()
    texts = Path("build/terraform/vault/secrets.tf").read_text().splitlines()
    assert [line.partition("| ")[2] for line in lines] == texts
    assert "hosts/db1.py:3  " in next(line for line in lines if "auto_generate = true" in line)


def test_a_line_of_the_frame(built) -> None:
    """A line that no object made, such as the header, still leads to the file's host."""
    out = built("explain", f"{RUNNER}:1").out
    assert out.endswith("a file of host 'web1', described in hosts/web1.py\n")
    shared = built("explain", "terraform/vault/secrets.tf:1").out
    assert shared.endswith("a file that hosts share, with entries of db1, web1\n")


def test_paths_from_here_or_from_the_output_folder(built, project: Path, monkeypatch) -> None:
    """A path can be pasted as an editor or as `check` shows it."""
    expected = built("explain", f"{RUNNER}:6").out
    assert built("explain", f"build/{RUNNER}:6").out == expected
    assert built("explain", f"{project}/build/{RUNNER}:6").out == expected
    monkeypatch.chdir(project / "build/hosts/web1")
    assert built("explain", "actions-runner.nix:6").status == 0


def test_a_place_as_nix_writes_it(built) -> None:
    """The place in an error of Nix can be pasted with its column."""
    expected = built("explain", f"{RUNNER}:6").out
    assert built("explain", f"{RUNNER}:6:5").out == expected
    assert built("explain", f"{RUNNER}:6:5:").out == expected


def test_before_the_first_build_and_after_a_file_was_lost(nixgen, project: Path) -> None:
    """Who has not built yet, or has lost a file, is told that a build makes it."""
    run = nixgen("explain", f"build/{RUNNER}:6")
    assert run.err.endswith("help: nothing is built yet: run `nixgen build`\n")
    nixgen("build")
    (project / "build" / RUNNER).unlink()
    for path in (RUNNER, f"build/{RUNNER}"):
        run = nixgen("explain", path)
        assert run.err.endswith("help: it was built, and is gone: run `nixgen build`\n")


def test_python_that_moved_since_the_build(built, project: Path) -> None:
    """Lines added above are no reason for a wrong answer: an old map is not believed."""
    file = project / "hosts/web1.py"
    file.write_text("# A comment.\n# Another one.\n" + file.read_text())
    found = answer(built, RUNNER, 'mode = "0440"')
    assert written_at(found["causes"][0]["argument"]) == "mode=0o440,"


def test_without_the_recorded_map(built, project: Path) -> None:
    """A fresh clone has no map; the answer is the same."""
    expected = built("explain", RUNNER).out
    (project / "build/.nixgen/origins.jsonl").unlink()
    assert built("explain", RUNNER).out == expected


def test_with_the_map_no_host_is_run(built, project: Path) -> None:
    """With a map that is up to date the answer costs no loading of ten thousand hosts."""
    (project / "hosts/more.py").write_text("raise RuntimeError\n")
    assert built("explain", f"{RUNNER}:6").status == 0
