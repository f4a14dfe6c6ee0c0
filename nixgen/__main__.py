"""`python -m nixgen`."""

from __future__ import annotations

import sys

from nixgen.cli import main

if __name__ == "__main__":
    sys.exit(main())
