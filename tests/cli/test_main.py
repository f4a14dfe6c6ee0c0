from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import at_terminal

from nixgen.cli.verb import VERBS

OWN = {
    *("nixgen", "nixgen.exports", "nixgen.version", "nixgen.cli", "nixgen.cli.session"),
    *("nixgen.cli.verb", "nixgen.cli.wording", "nixgen.cli.progress"),
    *("nixgen.cli.hosts_argument", "nixgen.cli.verdict", "nixgen.cli.verify_forge"),
    *(f"nixgen.cli.{verb}" for verb in VERBS),
}
SLOW = {
    *("attrs", "cattrs", "jinja2", "rich", "hvac", "httpx", "requests"),
    *("pathlib", "json", "traceback", "difflib", "tomllib"),
}


def modules_after(code: str) -> set[str]:
    """The modules that a new Python has imported after running the code."""
    program = f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def test_help_imports_next_to_nothing() -> None:
    """`nixgen --help` answers at once: click and the verbs, nothing of what they work with."""
    loaded = modules_after("from nixgen.cli import main\nmain(['--help'])")
    assert {name for name in loaded if name.split(".")[0] == "nixgen"} == OWN
    own_python = modules_after("import click")
    assert not SLOW & (loaded - own_python)
    others = {name.split(".")[0] for name in loaded - own_python} - {"nixgen", "click"}
    assert others <= set(sys.stdlib_module_names)


def test_a_verb_imports_no_other_verb() -> None:
    """What one verb needs costs the others nothing."""
    loaded = modules_after("from nixgen.cli import main\nmain(['hosts', '--help'])")
    assert {f"nixgen.cli.{verb}" for verb in VERBS} & loaded == {"nixgen.cli.hosts"}


def test_help_lists_the_verbs_in_the_order_of_use(nixgen) -> None:
    """A newcomer reads what to do first, first; each line is whole."""
    text = nixgen("--help").out
    listed = [line.split()[0] for line in text.partition("Commands:\n")[2].splitlines()]
    assert tuple(listed) == VERBS
    assert "..." not in text.partition("Commands:\n")[2]


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_has_an_example(nixgen, verb: str) -> None:
    """The help of each verb shows how it is typed, in lines that fit a terminal."""
    run = nixgen(verb, "--help")
    assert run.status == 0
    assert f"\n    nixgen {verb}" in run.out
    assert "--json" in run.out
    assert max(map(len, run.out.splitlines())) <= 80


def test_without_a_verb_help_is_shown(nixgen) -> None:
    """Typing the name alone tells what there is, and is no success."""
    run = nixgen()
    assert run.status == 2
    assert "Commands:" in run.out + run.err


def test_version(nixgen) -> None:
    """The version is that of the package."""
    from nixgen import __version__

    assert nixgen("--version").out == f"nixgen {__version__}\n"


