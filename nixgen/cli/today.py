"""The day that accepted risks are held against."""

from __future__ import annotations

import datetime
import os


def today() -> datetime.date:
    """Today, or the day that SOURCE_DATE_EPOCH names (https://reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC).date()
    return datetime.datetime.now(tz=datetime.UTC).date()
