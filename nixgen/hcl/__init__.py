"""HCL, the language of OpenTofu and Terraform: syntax tree, printer and conversion.

    from nixgen import hcl

    token = hcl.Block(
        "variable",
        ("token",),
        (
            hcl.Attribute("type", hcl.reference("string")),
            hcl.Attribute("sensitive", hcl.from_python(True)),
        ),
    )
    print(hcl.print_file(hcl.File((token,))))

The package knows nothing of hosts or secrets and can be used alone. What it prints is a fixed point
of `tofu fmt`. Names without underscore below are its whole public interface.
"""

from nixgen.hcl.build import call, reference, string
from nixgen.hcl.convert import ConversionError, from_python
from nixgen.hcl.edit import Editor
from nixgen.hcl.edit_error import HclEditError
from nixgen.hcl.formatter import format  # noqa: A004 - hcl.format, as nix.format
from nixgen.hcl.nodes import (
    Attribute,
    BinaryOperation,
    BlankLine,
    Block,
    BodyItem,
    Comment,
    Conditional,
    Directive,
    Expression,
    File,
    FunctionCall,
    GetAttribute,
    Heredoc,
    Index,
    Interpolation,
    Literal,
    Object,
    ObjectFor,
    ObjectItem,
    OriginRange,
    Parentheses,
    Printed,
    Span,
    Splat,
    Template,
    TemplatePart,
    Tuple,
    TupleFor,
    UnaryOperation,
    Variable,
)
from nixgen.hcl.parser import Document, parse, parse_expression
from nixgen.hcl.printer import print_expression, print_file, print_items, print_with_origins
from nixgen.hcl.strings import is_identifier
from nixgen.hcl.syntax_error import HclSyntaxError

__all__ = [
    "Attribute",
    "BinaryOperation",
    "BlankLine",
    "Block",
    "BodyItem",
    "Comment",
    "Conditional",
    "ConversionError",
    "Directive",
    "Document",
    "Editor",
    "Expression",
    "File",
    "FunctionCall",
    "GetAttribute",
    "HclEditError",
    "HclSyntaxError",
    "Heredoc",
    "Index",
    "Interpolation",
    "Literal",
    "Object",
    "ObjectFor",
    "ObjectItem",
    "OriginRange",
    "Parentheses",
    "Printed",
    "Span",
    "Splat",
    "Template",
    "TemplatePart",
    "Tuple",
    "TupleFor",
    "UnaryOperation",
    "Variable",
    "call",
    "format",
    "from_python",
    "is_identifier",
    "parse",
    "parse_expression",
    "print_expression",
    "print_file",
    "print_items",
    "print_with_origins",
    "reference",
    "string",
]
