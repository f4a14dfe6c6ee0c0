"""Syntax trees to text, laid out as `tofu fmt` does."""
