"""Nix: syntax tree, printer after nixfmt (RFC 166), and conversion from Python values.

    from nixgen import nix

    module = nix.function(
        ["config"],
        nix.attribute_set([nix.bind("networking.hostName", "cache02")]),
    )
    print(nix.print_file(nix.File(module)))
    print(nix.format("{a.b=1;}"))

The package knows nothing of hosts or runners and can be used alone. What it prints is a fixed point
of nixfmt 1.4.0. The names in `__all__` are its whole public interface.
"""

from typing import TYPE_CHECKING, Any

from nixgen.nix.build import (
    attribute_set,
    bind,
    call,
    commented,
    file_path,
    function,
    indented,
    inherit,
    join_path,
    lambda_,
    let,
    mk_default,
    mk_force,
    mk_if,
    name,
    operand,
    path,
    pkg,
    ref,
    split_path,
    string,
    text,
    with_leading,
    with_pkgs,
)
from nixgen.nix.convert import ConversionError, from_python
from nixgen.nix.nodes import (
    Apply,
    Assert,
    AttributeName,
    AttributePath,
    AttributeSet,
    BinaryOperation,
    Binding,
    BlankLine,
    BlockComment,
    Entry,
    Expression,
    File,
    Float,
    FormalArgument,
    FormatDirective,
    HasAttribute,
    Identifier,
    If,
    IndentedString,
    Inherit,
    Integer,
    Interpolation,
    Lambda,
    LanguageAnnotation,
    LegacyLet,
    Let,
    LineComment,
    List,
    Node,
    Parentheses,
    Path,
    SearchPath,
    Select,
    SetPattern,
    Span,
    String,
    StringPart,
    Token,
    Trivia,
    UnaryOperation,
    Uri,
    With,
)
from nixgen.nix.printing.printer import (
    OriginRange,
    print_expression,
    print_file,
    print_with_origins,
)
from nixgen.nix.raw import raw, raw_entry
from nixgen.nix.strings import is_identifier
from nixgen.nix.walk import Transformer, Visitor, children, walk

if TYPE_CHECKING:
    from nixgen.nix import edit
    from nixgen.nix.data import NotDataError, to_python
    from nixgen.nix.hooks import converter, make_converter
    from nixgen.nix.parsing.parser import parse, parse_expression
    from nixgen.nix.parsing.syntax_error import NixSyntaxError
    from nixgen.nix.printing.formatter import format  # noqa: A004  # `nix.format(text)`
    from nixgen.nix.string_text import text_of

__all__ = [
    "Apply",
    "Assert",
    "AttributeName",
    "AttributePath",
    "AttributeSet",
    "BinaryOperation",
    "Binding",
    "BlankLine",
    "BlockComment",
    "ConversionError",
    "Entry",
    "Expression",
    "File",
    "Float",
    "FormalArgument",
    "FormatDirective",
    "HasAttribute",
    "Identifier",
    "If",
    "IndentedString",
    "Inherit",
    "Integer",
    "Interpolation",
    "Lambda",
    "LanguageAnnotation",
    "LegacyLet",
    "Let",
    "LineComment",
    "List",
    "NixSyntaxError",
    "Node",
    "NotDataError",
    "OriginRange",
    "Parentheses",
    "Path",
    "SearchPath",
    "Select",
    "SetPattern",
    "Span",
    "String",
    "StringPart",
    "Token",
    "Transformer",
    "Trivia",
    "UnaryOperation",
    "Uri",
    "Visitor",
    "With",
    "attribute_set",
    "bind",
    "call",
    "children",
    "commented",
    "converter",
    "edit",
    "file_path",
    "format",
    "from_python",
    "function",
    "indented",
    "inherit",
    "is_identifier",
    "join_path",
    "lambda_",
    "let",
    "make_converter",
    "mk_default",
    "mk_force",
    "mk_if",
    "name",
    "operand",
    "parse",
    "parse_expression",
    "path",
    "pkg",
    "print_expression",
    "print_file",
    "print_with_origins",
    "raw",
    "raw_entry",
    "ref",
    "split_path",
    "string",
    "text",
    "text_of",
    "to_python",
    "walk",
    "with_leading",
    "with_pkgs",
]

_LAZY = {
    "NixSyntaxError": "parsing.syntax_error",
    "NotDataError": "data",
    "converter": "hooks",
    "edit": "edit",
    "format": "printing.formatter",
    "make_converter": "hooks",
    "parse": "parsing.parser",
    "parse_expression": "parsing.parser",
    "text_of": "string_text",
    "to_python": "data",
}
"""Names of modules that not every program needs: they are imported where they are asked for."""


def __getattr__(name: str) -> Any:
    """A name of `_LAZY`; it stays in the package once it is asked for."""
    import importlib

    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_LAZY[name]}")
    found = module if name == "edit" else getattr(module, name)
    globals()[name] = found
    return found
