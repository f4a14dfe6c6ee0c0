"""`python -m nixgen`, and the console script."""

from __future__ import annotations

import gc
import sys


def run() -> int:
    """Runs the command as all that its process does; returns the exit status.

    Python's cycle collector would look through all modules again and again while they are imported,
    and once more at the end: about a tenth of the time of a small build. What a verb makes is
    needed until its end, or freed by reference counts.
    """
    gc.disable()
    from nixgen.cli import main  # only here: the collector pauses before

    status = main()
    gc.freeze()
    return status


if __name__ == "__main__":
    sys.exit(run())
