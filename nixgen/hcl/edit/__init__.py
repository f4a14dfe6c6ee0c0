"""Changes of HCL files that people write: every byte that an edit is not about stays."""
