"""Secrets: the table of all, and the files that people keep Terraform's values in."""
