"""Compares the model with living servers; each of its modules asks one kind of server."""
