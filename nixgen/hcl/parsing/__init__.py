"""Text to syntax trees: lexer, grammar, and what to say of text that is no HCL."""
