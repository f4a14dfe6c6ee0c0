"""The text of expressions on one line, without a document: the half of the direct path.

`one_line` returns what the rules and the layout engine would print of a node in a group that fits
on its line, or None where no group with the node fits on one line. It raises Unknown for what is
left to them: comments, which count as None only inside of brackets, and some rare shapes. `levels`
bounds the nesting: what nests deeper than a line has columns does not fit on it.

`base` finds the function for a node's type; the other modules have these functions, and the parts
of them that `nixgen.nix.printing.direct` puts at the beginning of further lines.
"""

from nixgen.nix.printing.one_line import (  # noqa: F401  # they register themselves
    functions,
    literals,
    operators,
    sets,
)
from nixgen.nix.printing.one_line.base import on_one_line, one_line

__all__ = ["on_one_line", "one_line"]
