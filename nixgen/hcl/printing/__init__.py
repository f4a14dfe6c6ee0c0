"""Syntax trees to text, laid out as `tofu fmt` does."""

INDENT = "  "
"""The blanks of one level."""