def test_python_m_is_the_same_command(project: Path) -> None:
    """`python -m nixgen` works where the script is not on PATH, with the same exit status."""
    command = [sys.executable, "-m", "nixgen", "check"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "missing  hosts/web1/options.nix" in done.stdout


def test_flags_stand_before_or_after_the_verb(nixgen, project: Path) -> None:
    """Nobody has to remember where a flag goes; the last one wins."""
    assert nixgen("--output", "one", "build").status == 0
    assert nixgen("build", "--output", "two").status == 0
    assert nixgen("--output", "none", "build", "--output", "three").status == 0
    assert {path.name for path in project.iterdir()} >= {"one", "two", "three"}
    assert not (project / "none").exists()


def test_settings_are_found_from_a_folder_inside(nixgen, project: Path, monkeypatch) -> None:
    """The command works anywhere in the project; paths in its messages start where one is."""
    monkeypatch.chdir(project / "hosts")
    assert "web1.py" in nixgen("hosts").out
    assert "hosts/web1.py" not in nixgen("hosts").out
    assert nixgen("build").status == 0
    assert (project / "build/hosts/web1/options.nix").exists()


def test_config_names_another_file(nixgen, project: Path) -> None:
    """A second set of settings is a file of its own; its folders are relative to it."""
    (project / "other").mkdir()
    (project / "other/staging.toml").write_text('hosts = "../hosts"\noutput = "out"\n')
    assert nixgen("build", "--config", "other/staging.toml").status == 0
    assert (project / "other/out/hosts/web1/options.nix").exists()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch):
    """Lets nixgen itself fail with an exception."""

    def fail(error: BaseException) -> None:
        def raises(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr("nixgen.project.api.build", raises)

    return fail


def test_a_mistake_in_nixgen_is_one_line(nixgen, broken) -> None:
    """An error that nobody foresaw says so, with a status of its own and no traceback."""
    broken(KeyError("odd"))
    run = nixgen("build")
    assert run.status == 70
    assert run.err.startswith("error: internal error: KeyError: 'odd'\nhelp: ")
    assert "Traceback" not in run.err
    assert nixgen("build", "--json").data["diagnostics"][0]["summary"].endswith("KeyError: 'odd'")


def test_debug_shows_the_traceback(nixgen, broken) -> None:
    """Whoever reports a bug can show where it is."""
    broken(KeyError("odd"))
    run = nixgen("build", "--debug")
    assert "Traceback (most recent call last)" in run.err
    assert "in raises" in run.err


def test_interrupted(nixgen, broken, project: Path) -> None:
    """Ctrl-C ends quietly, with the status that shells expect."""
    broken(KeyboardInterrupt())
    run = nixgen("build")
    assert (run.status, run.out, run.err) == (130, "", "")


def test_paths_are_as_seen_from_here(nixgen, broken, monkeypatch, tmp_path: Path) -> None:
    """Only a path that begins here is shortened, not one that has the same names in it."""
    from nixgen import Diagnostic, WriteError

    paths = f"{tmp_path}/one, '{tmp_path}/two' and /var{tmp_path}/three"
    broken(WriteError(Diagnostic(summary=paths)))
    assert nixgen("build").err == f"error: one, 'two' and /var{tmp_path}/three\n"
    monkeypatch.chdir("/")
    run = nixgen("build", "--config", f"{tmp_path}/nixgen.toml")
    assert run.err == f"error: {paths}\n"


def test_settings_of_an_editor_on_windows(nixgen, project: Path) -> None:
    """A byte order mark and line ends of two characters are no mistakes."""
    (project / "nixgen.toml").write_bytes(b'\xef\xbb\xbfoutput = "other"\r\n')
    assert nixgen("build").status == 0
    assert (project / "other/hosts/web1/options.nix").is_file()


def test_a_working_directory_that_is_gone(nixgen, project: Path, monkeypatch) -> None:
    """A shell may stand in a folder that another one has removed: that is said."""
    gone = project / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for verb in ("build", "init"):
        run = nixgen(verb)
        assert (run.status, run.out) == (2, "")
        assert run.err.startswith("error: the working directory does not exist any more\n")
    monkeypatch.chdir(project)


def test_json_errors_are_on_standard_output(nixgen, project: Path) -> None:
    """A program reads one JSON document, whether it went well or not."""
    (project / "hosts/web1.py").write_text("host = Hots()\n")
    run = nixgen("build", "--json")
    assert (run.status, run.err) == (2, "")
    (diagnostic,) = run.data["diagnostics"]
    assert diagnostic["location"] == {"file": "hosts/web1.py", "line": 1}
    assert nixgen("biuld", "--json").data["diagnostics"] == [
        {
            "severity": "error",
            "summary": "no such verb 'biuld'",
            "help": "did you mean 'build'?\n`nixgen --help` tells how it is used",
        }
    ]
    for incomplete in (["--json", "verify"], ["verify", "--json"]):
        assert nixgen(*incomplete).data["diagnostics"][0]["summary"] == "missing verb"


def test_what_hosts_print_is_no_part_of_the_answer(nixgen, project: Path) -> None:
    """A print in a hosts file, for a quick look, does not break the JSON of an answer."""
    file = project / "hosts/web1.py"
    file.write_text(f"print('looked')\n{file.read_text()}")
    run = nixgen("hosts", "--json")
    assert len(run.data["hosts"]) == 2
    assert run.err == "looked\n"


def run_piped(project: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess:
    """The command as a process, standard error read."""
    command = [sys.executable, "-m", "nixgen", *arguments]
    return subprocess.run(
        command, cwd=project, stderr=subprocess.PIPE, text=True, check=False, **options
    )


def test_reader_that_leaves_is_no_error(nixgen, project: Path) -> None:
    """`nixgen diff | head -1` says nothing about it, and ends as other programs do."""
    reading, writing = os.pipe()
    os.close(reading)
    done = run_piped(project, "diff", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (128 + 13, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_answer_that_cannot_be_written(project: Path) -> None:
    """A full disk behind `>` is told, in one line and by the exit status."""
    with Path("/dev/full").open("w") as full:
        done = run_piped(project, "hosts", stdout=full)
    assert done.returncode == 2
    assert done.stderr == "error: cannot write to standard output: No space left on device\n"


def test_people_see_colour(project: Path) -> None:
    """At a terminal an error stands out; the text is the same as in a pipe."""
    (project / "hosts/web1.py").write_text("host = Hots()\n")
    status, seen = at_terminal("build", folder=project)
    assert status == 2
    assert "\x1b[31m\x1b[1merror:" in seen
    assert "\x1b[36mhosts/web1.py:1" in seen
    _, plain = at_terminal("build", folder=project, NO_COLOR="1")
    assert "\x1b" not in plain
    assert plain.startswith("error: NameError: name 'Hots' is not defined\n  --> hosts/web1.py:1\n")


def test_pipes_see_no_colour_unless_forced(nixgen, monkeypatch) -> None:
    """A log holds no escape codes, unless FORCE_COLOR asks for them."""
    assert "\x1b" not in nixgen("hosts").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in nixgen("hosts").out


def test_text_that_a_terminal_cannot_show(project: Path) -> None:
    """A note in any script does not break the command in an ASCII environment."""
    file = project / "hosts/db1.py"
    file.write_text(file.read_text().replace("secrets=", 'notes=["größer"], secrets='))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = run_piped(project, "show", "db1", stdout=subprocess.PIPE, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "notes gr" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        *(
            "explain bui",
            "fmt bui",
            "adopt bui",
            "get bui",
            "set bui",
            "rm bui",
            "build --output bui",
        ),
        *("build --config bui", "graph --to bui", "secrets missing --tfvars bui"),
    ],
)
def test_completion_of_paths(project: Path, words: str) -> None:
    """A shell that has the completion set up still completes the names of files."""
    environment = {
        **os.environ,
        "_NIXGEN_COMPLETE": "bash_complete",
        "COMP_WORDS": f"nixgen {words}",
        "COMP_CWORD": str(words.count(" ") + 1),
    }
    done = run_piped(project, stdout=subprocess.PIPE, env=environment)
    assert done.stdout.split() == ["file,bui"]


def test_completion_of_host_names(project: Path) -> None:
    """Shells that have completion set up complete hosts by their files, without running them."""
    (project / "hosts/web2.py").write_text("raise SystemExit\n")
    environment = {
        **os.environ,
        "_NIXGEN_COMPLETE": "bash_complete",
        "COMP_WORDS": "nixgen build w",
        "COMP_CWORD": "2",
    }
    done = run_piped(project, stdout=subprocess.PIPE, env=environment)
    assert done.stdout.split() == ["plain,web1", "plain,web2"]
