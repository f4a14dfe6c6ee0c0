"""A program at a terminal: what a person sees, who looks on while it runs."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path


def at_terminal(
    *arguments: str, folder: Path, code: str = "", **environment: str
) -> tuple[int, str]:
    """Runs nixgen with both outputs at a terminal of 100 columns: exit status and all output.

    `code` is Python that runs before it in the same process.
    """
    program = f"import sys\n{code}\nfrom nixgen.cli import main\nsys.exit(main())"
    main, side = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if "COLOR" not in name}
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=side,
        stderr=side,
        env={**kept, "TERM": "xterm", "COLUMNS": "100", **environment},
    )
    os.close(side)
    output = b""
    while chunk := _read(main):
        output += chunk
    os.close(main)
    return process.wait(timeout=60), output.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when the other side is closed
        return b""
