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
from nixgen.hcl.edit_error import HclEditError
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
from nixgen.hcl.printer import print_expression, print_file, print_items, print_with_origins
from nixgen.hcl.strings import is_identifier
from nixgen.hcl.syntax_error import HclSyntaxError

if TYPE_CHECKING:
    from nixgen.hcl.edit import Editor
    from nixgen.hcl.formatter import format  # noqa: A004 - hcl.format, as nix.format
    from nixgen.hcl.parser import Document, parse, parse_expression

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
    "Document": "parser",
    "Editor": "edit",
    "format": "formatter",
    "parse": "parser",
    "parse_expression": "parser",
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
