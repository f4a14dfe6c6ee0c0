"""How HCL writes text: identifiers, quoted strings, heredocs.

HCL turns every string into Unicode's form NFC when it evaluates; nothing here does so before.
"""

from __future__ import annotations

import re
import unicodedata

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_CONTINUES = frozenset({"Mn", "Mc", "Nd", "Pc"})
# Other_ID_Start and Other_ID_Continue, as far as Python's `isidentifier` does not have them.
_MORE_LETTERS = "\u309b\u309c"
_MORE_CONTINUES = "\u00b7\u0387\u1369\u136a\u136b\u136c\u136d\u136e\u136f\u1370\u1371\u19da"
_KEYWORDS = frozenset({"null", "true", "false", "for"})
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
# What a reader cannot see, or takes for something else: control and format characters, blanks other
# than the space, line separators, private use, tags. A fixed list, for the same text everywhere.
_INVISIBLE = (
    "\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2"
    "\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f"
    "\\u205f-\\u206f\\u3000\\u3164\\ue000-\\uf8ff\\ufeff\\uffa0\\ufff0-\\uffff"
    "\\U000110bd\\U000110cd\\U00013430-\\U0001343f\\U0001bca0-\\U0001bca3"
    "\\U0001d173-\\U0001d17a\\U000e0000-\\U0010ffff"
)
_SPECIAL = re.compile(f'["\\\\{_INVISIBLE}]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_SEQUENCE = re.compile(r"([$%])\{")


def is_identifier(text: str) -> bool:
    """Whether a text can stand as a name without quotes; ASCII only, where HCL allows more."""
    return _IDENTIFIER.match(text) is not None


def is_name(text: str) -> bool:
    """Whether a text is an identifier to HCL: letters of any script, digits, `_` and `-`."""
    return is_identifier(text) or (text != "" and identifier_end(text, 0) == len(text))


def identifier_end(text: str, start: int) -> int:
    """The offset behind the identifier that begins at `start`; `start` where none does.

    Unicode's ID_Start and ID_Continue, by the categories that define them and the characters that
    it adds. Letters that came after Unicode 9.0, OpenTofu's, count as letters, too.
    """
    end = start
    while end < len(text):
        character = text[end]
        if not (
            character.isidentifier()
            or unicodedata.category(character) in _LETTERS
            or character in _MORE_LETTERS
            or (end > start and character in _MORE_CONTINUES)
            or (end > start and unicodedata.category(character) in _CONTINUES)
            or (end > start and character == "-")
        ):
            break
        end += 1
    return end


def is_bare_key(text: str) -> bool:
    """Whether a text can stand as an object's key without quotes.

    Keywords are quoted: `for` would begin a for expression, `null = 1` misleads.
    """
    return is_identifier(text) and text not in _KEYWORDS


def check_text(text: str) -> None:
    """Raises ValueError for a text that has no form in UTF-8."""
    found = _SURROGATE.search(text)
    if found:
        raise ValueError(
            f"the character U+{ord(found[0]):04X} at {found.start()} is half of a surrogate pair, "
            "which UTF-8 cannot hold"
        )


def escape_label(label: str) -> str:
    """The label of a block as it stands between double quotes; `tofu fmt` writes it so."""
    return label.replace("\\", "\\\\").replace('"', '\\"')


def escape_quoted(text: str, *, before_sequence: bool = False) -> str:
    """The text as it stands between double quotes.

    `before_sequence`: an interpolation or directive follows, so that a last `$` or `%` is escaped
    too; `$${` would mean the characters `${`.
    """
    escaped = _SPECIAL.sub(_escape, text)
    escaped = _SEQUENCE.sub(r"\1\1{", escaped)
    if before_sequence and escaped.endswith(("$", "%")):
        escaped = f"{escaped[:-1]}\\u{ord(escaped[-1]):04x}"
    return escaped


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def escape_heredoc(text: str, *, before_sequence: bool = False) -> str:
    """The text as it stands in a heredoc, where only `${` and `%{` are escaped."""
    escaped = _SEQUENCE.sub(r"\1\1{", text)
    if before_sequence and escaped.endswith(("$", "%")):
        escaped = f'{escaped[:-1]}${{"{escaped[-1]}"}}'
    return escaped


def unescape_quoted(text: str) -> str:
    """What a text between double quotes means; raises ValueError for an unknown escape."""
    return re.sub(r"\\(u.{4}|U.{8}|.)|([$%])\2\{", _unescape, text, flags=re.DOTALL)


def unescape_heredoc(text: str) -> str:
    """What a text in a heredoc means."""
    return re.sub(r"([$%])\1\{", r"\1{", text)


def _unescape(found: re.Match[str]) -> str:
    if found[2]:
        return f"{found[2]}{{"
    escape = found[1]
    if escape[0] in "uU" and re.fullmatch("[0-9a-fA-F]+", escape[1:]):
        code = int(escape[1:], 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise ValueError(f"`\\{escape}` is no character")
        return chr(code)
    meanings = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
    if escape not in meanings:
        raise ValueError(f"`\\{escape}` is no escape sequence")
    return meanings[escape]
