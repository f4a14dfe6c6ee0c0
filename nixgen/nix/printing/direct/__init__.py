"""Prints the common shapes of trees as text at once, without a document.

What the model emits, and most of what people write, leaves the layout no choice: a set has a line
for each entry, a value that fits stands on the line of its name, a call that does not fit continues
with the entries of its last argument. The functions here print these shapes, each from the start of
a line, where nothing before it matters; `nixgen.nix.printing.one_line` has what fits on one. What
they do not know goes through the document and the layout engine, from the start of its own line to
its end. Both ways give the same bytes, which tests hold. The conditions are those of the rules
beside this package, with their sources.

In all functions, `d` is the `Direct` that prints, `pad` the indentation of the current line, and
`end` what follows the node on its last line. Those that return a bool print nothing where they
return False.
"""

from nixgen.nix.printing.direct import (  # noqa: F401  # they register themselves
    blocks,
    functions,
    values,
)
from nixgen.nix.printing.direct.base import Direct, Mark
from nixgen.nix.printing.direct.bodies import spread

__all__ = ["Direct", "Mark", "spread"]
