"""Times the formatter beside nixfmt and prints Markdown tables.

    python -m bench.formatting [FOLDER]

The first table formats one made-up file of growing size: the cost for each MB shows whether it
grows linearly. With FOLDER, the second one formats all its `.nix` files, one process each, and
gives files and MB a second, how many files were refused, and how many came out different.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.__main__ import nixfmt
from nixgen import nix
from nixgen.errors import SyntaxFault

SIZES = (1_000, 10_000, 100_000, 1_000_000, 5_000_000)
RUNS = 3

# One entry of a NixOS configuration, with what such files have most of.
ENTRY = """
  # Service number {0}
  services.service{0} = {{
    enable = true; package = pkgs.service{0};
    settings = {{ port = {0}; hosts = [ "a{0}.example" "b{0}.example" ]; nested.value = null; }};
    extraConfig = ''
      listen ${{toString config.services.service{0}.settings.port}};
      user service{0};
    '';
  }};
  systemd.services.service{0} = lib.mkIf config.services.service{0}.enable {{
    after = [ "network.target" ] ++ lib.optional (config.x.y or false) "other.service"; # both
    script = let path = "/var/lib/service{0}"; in ''exec ${{pkgs.bash}}/bin/bash ${{path}}/run'';
    serviceConfig = {{ Restart = "always"; }} // (if true then {{ User = "s{0}"; }} else {{ }});
  }};
"""


def made_up(size: int) -> str:
    """A module of about `size` bytes, not formatted."""
    entries: list[str] = []
    length = 0
    while length < size:
        entries.append(ENTRY.format(len(entries)))
        length += len(entries[-1])
    return "{ config, lib, pkgs, ... }:\n{" + "".join(entries) + "}\n"


def best(work: Callable[[str], str], text: str) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work(text)
        times.append(time.perf_counter() - start)
    return min(times)


def with_nixfmt(text: str) -> str:
    """The text as the program lays it out."""
    done = subprocess.run([nixfmt(), "-"], input=text, capture_output=True, text=True, check=True)
    return done.stdout


def growing() -> None:
    """One file of growing size."""
    print("| size | nixgen | MB/s | nixfmt, a process | the same bytes |")
    print("|--:|--:|--:|--:|---|")
    for size in SIZES:
        text = made_up(size)
        megabytes = len(text) / 1e6
        ours, theirs = best(nix.format, text), best(with_nixfmt, text)
        same = "yes" if nix.format(text) == with_nixfmt(text) else "NO"
        print(
            f"| {megabytes * 1000:,.0f} kB | {ours * 1000:,.1f} ms | {megabytes / ours:.2f} "
            f"| {theirs * 1000:,.1f} ms | {same} |",
            flush=True,
        )


def format_all(files: list[Path]) -> int:
    """Formats files in place; returns how many were refused."""
    refused = 0
    for file in files:
        try:
            text = file.read_text()
            formatted = nix.format(text)
        except (SyntaxFault, UnicodeDecodeError):
            refused += 1
            continue
        if formatted != text:
            file.write_text(formatted)
    return refused


def folder(source: Path) -> None:
    """All files of a folder, one process each."""
    with tempfile.TemporaryDirectory() as place:
        copies = [Path(place, name) for name in ("ours", "theirs")]
        for copy in copies:
            for file in source.rglob("*.nix"):
                if file.is_file():
                    target = copy / file.relative_to(source)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, target)
        ours, theirs = (
            sorted(file for file in copy.rglob("*.nix") if file.is_file()) for copy in copies
        )
        megabytes = sum(file.stat().st_size for file in ours) / 1e6
        start = time.perf_counter()
        refused = format_all(ours)
        took = time.perf_counter() - start
        start = time.perf_counter()
        subprocess.run([nixfmt(), "-q", copies[1]], capture_output=True, check=False)
        program = time.perf_counter() - start
        different = sum(a.read_bytes() != b.read_bytes() for a, b in zip(ours, theirs, strict=True))
    print(f"\n{len(ours):,} files, {megabytes:.1f} MB; {refused} refused; {different} different\n")
    print("| | seconds | files/s | MB/s |")
    print("|---|--:|--:|--:|")
    for name, seconds in (("nixgen, one process", took), ("nixfmt, one process", program)):
        rates = f"{len(ours) / seconds:,.0f} | {megabytes / seconds:.2f}"
        print(f"| {name} | {seconds:.2f} | {rates} |")


if __name__ == "__main__":
    growing()
    if len(sys.argv) > 1:
        folder(Path(sys.argv[1]))
