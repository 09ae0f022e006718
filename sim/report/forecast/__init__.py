"""A forecast for people."""
