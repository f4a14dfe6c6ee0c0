"""Reading Nix that people wrote: its options, and where objects stand among them."""
