"""The version of nixgen, where every layer can name it: the manifest says what wrote it."""

from __future__ import annotations

VERSION = "0.1.0"
