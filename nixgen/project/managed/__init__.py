"""Entries that nixgen keeps in files that people write: `merge` has the rules for all languages."""

from nixgen.project.managed.merge import Merged, in_text, merge

__all__ = ["Merged", "in_text", "merge"]
