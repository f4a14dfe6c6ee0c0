"""With what the direct path leaves a shape to the rules."""


class Unknown(Exception):
    """A shape that the direct path leaves to the document and the layout engine."""


class WholeFile(Exception):
    """A format directive in a part of a file: regions can be printed with the whole file only."""
