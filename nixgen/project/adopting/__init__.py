"""Adopting: Nix and Terraform that people wrote, as Python that says the same."""
