"""The patterns of Nix's tokens, after `lexer.l` of Nix 2.24.

Quantifiers of characters are possessive (`*+`), repeated groups atomic (`(?>...)`): nothing is read
twice, so no text takes more than linear time. No group has a possessive quantifier: Python before
3.11.5, which Debian 12 has, goes on at a wrong place after one (CPython's issue 106052).
"""

from __future__ import annotations

import re
from typing import Final

_PATH_CHAR = r"[a-zA-Z0-9._+-]"
_NAME = r"[a-zA-Z_][a-zA-Z0-9_'-]*+"
_URI_CHAR = r"[a-zA-Z0-9%/?:@&=+$,_.!~*'-]"
_SEARCH_PATH = rf"<{_PATH_CHAR}++(?>(?:/{_PATH_CHAR}++)*)>"
_STRING_TEXT = r"""(?>(?: [^"\\$]++ | \\. | \$\\. | \$[^{"\\] | \$(?=") )*)"""
_INDENTED_TEXT = r"""
    (?>(?: [^'$]++ | \$[^{'] | '[^'$] | ''[$'] | ''\\. | \$(?!\{) | '(?!') )*)"""
_TRIVIA = r"(?: \r\n? | \n | \#[^\r\n]*+ | /\*[^*]*+(?>(?:\*(?!/)[^*]*+)*)\*/ )"

# The groups of TOKEN; the last one is any other character.
NAMES: Final = 1
MARK: Final = 2
BRACE: Final = 3
STRING: Final = 4
INTEGER: Final = 5
NEWLINE: Final = 6
TRIVIA: Final = 7
PATH: Final = 8
SEARCH_PATH: Final = 9

TOKEN: Final = re.compile(
    rf"""(?:
      # Names with dots between them, where neither a path nor a URI can begin.
      ( {_NAME} (?>(?: \.{_NAME} )*) ) (?! [+/] | \.(?!["$]) | :{_URI_CHAR} )
    | ( ==? | [;:,()\[\]@?*] | !=? | && | \|\| | \|> | >=? | (?!{_SEARCH_PATH}) <[=|]?
      | // | /(?! {_PATH_CHAR} | \*  | \$\{{ ) | ->
      # What stands in paths too, where no path begins; a dot before names that are no path.
      | (?: \+\+? | - | \.\.\. | \. ) (?! {_PATH_CHAR} | / )
      | \. (?= {_NAME} (?>(?:\.{_NAME})*) (?! [+/] | \.(?!["$]) ) ) )
    | ( [{{}}] | \$\{{ )
    | "( {_STRING_TEXT} )"
    | ( [0-9]++ ) (?! {_PATH_CHAR} | / )
    | ( \r?\n [ \t]*+ ) (?! [\r\n#] | /\* )
    | ( (?>(?: [ \t]*+ {_TRIVIA} )+) )
    | ( (?: {_PATH_CHAR}*+ | ~ ) (?>(?: /{_PATH_CHAR}++ )+) ) (?! / | \$\{{ )
    | ( {_SEARCH_PATH} )
    | ( . )
    )[ \t]*+""",
    re.VERBOSE | re.DOTALL,
)

STRING_TEXT: Final = re.compile(_STRING_TEXT, re.VERBOSE | re.DOTALL)
INDENTED_TEXT: Final = re.compile(_INDENTED_TEXT, re.VERBOSE | re.DOTALL)
SPACES: Final = re.compile(r"[ \t]*+")

PATH_STARTS: Final = re.compile(rf"(?:{_PATH_CHAR}*+|~)/(?:{_PATH_CHAR}|(?=\$\{{))")
PATH_CONTINUES: Final = re.compile(rf"/(?:{_PATH_CHAR}|\$\{{)")
# After its first slash a path may hold several in a row.
PATH_TEXT: Final = re.compile(r"[a-zA-Z0-9._+/-]*+")
URI: Final = re.compile(rf"[a-zA-Z][a-zA-Z0-9+.-]*+:{_URI_CHAR}++")
URI_CONTINUES: Final = re.compile(rf":{_URI_CHAR}")

RUN: Final = re.compile(r"[a-zA-Z0-9._+'-]++")
IN_RUN: Final = re.compile(
    rf""" ( {_NAME} )
    | ( (?: [1-9][0-9]*+\.[0-9]*+ | 0?\.[0-9]++ ) (?>(?: [Ee][+-]?[0-9]++ )?) )
    | ( [0-9]++ )
    | ( \+\+? | -> | - | \.\.\. | \. )""",
    re.VERBOSE,
)
