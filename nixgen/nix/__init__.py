"""Nix: syntax tree, printer after nixfmt (RFC 166), and conversion from Python values.

    from nixgen import nix

    module = nix.function(
        ["config"],
        nix.attribute_set([nix.bind("networking.hostName", "cache02")]),
    )
    print(nix.print_file(nix.File(module)))

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
from nixgen.nix.printer import OriginRange, print_expression, print_file, print_with_origins
from nixgen.nix.strings import is_identifier

if TYPE_CHECKING:
    from nixgen.nix import edit
    from nixgen.nix.hooks import converter, make_converter

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
    "Node",
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
    "Trivia",
    "UnaryOperation",
    "Uri",
    "With",
    "attribute_set",
    "bind",
    "call",
    "commented",
    "converter",
    "edit",
    "file_path",
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
    "path",
    "pkg",
    "print_expression",
    "print_file",
    "print_with_origins",
    "ref",
    "split_path",
    "string",
    "text",
    "with_leading",
    "with_pkgs",
]

_HOOKS = {"converter", "make_converter"}


def __getattr__(name: str) -> Any:
    """What few programs use, or what imports cattrs: only where it is asked for."""
    if name in _HOOKS:
        from nixgen.nix import hooks

        return getattr(hooks, name)
    if name == "edit":
        import importlib

        return importlib.import_module("nixgen.nix.edit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
