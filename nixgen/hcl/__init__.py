"""HCL, the language of OpenTofu and Terraform: syntax tree, printer, parser, formatter, editor.

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

    hcl.parse(text, name="main.tf").body   # the tree of a text, with spans
    hcl.format(text)                       # as `tofu fmt` does
    hcl.Editor(text).set_block(token)      # every other byte stays

The package knows nothing of hosts or secrets and can be used alone. What it prints is a fixed point
of `tofu fmt`. Names without underscore below are its whole public interface.
"""

import importlib
from typing import TYPE_CHECKING, Any

from nixgen.hcl.build import call, reference, string
from nixgen.hcl.convert import ConversionError, from_python, to_python
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
from nixgen.hcl.printing.printer import (
    print_expression,
    print_file,
    print_items,
    print_with_origins,
)
from nixgen.hcl.strings import is_identifier

if TYPE_CHECKING:
    from nixgen.hcl.edit.editor import Editor
    from nixgen.hcl.edit.error import HclEditError
    from nixgen.hcl.parsing.parser import Document, parse, parse_expression
    from nixgen.hcl.parsing.syntax_error import HclSyntaxError
    from nixgen.hcl.printing.formatter import format  # noqa: A004 - hcl.format, as nix.format

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
    "to_python",
]

# A build without files written by hand parses nothing: these are imported when they are used.
_ON_DEMAND = {
    "Document": "parsing.parser",
    "Editor": "edit.editor",
    "HclEditError": "edit.error",
    "HclSyntaxError": "parsing.syntax_error",
    "format": "printing.formatter",
    "parse": "parsing.parser",
    "parse_expression": "parsing.parser",
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
