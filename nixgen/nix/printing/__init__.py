"""Syntax trees to text, laid out as nixfmt does: rules by the IR, and the direct path."""
