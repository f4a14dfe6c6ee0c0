"""Nix texts and trees for tests: every construct, trees as Nix sees them, tokens that tile."""

from __future__ import annotations

import re
import subprocess

from programs import nix_environment, real_program

from nixgen.nix import nodes
from nixgen.nix.nodes import File, Node, Token
from nixgen.nix.spans import elements, pieces

EVERY_CONSTRUCT = r"""# A file that holds every construct of the language.
{
  lib ? import <nixpkgs/lib>,
  pkgs, # the packages
  extra ? { },
  ...
}@args:

let
  inherit (lib) mkIf "mkForce" or;
  inherit pkgs;
  inherit;
  /** Adds two numbers. */
  add = a: b: a + b * 2 - 1 / 3;
  compare = a: { b, c ? 1 }: a < b && c >= 2 || !(a == b) -> a != c;
  floats = [ 1.5 .5 1. 1.5e3 2.e-1 0.1E+2 ];
  numbers = [ 0 007 9223372036854775807 (-1) (- 2) ];
  paths = [ ./a ../b/c.nix /etc/hosts ~/x <nixpkgs> a/b ./${"x"}/y.${toString 1} ./a//${b}//c ];
  uris = [ https://example.org/a?b=c&d mailto:x@y.z ];
  strings = [
    "plain" "" "a \" \\ \${b} \n $ $$ $" "x ${y} ${"nested ${"deep"}"}" "$${z}"
    '''' ''a'' ''
      echo ''${HOME} '''quoted''' ''\n ${
        lib.concat [ 1 ] # inside
      } $
    ''
  ];
  /* lua */ script = /* lua */ "print()";
  sets = rec { a.b.c = 1; "d e".${f}."${g}h" = 2; ${"i"} = a; or = 3; };
  lists = [ ] ++ [ 1 ] ++ [ [ ] { } (x: x) ];
  updates = { } // { a = 1; } // args;
  selects = args.a.b or args."c".${"d"} or (e.or or null);
  has = args ? a && args ? b."c".${d} && args ? or;
  legacy = let { body = 1; x = body; };
  or-function = map or [ 1 ];
  at-first = args@{ a, b, }: args;
  unary = !a && - b == -(- c);
  pos = __curPos;
  pipes = 1 |> f |> g;
  back = f <| g <| 1;
in
# the body
assert lib != null; # checked
with pkgs;

if a then
  b
else if c then
  d # trailing
else /* one
      * two
      */
  f (x: { inherit x; }) { y = 1; } [ z ]

# the end
"""

_GAP = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*|/\*.*?\*/)*", re.DOTALL)
_WORD = re.compile(r"[^\s,;]+")
_NAMES_ONLY = (nodes.AttributePath, nodes.Inherit, nodes.FormalArgument, nodes.SetPattern)
_NO_EXPRESSIONS = (
    nodes.AttributePath,
    nodes.Binding,
    nodes.Inherit,
    nodes.FormalArgument,
    nodes.SetPattern,
    nodes.Interpolation,
    nodes.File,
)


def check_tiling(file: File) -> None:
    """Asserts that a file's tokens, string parts, blanks and comments make up its text."""
    text = file.source()
    position = 1 if text.startswith("\ufeff") else 0
    for piece in pieces(file):
        if isinstance(piece, Token):
            assert _GAP.fullmatch(text, position, piece.start), (position, piece)
            assert text.startswith(piece.text, piece.start), piece
            assert piece.line == text.count("\n", 0, piece.start) + 1, piece
            position = piece.start + len(piece.text)
        else:
            assert text.startswith(piece, position), (position, piece)
            position += len(piece)
    assert position == len(text)


def parenthesised(node: Node) -> str:
    """A tree as Nix text with parentheses around every expression: no precedence is left in it."""
    if isinstance(node, nodes.String | nodes.IndentedString | nodes.Path):
        return "".join(_in_text(element) for element in elements(node))
    return "".join(_inside(element, node) for element in elements(node))


def _inside(element: Node | Token | str, parent: Node) -> str:
    if isinstance(element, Token):
        return f" {element.text} "
    assert isinstance(element, Node)
    text = parenthesised(element)
    if isinstance(element, nodes.Identifier | nodes.String):
        is_parameter = isinstance(parent, nodes.Lambda) and element is parent.parameter
        if isinstance(parent, _NAMES_ONLY) or is_parameter:
            return f" {text} "
        if element == nodes.Identifier("or"):  # an argument only without parentheses
            return " or "
    elif isinstance(element, _NO_EXPRESSIONS):
        return f" {text} "
    return f" ({text}) "


def _in_text(element: Node | Token | str) -> str:
    if isinstance(element, str):
        return element
    if isinstance(element, Token):
        return element.text
    assert isinstance(element, nodes.Interpolation)
    return f"${{{_inside(element.expression, element)}}}"


def same_to_nix(texts: list[str], others: list[str]) -> bool:
    """Whether Nix accepts all the texts and makes the same of them as of the others.

    Nix prints attributes in the order of their addresses, so in the end the words are compared,
    each with the parentheses that Nix put around its expression.
    """
    first, second = nix_reads(texts), nix_reads(others)
    if first is None or second is None:
        return False
    return first == second or sorted(_WORD.findall(first)) == sorted(_WORD.findall(second))


def nix_reads(texts: list[str]) -> str | None:
    """What Nix makes of some expressions, or None where it refuses one of them; one process."""
    joined = "\n".join(f"(\n{text}\n)" for text in texts)
    done = subprocess.run(
        [real_program("nix-instantiate"), "--parse", "-"],
        input=f"with {{ }}; [\n{joined}\n]".encode(),
        env=nix_environment(),
        capture_output=True,
        timeout=300,
        check=False,
    )
    return done.stdout.decode() if done.returncode == 0 else None
