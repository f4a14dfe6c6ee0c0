"""Times whole commands side by side and prints a Markdown table.

    python -m bench [--quick]

Each row runs nixgen and its alternative in turn, so that both meet the same machine, and gives the
medians, their ratio, and nixgen's peak memory. Both ways must write the same files.
"""

from __future__ import annotations

import functools
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.fleets import write_project

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHON = sys.executable
COUNTS = (1, 100, 1_000, 10_000)


def nixfmt() -> str:
    """The nixfmt to run."""
    found = shutil.which(
        "nixfmt", path=f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    )
    if found is None:
        sys.exit("nixfmt is missing; `make tools` installs it")
    return found


class Timing:
    """Seconds of each run, and the peak memory of the largest."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.mebibytes = 0.0

    def run(self, command: Sequence[str], cwd: Path) -> None:
        """Runs a command once, to its end; it must succeed."""
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        message = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit status {process.returncode}\n{message}")
        self.mebibytes = max(self.mebibytes, _peak(usage))

    @property
    def median(self) -> float:
        """The median of the runs, in seconds."""
        return statistics.median(self.seconds)


def _environment() -> dict[str, str]:
    """That of a user whose Python keeps bytecode, whatever runs the benchmark."""
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _peak(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


def row(name: str, ours: Timing, other: Timing) -> str:
    """A row of the table; memory only where it exceeds this process's own, which counts too."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    memory = f"{ours.mebibytes:.0f} MiB" if ours.mebibytes > own else ""
    ratio = statistics.median(a / b for a, b in zip(ours.seconds, other.seconds, strict=True))
    return f"| {name} | {shown(ours.median)} | {shown(other.median)} | {ratio:.2f} | {memory} |"


def shown(seconds: float) -> str:
    """A time as people read it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def side_by_side(
    runs: int, ours: Callable[[Timing], None], other: Callable[[Timing], None]
) -> tuple[Timing, Timing]:
    """Both in turn, `runs` times, after one turn that does not count."""
    ours(Timing())
    other(Timing())
    mine, theirs = Timing(), Timing()
    for _ in range(runs):
        ours(mine)
        other(theirs)
    return mine, theirs


def build(folder: Path, count: int, runs: int) -> str:
    """A build from nothing, beside the templates and one nixfmt.

    Each run has a folder of its own, and nothing is removed before the last one: ext4 looks for a
    while at each inode that was just freed before it gives one out, which is neither way's work.
    """
    project = folder / "project"
    write_project(project, count)
    outputs = [folder / f"build-{number}" for number in range(runs + 1)]
    others = [folder / f"templates-{number}" for number in range(runs + 1)]
    next_output, next_other = iter(outputs), iter(others)

    def ours(timing: Timing) -> None:
        flags = ["--formatter", "builtin", "--output", str(next(next_output))]
        timing.run([PYTHON, "-m", "nixgen", "build", *flags], project)

    def templates(timing: Timing) -> None:
        script = str(HERE / "templates.py")
        timing.run([PYTHON, script, str(count), str(next(next_other)), nixfmt()], folder)

    timings = side_by_side(runs, ours, templates)
    same_files(outputs[0], others[0])
    return row(f"build, {count:,} host{'s' * (count > 1)}", *timings)


def floor(folder: Path, count: int, runs: int, name: str, program: str) -> str:
    """A part that no build can do without, beside the whole of the templates and one nixfmt."""
    project = folder / "project"
    write_project(project, count)
    others = iter([folder / f"templates-{number}" for number in range(runs + 1)])
    script = str(HERE / "templates.py")
    timings = side_by_side(
        runs,
        lambda timing: timing.run([PYTHON, "-c", program], project),
        lambda timing: timing.run(
            [PYTHON, script, str(count), str(next(others)), nixfmt()], folder
        ),
    )
    return row(f"{name} / all of the alternative", *timings)


def nothing_to_do(folder: Path, count: int, runs: int) -> str:
    """A build that changes nothing, beside `nixfmt --check` on the same files."""
    project = folder / "project"
    write_project(project, count)
    command = [PYTHON, "-m", "nixgen", "build", "--formatter", "builtin"]
    Timing().run(command, project)
    output = project / "build"
    files = [str(file.relative_to(output)) for file in sorted(output.rglob("*.nix"))]
    timings = side_by_side(
        runs,
        lambda timing: timing.run(command, project),
        lambda timing: timing.run([nixfmt(), "--check", *files], output),
    )
    return row(f"no-op build, {count:,} hosts / `nixfmt --check`", *timings)


def start_up(folder: Path, runs: int) -> str:
    """`nixgen --help` beside a Python that does nothing."""
    folder.mkdir()
    timings = side_by_side(
        runs,
        lambda timing: timing.run([PYTHON, "-m", "nixgen", "--help"], folder),
        lambda timing: timing.run([PYTHON, "-c", "pass"], folder),
    )
    return row("start-up, `nixgen --help` / `python -c pass`", *timings)


def same_files(one: Path, other: Path) -> None:
    """Both ways wrote the same files, to the byte."""
    texts = [
        {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file() and ".nixgen" not in file.parts
        }
        for folder in (one, other)
    ]
    if texts[0] != texts[1]:
        differing = [path for path in texts[0] if texts[0][path] != texts[1].get(path)]
        sys.exit(f"the two ways wrote different files: {differing[:3]}")


def main() -> None:
    """Prints the table; what was written is removed at the end (see `build`)."""
    cores = len(os.sched_getaffinity(0))
    print(f"Python {platform.python_version()}, {platform.system()}, {cores} processors.\n")
    print("| | nixgen | alternative | ratio | memory |")
    print("|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for number, make in enumerate(rows(quick="--quick" in sys.argv[1:])):
            print(make(Path(folder) / str(number)), flush=True)


def rows(*, quick: bool) -> Iterator[Callable[[Path], str]]:
    """What makes each row, in a folder of its own."""
    many = 1_000 if quick else 10_000
    for count in COUNTS[:3] if quick else COUNTS:
        yield functools.partial(build, count=count, runs=3 if count > 1_000 else 5)
    yield functools.partial(nothing_to_do, count=many, runs=3)
    yield functools.partial(start_up, runs=20)
    yield functools.partial(
        floor,
        count=1,
        runs=10,
        name="of a build, 1 host: importing attrs, click, jinja2",
        program="import attrs, click, jinja2, json, tomllib",
    )
    yield functools.partial(
        floor,
        count=many,
        runs=3,
        name=f"of a build, {many:,} hosts: making their objects",
        program="from nixgen import load_fleet; load_fleet()",
    )


if __name__ == "__main__":
    main()
