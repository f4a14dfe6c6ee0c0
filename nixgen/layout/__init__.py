"""A document IR and its layout, after nixfmt's; it knows no language.

document    elements: text, spacings, groups
normal      spacings merged and moved out of groups (nixfmt's `fixup`)
lookahead   what follows, up to the next possible line break
engine      documents to text within a width (nixfmt's `layoutGreedy`)
depth       recursion on input of any depth
"""
