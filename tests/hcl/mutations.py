"""HCL texts with mistakes: small changes that keep most of a text right."""

from __future__ import annotations

import random

SNIPPETS = [
    'a = "${foo("${bar}")}"\n',
    "a = <<EOT\nx ${y}\n  EOT\nb = <<-E\n    ${~ a ~}\n  b\n\n   E\n",
    "a { b = 1 }\n",
    'a = { b : 1, "c" = 2\n (d) = 3 }\n',
    "a = [for k, v in x : k if v]\nb = {for k, v in x : k => v... if v}\n",
    'variable "x" {\n  type = list\n}\nvariable y { type = "map" }\n',
    "a = x.*.b.0[1].c[*].d\n",
    "a = cond ? 1 : -2 # c\nbbb = !x && y || z >= 3 /* c */\n",
    'a = "%{ if x ~}yes%{ else }no%{ endif }%{for i in y}${i}%{endfor}"\n',
    "a = f(1, [2,\n  3], {\n  x = 1 # c\n}, b...)\n",
    'x "a" b "c" { # comment\n  // another\n  y = 1\n\n  z {}\n}\n',
    "a = 1.5e3\nb = provider::foo::bar(1)\n",
    'foo = "${\n  a ? b\n  : c\n}"\n',
    'locals {\n  a = {\n    # c\n    b = 1, # d\n    "c" = <<-EOT\n      hello\n    EOT\n  }\n}\n',
    "a=1\r\nb   =   {\r\n\tc = <<E\r\nx\r\nE\r\n} # c\r\n",
]
PIECES = [
    *"{}[]()\"$%=,.:?!<>-+*/\\~#\n \t'`;&|^@",
    *("${", "%{", "$${", "<<EOT\n", "<<-E\n", "EOT\n", "/*", "*/", "//", "for", "in", "if", "else"),
    *("endif", "endfor", "null", "true", "1.5", "1e3", "0", '"a"', "...", "=>", "==", "::", "é"),
    *("\r\n", "\r", "\ufeff", "a", "x.0", ".*", "[*]", "\n\n", "list", '"list"', "type", "\u00a0"),
]


def mutated(text: str, rng: random.Random) -> str:
    """The text with one to three changes: something cut, put in, replaced or repeated."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.randint(1, 4))
        copied = rng.randrange(len(text) + 1)
        text = rng.choice(
            [
                text[:start] + text[end:],
                text[:start] + rng.choice(PIECES) + text[start:],
                text[:start] + rng.choice(PIECES) + text[start:],
                text[:start] + rng.choice(PIECES) + text[end:],
                text[:start] + text[copied : copied + 9] + text[start:],
                text[:start],
            ]
        )
    return text
