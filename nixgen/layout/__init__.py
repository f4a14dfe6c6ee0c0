"""A document IR and its layout, after nixfmt's; it knows no language.

document    elements: text, spacings, groups
normal      spacings merged and moved out of groups (nixfmt's `fixup`)
engine      documents to text within a width (nixfmt's `layoutGreedy`)
"""
